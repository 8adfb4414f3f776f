"""Data and method: when, what goes with the weather, which stations to avoid, how good the data is.

What belongs here: one answer to one question each. What does not: definitions in full
(docs/metrics.md).
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from belib_weather.datasets.marts import CITY, WITHHELD
from belib_weather.panels import number_formats as n
from belib_weather.report.coverage import Polls, polls_of
from belib_weather.site import paths
from belib_weather.site.area_views import city_hours
from belib_weather.site.folder import File
from belib_weather.site.forecast_texts import ForecastTexts
from belib_weather.site.shell import Shell
from belib_weather.site.station_views import HourOfWeek
from belib_weather.site.week import week_of
from belib_weather.vocabulary import Standing
from belib_weather.window import Window, floor_hour

MOST_STATIONS = 10
Rows = list[tuple[str, ...]]


def method_page(shell: Shell, forecasts: ForecastTexts) -> File:
    """The page in the language of the shell."""
    t, language = shell.t, shell.language
    occupancy, chance = city_hours(shell.data)
    polls = polls_of_feed(shell)
    return shell.page(
        "method.html.j2",
        paths.DATA_AND_METHOD,
        title=t.gettext("Data and method"),
        description=t.gettext(
            "Where the figures come from, how complete they are, and what the words mean."
        ),
        chance=week_of(chance, language),
        best=_extremes(shell, chance),
        occupancy=week_of(occupancy, language, is_good=False),
        busiest=_busiest(shell, occupancy),
        weather=_weather(shell),
        forecasts=forecasts,
        worst=_worst(shell),
        quality=_quality(shell, polls),
        days=_days(shell, polls),
    )


def polls_of_feed(shell: Shell) -> Polls | None:
    """What was polled in the past weeks; None before the first hour is over."""
    feed, end = shell.data.feed, floor_hour(shell.data.now)
    if feed.is_empty() or (start := feed["hour"].min()) >= end:  # type: ignore[operator]
        return None
    return polls_of(feed, Window(start, end))  # type: ignore[arg-type]


def _at(shell: Shell, hour: HourOfWeek) -> str:
    return shell.t.gettext(
        "{weekday} at {clock}",
        weekday=n.weekday(hour[0], shell.language),
        clock=n.clock(hour[1], shell.language),
    )


def _extremes(shell: Shell, chance: Mapping[HourOfWeek, float]) -> str:
    if not chance:
        return shell.t.gettext("It is too early to say.")
    best, worst = max(chance, key=chance.__getitem__), min(chance, key=chance.__getitem__)
    return shell.t.gettext(
        "Most often on {best}, {high} of the time; least on {worst}, {low}. Seen on the days"
        " observed, at an average station.",
        best=_at(shell, best),
        worst=_at(shell, worst),
        high=n.share(chance[best], shell.language, 0),
        low=n.share(chance[worst], shell.language, 0),
    )


def _busiest(shell: Shell, occupancy: Mapping[HourOfWeek, float]) -> str:
    if not occupancy:
        return shell.t.gettext("It is too early to say.")
    most = max(occupancy, key=occupancy.__getitem__)
    return shell.t.gettext(
        "Most on {hour}: {share} of the points in service.",
        hour=_at(shell, most),
        share=n.share(occupancy[most], shell.language, 0),
    )


def _weather(shell: Shell) -> Rows:
    """What is reported of the whole city, each difference with its interval."""
    language = shell.language
    shown = shell.data.weather.filter(
        (pl.col("scope").cast(pl.String) == CITY) & (pl.col("standing").cast(pl.String) != WITHHELD)
    ).sort("temperature_c", "condition", nulls_last=True)
    return [
        (
            _condition(shell, row),
            n.points(row["difference"], language),
            n.interval(row["difference_low"], row["difference_high"], language),
            n.number(row["hours"], language),
            n.number(row["days"], language),
        )
        for row in shown.iter_rows(named=True)
    ]


def _condition(shell: Shell, row: Mapping[str, Any]) -> str:
    t = shell.t
    if row["temperature_c"] is not None:
        degrees = n.number(row["temperature_c"], shell.language)
        return t.gettext(
            "{degrees} °C, compared with {other}", degrees=degrees, other=row["compared_with"]
        )
    if row["precipitation"] == "below 1 mm":
        return t.gettext("less than 1 mm of rain in the hour, compared with dry hours")
    return t.gettext("1 mm of rain or more in the hour, compared with dry hours")


def _worst(shell: Shell) -> list[dict[str, Any]]:
    """The least reliable stations of the newest month."""
    rows = shell.data.reliability.filter(
        (pl.col("period").cast(pl.String) == "month") & pl.col("place").is_not_null()
    )
    newest = rows.filter(pl.col("starts_on") == pl.col("starts_on").max())
    language = shell.language
    return [
        {
            "path": paths.station(row["station_id"]),
            "name": row["address"] or row["station_name"] or row["station_id"],
            "cells": (
                _standing(shell, row),
                n.number(row["hours_down"], language),
                n.number(row["outages_begun"], language),
                n.share(row["share_observed"], language, 0),
            ),
        }
        for row in newest.sort("place").head(MOST_STATIONS).iter_rows(named=True)
    ]


def _standing(shell: Shell, row: Mapping[str, Any]) -> str:
    """What a station is in the list for: a share of its time, or that it was never seen free."""
    t = shell.t
    match row["standing"]:
        case Standing.NEVER_AVAILABLE:
            return t.gettext("never available")
        case Standing.NOT_REPORTING:
            return t.gettext("not reporting")
    return n.share(row["technical_availability"], shell.language, 1)


def _quality(shell: Shell, polls: Polls | None) -> str:
    if polls is None:
        return shell.t.gettext("Nothing has been polled yet.")
    return shell.t.gettext(
        "Since {date}, {share} of the time lies between two snapshots at most 30 minutes apart;"
        " {missed} of {expected} snapshots were missed.",
        date=n.day(polls.by_day["local_date"][0], shell.language),
        share=n.share(polls.time_observed, shell.language, 1),
        missed=n.number(polls.total("missed"), shell.language),
        expected=n.number(polls.total("expected"), shell.language),
    )


def _days(shell: Shell, polls: Polls | None) -> Rows:
    if polls is None:
        return []
    language = shell.language
    return [
        (
            n.short_day(row["local_date"], language),
            n.number(row["taken"], language),
            n.number(row["expected"], language),
            n.share(row["time_observed"], language, 1),
        )
        for row in polls.by_day.sort("local_date", descending=True).iter_rows(named=True)
    ]
