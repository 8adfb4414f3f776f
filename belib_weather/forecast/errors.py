"""What can go wrong with a forecast."""


class ForecastError(Exception):
    """A forecast cannot be made or judged; the message says of what, why, and what to do."""
