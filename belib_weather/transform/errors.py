"""What can go wrong in a transformation as a whole; single bad rows are returned, not raised."""


class TransformError(Exception):
    """Base of every error raised by `belib_weather.transform`."""


class BrokenHours(TransformError):
    """A window does not start and end on full UTC hours, so its facts would be partial."""


class BrokenDays(TransformError):
    """A window does not start and end at midnight UTC, so its episodes would be partial."""
