"""What can go wrong in a transformation as a whole; single bad rows are returned, not raised."""


class TransformError(Exception):
    """Base of every error raised by `belib_weather.transform`."""


class UnreadableBody(TransformError):
    """A body is not what its source publishes, so no row of it can be trusted."""


class UnknownSource(TransformError):
    """No parser is known for a raw source; register one or correct the source's name."""


class BrokenHours(TransformError):
    """A window does not start and end on full UTC hours, so its facts would be partial."""
