"""Errors of servers on this machine."""


class EmbeddedError(Exception):
    """A local server cannot be started; the message says which, why, and what to do."""


class NotRunning(EmbeddedError):
    """Servers do not run, and were not asked to; the message has the command that starts them."""


class ServerExited(EmbeddedError):
    """A server ended during its start; the message has the end of its log."""


class StillStarting(EmbeddedError):
    """A server answers that it is not ready yet."""


class DatabaseGone(EmbeddedError):
    """The server runs and a database of ours is not there: someone dropped it."""


class PasswordRefused(EmbeddedError):
    """A server does not accept the passwords that are stored beside its data."""
