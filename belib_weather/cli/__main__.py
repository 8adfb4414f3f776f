"""`python -m belib_weather.cli`: the same as `belib-weather`."""

from belib_weather.cli.app import app

app()
