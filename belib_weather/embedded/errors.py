"""What can go wrong with servers on this machine."""


class EmbeddedError(Exception):
    """A local server cannot be had; the message names it, says why, and what to do."""


class ServerExited(EmbeddedError):
    """A server ended while it was being started; the message holds the end of its log."""


class StillStarting(EmbeddedError):
    """A server says itself that it is not ready yet."""


class PasswordRefused(EmbeddedError):
    """A server does not accept the passwords kept beside its data."""
