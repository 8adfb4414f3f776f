"""Bodies of the public APIs with something wrong in them: what a portal may answer one day.

Each strategy starts from a sound body and changes a few places of it, or a few bytes.
"""

import copy
import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from belib_weather.sources.completeness import accepted_static, parsed_static
from belib_weather.sources.explore import response_of_export
from belib_weather.sources.open_meteo import accepted_hours
from belib_weather.sources.response import Answer, Response
from belib_weather.sources.weather_bodies import accepted_weather
from belib_weather_tests.bodies import body, document
from belib_weather_tests.unit.sources.feed import MINIMUM, records

AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
NOW = AT + timedelta(days=1)
TEXTS = st.sampled_from(
    [
        *("", " ", "\0", "a\0b", "\ud800", "\udfff*\ud800", "\u200b", "\ufeff", "\u00a0x", "\r\n"),
        *("x" * 101, "é" * 60, "x" * 1001, "é" * 40_000, "*", "***", "*1*2*3", "a;b", '"', "'"),
        *(
            "$set",
            "a.b",
            "null",
            "NaN",
            "true",
            "0x1",
            "1e999",
            "-0",
            "7,4",
            "48.85, 2.35",
            "99,99",
        ),
        *("2100-01-01T00:00:00+00:00", "1999-12-31T23:59:59+00:00", "2026-11-24T10:00:00"),
        *("+12345-01-01T00:00:00+00:00", "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+23:00"),
        *("2026-11-24T30:00", "12345-01-01T00:00", "9999-12-31T23:00", "0001-01-01T00:00"),
        *(
            "2026-11-25T09:00:00+00:00",
            "2026-11-24T23:59:60+00:00",
            "Europe/Nowhere",
            "Pacific/Apia",
        ),
    ]
)
NUMBERS = st.sampled_from(
    [
        *(0, 1, -1, 5, 91, 200, 404, 2**31, 2**63, -(2**63), 10**400, 0.5, -0.0, 1e308, 1e-320),
        *(float("nan"), float("inf"), float("-inf"), 273.15, 253402300800, 1e18, -62135596801),
    ]
)
ODD = st.recursive(
    st.none() | st.booleans() | TEXTS | NUMBERS | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["lon", "lat", "1h", "3h", "id", "2m"]), inner, max_size=3
        )
    ),
    max_leaves=4,
)


@st.composite
def changed(draw: st.DrawFn, sound: Callable[[], Any], most: int = 4) -> Any:
    """A document in which up to `most` values, keys or elements are changed."""
    changing = copy.deepcopy(sound())
    for _ in range(draw(st.integers(0, most))):
        _change(draw, changing)
    return changing


def _change(draw: st.DrawFn, inner: Any) -> None:
    """Change something within an object or a list, at any depth."""
    while True:
        keys = sorted(inner) if isinstance(inner, dict) else range(len(inner))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        if isinstance(inner[key], dict | list) and draw(st.integers(0, 3)):
            inner = inner[key]
            continue
        match draw(st.sampled_from(["set", "set", "set", "drop", "double", "case"])):
            case "set":
                inner[key] = draw(ODD)
            case "drop":
                del inner[key]
            case "double" if isinstance(inner, list):
                inner.append(copy.deepcopy(inner[key]))
            case _ if isinstance(inner, dict):
                inner[str(key).upper()] = draw(ODD)
        return


@st.composite
def damaged_bytes(draw: st.DrawFn, bodies: st.SearchStrategy[bytes]) -> bytes:
    """Bytes of which now and then some are missing, wrong or too many."""
    sound = draw(bodies)
    kind = draw(st.integers(0, 9))
    if kind > 2 or not sound:
        return sound
    at = draw(st.integers(0, len(sound)))
    if kind == 0:
        return sound[:at]
    odd = draw(st.sampled_from([b"\0", b"\xff", b"\xef\xbb\xbf", b"\n", b'"', b"-nan", b",", b"}"]))
    return sound[:at] + odd + sound[at + kind - 1 :]


