"""The simulated feed has the figures and the traps of the real one."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import orjson
import pytest

from belib_weather.simulator import figures
from belib_weather.simulator.demand import USUAL
from belib_weather.simulator.fleet import FOREIGN_ID, build_fleet
from belib_weather.simulator.paris_time import resync_minute, second
from belib_weather.simulator.realtime import FIELDS, Record
from belib_weather.simulator.truth import Truth
from belib_weather.vocabulary import STALENESS_SECONDS, STATUSES
from belib_weather_tests.unit.simulator.conftest import NOW

PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2026, 11, 2)


def shares_occupied(truth: Truth, days: list[date], hour: int) -> list[float]:
    """Share of fresh available and occupied points that are occupied, one value per day."""
    shares = []
    for day in days:
        at = second(datetime(day.year, day.month, day.day, hour, tzinfo=PARIS))
        now = truth.city.timeline.at(at)
        fresh = at - now.updated < STALENESS_SECONDS
        occupied = (now.status == STATUSES.index("occupied")) & fresh
        available = (now.status == STATUSES.index("available")) & fresh
        shares.append(float(occupied.sum() / (occupied.sum() + available.sum())))
    return shares


def export(truth: Truth, at: datetime, zone: str = "UTC") -> list[Record]:
    return truth.city.realtime.records(second(at), zone=zone)


@pytest.mark.parametrize("hour", [5, 10, 13, 17, 21])
def test_occupancy_follows_the_clock_on_weekdays(truth: Truth, hour: int) -> None:
    days = [MONDAY + timedelta(n) for n in range(12) if n % 7 < 5]
    shares = shares_occupied(truth, days, hour)

    assert np.mean(shares) == pytest.approx(figures.CITY_WEEKDAY[hour], abs=0.035)
    assert np.std(shares) < 0.03


@pytest.mark.parametrize("hour", [10, 17])
def test_occupancy_follows_another_clock_at_weekends(truth: Truth, hour: int) -> None:
    days = [MONDAY + timedelta(n) for n in (5, 6, 12, 13)]

    assert np.mean(shares_occupied(truth, days, hour)) == pytest.approx(
        figures.CITY_WEEKEND[hour], abs=0.04
    )


def test_occupancy_differs_by_power_and_arrondissement(truth: Truth) -> None:
    fleet = truth.city.fleet
    busy = np.zeros(len(fleet))
    moments = range(second(NOW) - 14 * 86_400, second(NOW), 5_000)
    for at in moments:
        now = truth.city.timeline.at(at)
        busy[now.point[now.status == STATUSES.index("occupied")]] += 1
    share = busy / len(moments)
    usual = (truth.city.timeline.demand.kind == USUAL)[fleet.station]
    by_power = {kw: share[fleet.power == kw].mean() for kw in (3.0, 4.0, 7.0, 22.0, 50.0)}
    by_area = {
        area: share[usual & (fleet.arrondissement == area)].mean() for area in (8, 16, 19, 20)
    }

    assert by_power[50.0] < 0.08 < by_power[3.0] < 0.2
    assert by_power[3.0] < by_power[22.0] < by_power[7.0]
    assert min(by_area[8], by_area[16]) > 1.5 * max(by_area[19], by_area[20])


def test_dwell_is_lognormal(truth: Truth) -> None:
    start = second(NOW) - 21 * 86_400
    sessions = truth.city.timeline.demand.sessions(start // (7 * 86_400))
    hours = (sessions.end - sessions.start) / 3_600

    assert np.median(hours) == pytest.approx(1.7, abs=0.15)
    assert hours.mean() == pytest.approx(2.9, abs=0.25)
    assert np.quantile(hours, 0.9) == pytest.approx(6.3, abs=0.5)


def test_power_mix_is_that_of_the_network(truth: Truth) -> None:
    power = truth.city.fleet.power
    shares = {kw: float((power == kw).mean()) for kw in (3.0, 7.0, 22.0, 50.0)}

    assert 0.76 < shares[7.0] < 0.86
    assert 0.05 < shares[22.0] < 0.10
    assert 0.005 < shares[50.0] < 0.03
    assert len(truth.city.fleet) == 2_000
    assert len(truth.city.fleet.stations) == 410


def test_statuses_have_their_shares(truth: Truth) -> None:
    counts, rows = Counter[str](), 0
    for days in range(0, 60, 3):
        at = second(NOW) - days * 86_400
        now = truth.city.timeline.at(at)
        fresh = at - now.updated < STALENESS_SECONDS
        counts.update(STATUSES[code] for code in now.status[fresh].tolist())
        counts["stale"] += int((~fresh).sum())
        rows += len(fresh)
    share = {status: count / rows for status, count in counts.items()}

    assert 0.010 < share["out_of_order"] < 0.027
    assert 0.010 < share["unknown"] < 0.030
    assert 0.001 < share["planned"] < 0.007
    assert 0.025 < share["stale"] < 0.065


def test_outages_hit_whole_stations(truth: Truth) -> None:
    silent = together = 0
    for days in range(0, 60, 3):
        at = second(NOW) - days * 86_400
        now = truth.city.timeline.at(at)
        unknown = (now.status == STATUSES.index("unknown")) & (at - now.updated < STALENESS_SECONDS)
        station = truth.city.fleet.station[now.point]
        size, down = np.bincount(station), np.bincount(station, weights=unknown)
        silent += int(((size - 1) * (down > 0)).sum())
        together += int(np.maximum(down - 1, 0).sum())

    assert together / silent > 0.75


def test_a_city_wide_outage_comes_within_a_month(truth: Truth) -> None:
    unknown = [
        int((truth.city.timeline.at(at).status == STATUSES.index("unknown")).sum())
        for at in range(second(NOW) - 30 * 86_400, second(NOW), 7_200)
    ]

    assert max(unknown) > 2 * np.median(unknown)


def test_zombies_are_frozen_for_months_and_some_are_available(truth: Truth) -> None:
    old = [row for row in export(truth, NOW) if row["last_updated"] < "2026-06"]
    later = {row["id_pdc"]: row for row in export(truth, NOW + timedelta(days=1))}

    assert len(old) > 20
    assert "Disponible" in {row["statut_pdc"] for row in old}
    assert sum(row["last_updated"] == "2025-06-13T02:30:01+00:00" for row in old) > 10
    for row in old:
        assert later[row["id_pdc"]]["last_updated"] == row["last_updated"]


def test_records_between_thirteen_and_twenty_six_hours_old_are_of_modems_that_fell_silent(
    truth: Truth,
) -> None:
    now = truth.city.timeline.at(second(NOW))
    age = (second(NOW) - now.updated) / 3_600

    silent = truth.silences(NOW - timedelta(hours=26), NOW)
    between = now.point[(age > 13.5) & (age < 26)].tolist()
    assert {truth.city.fleet.ids[point] for point in between} <= set(silent["charge_point_id"])
    assert len(between) < 20


def test_the_resync_stamps_hundreds_of_untouched_points(truth: Truth) -> None:
    minute = resync_minute(NOW.date())
    before, after = truth.city.timeline.at(minute - 1), truth.city.timeline.at(minute + 60)
    stamped = (after.updated >= minute) & (after.updated < minute + 60)
    untouched = truth.city.timeline.at(second(NOW)).updated - minute

    assert stamped.mean() > 0.9
    assert (after.status == before.status)[stamped].mean() > 0.99
    assert 380 < ((untouched >= 0) & (untouched < 60)).sum() < 620


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_resync_follows_the_clock_in_paris_on_days_of_a_clock_change(
    truth: Truth, day: date
) -> None:
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    rows = export(truth, at, "Europe/Paris")
    clocks = Counter(row["last_updated"][11:16] for row in rows)

    assert clocks.most_common(1)[0][0] == "04:30"


def test_offsets_are_mixed_in_paris_time_only(truth: Truth) -> None:
    local = {row["last_updated"][-6:] for row in export(truth, NOW, "Europe/Paris")}
    utc = {row["last_updated"][-6:] for row in export(truth, NOW)}

    assert local == {"+01:00", "+02:00"}
    assert utc == {"+00:00"}


def test_a_few_rows_lack_all_attributes_and_get_them_within_days(truth: Truth) -> None:
    names = ("coordonneesxy", "adresse_station", "code_insee_commune", "arrondissement")
    empty = {
        row["id_pdc"] for row in export(truth, NOW) if all(row[name] is None for name in names)
    }
    some = {row["id_pdc"] for row in export(truth, NOW) if any(row[name] is None for name in names)}
    later = {row["id_pdc"]: row for row in export(truth, NOW + timedelta(days=6))}

    assert some == empty
    assert 1 <= len(empty) <= 14
    assert all(later[name]["adresse_station"] for name in empty - {FOREIGN_ID})


def test_districts_and_codes_are_as_unreliable_as_the_real_ones(truth: Truth) -> None:
    rows = [row for row in export(truth, NOW) if row["adresse_station"]]
    labels = {row["arrondissement"] for row in rows}
    codes = Counter(row["code_insee_commune"] for row in rows)
    wrong = [
        row
        for row in rows
        if row["code_insee_commune"].startswith("751")
        and row["code_insee_commune"][-2:] != row["adresse_station"].split()[-2][-2:]
    ]

    assert "Paris centre" in labels
    assert "05e Arrondissement" in labels
    assert not any(label.startswith(("01", "02", "03", "04")) for label in labels)
    assert codes["75056"] > len(rows) / 2
    assert codes["16116"] > 0
    assert 5 <= len(wrong) <= 60
    assert any(" 75116 " in row["adresse_station"] for row in rows)


def test_points_appear_as_planned_and_go_into_service(truth: Truth) -> None:
    fleet = truth.city.fleet
    new = int(np.flatnonzero((fleet.appears > 0) & (fleet.appears < second(NOW)))[-1])
    appears = datetime.fromtimestamp(int(fleet.appears[new]), UTC)

    def row(at: datetime) -> Record | None:
        return next((r for r in export(truth, at) if r["id_pdc"] == fleet.ids[new]), None)

    first, later = row(appears), row(appears + timedelta(days=12))
    assert row(appears - timedelta(seconds=1)) is None
    assert first is not None
    assert first["statut_pdc"] == "Mise en service planifiée"
    assert later is not None


def test_a_station_moves_within_a_month_and_keeps_its_arrondissement(truth: Truth) -> None:
    before = {r["id_pdc"]: r for r in export(truth, NOW - timedelta(days=45))}
    after = {r["id_pdc"]: r for r in export(truth, NOW)}
    moved = {
        name: (before[name], row)
        for name, row in after.items()
        if name in before
        and before[name]["adresse_station"]
        and row["adresse_station"]
        and before[name]["adresse_station"] != row["adresse_station"]
    }

    assert 1 <= len(moved) <= 40
    for old, new in moved.values():
        assert old["coordonneesxy"] != new["coordonneesxy"]
        assert old["arrondissement"] == new["arrondissement"]


def test_identifiers_have_the_shapes_of_the_network(truth: Truth) -> None:
    ids = truth.city.fleet.ids

    assert len(set(ids)) == len(ids)
    assert FOREIGN_ID in ids
    assert sum("*EHB" in name for name in ids) == 51
    assert sum("*E90" in name for name in ids) == pytest.approx(0.13 * len(ids), rel=0.1)
    assert any(len(name.rsplit("*", 1)[1]) == 2 for name in ids)


def test_a_stamp_sometimes_goes_backwards_under_one_status(truth: Truth) -> None:
    wrong = truth.city.timeline.disturbances.backward_stamps(second(NOW) - 60 * 86_400, second(NOW))
    seen = 0
    for point, start in zip(wrong.point.tolist(), wrong.start.tolist(), strict=True):
        name = truth.city.fleet.ids[point]
        rows = [
            {r["id_pdc"]: r for r in truth.city.realtime.records(at)}.get(name)
            for at in (start - 1, start)
        ]
        if rows[0] and rows[1] and rows[1]["last_updated"] < rows[0]["last_updated"]:
            assert rows[0]["statut_pdc"] == rows[1]["statut_pdc"]
            seen += 1

    assert seen > 0


def test_static_rows_fit_the_real_time_rows(truth: Truth) -> None:
    static = orjson.loads(truth.static(NOW))
    live = {row["id_pdc"]: row for row in export(truth, NOW)}
    known = [row for row in static if row["id_pdc_local"] in live]

    assert 10 < len(live) - len(known) < 100, "some points are in the real-time feed only"
    assert 2 <= len(static) - len(known) < 60, "some points are in the static dataset only"
    assert {row["gratuit"] for row in static} == {"false"}
    assert {row["prise_type_ef"] for row in static} == {"True", "False"}
    for row in known:
        published = live[row["id_pdc_local"]]["adresse_station"]
        assert published in (None, row["adresse_station"])


def test_fields_come_in_the_order_of_2026(truth: Truth) -> None:
    assert tuple(export(truth, NOW)[0]) == tuple(FIELDS)


def test_sizes_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(ValueError, match="100 charge points in 90 stations"):
        build_fleet(1, 100, 90)
