"""`belib-weather`: the platform from a command line.

What belongs here: starting, stopping, looking, and saying what is wrong in one clear line. What
does not: anything an asset could do.
"""

from belib_weather.cli.app import app

__all__ = ["app"]
