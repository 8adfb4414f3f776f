"""What can go wrong with a whole body; single bad records are returned, not raised."""


class FormatError(Exception):
    """Base of every error raised by `belib_weather.formats`."""


class UnreadableBody(FormatError):
    """A body is not what its source publishes, so no record of it can be trusted."""


class UnknownSource(FormatError):
    """No reader is known for a raw source; register one or correct the source's name."""
