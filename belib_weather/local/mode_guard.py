"""Simulated and live data are never in one home or one database.

What belongs here: the marks that say whose data a place holds, and refusing the other mode. What
does not: choosing the places (`modes`).
"""

from pathlib import Path

from belib_weather.embedded.home import private_folder
from belib_weather.files import write_file
from belib_weather.lake import RAW_SNAPSHOTS, Lake
from belib_weather.local.console import CommandError
from belib_weather.settings import Settings
from belib_weather.vocabulary import SIMULATED
from belib_weather.warehouse import Lock, Warehouse
from belib_weather.window import Window

_STATE = "mode"
_NAMES = {"live": "live", "demo": "simulated"}


def claim(settings: Settings, lake: Lake, warehouse: Warehouse) -> None:
    """Mark the folder and the databases as this mode's; refuse those of the other mode.

    Raises:
        CommandError: the place holds the other mode's data; nothing was written.
    """
    refuse_other_mode(settings, lake, warehouse)
    write_file(private_folder(settings.data_dir) / _STATE, settings.mode)
    if warehouse.state(_STATE) is None:
        with warehouse.locked(Lock("platform_state")) as transaction:
            transaction.set_state(_STATE, settings.mode)


def refuse_other_mode(settings: Settings, lake: Lake, warehouse: Warehouse) -> None:
    """Refuse stores of the other mode; writes nothing.

    Raises:
        CommandError: the place holds the other mode's data.
    """
    mode = settings.mode
    has_tables = warehouse.schema_version()[0] is not None
    places = {
        f"the folder {settings.data_dir}": _mode_of_folder(settings.data_dir),
        f"the PostgreSQL database {warehouse.address}": warehouse.state(_STATE)
        if has_tables
        else None,
        f"the MongoDB database {settings.mongo_database}": _mode_of_snapshots(lake),
    }
    for place, found in places.items():
        if found is not None and found != mode:
            raise CommandError(
                f"{place} holds {_NAMES.get(found, found)} data, so {_NAMES[mode]} data is not"
                " written there; set BELIB_HOME, BELIB_MONGO_URL or BELIB_POSTGRES_URL to"
                " another place"
            )


def _mode_of_folder(data_dir: Path) -> str | None:
    path = data_dir / _STATE
    return path.read_text().strip() if path.exists() else None


def _mode_of_snapshots(lake: Lake) -> str | None:
    newest = lake.newest_captured_at(RAW_SNAPSHOTS)
    if newest is None:
        return None
    sources = lake.inventory(RAW_SNAPSHOTS, Window.hour(newest))["source"]
    return "demo" if sources[0].startswith(SIMULATED) else "live"
