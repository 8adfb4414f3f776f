"""Real servers on this machine, without Docker: they are started, found again and stopped.

What belongs here: MongoDB, PostgreSQL and Elasticsearch as processes of this user on loopback,
with their data, passwords and ports. What does not: what is stored in them.
"""

from belib_weather.embedded.addresses import StoreUrls
from belib_weather.embedded.errors import EmbeddedError, NotRunning
from belib_weather.embedded.progress import Progress, Step
from belib_weather.embedded.servers import ServerStatus, ensure, find, start_line, status, stop

__all__ = [
    "EmbeddedError",
    "NotRunning",
    "Progress",
    "ServerStatus",
    "Step",
    "StoreUrls",
    "ensure",
    "find",
    "start_line",
    "status",
    "stop",
]
