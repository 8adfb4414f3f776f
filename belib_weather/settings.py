"""Every setting of the platform, typed, from the environment and `.env`.

Nothing else reads the environment. `.env` is that of the working directory, else that of the
checkout. A wrong or unknown setting raises `SettingsError` naming
the variable, what is wrong, and an example. `.env.example` lists them all.
"""

import difflib
import json
import os
import re
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from platformdirs import user_cache_path
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from belib_weather.checkout import default_home, env_file
from belib_weather.urls import trouble_with_url

PREFIX = "BELIB_"


class SettingsError(Exception):
    """A setting is wrong, missing or unheard of; the message names the variable and an example."""


class WeatherSource(StrEnum):
    """Where weather comes from."""

    OPEN_METEO = "open_meteo"
    OPENWEATHERMAP = "openweathermap"
    INFOCLIMAT = "infoclimat"


def _with_scheme(*schemes: str) -> AfterValidator:
    def check(url: SecretStr) -> SecretStr:
        if not url.get_secret_value().startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError(f"must start with {' or '.join(f'{s}://' for s in schemes)}")
        if trouble := trouble_with_url(url.get_secret_value()):
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


_SERVERS = r"^[^\s,:/@]+:\d{1,5}(,[^\s,:/@]+:\d{1,5})*$"


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


