"""Recorded exports are served again at their times."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import orjson
import pytest

from belib_weather.simulator import realtime
from belib_weather.simulator.app import create_app
from belib_weather.simulator.replay import ReplayError, read_recording
from belib_weather.simulator.server import serving
from belib_weather.simulator.truth import Truth
from belib_weather_tests.bodies import FOLDER

EXPORT = f"/api/explore/v2.1/catalog/datasets/{realtime.DATASET}/exports/json"


def test_exports_are_served_from_their_instants_on(small: Truth) -> None:
    files = [FOLDER / f"realtime/{name}.json" for name in ("2022", "2022_five_minutes_later")]
    times = ["2026-11-24T12:00:00+00:00", "2026-11-24T12:05:00+00:00"]
    recordings = [read_recording(f"{f}@{t}") for f, t in zip(files, times, strict=True)]
    first, later = (orjson.loads(file.read_bytes()) for file in files)
    with serving(create_app(small.city, recordings=recordings)) as url:
        answers = [
            httpx.get(f"{url}{EXPORT}", headers={"x-belib-at": f"2026-11-24T{clock}Z"})
            for clock in ("11:00:00", "12:04:59", "12:05:00")
        ]
        total = httpx.get(f"{url}{EXPORT.removesuffix('exports/json')}records?limit=1").json()

    assert [answer.json() for answer in answers] == [first, first, later]
    assert answers[0].headers["x-belib-simulated"].endswith("replay=2")
    assert total["total_count"] == len(later)


def test_unusable_recordings_are_refused_by_name(tmp_path: Path) -> None:
    body = tmp_path / "export.json"
    body.write_text("[]")
    for argument in (f"{body}@yesterday", f"{body}@{datetime.now(UTC).isoformat()}", "nowhere@x"):
        with pytest.raises(ReplayError, match="--replay"):
            read_recording(argument)
