"""What a process remembers of the snapshots that it read is what it would read again."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from belib_weather.formats import snapshots
from belib_weather.formats.batches import Batch, Snapshot
from belib_weather.formats.snapshots import CachedSightings, _joined, read_sightings

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def snapshot(
    number: int, *, points: int = 3, has_hash: bool = True, stamp: str = "+00:00"
) -> Snapshot:
    at = NOON + timedelta(minutes=5 * number)
    records = [
        {
            "id_pdc": f"FR*V75*EBELIB*75001*{point:03d}",
            "statut_pdc": ("Disponible", "Occupé (en charge)")[(number + point) % 2],
            "last_updated": f"{at - timedelta(minutes=point):%Y-%m-%dT%H:%M:%S}{stamp}",
        }
        for point in range(points)
    ]
    body = json.dumps(records).encode()
    return Snapshot(at, body, hashlib.sha256(body).hexdigest() if has_hash else None)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """When the snapshots were captured that are parsed, in order."""
    times: list[datetime] = []
    parse = snapshots._sightings

    def noted(batch: Batch) -> snapshots.Frames:
        times.extend(one.captured_at for one in batch.snapshots)
        return parse(batch)

    monkeypatch.setattr(snapshots, "_sightings", noted)
    return times


def test_a_snapshot_is_parsed_once_and_gives_the_same_in_any_batch(
    parsed: list[datetime],
) -> None:
    some, memory = [snapshot(number) for number in range(6)], CachedSightings(most=1_000)
    companies = [some[1:3], some[:5], some]
    expected = [read_sightings(taken) for taken in companies]
    parsed.clear()

    for taken, fresh in zip(companies, expected, strict=True):
        read = _joined([*memory.read(taken)])
        assert read.good.equals(fresh.good)
        assert read.rejected.is_empty()

    assert parsed == [some[number].captured_at for number in (1, 2, 0, 3, 4, 5)]


def test_snapshots_with_rejects_without_hash_or_beyond_the_limit_are_not_cached(
    parsed: list[datetime],
) -> None:
    memory = CachedSightings(most=5)
    flawed, nameless = snapshot(0, stamp=""), snapshot(1, has_hash=False)
    for one in (flawed, nameless):
        first, second = _joined([*memory.read([one])]), _joined([*memory.read([one])])
        assert first.good.equals(second.good)
        assert first.rejected.equals(second.rejected)
    assert parsed == [flawed.captured_at] * 2 + [nameless.captured_at] * 2

    parsed.clear()
    for number in (2, 3, 2):  # three records each, of which five may be kept
        list(memory.read([snapshot(number)]))
    assert len(parsed) == 3
