"""Types of values: URLs, host names, a cadence, options of Kafka. Each refuses what it is not.

What belongs here: the shape of a value. What does not: which setting has it.
"""

import json
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from belib_weather.urls import url_problem


def _with_scheme(*schemes: str) -> AfterValidator:
    def check(url: SecretStr) -> SecretStr:
        if not url.get_secret_value().startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError(f"must start with {' or '.join(f'{s}://' for s in schemes)}")
        if trouble := url_problem(url.get_secret_value()):
            raise ValueError(trouble)
        return url

    return AfterValidator(check)


MongoUrl = Annotated[SecretStr, _with_scheme("mongodb", "mongodb+srv")]
PostgresUrl = Annotated[SecretStr, _with_scheme("postgresql", "postgresql+psycopg")]
DagsterPostgresUrl = Annotated[SecretStr, _with_scheme("postgresql+psycopg2")]
HttpUrl = Annotated[SecretStr, _with_scheme("http", "https")]
PublicUrl = Annotated[str, Field(pattern=r"^https?://[^\s@?#]+[^/\s@?#]$")]
"""Stored and shown as it is, so it may hold no credentials and no parameters."""

_SERVER = re.compile(r"([^\s:@/]+@)?[^\s:@/]*(:\d+)?")


def _without_credentials(url: str) -> str:
    _, scheme, rest = url.partition("://")
    if scheme and (not _SERVER.fullmatch(rest.partition("/")[0]) or re.search(r"[?#]|://", rest)):
        raise ValueError(
            "must hold no password and no options: give them in the variables of the store's"
            " driver, such as AWS_ACCESS_KEY_ID"
        )
    return url


FolderUrl = Annotated[str, AfterValidator(_without_credentials)]
"""Stored and shown as it is: a path, or a URL without credentials and parameters."""


def _host_names(text: object) -> object:
    if not isinstance(text, str):
        return text
    names = frozenset(name.strip().lower() for name in text.split(",") if name.strip())
    if wrong := sorted(name for name in names if not _HOST_NAME.fullmatch(name)):
        raise ValueError(f"{len(wrong)} of the names are no host names; leave out scheme and port")
    return names


_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
HostNames = Annotated[frozenset[str], NoDecode, BeforeValidator(_host_names)]
"""Names between commas, without scheme and port."""


def _whole_fraction_of_an_hour(seconds: int) -> int:
    if seconds % 60 or 3600 % seconds:
        raise ValueError("must be whole minutes that divide an hour, such as 300 or 900")
    return seconds


KafkaServers = Annotated[str, Field(pattern=r"^[^\s,:/@]+:\d{1,5}(,[^\s,:/@]+:\d{1,5})*$")]
"""Hosts with their ports between commas."""


def _options_of_librdkafka(text: object) -> object:
    if not isinstance(text, str):
        return text
    try:
        options = json.loads(text)
    except ValueError:
        options = None
    if not isinstance(options, dict) or not all(isinstance(v, str) for v in options.values()):
        raise ValueError("must be a JSON object of texts, with librdkafka's names")
    if reserved := sorted(options.keys() & _TAKEN):
        raise ValueError(f"may not set {', '.join(reserved)}: each change once depends on them")
    return SecretStr(text)


_TAKEN = {"bootstrap.servers", "transactional.id", "enable.idempotence", "isolation.level"}
KafkaOptions = Annotated[SecretStr, BeforeValidator(_options_of_librdkafka)]
"""A JSON object: librdkafka's options, such as SASL and TLS."""

Cadence = Annotated[int, Field(ge=60, le=3600), AfterValidator(_whole_fraction_of_an_hour)]
"""What a schedule can keep: the same minutes of every hour."""


def server_of(url: SecretStr | None, otherwise: str = "embedded") -> str:
    """Where a server is, fit to be shown: host, port and path, without user and password."""
    if url is None:
        return otherwise
    parts = urlsplit(url.get_secret_value())
    return f"{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
