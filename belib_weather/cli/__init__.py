"""`belib-weather`: the platform from a command line.

What belongs here: the commands, their options and output. What does not: the work itself (`local`),
and anything that an asset can do.
"""

from belib_weather.cli.app import app

__all__ = ["app"]
