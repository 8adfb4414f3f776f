"""Golden files: small cases of a dataset's rules, with the rows that a version of them makes.

A file holds the version and its cases, each with its input and rows. Rows that change
need another version, so that what older rules made is remade (docs/decisions/
rules-have-a-version.md). What belongs here: from a case's input to its rows, by the product's own
functions.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from belib_weather.datasets import WeatherHour
from belib_weather.formats.batches import Snapshot
from belib_weather.formats.snapshots import read_sightings
from belib_weather.formats.weather import read_weather
from belib_weather.transform.episodes import status_episodes
from belib_weather.transform.facts import availability_facts
from belib_weather.transform.feed_hours import Polled, feed_hours
from belib_weather.transform.outages import outages
from belib_weather.transform.sources import sources_by
from belib_weather.transform.weather import best_weather
from belib_weather.warehouse.table import Table
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    CHARGE_POINTS,
    FEED_HOURS,
    OUTAGES,
    STATIONS,
    STATUS_EPISODES,
    WEATHER_HOURS,
)
from belib_weather.window import Grain, Window
from belib_weather_tests.cleaned import Dimensions, dimensions_of
from belib_weather_tests.unit.transform.outage_reference import at, segments_of

_INSTANT = pl.Datetime("us", "UTC")
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Golden:
    """The golden file of a dataset.

    Attributes:
        table: declares the version of the rules.
        make: from a case's input to rows.
    """

    table: Table
    make: Callable[[Any], pl.DataFrame]

    @property
    def path(self) -> Path:
        """The file."""
        return Path(__file__).parent / f"{self.table.name}.json"

    def read(self) -> dict[str, Any]:
        """The version and the cases, as they are stored."""
        stored: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8"))
        return stored

    def rows(self, case_input: Any) -> Rows:
        """The rows of an input as JSON has them."""
        rows: Rows = json.loads(json.dumps(self.make(case_input).to_dicts(), default=str))
        return rows


def facts_of(case_input: Any) -> pl.DataFrame:
    """Facts of snapshots: `window`, `newest`, `snapshots`, `weather`."""
    snapshots, documents = _snapshots(case_input["snapshots"])
    return availability_facts(
        read_sightings(snapshots).good,
        window=_window(case_input["window"]),
        weather=weather_of(case_input["weather"]),
        newest_snapshot=_instant(case_input["newest"]),
        sources=sources_by(Grain.HOUR, documents),
    )


def episodes_of(case_input: Any) -> pl.DataFrame:
    """Status episodes of snapshots: `window`, `snapshots`."""
    snapshots, documents = _snapshots(case_input["snapshots"])
    return status_episodes(
        read_sightings(snapshots).good,
        window=_window(case_input["window"]),
        sources=sources_by(Grain.DAY, documents),
    )


def outages_of_timelines(case_input: Any) -> pl.DataFrame:
    """Outages of the points of a station: `points`, of each (status, ticks of five minutes)."""
    points = {
        point: [status for status, ticks in parts for _ in range(ticks)]
        for point, parts in case_input["points"].items()
    }
    segments = segments_of(points)
    return outages(segments, at(max(map(len, points.values()))))


def _snapshots(case_input: Any) -> tuple[list[Snapshot], pl.DataFrame]:
    """Snapshots, and their `captured_at` and `source`."""
    snapshots = [
        Snapshot(_instant(s["captured_at"]), json.dumps(s["records"]).encode()) for s in case_input
    ]
    documents = pl.DataFrame(
        [(s.captured_at, one["source"]) for s, one in zip(snapshots, case_input, strict=True)],
        schema={"captured_at": _INSTANT, "source": pl.String()},
        orient="row",
    )
    return snapshots, documents


def weather_of(case_input: Any) -> pl.DataFrame:
    """Weather of documents: `source`, `captured_at`, `body` each."""
    rows = [
        read_weather(
            json.dumps(d["body"]).encode(), d["source"], _instant(d["captured_at"])
        ).records
        for d in case_input
    ]
    return best_weather(pl.concat([WeatherHour.create_empty(), *rows]))


def feed_of(case_input: Any) -> pl.DataFrame:
    """Feed hours of polls: `window`, `now`, `cadence_before`, `documents`, `refused`, `points`."""
    documents = pl.DataFrame(
        [
            {**d, "captured_at": _instant(d["captured_at"]), "sha256": d["captured_at"]}
            for d in case_input["documents"]
        ],
        schema={
            "captured_at": _INSTANT,
            "source": pl.String(),
            "sha256": pl.String(),
            "cadence_seconds": pl.Int64(),
        },
    )
    refused = pl.DataFrame(
        {"captured_at": [_instant(at) for at in case_input["refused"]]},
        schema={"captured_at": _INSTANT},
    )
    points = pl.DataFrame(
        [(_instant(hour), count) for hour, count in case_input["points"].items()],
        schema={"hour": _INSTANT, "charge_points": pl.Int32()},
        orient="row",
    )
    window = _window(case_input["window"])
    polled = Polled(
        documents, refused, window, _instant(case_input["now"]), case_input["cadence_before"]
    )
    return feed_hours(polled, points)


def points_of(case_input: Any) -> pl.DataFrame:
    """Charge points of documents: `snapshots` and `static`, lists of capture time and records."""
    return _dimensions(case_input).points


def stations_of(case_input: Any) -> pl.DataFrame:
    """Stations of the same."""
    return _dimensions(case_input).stations


def _dimensions(case_input: Any) -> Dimensions:
    snapshots, static = (
        {_instant(at): json.dumps(records).encode() for at, records in case_input[name]}
        for name in ("snapshots", "static")
    )
    return dimensions_of(snapshots, static)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _window(ends: list[str]) -> Window:
    return Window(_instant(ends[0]), _instant(ends[1]))


GOLDEN = (
    Golden(AVAILABILITY_FACTS, facts_of),
    Golden(CHARGE_POINTS, points_of),
    Golden(FEED_HOURS, feed_of),
    Golden(OUTAGES, outages_of_timelines),
    Golden(STATIONS, stations_of),
    Golden(STATUS_EPISODES, episodes_of),
    Golden(WEATHER_HOURS, weather_of),
)
