"""The referee: every value in PostgreSQL against raw, every document in Elasticsearch against it.

Facts and weather are computed from the bodies by the slow reading; charge points, stations and
their states by the pure functions of `transform`, in one go from the first body to the last.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pymongo

from belib_weather.embedded.addresses import Servers
from belib_weather.formats.realtime import POINTS, read_realtime
from belib_weather.formats.static import read_static
from belib_weather.lake import RAW_SNAPSHOTS, Lake, RawDocument
from belib_weather.lake.schema import QUARANTINE, RAW_STATIC, RAW_WEATHER
from belib_weather.search import SearchStore
from belib_weather.search.projections import AVAILABILITY_INDEX, STATIONS_INDEX, Projection
from belib_weather.transform.points import fold_points
from belib_weather.transform.points import stations as stations_of
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
from belib_weather_tests.chaos.stage import Stage
from belib_weather_tests.unit.transform.reference import Sighting

_ALWAYS = Window(datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
_AHEAD = timedelta(minutes=5)
"""A snapshot that is captured later than this after now is not the newest."""
_MARGIN = 1800
_PAGE = 10_000
Rows = dict[Any, dict[str, Any]]


@dataclass(frozen=True)
class Difference:
    """Something that is not as it should be: its kind, and where."""

    kind: str
    example: str


@dataclass
class Verdict:
    """What was compared.

    Attributes:
        values: compared values of PostgreSQL.
        documents: compared documents of Elasticsearch.
        differences: each of them.
    """

    values: int = 0
    documents: int = 0
    differences: list[Difference] = field(default_factory=list)

    def lines(self) -> list[str]:
        """One for each kind of difference: how many, and the first."""
        by_kind = defaultdict(list)
        for difference in self.differences:
            by_kind[difference.kind].append(difference.example)
        return [f"{kind}: {len(found):,}, first {found[0]}" for kind, found in by_kind.items()]

    def compare(self, what: str, wanted: Rows, found: Rows) -> None:
        """Every value of every row, and rows that one side alone has."""
        for key in sorted(set(wanted) | set(found), key=str):
            if key not in found:
                self._differs(f"{what}, rows missing", _words(key))
            elif key not in wanted:
                self._differs(f"{what}, rows too many", _words(key))
            else:
                self._compare_row(what, _words(key), wanted[key], found[key])

    def _compare_row(
        self, what: str, key: str, wanted: Mapping[str, Any], found: Mapping[str, Any]
    ) -> None:
        for name, value in wanted.items():
            self.values += 1
            if found.get(name) != value:
                self._differs(f"{what}.{name}", f"{key}: {found.get(name)!r}, not {value!r}")

    def _differs(self, kind: str, example: str) -> None:
        self.differences.append(Difference(kind, example))


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
        verdict, now = Verdict(), datetime.now(UTC)
        documents = list(self._lake.documents(RAW_SNAPSHOTS, _ALWAYS))
        verdict.differences += [
            Difference("raw snapshots captured in the future", f"{document.captured_at}")
            for document in documents
            if document.captured_at > now + _AHEAD
        ]
        weather = list(self._lake.documents(RAW_WEATHER, _ALWAYS))
        facts = self._warehouse.read(AVAILABILITY_FACTS)
        by_stamp = slow.weather_by_stamp((d.source, d.captured_at, d.body) for d in weather)
        verdict.compare("weather_hours", *self._weather(by_stamp))
        verdict.compare(
            "availability_facts",
            dict(self._facts_of(documents, by_stamp)),
            _keyed(facts, "station_id", "hour"),
        )
        self._feed(verdict, documents)
        self._dimensions(verdict, documents)
        self._documents(verdict, facts)
        return verdict

    def polled(self, cadence: int) -> list[datetime]:
        """Capture times of the live polls."""
        stored = self._lake.inventory(RAW_SNAPSHOTS, _ALWAYS)
        return stored.filter(pl.col("cadence_seconds") == cadence)["captured_at"].to_list()

    def _weather(self, by_stamp: dict[int, dict[str, Any]]) -> tuple[Rows, Rows]:
        """Of the stamps that the table has: those of days to come are made when they come."""
        found = _keyed(self._warehouse.read(WEATHER_HOURS), "hour")
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
            for hour, row in _keyed(self._warehouse.read(FEED_HOURS), "hour").items()
            if second_of(hour) + 3600 + _MARGIN < now
        }
        begun = min(map(second_of, found), default=now)
        hours = range(begun, now - 3600 - _MARGIN, 3600)
        refused = self._refused()
        wanted = {
            datetime.fromtimestamp(hour, UTC): slow.feed_hour(
                hour, polls, refused, len(points[hour])
            )
            for hour in hours
        }
        verdict.compare("feed_hours", wanted, found)

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
        empty = self._warehouse.read(CHARGE_POINTS).clear()
        places = pl.concat(
            [
                POINTS.to_frame(),
                *(read_realtime(d.body).points(d.captured_at) for d in documents),
            ],
            how="vertical_relaxed",
        )
        static = self._lake.newest(RAW_STATIC)
        records = read_static(static.body).records if static else None
        points = fold_points(empty, places, records)
        verdict.compare(
            "charge_points",
            _keyed(points, "charge_point_id"),
            _keyed(self._warehouse.read(CHARGE_POINTS), "charge_point_id"),
        )
        made = stations_of(points)
        found = self._warehouse.read(STATIONS)
        verdict.compare("stations", _keyed(made, "station_id"), _keyed(found, "station_id"))
        newest = _newest(documents)
        sightings = read_realtime(newest.body).sightings(newest.captured_at)
        verdict.compare(
            "station_states",
            _keyed(
                station_states(sightings, made, newest.captured_at, newest.source), "station_id"
            ),
            _keyed(self._warehouse.read(STATION_STATES), "station_id"),
        )

    def _documents(self, verdict: Verdict, facts: pl.DataFrame) -> None:
        """What Elasticsearch shows against what PostgreSQL holds, field by field."""
        before = verdict.values
        versions = defaultdict(list)
        for row in self._warehouse.read(STATIONS).sort("valid_from").iter_rows(named=True):
            versions[row["station_id"]].append(row)
        wanted = {
            f"{row['station_id']}|{_text(row['hour'])}": _document(
                row | _attributes(versions[row["station_id"]], row["hour"])
            )
            for row in facts.iter_rows(named=True)
        }
        shown = self._shown(AVAILABILITY_INDEX)
        verdict.compare("belib-availability", wanted, shown)
        states = self._warehouse.read(STATION_STATES).iter_rows(named=True)
        stations = {row["station_id"]: _document(row) for row in states}
        verdict.compare("belib-stations", stations, self._shown(STATIONS_INDEX))
        verdict.values = before
        verdict.documents += len(wanted) + len(stations)

    def _shown(self, projection: Projection) -> Rows:
        found: Rows = {}
        after: list[Any] = []
        order = [{"hour": "asc"}, {"station_id": "asc"}]
        while True:
            body = {"size": _PAGE, "sort": order if projection.time_column else order[1:]}
            answer = self._search.search(
                projection, body | ({"search_after": after} if after else {})
            )
            hits = answer["hits"]["hits"]
            found |= {hit["_id"]: hit["_source"] for hit in hits}
            if len(hits) < _PAGE:
                return found
            after = hits[-1]["sort"]


_ATTRIBUTES = ("station_name", "address", "arrondissement", "latitude", "longitude", "power_kw")


def _attributes(versions: list[dict[str, Any]], hour: datetime) -> dict[str, Any]:
    """Of the version valid at the hour; before the first one, the first."""
    valid = [row for row in versions if row["valid_from"] <= hour] or versions[:1]
    return {name: valid[-1][name] if valid else None for name in _ATTRIBUTES}


def _document(row: dict[str, Any]) -> dict[str, Any]:
    place = {name: row.pop(name) for name in ("latitude", "longitude")}
    known = None not in place.values()
    point = {"lat": place["latitude"], "lon": place["longitude"]} if known else None
    return {name: _text(value) for name, value in row.items()} | {"location": point}


def _words(key: Any) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return value.isoformat() if hasattr(value, "isoformat") else value


def _newest(documents: list[RawDocument]) -> RawDocument:
    latest = datetime.now(UTC) + _AHEAD
    return max((d for d in documents if d.captured_at <= latest), key=lambda d: d.captured_at)


def _keyed(frame: pl.DataFrame, *key: str) -> Rows:
    rows: Iterable[dict[str, Any]] = frame.iter_rows(named=True)
    if len(key) == 1:
        return {row[key[0]]: row for row in rows}
    return {tuple(row[name] for name in key): row for row in rows}
