"""The spool: what MongoDB does not hold yet is on disk, and comes into it once and in order."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from belib_weather.lake import RAW_SNAPSHOTS, DrainResult, Lake, LakeUnavailable, Spool, SpoolError
from belib_weather.lake.envelope import document_of, quarantined
from belib_weather.lake.schema import QUARANTINE
from belib_weather.window import HOUR, Window
from belib_weather_tests.stores.lake.sample import NOON, Refused, Sample, polls

AWAY = "mongodb://127.0.0.1:9"


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool", most_mb=16)


def put(spool: Spool, *samples: Sample) -> None:
    for sample in samples:
        spool.put(RAW_SNAPSHOTS, document_of(sample))


def test_spooled_envelopes_are_appended_in_order_byte_for_byte_and_once(
    lake: Lake, spool: Spool
) -> None:
    first, second, third = polls(3)
    put(spool, third, first, second)
    copies = {entry.path.name: entry.path.read_bytes() for entry in spool.waiting()}
    assert [entry.captured_at for entry in spool.waiting()] == [
        sample.captured_at for sample in (first, second, third)
    ]

    assert spool.drain(lake) == DrainResult(3, [])
    assert spool.waiting() == []
    stored = list(lake.documents(RAW_SNAPSHOTS, Window.hour(NOON)))
    assert [document.body for document in stored] == [s.body for s in (first, second, third)]

    # Killed before the files were deleted: they wait again.
    for name, body in copies.items():
        (spool.folder / name).write_bytes(body)
    spool.drain(lake)
    assert lake.inventory(RAW_SNAPSHOTS, Window.hour(NOON)).height == 3


def test_the_spool_keeps_everything_while_mongodb_is_away(lake: Lake, spool: Spool) -> None:
    put(spool, *polls(2))
    with Lake(AWAY, "belib", timeout_seconds=0.2) as away, pytest.raises(LakeUnavailable):
        spool.drain(away)
    assert len(spool.waiting()) == 2
    assert spool.drain(lake).appended == 2


def test_a_document_appended_late_is_found_as_late(lake: Lake, spool: Spool) -> None:
    document = document_of(Sample()) | {"ingested_at": NOON}
    spool.put(RAW_SNAPSHOTS, document)
    before = datetime.now(UTC) - timedelta(seconds=1)
    spool.drain(lake)
    assert lake.ingested_since(RAW_SNAPSHOTS, before)["captured_at"].to_list() == [NOON]


def test_spooled_polls_fill_the_hours_of_a_gap(lake: Lake, spool: Spool) -> None:
    """Polls every five minutes; those of the second and third hour come later, from the spool."""
    samples = polls(48)
    hours = [NOON + i * HOUR for i in range(4)]
    for sample in samples:
        if sample.captured_at < hours[1] or sample.captured_at >= hours[3]:
            lake.append(RAW_SNAPSHOTS, sample)
        else:
            put(spool, sample)

    def counts() -> list[int]:
        return [lake.inventory(RAW_SNAPSHOTS, Window.hour(hour)).height for hour in hours]

    assert counts() == [12, 0, 0, 12]
    assert spool.drain(lake) == DrainResult(24, [])
    assert counts() == [12, 12, 12, 12]


def test_other_bytes_of_one_instant_go_to_quarantine(
    lake: Lake, spool: Spool, mongo_database: Database[dict[str, Any]]
) -> None:
    lake.append(RAW_SNAPSHOTS, Sample())
    put(spool, Sample(body=b"[]"))
    drained = spool.drain(lake)
    assert drained.appended == 0
    assert "went to quarantine" in drained.problems[0]
    [document] = mongo_database[QUARANTINE].find()
    assert "already holds another response" in document["reason"]
    assert spool.waiting() == []


def test_a_refused_answer_is_spooled_too(
    lake: Lake, spool: Spool, mongo_database: Database[dict[str, Any]]
) -> None:
    path = spool.put(QUARANTINE, quarantined(Refused(b"<html>")))
    copy = path.read_bytes()
    spool.drain(lake)
    path.write_bytes(copy)
    spool.drain(lake)
    assert [document["reason"] for document in mongo_database[QUARANTINE].find()] == [
        "HTML instead of JSON"
    ]


def test_an_envelope_that_cannot_be_stored_holds_up_no_other(lake: Lake, spool: Spool) -> None:
    put(spool, *polls(2))
    damaged = spool.waiting()[0].path
    damaged.write_bytes(damaged.read_bytes()[:40])
    no_envelope = {"captured_at": NOON, "sha256": "0" * 64, "source": "x"}
    spool.put(RAW_SNAPSHOTS, no_envelope)

    drained = spool.drain(lake)

    assert drained.appended == 1
    assert len(drained.problems) == len(spool.refused()) == 2
    assert spool.waiting() == []


def test_an_envelope_that_the_lake_refuses_goes_to_quarantine(
    lake: Lake, spool: Spool, mongo_database: Database[dict[str, Any]]
) -> None:
    spool.put(RAW_SNAPSHOTS, document_of(Sample()) | {"record_count": -1})
    [problem] = spool.drain(lake).problems
    assert "went to quarantine" in problem
    assert mongo_database[QUARANTINE].count_documents({}) == 1
    assert (spool.waiting(), spool.refused()) == ([], [])


def test_a_full_or_unwritable_spool_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    full = Spool(tmp_path / "spool", most_mb=0)
    with pytest.raises(SpoolError, match="BELIB_SPOOL_MAX_MB"):
        put(full, Sample())
    (tmp_path / "file").touch()
    with pytest.raises(SpoolError, match="BELIB_SPOOL_FOLDER"):
        put(Spool(tmp_path / "file", most_mb=16), Sample())
