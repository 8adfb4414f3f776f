"""Exports as files, JSON and CSV: whole and counted rightly, or refused."""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.sources.errors import IncompleteBody, InvalidBody, SourceError
from belib_weather.sources.explore import response_of_export
from belib_weather.sources.response import Response
from belib_weather_tests.bodies import body as stored
from belib_weather_tests.unit.sources.feed import MINIMUM, bytes_of, records
from belib_weather_tests.unit.transform.reference import newest_plausible

WHOLE = ("realtime/2022.json", "realtime/2022_five_minutes_later.json")
FIELDS = ("id_pdc", "statut_pdc", "last_updated", "adresse_station")
LABELS = ("ID PDC local", "Statut du point de recharge", "Heure mise à jour", "Adresse station")

read = partial(response_of_export, captured_at=None, name="file", minimum_charge_points=MINIMUM)


def read_file(body: bytes, *, minimum: int = MINIMUM, at: datetime | None = None) -> Response:
    return response_of_export(body, captured_at=at, name="x", minimum_charge_points=minimum)


def csv_of(rows: list[dict[str, Any]], header: tuple[str, ...], end: str = "\r\n") -> bytes:
    """Rows as the API's CSV."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator=end)
    writer.writerows([header, *([row[field] for field in FIELDS] for row in rows)])
    return text.getvalue().encode()


@pytest.mark.parametrize("name", WHOLE)
def test_an_export_is_whole_and_its_summary_agrees_with_an_independent_count(
    any_body: Callable[[str], bytes], name: str
) -> None:
    body = any_body(name)
    rows = json.loads(body)
    stamps = [datetime.fromisoformat(row["last_updated"]) for row in rows]
    response = read_file(body)
    assert response.body == body
    assert (response.record_count, response.expected_count) == (len(rows), None)
    assert response.captured_at.timestamp() == newest_plausible([t.timestamp() for t in stamps])
    assert response.summary["newest_update"] == max(stamps)
    assert response.summary["statuses"] == Counter(row["statut_pdc"] for row in rows)
    assert response.summary["fields"] == sorted(rows[0])
    assert (response.source, response.request_url) == ("opendata_paris/realtime", "file:x")


def test_an_export_may_be_captured_long_after_its_newest_update(
    any_body: Callable[[str], bytes],
) -> None:
    body = any_body(WHOLE[0])
    at = datetime(2023, 2, 1, 12, tzinfo=UTC)
    assert read_file(body, at=at).captured_at == at


@pytest.mark.parametrize("minimum", [1, 1000])
@pytest.mark.parametrize("at", [None, datetime(2023, 9, 1, 12, tzinfo=UTC)])
def test_a_file_of_stale_records_alone_is_refused_whatever_the_minimum(
    any_body: Callable[[str], bytes], minimum: int, at: datetime | None
) -> None:
    body = any_body("realtime/2023_stale_only.json")
    with pytest.raises(IncompleteBody) as caught:
        read_file(body, minimum=minimum, at=at)
    assert caught.value.response is not None
    assert caught.value.response.body == body


def test_the_first_records_of_2026_are_too_few_for_a_snapshot(
    any_body: Callable[[str], bytes],
) -> None:
    body = any_body("realtime/2026.json")
    with pytest.raises(IncompleteBody, match=f"{len(json.loads(body))} records are fewer than"):
        read_file(body, minimum=1000)


@pytest.mark.parametrize("year", ["2022", "2026"])
def test_both_file_formats_of_a_year_hold_the_same_records(year: str) -> None:
    of_csv, of_json = (read_file(stored(f"realtime/{year}.{ending}")) for ending in ("csv", "json"))
    assert of_csv.captured_at == of_json.captured_at
    assert of_csv.summary["statuses"] == of_json.summary["statuses"]


def test_a_legacy_body_of_the_v2_0_api_is_refused(any_body: Callable[[str], bytes]) -> None:
    body = any_body("explore/records_v2.0.json")
    with pytest.raises(InvalidBody, match="neither a JSON array nor records"):
        read_file(body, at=datetime(2023, 1, 28, tzinfo=UTC))


@pytest.mark.parametrize("name", ["2022.csv", "2024.json"])
def test_a_static_export_is_not_accepted_as_a_snapshot(
    any_body: Callable[[str], bytes], name: str
) -> None:
    body = any_body(f"static/{name}")
    with pytest.raises(InvalidBody, match="last_updated"):
        read_file(body)
    with pytest.raises(InvalidBody):
        read_file(body, at=datetime(2024, 12, 1, tzinfo=UTC))


@pytest.mark.parametrize("header", [FIELDS, LABELS])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_and_json_of_the_same_records_have_the_same_summary(
    header: tuple[str, ...], mark: bytes, end: str
) -> None:
    rows = records(12)
    body = mark + csv_of(rows, header, end)
    of_csv, of_json = read(body), read(bytes_of(rows))
    assert of_csv.body == body
    assert of_csv.record_count == 12
    assert of_csv.captured_at == of_json.captured_at
    assert of_csv.summary["statuses"] == of_json.summary["statuses"]
    assert of_csv.summary["fields"] == sorted(FIELDS)


def test_a_csv_file_truncated_within_a_row_is_refused() -> None:
    whole = csv_of(records(12), FIELDS)
    in_last_row = whole[: whole.rindex(b";") - 3]
    with pytest.raises(InvalidBody, match="breaks off in a row"):
        read(in_last_row)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfei\x00d\x00;\x00",
        b"a;b\n\xe9;2\n",
        b"id_pdc;statut_pdc\n1;2\n",
        b'"id_pdc;statut_pdc;last_updated\n1;2;3',
        b"PAR1;\x00\x15\x04",
        b"<html>a;b</html>",
    ],
)
def test_a_file_that_is_not_an_export_is_refused_with_a_clear_message(body: bytes) -> None:
    with pytest.raises(InvalidBody, match=r"^(file|opendata_paris/realtime): "):
        read(body)


def test_a_file_without_any_instant_is_refused_with_the_option_to_use() -> None:
    with pytest.raises(InvalidBody, match="--captured-at"):
        read(bytes_of([{**row, "last_updated": None} for row in records(12)]))


ROWS = records(14)
JSON_BODY = bytes_of(ROWS)
CSV_BODY = csv_of(ROWS, FIELDS)


@given(st.integers(0, len(JSON_BODY) - 1))
def test_a_truncated_json_export_is_never_accepted(length: int) -> None:
    with pytest.raises(SourceError):
        read(JSON_BODY[:length])


@given(st.integers(0, CSV_BODY.index(b"\n", CSV_BODY.index(b"EPX01*000"))))
def test_a_csv_export_of_too_few_rows_is_never_accepted(length: int) -> None:
    with pytest.raises(SourceError):
        read(CSV_BODY[:length])


@given(st.binary(max_size=200), st.sampled_from([b"", b"[", b"[{", b"id_pdc;last_updated\n"]))
def test_any_bytes_give_a_source_error_and_nothing_else(noise: bytes, start: bytes) -> None:
    with pytest.raises(SourceError):
        read(start + noise)


@given(
    st.lists(st.sampled_from(["Disponible", "Inconnu", "Réservée", "x", "", None]), min_size=10),
    st.timedeltas(timedelta(0), timedelta(days=400)),
)
def test_the_counts_per_status_add_up_to_the_records(
    labels: list[str | None], later: timedelta
) -> None:
    rows = [
        {**row, "statut_pdc": label}
        for row, label in zip(records(len(labels)), labels, strict=True)
    ]
    at = datetime.now(UTC) - timedelta(minutes=59) - later
    for row in rows:
        row["last_updated"] = (at - timedelta(minutes=1)).isoformat()
    response = response_of_export(
        bytes_of(rows), captured_at=at, name="x", minimum_charge_points=MINIMUM
    )
    counted = Counter("null" if label is None else label for label in labels)
    assert response.summary["statuses"] == counted
    assert counted.total() == response.record_count == len(labels)
