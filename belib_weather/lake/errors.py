"""What can go wrong with the lake."""


class LakeError(Exception):
    """MongoDB could not do what was asked; the message says what, to which thing, what to do."""


class LakeUnavailable(LakeError):
    """MongoDB does not answer, or not in time."""


class LakeConflictError(LakeError):
    """Another body of the same source already holds that instant; nothing was changed."""


class CorruptDocumentError(LakeError):
    """A stored body does not match its hash."""
