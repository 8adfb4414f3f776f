"""The referee: every value in PostgreSQL against raw, every document in Elasticsearch against it.

Facts, weather, charge points and stations are computed from the bodies by the slow readings; the
states of stations by the pure functions of `transform`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pymongo

from belib_weather.embedded.addresses import Servers
from belib_weather.formats.realtime import read_realtime
from belib_weather.formats.static import read_static
from belib_weather.lake import RAW_SNAPSHOTS, Lake, RawDocument
from belib_weather.lake.schema import QUARANTINE, RAW_STATIC, RAW_WEATHER
from belib_weather.search import SearchStore
from belib_weather.transform.states import station_states
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    CHARGE_POINTS,
    FEED_HOURS,
    STATION_STATES,
    STATIONS,
    WEATHER_HOURS,
)
from belib_weather.window import Window, second_of
from belib_weather_tests.chaos import slow_reading as slow
from belib_weather_tests.chaos.shown import compare_documents
from belib_weather_tests.chaos.stage import Stage
from belib_weather_tests.chaos.verdict import Rows, Verdict, keyed
from belib_weather_tests.unit.transform import slow_dimensions
from belib_weather_tests.unit.transform.reference import Sighting, station_of
from belib_weather_tests.unit.transform.slow_runs import Since, since_of

_ALWAYS = Window(datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
_AHEAD = timedelta(minutes=5)
"""A snapshot that is captured later than this after now is not the newest."""
_MARGIN = 1800


class Referee:
    """Compares what the stores of a stage hold."""

    def __init__(self, stage: Stage) -> None:
        settings = stage.settings
        mongo, postgres, elasticsearch = Servers(settings).all
        self._mongo, self._database = mongo.url(mongo.port() or 0), settings.mongo_database
        self._lake = Lake(self._mongo, self._database)
        self._warehouse = Warehouse(postgres.url(postgres.port() or 0))
        self._search = SearchStore(elasticsearch.url(elasticsearch.port() or 0))
        self._seen: dict[str, list[Sighting]] = {}
        self._facts: dict[tuple[int, tuple[str, ...]], dict[str, dict[str, int]]] = {}

    def judge(self) -> Verdict:
        """Compare everything once; a run that is going on shows as differences."""
        verdict = Verdict()
        documents = list(self._lake.documents(RAW_SNAPSHOTS, _ALWAYS))
        weather = list(self._lake.documents(RAW_WEATHER, _ALWAYS))
        facts = self._warehouse.read(AVAILABILITY_FACTS)
        by_stamp = slow.weather_by_stamp((d.source, d.captured_at, d.body) for d in weather)
        verdict.compare("weather_hours", *self._weather(by_stamp))
        verdict.compare(
            "availability_facts",
            dict(self._facts_of(documents, by_stamp)),
            keyed(facts, "station_id", "hour"),
        )
        self._feed(verdict, documents)
        self._dimensions(verdict, documents)
        compare_documents(verdict, self._warehouse, self._search)
        return verdict

    def polled(self, cadence: int) -> list[datetime]:
        """Capture times of the live polls."""
        stored = self._lake.inventory(RAW_SNAPSHOTS, _ALWAYS)
        return stored.filter(pl.col("cadence_seconds") == cadence)["captured_at"].to_list()

    def _weather(self, by_stamp: dict[int, dict[str, Any]]) -> tuple[Rows, Rows]:
        """Of the stamps that the table has: those of days to come are made when they come."""
        found = keyed(self._warehouse.read(WEATHER_HOURS), "hour")
        seconds = {hour: second_of(hour) for hour in found}
        return {h: by_stamp[s] for h, s in seconds.items() if s in by_stamp}, found

    def _facts_of(
        self, documents: list[RawDocument], by_stamp: dict[int, dict[str, Any]]
    ) -> Iterator[tuple[Any, dict[str, Any]]]:
        newest = second_of(_newest(documents).captured_at)
        near = defaultdict(list)
        for document in documents:
            second = second_of(document.captured_at)
            for hour in {(second - _MARGIN) // 3600, second // 3600, (second + _MARGIN) // 3600}:
                near[hour * 3600].append(document)
        for hour, beside in near.items():
            instant = datetime.fromtimestamp(hour, UTC)
            if instant > datetime.now(UTC):
                continue  # it has no partition yet
            inside = [d for d in beside if hour <= second_of(d.captured_at) < hour + 3600]
            more = {
                "source": " + ".join(sorted({d.source for d in inside})),
                "is_provisional": hour + 3600 > newest,
                **slow.weather_of_hour(by_stamp, hour),
                **slow.local_calendar(hour),
            }
            for station, counted in self._counted(hour, beside).items():
                yield (station, instant), counted | more

    def _counted(self, hour: int, documents: list[RawDocument]) -> dict[str, dict[str, int]]:
        key = hour, tuple(document.id for document in documents)
        if key not in self._facts:
            seen = [one for document in documents for one in self._sightings(document)]
            self._facts[key] = slow.facts_of_hour(seen, hour)
        return self._facts[key]

    def _sightings(self, document: RawDocument) -> list[Sighting]:
        if document.id not in self._seen:
            self._seen[document.id] = slow.sightings(document.body, document.captured_at)
        return self._seen[document.id]

    def _feed(self, verdict: Verdict, documents: list[RawDocument]) -> None:
        """Hours that are over: the figures of the running hour are of the moment of its run."""
        now = second_of(datetime.now(UTC))
        stored = self._lake.inventory(RAW_SNAPSHOTS, _ALWAYS)
        polls = [
            (second_of(row["captured_at"]), row["source"], row["cadence_seconds"])
            for row in stored.iter_rows(named=True)
        ]
        points: dict[int, set[str]] = defaultdict(set)
        for document in documents:
            of_hour = points[second_of(document.captured_at) // 3600 * 3600]
            of_hour |= {one.point for one in self._sightings(document)}
        found = {
            hour: row
            for hour, row in keyed(self._warehouse.read(FEED_HOURS), "hour").items()
            if second_of(hour) + 3600 + _MARGIN < now
        }
        begun = min(map(second_of, found), default=now)
        hours = range(begun, now - 3600 - _MARGIN, 3600)
        refused = self._refused()
        expected = {
            datetime.fromtimestamp(hour, UTC): slow.feed_hour(
                hour, polls, refused, len(points[hour])
            )
            for hour in hours
        }
        verdict.compare("feed_hours", expected, found)

    def _refused(self) -> list[int]:
        """Seconds of the answers of the feed that are in quarantine."""
        with pymongo.MongoClient[dict[str, Any]](self._mongo, tz_aware=True) as client:
            found = client[self._database][QUARANTINE].find({}, {"captured_at": 1, "source": 1})
            return [
                second_of(one["captured_at"])
                for one in found
                if str(one["source"]).endswith("/realtime")
            ]

    def _dimensions(self, verdict: Verdict, documents: list[RawDocument]) -> None:
        begun = [d for d in documents if d.captured_at <= datetime.now(UTC) + _AHEAD]
        feed = [record for d in begun for record in _records(d, read_realtime(d.body).places)]
        static = [
            record
            for d in self._lake.documents(RAW_STATIC, _ALWAYS)
            for record in _records(d, _records_of_static(d))
        ]
        days = range(min(one.day for one in feed), max(one.day for one in feed) + 2)
        snapshots = {second_of(d.captured_at) // 86_400 for d in begun}
        points = slow_dimensions.points_of(feed, static, snapshots, days)
        stations = slow_dimensions.stations_of(
            points, {point: station_of(point) for point, _ in points}
        )
        for table, key, expected in (
            (CHARGE_POINTS, "charge_point_id", points),
            (STATIONS, "station_id", stations),
        ):
            found = self._warehouse.read(table).to_dicts()
            verdict.compare(table.name, expected, slow_dimensions.on_days(found, key, days))
        newest = _newest(documents)
        states = station_states(
            read_realtime(newest.body).sightings(newest.captured_at),
            self._warehouse.read(STATIONS),
            newest.captured_at,
            newest.source,
        )
        stored = self._warehouse.read(STATION_STATES)
        verdict.compare(
            "station_states",
            keyed(states.drop(_SINCE), "station_id"),
            keyed(stored.drop(_SINCE), "station_id"),
        )
        last = {second_of(d.captured_at): d for d in documents}
        seen = [
            read_realtime(d.body).sightings(d.captured_at)
            for second, d in sorted(last.items())
            if second <= second_of(newest.captured_at)
        ]
        verdict.compare(
            "station_states since",
            {name: _as_columns(runs) for name, runs in since_of(seen, newest.captured_at).items()},
            {row["station_id"]: _as_columns(_runs(row)) for row in stored.iter_rows(named=True)},
        )


_SINCE = ("since", "since_kind", "out_of_order_since", "out_of_order_since_kind")


def _runs(row: dict[str, Any]) -> list[Since]:
    pairs = (_SINCE[:2], _SINCE[2:])
    return [Since(row[since], row[kind]) for since, kind in pairs if row[since] is not None]


def _as_columns(runs: list[Since]) -> dict[str, Any]:
    return {str(number): (run.since, run.kind) for number, run in enumerate(runs)}


def _records_of_static(document: RawDocument) -> Callable[[datetime], pl.DataFrame]:
    records = read_static(document.body).records
    return lambda _: records.with_columns(updated=None, status=pl.lit(""))


def _records(
    document: RawDocument, read: Callable[[datetime], pl.DataFrame]
) -> Iterator[slow_dimensions.Record]:
    second = second_of(document.captured_at)
    for row in read(document.captured_at).iter_rows(named=True):
        point, updated, status = (row.pop(n) for n in ("charge_point_id", "updated", "status"))
        row.pop("second", None)
        yield slow_dimensions.Record(
            point, second, updated, status, slow_dimensions.comparable(row)
        )


def _newest(documents: list[RawDocument]) -> RawDocument:
    latest = datetime.now(UTC) + _AHEAD
    return max((d for d in documents if d.captured_at <= latest), key=lambda d: d.captured_at)
