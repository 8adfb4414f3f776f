"""The users of the embedded stores that may only read: their addresses, and where they end.

What belongs here: addresses for people and their tools. What does not: the users themselves
(`embedded`).
"""

from urllib.parse import urlsplit

from belib_weather.embedded.mongo import READER
from belib_weather.local.console import CommandError
from belib_weather.local.stores import find_stores
from belib_weather.settings import PREFIX, Settings

_FIELDS = {"mongo": "mongo_url", "postgres": "postgres_url", "elasticsearch": "elasticsearch_url"}


def reader_addresses(settings: Settings) -> dict[str, str]:
    """Read-only addresses by variable, of the embedded stores that run.

    Also in a shell after `env`, whose variables address these stores.

    Raises:
        NotRunning: MongoDB or PostgreSQL does not run.
        CommandError: the settings address other servers.
    """
    own = settings.model_copy(
        update=dict.fromkeys((*_FIELDS.values(), "dagster_postgres_url"), None)
    )
    configured = {name: getattr(settings, field) for name, field in _FIELDS.items()}
    if all(configured.values()) and not settings.data_dir.exists():
        raise CommandError(_OTHERS)
    urls = find_stores(own, *_FIELDS)
    variables = {}
    for name, url in urls.readers.items():
        known = (None, getattr(urls, name), url)
        if (configured[name] and configured[name].get_secret_value()) in known:
            variables[f"{PREFIX}{_FIELDS[name].upper()}"] = url
    if not variables:
        raise CommandError(_OTHERS)
    return variables


_OTHERS = (
    "the stores are servers of your own (BELIB_MONGO_URL and the others): their read-only users"
    " are yours to create"
)


def refuse_readers(settings: Settings) -> None:
    """Refuse addresses of `env --reader` for a command that writes.

    Raises:
        CommandError: one of them is.
    """
    for field in _FIELDS.values():
        url = getattr(settings, field)
        if url and urlsplit(url.get_secret_value()).username == READER:
            raise CommandError(
                f"{PREFIX}{field.upper()} is a read-only address, of `env --reader`; use another"
                " shell, or unset it"
            )
