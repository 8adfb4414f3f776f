"""The parameters of the city do what they say, and its truth shows by how much."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from belib_weather.simulator.city import City
from belib_weather.simulator.days import day_levels
from belib_weather.simulator.lasting import OUT_OF_ORDER, Outages, merged
from belib_weather.simulator.paris_time import DAY, HOUR, second
from belib_weather.simulator.randomness import Floats, Ints
from belib_weather.simulator.spells import Spells
from belib_weather.simulator.truth import Truth
from belib_weather.simulator.world import World, world_of
from belib_weather.vocabulary import STALENESS_SECONDS, STATUSES
from belib_weather_tests.unit.simulator.conftest import NOW, SEED, SMALL

START = NOW - timedelta(days=28)


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.6])
def test_days_have_the_correlation_and_spread_asked_for(correlation: float) -> None:
    world = World(day_correlation=correlation, city_day_spread=0.0, station_day_spread=0.4)
    levels = day_levels(world, 1, stations=60, first=20_000, count=400)

    found = np.corrcoef(levels[1:].ravel(), levels[:-1].ravel())[0, 1]
    assert found == pytest.approx(correlation, abs=0.02)
    assert levels.std() == pytest.approx(0.4, abs=0.01)
    later = day_levels(world, 1, stations=60, first=20_100, count=20)
    assert np.array_equal(later, levels[100:120]), "a day is the same from wherever it is drawn"


def test_outages_are_a_mix_of_hours_days_and_weeks() -> None:
    days = OUT_OF_ORDER.draw(np.random.default_rng(1), 20_000) / DAY
    still_after_a_day = np.maximum(days - 1, 0).sum() / days.sum()

    assert np.mean(days < 0.5) == pytest.approx(0.40, abs=0.05)
    assert np.mean(days > 7) == pytest.approx(0.15 + 0.03, abs=0.03)
    assert 0.78 < still_after_a_day < 0.89, "24 h later 78 to 89 % of points still are down"


def test_a_share_of_outages_returns_for_minutes() -> None:
    rng = np.random.default_rng(2)
    length = OUT_OF_ORDER.draw(rng, 3_000)
    unit = np.arange(3_000, dtype=np.int64)
    drawn = Outages.draw(rng, unit, np.zeros_like(unit), length, flapping=0.3)
    pieces = drawn.spells()
    same = pieces.point[1:] == pieces.point[:-1]
    back = (pieces.start[1:] - pieces.end[:-1])[same]

    assert np.mean(drawn.returns[length >= 2 * HOUR] > 0) == pytest.approx(0.3, abs=0.03)
    assert len(back) == drawn.returns.sum()
    assert back.min() >= 2 * 60
    assert back.max() < 25 * 60
    down = np.bincount(pieces.point, weights=pieces.end - pieces.start)
    up = np.bincount(pieces.point[1:][same], weights=back, minlength=3_000)
    assert (down + up == length).all()


def test_overlapping_outages_of_a_point_are_one() -> None:
    spells = Spells.of(
        np.array([2, 1, 1, 1, 2]), np.array([5, 10, 0, 30, 1]), np.array([9, 20, 15, 40, 30])
    )
    found = merged(spells)

    rows = list(zip(found.point.tolist(), found.start.tolist(), found.end.tolist(), strict=True))
    assert rows == [(1, 0, 20), (1, 30, 40), (2, 1, 30)]


def test_outages_of_the_truth_equal_those_in_the_feed(small: Truth) -> None:
    timeline = small.city.timeline
    outages = small.outages(START, NOW)
    ids = {name: point for point, name in enumerate(small.city.fleet.ids)}
    shown = hidden = 0
    for unit, is_station, begin, end in zip(
        *(outages[name] for name in ("unit", "is_station", "start", "end")), strict=True
    ):
        if is_station or begin < second(START) or end > second(NOW):
            continue
        for at, down in ((begin - 1, False), (begin, True), (end - 1, True), (end, False)):
            row = timeline.at(int(at))
            status = STATUSES[row.status[row.point == ids[unit]].item()]
            shown += (status == "out_of_order") == down
            hidden += (status == "out_of_order") != down
    assert shown > 40
    assert hidden < 0.2 * shown, "the rest is silent, frozen, or down for another reason"


def test_a_silent_modem_leaves_its_records_as_they_were_for_days() -> None:
    truth = Truth(SEED, SMALL, world=World(silences_per_station=1.0))
    silences = truth.silences(START, NOW)
    ids = {name: point for point, name in enumerate(truth.city.fleet.ids)}
    assert len(silences["start"]) > 50
    for name, begin, end in list(zip(*silences.values(), strict=True))[::10]:
        rows = [
            (now.updated[at].item(), now.status[at].item())
            for now in (truth.city.timeline.at(int(s)) for s in (begin, begin + DAY, end - 1, end))
            for at in np.flatnonzero(now.point == ids[name])
        ]
        assert rows[0][0] == begin
        assert rows[0] == rows[1] == rows[2]
        assert rows[3][0] == end
        assert end - begin > STALENESS_SECONDS, "long enough to be seen as stale"


def test_some_stations_are_nearly_always_full_and_others_nearly_never_used(truth: Truth) -> None:
    stations = truth.stations()
    timeline, fleet = truth.city.timeline, truth.city.fleet
    occupied, working = (np.zeros(len(fleet.stations)) for _ in range(2))
    for at in range(second(START), second(NOW), 7 * HOUR):
        now = timeline.at(at)
        station = fleet.station[now.point]
        fresh = at - now.updated < STALENESS_SECONDS
        busy = fresh & (now.status == STATUSES.index("occupied"))
        free = fresh & (now.status == STATUSES.index("available"))
        occupied += np.bincount(station[busy], minlength=len(occupied))
        working += np.bincount(station[busy | free], minlength=len(working))
    share = occupied / np.maximum(working, 1)
    kind = np.array(stations["kind"])

    assert np.mean(kind == "full") == pytest.approx(0.04, abs=0.03)
    assert np.median(share[kind == "full"]) > 0.93
    assert np.median(share[kind == "idle"]) < 0.05
    assert 0.2 < np.median(share[kind == "usual"]) < 0.4
    assert np.corrcoef(np.log(stations["odds"]), share)[0, 1] > 0.8


def test_the_effects_of_weather_are_those_that_were_set() -> None:
    """Arrivals per free point are compared, hour by hour, with those of a city without effects."""
    calm = World(station_day_spread=0, city_day_spread=0, full_station_share=0)
    effects = replace(calm, wet_arrival_factor=0.8, arrivals_per_degree=0.02)
    cities = [Truth(2, 600, world=w).city for w in (effects, replace(calm, wet_arrival_factor=1))]
    weeks = range(second(NOW) // (7 * DAY) - 12, second(NOW) // (7 * DAY))
    first, count = weeks[0] * 7 * 24, 12 * 7 * 24
    hours = cities[0].weather.truth(first, count + 1)
    wet = hours.wet[1:] > 0
    cold = np.maximum(15 - hours.values["temperature_2m"][:-1], 0)

    def rate(city: City) -> Floats:
        """Arrivals of an hour over the factors of the points that are free in its middle."""
        lots = [city.timeline.demand.sessions(week) for week in (weeks[0] - 1, *weeks)]
        factor = city.timeline.demand.factor
        point, begin, end = (
            np.concatenate([getattr(lot, name) for lot in lots])
            for name in ("point", "start", "end")
        )

        def until(at: Ints, weights: Floats) -> Floats:
            bins = np.maximum(at // HOUR - first, 0)
            sums = np.bincount(bins, weights, minlength=count + 1)[: count + 1]
            return np.asarray(sums, dtype=np.float64)

        begun = until(begin, np.ones(len(point)))
        half = HOUR // 2
        busy = until(begin + half, factor[point]) - until(end + half, factor[point])
        rates = begun / (factor.sum() - np.cumsum(busy))
        return np.asarray(rates[24:count], dtype=np.float64)

    log_ratio = np.log(rate(cities[0]) / rate(cities[1]))
    design = np.column_stack([np.ones(count - 24), wet[24:], cold[24:]])
    _, rain, degree = np.linalg.lstsq(design, log_ratio, rcond=None)[0]
    assert rain == pytest.approx(np.log(0.8), abs=0.03)
    assert degree == pytest.approx(0.02, abs=0.003)


def test_another_course_keeps_the_city_and_changes_what_happens() -> None:
    one, other = (Truth(3, SMALL, world=World(course=course)) for course in (0, 1))

    assert one.static(NOW) == other.static(NOW)
    assert np.array_equal(one.stations()["odds"], other.stations()["odds"])
    assert one.poll(NOW) != other.poll(NOW)
    assert one.poll(NOW) == Truth(3, SMALL).poll(NOW)


@pytest.mark.parametrize(
    ("assignment", "complaint"),
    [
        ("day_corelation=0.6", "NAME one of course, day_correlation"),
        ("day_correlation=much", "'much' is not a number"),
        ("day_correlation=1", "give 0 to 0.9"),
        ("flapping_share=1.2", "give a share from 0 to 1"),
        ("full_station_share=0.99", "more than 1 together"),
        ("silence_median_days=0", "give a positive number"),
    ],
)
def test_parameters_that_cannot_be_drawn_are_refused(assignment: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        world_of([assignment])


def test_parameters_are_read_from_text() -> None:
    assert world_of(["course=2", "day_correlation=0.6"]) == World(course=2, day_correlation=0.6)
