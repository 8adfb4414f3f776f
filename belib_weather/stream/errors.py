"""What can go wrong with a broker."""


class StreamError(Exception):
    """Kafka fails or refuses; the message says which servers, what, and what to do."""


class StreamUnavailable(StreamError):
    """No broker answers in time; what was not sent is sent the next time."""