class Settings(BaseSettings):
    """The platform's settings; field `mongo_url` is the environment variable `BELIB_MONGO_URL`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    # Where things live
    home: Path = Field(
        default_factory=default_home,
        description="Folder of the embedded stores and Dagster; unset, .belib of the checkout.",
        examples=["/srv/belib"],
    )
    mode: Literal["live", "demo"] = Field(
        "live", description="Which home and databases: live data or the simulated demonstration."
    )
    cache: Path = Field(
        default_factory=lambda: user_cache_path("belib_weather"),
        description="Folder of downloaded programs, shared by all homes.",
    )

    disk_low_mb: int = Field(
        2_000, ge=1, description="Free megabytes on the disk of the home below which it is said."
    )
    disk_full_mb: int = Field(
        200, ge=1, description="Free megabytes below which the disk counts as full."
    )

    # Stores; an unset URL means an embedded server under `home`
    mongo_url: MongoUrl | None = Field(
        None, description="MongoDB.", examples=["mongodb://user:password@localhost:27017"]
    )
    mongo_database: str = Field(
        "belib", pattern=r"^[a-z][a-z0-9_]{0,37}$", description="MongoDB database of the raw layer."
    )
    postgres_url: PostgresUrl | None = Field(
        None,
        description="PostgreSQL database of the facts.",
        examples=["postgresql+psycopg://user:password@localhost:5432/belib"],
    )
    dagster_postgres_url: DagsterPostgresUrl | None = Field(
        None,
        description="PostgreSQL database of Dagster's own records (read by dagster.yaml).",
        examples=["postgresql+psycopg2://user:password@localhost:5432/dagster"],
    )
    elasticsearch_url: HttpUrl | None = Field(
        None, description="Elasticsearch 9.", examples=["http://user:password@localhost:9200"]
    )
    elasticsearch_home: Path | None = Field(
        None,
        description="An unpacked Elasticsearch 9 to start embedded, in place of the fetched one.",
        examples=["/opt/elasticsearch-9.2.4"],
    )
    index_prefix: str = Field(
        "belib", pattern=r"^[a-z][a-z0-9_]{0,62}$", description="Prefix of indices and aliases."
    )
    export_url: FolderUrl | None = Field(
        None,
        description="Folder or object store of the exports; unset, a folder beside the stores.",
        examples=["s3://bucket/belib"],
    )
    quarantine_days: int | None = Field(
        None,
        ge=7,
        description="Days for which the bodies of refused answers are kept; unset, without limit.",
        examples=["365"],
    )
    exports_days: int | None = Field(
        None,
        ge=31,
        description="Days before today of which the exports hold files; unset, all.",
        examples=["1096"],
    )
    spool_folder: Path | None = Field(
        None,
        description="Folder of snapshots that MongoDB does not hold yet; unset, beside the stores.",
        examples=["/srv/belib/spool"],
    )
    spool_max_mb: int = Field(
        1024, ge=16, description="Size of that folder at most; a day of polls is about 16 MB."
    )
    report_folder: Path | None = Field(
        None,
        description="Folder of the report; unset, a folder beside the stores.",
        examples=["/srv/www/belib"],
    )
    site_folder: Path | None = Field(
        None,
        description="Folder of the site's pages and live files; unset, a folder beside the stores.",
        examples=["/srv/www/belib"],
    )
    site_url: PublicUrl | None = Field(
        None,
        description="Where browsers reach the site; for links that are shared.",
        examples=["https://belib.example.org"],
    )
    metrics_folder: Path | None = Field(
        None,
        description="Folder of the numbers for a monitor (belib.prom); unset, beside the stores.",
        examples=["/var/lib/node_exporter/textfile_collector"],
    )
    webhook_url: HttpUrl | None = Field(
        None,
        description="Where failed checks and stale data are sent, as ntfy takes messages.",
        examples=["https://ntfy.example.org/belib-1f2e3d4c"],
    )
    alerts_file: Path | None = Field(
        None,
        description="YAML of who gets which changes at stations (docs/open-data.md).",
        examples=["/srv/belib/alerts.yaml"],
    )
    alerts_secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="Signs these messages (Standard Webhooks); unset, they are not signed.",
        examples=["a-long-random-text"],
    )
    kibana_url: HttpUrl | None = Field(
        None,
        description="Kibana 8.15 or newer; with a space: http://localhost:5601/s/paris.",
        examples=["http://user:password@localhost:5601"],
    )
    kibana_public_url: PublicUrl | None = Field(
        None,
        description="Where browsers reach Kibana, when that is elsewhere; for links.",
        examples=["https://kibana.example.org"],
    )
    kibana_wait_seconds: float = Field(
        300, ge=0, le=3600, description="How long a Kibana that is starting is waited for."
    )

    # The public APIs
    explore_api_url: PublicUrl = Field(
        "https://opendata.paris.fr/api/explore/v2.1", description="Explore API of the Belib data."
    )
    weather_source: WeatherSource = Field(
        WeatherSource.OPEN_METEO,
        description="open_meteo (no key), openweathermap or infoclimat (both need one).",
    )
    open_meteo_forecast_url: PublicUrl = Field(
        "https://api.open-meteo.com/v1/forecast", description="Open-Meteo's recent and coming days."
    )
    open_meteo_archive_url: PublicUrl = Field(
        "https://archive-api.open-meteo.com/v1/archive", description="Open-Meteo's past days."
    )
    openweathermap_url: PublicUrl = Field(
        "https://api.openweathermap.org/data/2.5/weather",
        description="OpenWeatherMap's weather now.",
    )
    openweathermap_api_key: SecretStr | None = Field(
        None, description="OpenWeatherMap's key.", examples=["0123456789abcdef"]
    )
    infoclimat_url: PublicUrl = Field(
        "https://www.infoclimat.fr/public-api/gfs/json", description="Infoclimat's GFS forecast."
    )
    infoclimat_auth: SecretStr | None = Field(
        None, description="Infoclimat's `_auth` token, bound to an IP."
    )
    infoclimat_check: SecretStr | None = Field(None, description="Infoclimat's `_c` check value.")
    latitude: float = Field(48.8566, ge=-90, le=90, description="Where to ask for weather: north.")
    longitude: float = Field(2.3522, ge=-180, le=180, description="Where to ask for weather: east.")

    # How to ask them
    http_timeout_seconds: float = Field(
        30, gt=0, le=600, description="Longest wait for a connection or for the next bytes."
    )
    http_attempts: int = Field(4, ge=1, le=20, description="Attempts in all, retries included.")
    http_max_wait_seconds: float = Field(
        60, ge=0, le=3600, description="Longest pause between attempts, also when the server asks."
    )
    http_max_body_mb: int = Field(64, ge=1, le=2048, description="A larger body is refused.")
    cadence_seconds: Cadence | None = Field(
        None,
        description="Seconds between two polls; unset, what suits the network (300 for Belib).",
        examples=["300"],
    )
    minimum_charge_points: int = Field(
        1000, ge=1, description="An export with fewer rows is incomplete and refused."
    )
    feed_history_minutes: int | None = Field(
        None,
        ge=1,
        le=60,
        description="Step of a feed that also answers for the past (the simulator); unset if not.",
    )
    demo_charge_points: int = Field(
        2000, ge=50, le=20_000, description="Size of the made-up city of the demonstration."
    )

    # The Dagster UI
    webserver_allowed_hosts: HostNames | None = Field(
        None,
        description="Host names that the Dagster UI answers to, beside localhost; commas between.",
        examples=["belib.example.org"],
    )
    webserver_report_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="Token that lets other programs report events of external assets.",
        examples=["0123456789abcdef0123456789abcdef"],
    )

    # Changes of status as a stream
    kafka_bootstrap_servers: str | None = Field(
        None,
        pattern=_SERVERS,
        description="Brokers of Kafka that get every change of status; unset, none.",
        examples=["localhost:9092"],
    )
    kafka_topic_prefix: str = Field(
        "belib.", pattern=r"^[a-zA-Z0-9._-]{1,100}$", description="Begins the names of the topics."
    )
    kafka_options: KafkaOptions | None = Field(
        None,
        description="librdkafka's options as a JSON object, for SASL and TLS.",
        examples=['{"security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN"}'],
    )

    # Questions in words
    openai_model: str = Field(
        "gpt-5-mini",
        min_length=1,
        description="Model that `ask` uses, of the server at OPENAI_BASE_URL; OPENAI_API_KEY is its"
        " key.",
    )
    mcp_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="Token of `mcp --http`; unset, one is made and kept beside the stores.",
        examples=["0123456789abcdef0123456789abcdef"],
    )

    # The graph
    start: date = Field(date(2026, 11, 1), description="First UTC day of the partitions.")

    profile_weeks: int = Field(
        8, ge=1, le=104, description="Weeks before today that a typical week is made from."
    )

    weather_weeks: int = Field(
        104, ge=4, le=520, description="Weeks before today that are compared with their weather."
    )

    forecast_training_weeks: int = Field(
        6, ge=1, le=26, description="Weeks before today that the forecast model is trained on."
    )

    forecast_training_rows: int = Field(
        300_000, ge=1_000, description="Rows that it learns from at most: 30 s of one core."
    )

    source_url: PublicUrl | None = Field(
        None,
        description="Repository on GitHub or GitLab that the catalog links each asset's code to.",
        examples=["https://github.com/example/belib-weather"],
    )

    @property
    def cadence(self) -> timedelta:
        """Time between two polls of the real-time feed."""
        from belib_weather.networks import NETWORK  # noqa: PLC0415 - imports polars

        return timedelta(seconds=self.cadence_seconds or NETWORK.cadence_seconds)

    @property
    def data_dir(self) -> Path:
        """Folder of the embedded stores and the Dagster home of this mode."""
        return self.home.absolute() / self.mode

    @property
    def report_dir(self) -> Path:
        """Folder of the report."""
        return (self.report_folder or self.data_dir / "report").absolute()

    @property
    def site_dir(self) -> Path:
        """Folder of the site."""
        return (self.site_folder or self.data_dir / "site").absolute()

    @property
    def metrics_dir(self) -> Path:
        """Folder of the numbers for a monitor."""
        return (self.metrics_folder or self.data_dir / "metrics").absolute()

    @property
    def measured_folders(self) -> dict[str, Path]:
        """Folders that grow, beside the stores, by name; exports elsewhere are not measured."""
        folders = {
            "spool": self.spool_dir,
            "logs": self.data_dir / "logs",
            "compute_logs": self.data_dir / "dagster" / "storage",
        }
        if self.export_url is None:
            folders["exports"] = self.data_dir / "exports"
        return folders

    @property
    def spool_dir(self) -> Path:
        """Folder of what MongoDB does not hold yet."""
        return (self.spool_folder or self.data_dir / "spool").absolute()

    @property
    def start_at(self) -> datetime:
        """First instant of the partitions (UTC)."""
        return datetime(self.start.year, self.start.month, self.start.day, tzinfo=UTC)


class ModelServer(BaseSettings):
    """The server of a language model, by the variables that its clients share."""

    model_config = SettingsConfigDict(
        env_prefix="OPENAI_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    api_key: SecretStr | None = None
    base_url: HttpUrl = SecretStr("https://api.openai.com/v1")


def load_model_server() -> ModelServer:
    """Read OPENAI_API_KEY and OPENAI_BASE_URL from the environment and `.env`.

    Raises:
        SettingsError: one of them is wrong.
    """
    try:
        return ModelServer(_env_file=env_file())
    except ValidationError as error:
        lines = [f"OPENAI_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
        raise SettingsError("\n".join(lines)) from None


def server_of(url: SecretStr | None, otherwise: str = "embedded") -> str:
    """Where a server is, fit to be shown: host, port and path, without user and password."""
    if url is None:
        return otherwise
    parts = urlsplit(url.get_secret_value())
    return f"{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"


def _paths_of(file: Path | None) -> dict[str, Path]:
    """Relative paths in the checkout's `.env` are relative to it, from every folder."""
    if file is None or not file.is_absolute():
        return {}
    from_file = dotenv_values(file)
    paths = {}
    for name, field in Settings.model_fields.items():
        variable = f"{PREFIX}{name.upper()}"
        value = from_file.get(variable)
        if value and field.annotation in (Path, Path | None) and not os.environ.get(variable):
            paths[name] = file.parent / value
    return paths


def _unknown() -> list[str]:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    file = env_file()
    variables = {*os.environ, *(dotenv_values(file) if file else ())}
    messages = []
    for name in sorted(n for n in variables if n.startswith(PREFIX) and n not in known):
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else ".env.example lists the settings."
        messages.append(f"{name}: there is no such setting; {hint}")
    return messages


def load_settings(**overrides: Any) -> Settings:
    """Read the settings from the environment and `.env`; keyword arguments win over both.

    Raises:
        SettingsError: one line per wrong or unknown variable, with an example; values are
            never repeated, since they may be secrets.
    """
    problems = _unknown()
    if "_env_file" not in overrides:
        file = env_file()
        overrides = {**_paths_of(file), **overrides, "_env_file": file}
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        for item in error.errors():
            name = str(item["loc"][0])
            field = Settings.model_fields[name]
            example = (field.examples or [field.get_default(call_default_factory=True)])[0]
            problems.append(
                f"{PREFIX}{name.upper()}: {item['msg']}. Example: {PREFIX}{name.upper()}={example}"
            )
    if problems:
        raise SettingsError("\n".join(problems))
    return settings
