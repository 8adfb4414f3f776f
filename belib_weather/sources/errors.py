"""What can go wrong with a source; messages name the source and never a secret."""

from datetime import datetime

from belib_weather.sources.response import Answer, RejectedResponse, rejected


class SourceError(Exception):
    """A source did not give what was requested; nothing of the answer was stored.

    Attributes:
        response: the refused answer, for quarantine; None where there was no body.
    """

    def __init__(self, message: str, answer: Answer | None = None) -> None:
        super().__init__(message)
        self.response: RejectedResponse | None = rejected(answer, message) if answer else None


class SourceUnreachable(SourceError):
    """No complete answer: no network, a time-out, a connection or body that breaks off."""


class RetryLater(SourceError):
    """The source may answer later; a retry before `reset_at` (None: unknown) is useless."""

    def __init__(self, message: str, answer: Answer, reset_at: datetime | None) -> None:
        super().__init__(message, answer)
        self.reset_at = reset_at


class RateLimited(RetryLater):
    """Too many requests (429)."""


class RequestRefused(SourceError):
    """The source refuses the request as it is (4xx), or has moved."""


class ServerFailure(RetryLater):
    """The source failed (5xx)."""


class ProxyUnusable(SourceError):
    """Proxy or certificates that the environment names cannot be used; the message names them."""


class InvalidBody(SourceError):
    """The body is not what the source publishes: HTML, broken off, an error inside a 200."""


class IncompleteBody(SourceError):
    """The body is well-formed but does not hold all records."""


class BodyTooLarge(SourceError):
    """The body exceeds BELIB_HTTP_MAX_BODY_MB."""


class MissingCredentials(SourceError):
    """The source needs a key that is not set."""


class NoHistory(SourceError):
    """The source has the present only."""
