"""The environment of Dagster's processes, from the settings and the addresses of the stores."""

import os
from pathlib import Path

from pydantic import SecretStr

from belib_weather import certificates
from belib_weather.embedded import StoreUrls
from belib_weather.embedded.home import private_folder
from belib_weather.files import write_file
from belib_weather.local.console import CommandError
from belib_weather.settings import PREFIX, Settings

PACKAGE = Path(__file__).resolve().parents[1]
CODE_LOCATION = "belib_weather.definitions"
_NETWORK = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", *certificates.VARIABLES)
_LOOPBACK = "127.0.0.1,localhost"


def dagster_home(settings: Settings) -> Path:
    """Folder of the Dagster instance: a copy of dagster.yaml, and compute logs."""
    return settings.data_dir / "dagster"


def write_dagster_home(settings: Settings, code_server_port: int | None = None) -> Path:
    """Create the Dagster home; with a port also the workspace file with the code server."""
    home = private_folder(dagster_home(settings))
    write_file(home / "dagster.yaml", _instance_file().read_text())
    if code_server_port is not None:
        write_file(
            home / "workspace.yaml",
            "load_from:\n"
            "  - grpc_server:\n"
            "      host: 127.0.0.1\n"
            f"      port: {code_server_port}\n"
            f"      location_name: {CODE_LOCATION}\n",
        )
    return home


def _instance_file() -> Path:
    """dagster.yaml: beside the package in a checkout, inside it when installed."""
    for folder in (PACKAGE, PACKAGE.parent):
        if (folder / "dagster.yaml").is_file():
            return folder / "dagster.yaml"
    raise CommandError(f"{PACKAGE}: dagster.yaml is missing; install belib-weather again")


def environment_of(settings: Settings, urls: StoreUrls) -> dict[str, str]:
    """All variables that Dagster's processes need, secrets included.

    Every setting is written out, so that a process has the same ones in any folder.
    """
    environment = {
        "DAGSTER_HOME": str(dagster_home(settings)),
        # Runs over a range write many events at a time.
        "DAGSTER_EVENT_BATCH_SIZE": "50",
    }
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        is_set = name in settings.model_fields_set or value != field.default
        if value is not None and is_set:
            environment[PREFIX + name.upper()] = _as_text(value)
    environment |= {
        f"{PREFIX}HOME": _as_text(settings.home),
        f"{PREFIX}MODE": settings.mode,
        f"{PREFIX}MONGO_URL": urls.mongo,
        f"{PREFIX}POSTGRES_URL": urls.postgres,
        f"{PREFIX}DAGSTER_POSTGRES_URL": urls.dagster_postgres,
    }
    if urls.elasticsearch:
        environment[f"{PREFIX}ELASTICSEARCH_URL"] = urls.elasticsearch
    return environment


def _as_text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value.absolute() if isinstance(value, Path) else value)


def process_environment(settings: Settings, urls: StoreUrls) -> dict[str, str]:
    """The same for our own processes: with the path of this package, and with proxy settings."""
    environment = environment_of(settings, urls)
    environment["PYTHONPATH"] = str(PACKAGE.parent)
    environment["PYTHONUNBUFFERED"] = "1"
    if settings.mode == "live":  # the simulator is on loopback
        for name in (*_NETWORK, *map(str.lower, _NETWORK)):
            if name in os.environ:
                environment[name] = os.environ[name]
        for name in ("NO_PROXY", "no_proxy"):
            environment[name] = ",".join(filter(None, (environment.get(name), _LOOPBACK)))
    return environment
