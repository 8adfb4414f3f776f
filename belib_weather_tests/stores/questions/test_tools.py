"""Each tool returns the numbers that the tables hold, and says what they rest on."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from belib_weather.questions import TOOLS, CannotAnswer, WarehouseReader, tool_named
from belib_weather.warehouse import WarehouseError
from belib_weather_tests.stores.questions.conftest import DEAD, FAR, HOSTILE, NEAR, NOW, SEEN

TOMORROW_AT_18 = "2026-11-19T18:00"


def _rows(data: WarehouseReader, name: str, **arguments: object) -> list[dict[str, object]]:
    return tool_named(name).ask(data, arguments).model_dump(mode="json")["rows"]  # type: ignore[no-any-return]


def test_stations_near_a_place_come_surest_first_for_the_hour(data: WarehouseReader) -> None:
    answer = tool_named("stations_near").ask(
        data, {"place": "the Gare de Lyon", "at": TOMORROW_AT_18}
    )
    assert [(r.station_id, r.distance_metres, r.chance_percent) for r in answer.rows] == [
        (NEAR, 66, 93.0),
        (FAR, 211, 60.0),
    ]
    first = answer.rows[0]
    assert (first.chance_percent_low, first.chance_percent_high) == (83.0, 98.0)
    assert (first.free_points_now, first.state_now, first.days_observed) == (0, "full", 7)
    assert first.page == "https://belib.example.org/station/FRV75PPX1201/"
    assert answer.is_simulated
    assert answer.period.last == SEEN
    assert answer.licence == "ODbL-1.0"


def test_an_hour_within_reach_is_answered_by_the_forecast(data: WarehouseReader) -> None:
    [row] = _rows(data, "station", station=NEAR, at="2026-11-18T11:55")
    assert row["chance_from"] == "the forecast of 2026-11-18 11:00 by boosted"
    assert (row["chance_percent"], row["chance_percent_low"]) == (50.0, None)
    assert [row[f"free_points_{end}"] for end in ("low", "high")] == [0, 2]
    assert row["expected_free_points"] == pytest.approx(1.2, abs=0.1)
    [later] = _rows(data, "station", station=NEAR, at=TOMORROW_AT_18)
    assert (later["chance_from"], later["chance_percent"]) == ("the usual week", 93.0)


def test_for_the_present_a_station_with_a_free_point_comes_first(data: WarehouseReader) -> None:
    assert [row["station_id"] for row in _rows(data, "stations_near", place="48.8443,2.3744")] == [
        FAR,
        NEAR,
    ]


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("rue de bercy", "20 Rue de Bercy"),
        ("75011", "arrondissement 11"),
        ("11e", "arrondissement 11"),
    ],
)
def test_a_street_and_an_arrondissement_are_places(
    data: WarehouseReader, place: str, found: str
) -> None:
    answer = tool_named("stations_near").ask(data, {"place": place, "within_metres": 300})
    assert found in answer.asked
    assert answer.rows


def test_a_station_is_named_by_id_in_either_spelling_or_by_its_address(
    data: WarehouseReader,
) -> None:
    for name in (DEAD, "FRV75PPX1109", "5 rue Oberkampf"):
        [row] = _rows(data, "station", station=name, at=TOMORROW_AT_18)
        assert row["station_id"] == DEAD
        assert (row["state_now"], row["out_of_order_points"]) == ("out_of_order", 2)
        assert row["chance_percent"] == 10.0
        assert row["out_of_order_since"] == "2026-11-17T04:56:00+01:00"


def test_the_worst_station_is_the_one_that_never_had_a_free_point(data: WarehouseReader) -> None:
    rows = _rows(data, "reliability")
    assert [(r["station_id"], r["standing"], r["hours_down"]) for r in rows] == [
        (DEAD, "never available", 2.0),
        (NEAR, "ranked", 1.0),
    ]
    assert [r["availability_percent"] for r in rows] == [0.0, 50.0]
    [own] = _rows(data, "reliability", station=NEAR)
    assert own["starts_on"] == "2026-11-09"


def test_the_fullest_arrondissement_comes_first(data: WarehouseReader) -> None:
    rows = _rows(data, "saturation")
    assert [(r["arrondissement"], r["saturation_percent"]) for r in rows] == [
        (11, 40.0),
        (12, 10.0),
    ]
    assert [r["arrondissement"] for r in _rows(data, "saturation", arrondissement=12)] == [12]


def test_best_hours_weather_and_quality(data: WarehouseReader) -> None:
    [hour] = _rows(data, "best_hours", station=NEAR)
    assert (hour["weekday"], hour["hour"], hour["chance_percent"]) == ("Thursday", 18, 93.0)
    [of_area] = _rows(data, "best_hours", arrondissement=12)
    assert (of_area["chance_percent"], of_area["chance_percent_low"]) == (75.5, None)
    [weather] = _rows(data, "weather_association")
    assert (weather["points_of_occupancy"], weather["at_least"]) == (2.0, -1.0)
    [quality] = _rows(data, "data_quality", days=1)
    assert (quality["hours"], quality["hours_with_a_gap"]) == (10, 1)
    assert quality["observed_percent"] == 95.0
    assert (quality["newest_snapshot_minutes_ago"], quality["out_of_order_points"]) == (4.0, 2)


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("stations_near", {"place": "Lille Flandres"}, "no place, street or station"),
        ("stations_near", {"place": "2.3744,48.8443"}, "latitude first"),
        ("stations_near", {"place": "Bastille", "at": "2026-11-30T18:00"}, "next seven days"),
        ("stations_near", {"place": "Bastille", "sql": "DROP TABLE stations"}, "sql"),
        ("station", {"station": "rue"}, "3 stations fit"),
        ("best_hours", {"station": NEAR, "arrondissement": 3}, "not both"),
        ("reliability", {"period": "year"}, "period"),
        ("delete_everything", {}, "there is no tool"),
    ],
)
def test_a_question_without_an_answer_gives_the_reason(
    data: WarehouseReader, name: str, arguments: dict[str, object], says: str
) -> None:
    with pytest.raises(CannotAnswer, match=says):
        tool_named(name).ask(data, arguments)


def test_texts_of_the_feed_appear_only_as_values(data: WarehouseReader) -> None:
    rows = _rows(data, "stations_near", place="48.8443,2.3744")
    assert HOSTILE in [row["address"] for row in rows]
    for tool in TOOLS:
        assert HOSTILE not in str(tool.input_schema)


def test_a_tool_cannot_write(data: WarehouseReader) -> None:
    with pytest.raises(WarehouseError, match="read-only"):
        data.rows(sa.select(sa.func.nextval("x")).with_only_columns(sa.func.lo_create(0)))


def test_an_instant_a_few_minutes_ago_counts_as_now(data: WarehouseReader) -> None:
    assert data.instant(NOW - timedelta(minutes=5)) == NOW
    assert data.instant(datetime(2026, 11, 18, 12)) == datetime(2026, 11, 18, 11, tzinfo=UTC)
