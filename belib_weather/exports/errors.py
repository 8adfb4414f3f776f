"""What can go wrong with the exports."""


class ExportError(Exception):
    """The export folder could not be read or written; the message says which, and what to do."""


class ExportDriverMissing(ExportError):
    """The package that reaches this kind of folder is not installed."""
