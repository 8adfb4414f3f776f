"""Every figure of the page is the one that hand-written SQL finds, to the digit that is shown."""

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from belib_weather_tests.stores.report import sample
from belib_weather_tests.stores.report.conftest import WrittenReport

SQL = dict(
    part.split("\n", 1)
    for part in Path(__file__).with_name("expected.sql").read_text().split("-- name: ")[1:]
)
PARIS = ZoneInfo("Europe/Paris")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}%"


def whole(value: float) -> str:
    return f"{value:,.0f}"


def column(rows: Iterable[list[str]], *positions: int) -> list[list[str]]:
    return [[row[position] for position in positions] for row in rows]


def test_the_chance_by_hour(week: WrittenReport) -> None:
    shown = week.page().tables["table-by-hour"].rows

    assert column(shown, 0, 1, 4, 5) == [
        [f"{hour:02}:00", percent(chance), str(days), whole(hours)]
        for hour, chance, hours, days in week.rows(SQL["by_hour"])
    ]


def test_the_chance_by_hour_and_weekday(week: WrittenReport) -> None:
    table = week.page().tables["table-calendar"]

    assert table.columns == ["Hour", *WEEKDAYS]
    cells = {
        (h, d): f"{percent(p)} ({whole(n)})" for h, d, p, n in week.rows(SQL["by_hour_and_weekday"])
    }
    assert table.rows == [
        [f"{hour:02}:00", *(cells.get((hour, day), "–") for day in range(1, 8))]
        for hour in range(24)
    ]


def test_the_chance_by_weather_compared_with_the_same_days(week: WrittenReport) -> None:
    shown = {row[0]: row for row in week.page().tables["table-by-weather"].rows}
    hours = {name: (count, share) for name, count, share in week.rows(SQL["hours_by_weather"])}

    expected = week.rows(SQL["by_weather"])
    assert len(shown) == len(expected) == 4
    for name, chance, difference, days, station_hours in expected:
        assert shown[name][:7] == [
            name,
            whole(hours[name][0]),
            percent(chance),
            f"{100 * difference:+.1f}",
            "–",
            str(days),
            whole(station_hours),
        ]
        assert shown[name][7] == percent(hours[name][1])


def test_every_hour_of_the_trend_on_the_clock_of_paris(week: WrittenReport) -> None:
    shown = week.page().tables["table-trend"].rows

    def label(hour: datetime) -> str:
        local = hour.astimezone(PARIS)
        return f"{local:%a} {local.day}, {local:%H:%M}"

    assert column(shown, 0, 1, 3, 4) == [
        [label(hour), percent(share), f"{degrees:,.1f}", f"{rain:,.1f}"]
        for hour, share, degrees, rain in week.rows(SQL["trend"])
    ]


def test_the_worst_stations(week: WrittenReport) -> None:
    tables = week.page().tables
    hours = week.rows("SELECT count(DISTINCT hour) FROM availability_facts")[0][0]
    least = week.rows(SQL["least_available"], enough=hours / 4)
    full = week.rows(SQL["most_full"], enough=hours / 4)

    assert column(tables["table-least-available"].rows, 0, 1, 6) == [
        [address, percent(share), whole(seen)] for address, share, seen in least
    ]
    assert column(tables["table-most-full"].rows, 0, 1, 2) == [
        [address, percent(share), f"{seen:,.1f}"] for address, share, seen in full
    ]


def test_the_quality_of_every_day(week: WrittenReport) -> None:
    shown = week.page().tables["table-quality"].rows

    assert column(shown, 5, 6, 8) == [
        [percent(coverage), percent(stale), str(stations)]
        for _, coverage, stale, stations in week.rows(SQL["quality"], now=sample.NOW)
    ]
    taken = week.rows(SQL["taken"], now=sample.NOW)
    assert column(shown, 1) == [[whole(count)] for _, count in taken]


def test_time_without_polls_was_not_observed(week: WrittenReport) -> None:
    """Polls of five minutes: each of an hour's snapshots stands for 300 of its seconds."""
    page = week.page()
    days = column(page.tables["table-quality"].rows, 1, 3, 4)

    hours = [(int(taken) + int(missed)) // 12 for taken, missed, _ in days[:-1]]
    shown = [share for *_, share in days[:-1]]
    assert shown == [
        percent(int(taken) / 12 / count) for (taken, *_), count in zip(days, hours, strict=False)
    ]
    assert re.search(r"The feed was observed for 9\d\.\d% of the time\.", page.text)


def test_missed_polls_are_those_that_the_hours_lack(week: WrittenReport) -> None:
    page = week.page()

    # 7 nights short of 5 polls in the hour of 3 UTC, and 5 hours without any.
    whole_hours = 7 * 24 + 15
    gap, short = week.rows(SQL["missed"])[0]
    missed = gap * 12 + short * 5
    assert (gap, short) == (5, 8)
    assert f"{whole(whole_hours * 12)} expected (one every 5 minutes)" in page.text
    assert f"{missed}\u00a0snapshots were missed (" in page.text
    assert sum(int(row[3]) for row in page.tables["table-quality"].rows) == missed


def test_the_advice_is_the_best_and_the_worst_of_all_daytime_spans(week: WrittenReport) -> None:
    rows = week.page().tables["table-advice"].rows

    for (kind, best, worst, difference), is_weekend in zip(rows, (False, True), strict=True):
        spans = [
            (chance, start, hours, days)
            for start in range(7, 20)
            for chance, hours, days in week.rows(SQL["span"], is_weekend=is_weekend, start=start)
        ]
        for cell, (chance, start, hours, days) in ((best, max(spans)), (worst, min(spans))):
            lines = cell.replace("\u00a0", " ").split("\n")
            assert lines[:2] == [f"{start:02}:00–{start + 3:02}:00", percent(chance)], kind
            assert lines[2:] == [f"{days} days", f"{whole(hours)} station-hours"]
        found = week.rows(
            SQL["best_less_worst"],
            is_weekend=is_weekend,
            best=max(spans)[1],
            worst=min(spans)[1],
        )
        assert difference.replace("\u00a0", " ") == f"{100 * found[0][0]:+.1f}\n{found[0][1]} days"
    best_start = re.match(r"\d\d:00", rows[0][1])
    assert best_start is not None
    assert (
        f"On the observed days, the best were on weekdays from {best_start.group()}"
        in week.page().text
    )


def test_free_points_now_equal_the_states(week: WrittenReport) -> None:
    page = week.page()
    expected = week.rows(SQL["arrondissements"])

    assert page.tables["table-arrondissements"].rows == [
        [str(a), whole(free), whole(known), percent(free / known), str(some), str(stations)]
        for a, free, known, some, stations in expected
    ]
    free, known = (sum(row[at] for row in expected) for at in (1, 2))
    assert f"{whole(free)}\u00a0of {whole(known)} points free" in page.text
    assert len(page.tables["table-stations"].rows) == len(sample.STATION_IDS)
