"""The commands of `belib-weather raw` that change something, on a real lake."""

import pytest

from belib_weather.cli import raw
from belib_weather.cli.raw_accept import accept
from belib_weather.lake import RAW_SNAPSHOTS, Lake
from belib_weather.lake.schema import QUARANTINE
from belib_weather.local.console import CommandError
from belib_weather.settings import load_settings
from belib_weather.window import Window
from belib_weather_tests.mutations import AT
from belib_weather_tests.stores.lake.sample import Refused, Sample
from belib_weather_tests.unit.sources.feed import MINIMUM, bytes_of, records

SETTINGS = load_settings(_env_file=None, minimum_charge_points=MINIMUM)
ALL = Window.day(AT.replace(hour=0))


def only_id(lake: Lake, collection: str) -> str:
    return str(raw.newest_first(lake, [collection], ALL.start, ALL.end, 9)["id"].item())


def test_a_document_is_set_aside_and_taken_back(
    lake: Lake, capsys: pytest.CaptureFixture[str]
) -> None:
    lake.append(RAW_SNAPSHOTS, Sample(AT))
    document = only_id(lake, RAW_SNAPSHOTS)
    raw.set_aside(lake, document, "[wrong] place", by="me")
    assert f"belib-weather raw take-back {document}" in capsys.readouterr().out
    listed = raw.newest_first(lake, [RAW_SNAPSHOTS], ALL.start, ALL.end, 9)
    assert listed["note"].to_list() == ["set aside: [wrong] place"]
    raw.take_back(lake, document)
    with pytest.raises(CommandError, match="was not set aside"):
        raw.take_back(lake, document)
    with pytest.raises(CommandError, match="no raw document has the id"):
        raw.set_aside(lake, "0" * 24, "no reason", by=None)


def test_a_refused_response_is_listed_and_accepted_once_it_can_be_read(lake: Lake) -> None:
    rows = records(MINIMUM)
    for row in rows:
        row["last_updated"] = AT.isoformat()
    lake.quarantine(Refused(bytes_of(rows), captured_at=AT, reason="an old reader's error"))
    document = only_id(lake, QUARANTINE)
    found = raw.find(lake, QUARANTINE, document)
    assert found == raw.find(lake, QUARANTINE, raw.NEWEST)
    accept(SETTINGS, lake, document, None)
    stored = raw.find(lake, RAW_SNAPSHOTS, raw.NEWEST)
    assert (stored.body, stored.captured_at) == (found.body, AT)
    with pytest.raises(CommandError, match="quarantine holds no document"):
        accept(SETTINGS, lake, document, None)


def test_an_unreadable_response_stays_in_quarantine(lake: Lake) -> None:
    lake.quarantine(Refused(b"<html>", captured_at=AT))
    document = only_id(lake, QUARANTINE)
    with pytest.raises(CommandError, match="refused again"):
        accept(SETTINGS, lake, document, None)
    assert only_id(lake, QUARANTINE) == document
