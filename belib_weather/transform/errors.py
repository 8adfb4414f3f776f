"""What can go wrong in a transformation as a whole; single bad rows are returned, not raised."""


class TransformError(Exception):
    """Base of every error raised by `belib_weather.transform`."""


class UnreadableBody(TransformError):  # noqa: N818 - says what it is, like the other boundaries' errors
    """A body is not what its source publishes, so no row of it can be trusted."""


class UnknownSource(TransformError):  # noqa: N818 - says what it is
    """No parser is known for a raw source; register one or correct the source's name."""


class BrokenHours(TransformError):  # noqa: N818 - says what it is
    """A window does not start and end on full UTC hours, so its facts would be partial."""
