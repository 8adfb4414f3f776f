"""When to charge: advised only where the best hours differ within days beyond doubt."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from belib_weather.panels.i18n import Language
from belib_weather.report.advice import Advice, advice_of
from belib_weather.report.advice_text import AdviceText
from belib_weather.transform.comparisons import compare

MONDAY = date(2026, 8, 31)


def facts(days: int, best: tuple[int, ...], *, at_weekends: bool = True) -> pl.DataFrame:
    """One station; free for about a tenth longer in the best hours of each day."""
    rng = np.random.default_rng(days)
    dates = [MONDAY + timedelta(days=n) for n in range(days)]
    rows = [
        (day, hour, day.isoweekday(), 3600, 2500 + 400 * (is_best and hour in best) + noise)
        for day in dates
        for is_best in [at_weekends or day.isoweekday() < 6]
        for hour, noise in enumerate(rng.integers(-200, 200, 24).tolist())
    ]
    names = ["local_date", "local_hour", "local_weekday"]
    seconds = ["any_observed_seconds", "any_available_seconds"]
    return pl.DataFrame(rows, schema=names + seconds, orient="row")


def text(advice: list[Advice]) -> AdviceText:
    return AdviceText(advice, Language.ENGLISH)


def test_the_advice_names_hours_that_are_better_on_the_same_days() -> None:
    found = text(advice_of(facts(56, (12, 13, 14))))

    assert found.answer() == (
        "Charge on weekdays from 12:00 to 15:00, at the weekend from 12:00 to 15:00: that is when"
        " you are most likely to find a free point."
    )
    assert found.missing() == ""


def test_four_weeks_have_too_few_weekend_days() -> None:
    found = text(advice_of(facts(28, (12, 13, 14))))

    assert found.answer().startswith("Charge on weekdays from 12:00 to 15:00: that is when")
    assert found.answer().endswith("Too few weekend days have been observed to advise hours.")
    assert "With fewer than 14 days a difference has no interval" in found.missing()


def test_a_kind_of_day_whose_hours_do_not_differ_is_not_advised() -> None:
    advice = advice_of(facts(70, (12, 13, 14), at_weekends=False))
    unsure = [
        Advice(a.kind, a.best, a.worst, a.difference, a.hours)
        if a.kind == "weekdays"
        else Advice(a.kind, a.best, a.worst, compare(_days_without_difference()), a.hours)
        for a in advice
    ]

    assert text(unsure).answer() == (
        "Charge on weekdays from 12:00 to 15:00: that is when you are most likely to find a free"
        " point. At the weekend no hours clearly stand out."
    )
    assert "has 0 in it at the weekend: the hours may not differ at all." in text(unsure).missing()


def _days_without_difference() -> pl.DataFrame:
    values = [0.01 * (-1) ** n for n in range(20)]
    dates = [MONDAY + timedelta(days=n) for n in range(20)]
    return pl.DataFrame({"local_date": dates, "difference": values})


def test_the_difference_is_that_of_the_two_spans_on_each_day() -> None:
    rows = facts(40, (18, 19, 20))
    weekdays = rows.filter(pl.col("local_weekday") < 6)
    advice = advice_of(rows)[0]

    def of_day(start: int) -> pl.Series:
        chosen = weekdays.filter(pl.col("local_hour").is_between(start, start + 2))
        return chosen.group_by("local_date", maintain_order=True).agg(
            pl.col("any_available_seconds").sum() / pl.col("any_observed_seconds").sum()
        )["any_available_seconds"]

    expected = (of_day(advice.best.start) - of_day(advice.worst.start)).to_numpy().mean()
    assert advice.difference.days == 30
    assert advice.difference.difference == pytest.approx(expected)
