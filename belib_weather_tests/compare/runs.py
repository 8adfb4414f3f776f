"""The runs that are compared: a demonstration of each checkout, and the old one's raw made anew.

What belongs here: which commands run, in which order. What does not: one command (`checkout`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from belib_weather_tests.compare.checkout import Checkout
from belib_weather_tests.compare.dumps import (
    RAW,
    Dump,
    dump_of,
    index_prefix,
    mongo,
    mongo_database,
)

FACTS, ROWS, STATES = "availability_facts", "availability_hours", "station_states"
_OF_THE_PRESENT = ("charge_points", "stations", STATES, "stations_index", "belib_current")
_DRIVERS = Path(__file__).parent / "drivers"
_HOUR_KEY, _DAY_KEY = "%Y-%m-%d-%H:%M", "%Y-%m-%d"


def demonstrated(checkout: Checkout, days: int, asked_by: dict[Path, Checkout]) -> Dump:
    """Run the demonstration, export, and read what is there.

    Args:
        checkout: runs it.
        days: of history.
        asked_by: checkouts that ask what dashboards show of this run, by the folder to write to.
    """
    with _stopped_after(checkout):
        checkout.belib("demo", "--days", str(days), "--no-serve")
        variables = checkout.started()
        dump = dump_of(variables, _exports(checkout))
        checkout.materialize(["open_exports"], variables, _range(dump, _DAY_KEY))
        dump = dump_of(variables, _exports(checkout))
        for folder, other in asked_by.items():
            arguments = (index_prefix(variables), present(dump).isoformat(), str(folder))
            other.driver(_DRIVERS / "dashboards.py", *arguments, settings=variables)
    return dump


def bundle_exported(checkout: Checkout) -> Path:
    """Let a checkout export its Kibana bundle; the folder that holds it."""
    bundle = checkout.home / "bundle"
    checkout.belib("kibana", "export", "--mode", "demo", "--to", str(bundle))
    return bundle


def rebuilt(checkout: Checkout, old: Dump) -> Dump:
    """Let a checkout make everything from the raw documents of another run, in an empty home."""
    checkout.settings = {**checkout.settings, "BELIB_START": _range(old, _DAY_KEY)[0]}
    hours, days = _range(old, _HOUR_KEY), _range(old, _DAY_KEY)
    with _stopped_after(checkout):
        variables = checkout.started()
        with mongo(variables) as client:
            for name in RAW:
                # Older envelopes may lack what newer ones must have.
                client[mongo_database(variables)][name].insert_many(
                    old.collections[name].values(), bypass_document_validation=True
                )
        checkout.materialize(["weather_hours"], variables, days)
        # Stations come before documents, which hold their attributes.
        checkout.materialize(_OF_THE_PRESENT, variables, None)
        checkout.materialize([FACTS, "availability_index"], variables, hours)
        checkout.materialize(["open_exports"], variables, days)
        return dump_of(variables, _exports(checkout))


def report_drawn(checkout: Checkout, old: Dump, days: int, folder: Path) -> None:
    """Let a checkout draw the report of the rows of the old run, at the instant of its end."""
    folder.mkdir(parents=True)
    rows, states = folder / "rows.parquet", folder / "states.parquet"
    old.tables[ROWS].write_parquet(rows)
    old.tables[STATES].write_parquet(states)
    arguments = (str(rows), str(states), str(days), present(old).isoformat(), str(folder))
    checkout.driver(_DRIVERS / "report.py", *arguments)


def present(dump: Dump) -> datetime:
    """Shortly after the newest snapshot of a run."""
    newest: datetime = dump.tables[STATES]["captured_at"].max()  # type: ignore[assignment]
    return newest + timedelta(minutes=1)


def _range(dump: Dump, form: str) -> tuple[str, str]:
    hours = dump.tables[FACTS]["hour"].dt.convert_time_zone("UTC")
    first, last = hours.min(), hours.max()
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        raise SystemExit("the demonstration made no facts")
    return f"{first.astimezone(UTC):{form}}", f"{last.astimezone(UTC):{form}}"


def _exports(checkout: Checkout) -> Path:
    return Path(checkout.settings["BELIB_EXPORT_URL"])


@contextmanager
def _stopped_after(checkout: Checkout) -> Iterator[None]:
    try:
        yield
    finally:
        checkout.stop()