def as_json(changing: st.SearchStrategy[Any]) -> st.SearchStrategy[bytes]:
    """The documents as JSON."""
    return damaged_bytes(changing.map(lambda found: json.dumps(found).encode()))


def as_lines(changing: st.SearchStrategy[Any]) -> st.SearchStrategy[bytes]:
    """Records as JSON lines."""
    return damaged_bytes(changing.map(lambda rows: "\n".join(map(json.dumps, rows)).encode()))


def as_csv(changing: st.SearchStrategy[Any], separator: str = ";") -> st.SearchStrategy[bytes]:
    """Records as CSV with a header, whatever has become of them."""
    return damaged_bytes(changing.map(lambda rows: _csv(rows, separator)))


def _csv(rows: Any, separator: str) -> bytes:
    rows = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    fields = list(dict.fromkeys(field for row in rows for field in row))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, escapechar="\\")
    writer.writerow(fields)
    for row in rows:
        place = row.get("coordonneesxy")
        if isinstance(place, dict) and {"lat", "lon"} <= place.keys():
            row = {**row, "coordonneesxy": f"{place['lat']}, {place['lon']}"}  # noqa: PLW2901
        writer.writerow([row.get(field) for field in fields])
    return text.getvalue().encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Source:
    """A source with its bodies, and the way in which one of them is accepted."""

    name: str
    bodies: st.SearchStrategy[bytes]
    accept: Callable[[bytes], Response]

    def __repr__(self) -> str:
        return self.name


def _snapshot() -> list[dict[str, Any]]:
    rows = records(12)
    for i, row in enumerate(rows):
        row["last_updated"] = (AT - i * timedelta(minutes=7)).isoformat()
    return rows


def _static() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = document("static/2024.json")
    return rows


def _answer(source: str, content: bytes, at: datetime = AT) -> Answer:
    return Answer(source, at, "https://example/body", {}, 200, {}, content)


def _accepted_snapshot(content: bytes) -> Response:
    return response_of_export(
        content, captured_at=AT, name="x", minimum_charge_points=MINIMUM, now=NOW
    )


def _accepted_static(content: bytes) -> Response:
    answer = _answer("opendata_paris/static", content)
    return accepted_static(answer, parsed_static(answer), expected=None)


def _accepted_hours(content: bytes) -> Response:
    first = datetime.fromisoformat(document(_FORECAST)["hourly"]["time"][0]).date()
    last = datetime.fromisoformat(document(_FORECAST)["hourly"]["time"][-1]).date()
    return accepted_hours(_answer("open_meteo/forecast", content), first, last)


_FORECAST = "weather/open_meteo_forecast.json"
SOURCES = (
    Source("realtime as JSON", as_json(changed(_snapshot)), _accepted_snapshot),
    Source("realtime as JSON lines", as_lines(changed(_snapshot)), _accepted_snapshot),
    Source("realtime as CSV", as_csv(changed(_snapshot)), _accepted_snapshot),
    Source("realtime as CSV with tabs", as_csv(changed(_snapshot), "\t"), _accepted_snapshot),
    Source(
        "realtime as recorded CSV",
        damaged_bytes(st.just(body("realtime/2022.csv"))),
        _accepted_snapshot,
    ),
    Source("static as JSON", as_json(changed(_static)), _accepted_static),
    Source("static as CSV", as_csv(changed(_static)), _accepted_static),
    Source("Open-Meteo", as_json(changed(lambda: document(_FORECAST))), _accepted_hours),
    *(
        Source(
            name.partition("/")[0],
            as_json(changed(lambda file=file: document(file))),  # type: ignore[misc]
            lambda content, name=name: accepted_weather(_answer(name, content), expected=None),  # type: ignore[misc]
        )
        for name, file in (
            ("openweathermap/current", "weather/openweathermap_snow.json"),
            ("infoclimat/gfs", "weather/infoclimat.json"),
        )
    ),
)
"""Every source in every format that it comes in."""
