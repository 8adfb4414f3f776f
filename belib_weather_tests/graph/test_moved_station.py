"""A station that moves: view, index and files show it where it was on each day."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from belib_weather.assets.publisher import AVAILABILITY, STATES, Publisher, days_of
from belib_weather.automation.live import RANGE_END, RANGE_START
from belib_weather.dates import dates_of, window_of_date
from belib_weather.partitions import day_key, hour_key
from belib_weather.search.projections import AVAILABILITY_INDEX
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    AVAILABILITY_HOURS,
    STATION_STATES,
    STATIONS,
)
from belib_weather.window import DAY, HOUR, Window, floor_day
from belib_weather_tests.graph.conftest import Platform
from belib_weather_tests.graph.publication import Documents, jobs, look, repair, run, verdicts
from belib_weather_tests.graph.test_exports import asked_in_the_morning, in_days
from belib_weather_tests.stores.search.sample import facts, states, station_ids, stations

COUNT = 3
MOVED = station_ids(COUNT)[1]
HERE = {"address": "1 rue de Rivoli 75004 Paris", "arrondissement": 4}
THERE = {"address": "55 Avenue de Ségur 75007 Paris", "arrondissement": 7}


@dataclass(frozen=True)
class Month:
    """Twelve days of facts, all of them published, which end eighteen days ago."""

    platform: Platform
    documents: Documents
    days: list[datetime]

    @property
    def window(self) -> Window:
        """All of them."""
        return Window(self.days[0], self.days[-1] + DAY)

    def move(self, *begins: tuple[int, dict[str, Any]]) -> None:
        """Give the station a version from each of these days on; before the first, `HERE`."""
        known = stations(COUNT)
        own = known.filter(pl.col("station_id") == MOVED)
        since = [own["valid_from"][0], *(self.days[day] for day, _ in begins)]
        until = [*since[1:], None]
        places = [HERE, *(place for _, place in begins)]
        versions = [
            own.with_columns(
                **{name: pl.lit(value).cast(own.schema[name]) for name, value in place.items()},
                valid_from=pl.lit(first).cast(own.schema["valid_from"]),
                valid_to=pl.lit(last).cast(own.schema["valid_to"]),
            )
            for first, last, place in zip(since, until, places, strict=True)
        ]
        others = known.filter(pl.col("station_id") != MOVED)
        with self.platform.warehouse.locked(STATIONS) as transaction:
            transaction.upsert(STATIONS, pl.concat([others, *versions]))

    def operations(self) -> int:
        """Documents written to the index since it was made."""
        states = self.platform.search.states(AVAILABILITY_INDEX).values()
        return sum(state.max_seq_no + 1 for state in states)

    def shown(self, arrondissement: int) -> set[datetime]:
        """Days on which a dashboard filtered by an arrondissement shows the station."""
        found = self.documents.ask(
            "POST",
            f"/{self.documents.alias(AVAILABILITY_INDEX)}/_search",
            {
                "size": 0,
                "query": {
                    "bool": {
                        "filter": [
                            {"term": {"arrondissement": arrondissement}},
                            {"term": {"station_id": MOVED}},
                        ]
                    }
                },
                "aggs": {
                    "days": {
                        "date_histogram": {
                            "field": "hour",
                            "fixed_interval": "24h",
                            "min_doc_count": 24,
                        }
                    }
                },
            },
        )
        buckets = found["aggregations"]["days"]["buckets"]
        return {datetime.fromtimestamp(bucket["key"] / 1000, UTC) for bucket in buckets}


@pytest.fixture
def month(platform: Platform, elasticsearch_url: str, now: datetime) -> Month:
    """Facts, older than what every evaluation of the sensor compares."""
    days = [floor_day(now) - timedelta(days=30 - n) for n in range(12)]
    platform = platform.changed(settings={"start": days[0].date()})
    month = Month(platform, Documents(platform, elasticsearch_url), days)
    month.move()
    rows = facts(month.window, COUNT)
    inputs = rows.select("hour", input_hash=pl.lit("same"), snapshots=12).unique("hour")
    with platform.warehouse.locked(AVAILABILITY_FACTS, month.window) as transaction:
        transaction.replace(AVAILABILITY_FACTS, rows, month.window)
        transaction.record_inputs(AVAILABILITY_FACTS, inputs)
    for day in days_of(month.window):
        Publisher(AVAILABILITY, platform.warehouse, platform.search, now).publish(day)
    with platform.warehouse.locked(STATION_STATES) as transaction:
        transaction.replace(STATION_STATES, states(COUNT, now.replace(microsecond=0)))
    Publisher(STATES, platform.warehouse, platform.search, now).publish(None)
    assert month.shown(4) == set(days)
    return month


def test_a_move_publishes_hours_from_its_day_on_again(month: Month) -> None:
    before = month.operations()

    month.move((7, THERE))

    found = look(month.platform)
    assert jobs(found) == ["publish"]
    assert verdicts(found)["availability_index"] is False  # until it is done, the check says so
    assert repair(month.platform) == ["publish"]
    assert month.shown(4) == set(month.days[:7])
    assert month.shown(7) == set(month.days[7:])
    assert month.operations() - before == 5 * 24 * COUNT
    assert month.documents.agree()
    view = month.platform.warehouse.read(AVAILABILITY_HOURS)
    assert view.height == 12 * 24 * COUNT
    own = view.filter(pl.col("station_id") == MOVED)
    for hour, address in own.select("hour", "address").iter_rows():
        assert address == (HERE if hour < month.days[7] else THERE)["address"]
    assert jobs(look(month.platform)) == []


def test_a_late_document_that_changes_some_days_publishes_exactly_these(month: Month) -> None:
    before = month.operations()

    month.move((5, THERE), (10, HERE))

    [request] = look(month.platform).run_requests or []
    first, last = hour_key(month.days[5]), hour_key(month.days[10] - HOUR)
    assert (request.tags[RANGE_START], request.tags[RANGE_END]) == (first, last)
    assert run(month.platform, request).success
    assert month.operations() - before == 5 * 24 * COUNT
    assert month.shown(7) == set(month.days[5:10])
    assert month.documents.agree()
    assert jobs(look(month.platform)) == []


def test_a_change_that_affects_no_document_publishes_nothing(month: Month) -> None:
    """The end of a validity, and a version of a station without facts."""
    before = month.operations()
    unknown = stations(COUNT + 1).filter(pl.col("station_id") == station_ids(COUNT + 1)[-1])
    with month.platform.warehouse.locked(STATIONS) as transaction:
        listed = transaction.read(STATIONS)
        gone = pl.when(pl.col("station_id") == MOVED).then(pl.lit(month.window.end))
        ended = listed.with_columns(valid_to=gone.cast(listed.schema["valid_to"]))
        transaction.upsert(STATIONS, pl.concat([ended, unknown]))

    assert jobs(look(month.platform)) == []
    assert month.operations() == before
    assert month.documents.agree()
    with month.platform.warehouse.publication(month.documents.alias(AVAILABILITY_INDEX)) as ledger:
        assert ledger.touched(AVAILABILITY.content, 1).is_empty()


def test_the_newest_of_many_days_come_first(month: Month) -> None:
    month.move((0, THERE), (2, HERE), (8, THERE))

    requests = look(month.platform).run_requests or []

    assert [request.tags[RANGE_START] for request in requests] == [
        hour_key(month.days[8]),
        hour_key(month.days[0]),
    ]


def test_hours_before_the_first_partition_are_not_requested(month: Month) -> None:
    later = month.platform.changed(settings={"start": month.days[9].date()})

    month.move((5, THERE), (10, HERE))

    [request] = look(later).run_requests or []
    assert request.tags[RANGE_START] == hour_key(month.days[9])


def test_a_document_with_another_place_than_its_version_fails_the_audit(month: Month) -> None:
    """The comparison by value covers what is joined."""
    [document_id] = [
        i for i in month.documents.all(AVAILABILITY_INDEX) if i.startswith(f"{MOVED}|")
    ][:1]
    [index] = [
        hit["_index"]
        for hit in month.documents.ask(
            "POST",
            f"/{month.documents.alias(AVAILABILITY_INDEX)}/_search",
            {"query": {"ids": {"values": [document_id]}}},
        )["hits"]["hits"]
    ]
    source = month.documents.all(AVAILABILITY_INDEX)[document_id]
    path = f"/{index}/_doc/{document_id}".replace("|", "%7C")
    month.documents.ask("PUT", path, {**source, "arrondissement": 19}, refresh="true")

    assert repair(month.platform) == ["audit_index"]

    assert month.documents.agree()


def test_files_of_the_days_that_a_version_touches_are_written_again(
    month: Month, tmp_path: Path, now: datetime
) -> None:
    platform = month.platform.changed(settings={"export_url": f"{tmp_path}"})
    first, last = day_key(month.days[0]), day_key(month.days[-1])
    assert platform.materialize("open_exports", keys=(first, last)).success
    yesterday = (day_key(now - DAY),) * 2
    assert asked_in_the_morning(platform, in_days(now, 0)) == [yesterday]

    month.move((5, THERE), (10, HERE))

    touched = dates_of(Window(month.days[5], month.days[10]))
    due = (f"{touched[0]}", f"{touched[-1]}")
    assert asked_in_the_morning(platform, in_days(now, 0)) == [due, yesterday]
    assert platform.materialize("open_exports", keys=due).success
    assert asked_in_the_morning(platform, in_days(now, 0)) == [yesterday]
    for date in dates_of(month.window):
        file = tmp_path / f"availability/csv/{date}.csv"
        rows = pl.read_csv(file, try_parse_dates=True).filter(pl.col("station_id") == MOVED)
        hours = set(window_of_date(date).hours) & set(month.window.hours)
        assert dict(rows.select("hour", "address").iter_rows()) == {
            hour: (THERE if month.days[5] <= hour < month.days[10] else HERE)["address"]
            for hour in hours
        }
