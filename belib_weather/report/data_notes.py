"""What the report says of itself: its period, its data, its quality, in words.

What belongs here: sentences about the data. What does not: findings about Paris (`sentences`).
"""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import polars as pl

from belib_weather.dates import dates_of
from belib_weather.networks import NETWORK
from belib_weather.panels import number_formats as n
from belib_weather.panels.i18n import Language, translation_to
from belib_weather.report.coverage import Polls
from belib_weather.report.findings import Report
from belib_weather.window import Window

_ZONE = ZoneInfo(NETWORK.zone)
_MOST_OUTAGES = 5
_DAY = timedelta(days=1)
"""Data that begins this much later than the period is worth a sentence."""


def period(report: Report, language: Language) -> str:
    """The period, and how much of it was observed."""
    t = translation_to(language)
    ends = {
        "start": n.day(report.period.start.astimezone(_ZONE).date(), language),
        "end": n.moment(report.period.now, language),
    }
    if report.first_hour is None:
        return t.gettext("{start} to {end} (Paris time): no hour has been recorded yet.", **ends)
    observed = t.gettext(
        "{start} to {end} (Paris time): {hours} on {dates}, {stations}.",
        hours=t.ngettext("{count} hour", "{count} hours", report.hours),
        dates=t.ngettext("{count} date", "{count} dates", report.days),
        stations=t.ngettext("{count} station", "{count} stations", report.stations),
        **ends,
    )
    if report.first_hour - report.period.start < _DAY:
        return observed
    late = t.gettext("The data begins on {since}.", since=n.moment(report.first_hour, language))
    return f"{observed} {late}"


def quality(report: Report, language: Language) -> str:
    """Snapshots taken and missed, and how often one is expected."""
    t, polls = translation_to(language), report.polls
    if polls is None:
        return t.gettext(
            "No whole hour has been observed yet, so nothing can be said about its quality."
        )
    missed, expected = polls.total("missed"), polls.total("expected")
    hours = t.ngettext("{count} hour", "{count} hours", polls.total("hours"))
    taken = n.number(polls.total("taken"), language)
    if not expected:
        return t.gettext(
            "Snapshots in {hours}: {taken} taken; nothing says how many were expected.",
            hours=hours,
            taken=taken,
        )
    counted = t.gettext(
        "Snapshots in {hours}: {taken} taken, {expected} expected (one every {minutes} minutes).",
        hours=hours,
        taken=taken,
        expected=n.number(expected, language),
        minutes=" / ".join(map(str, polls.minutes)),
    )
    lost = t.ngettext(
        "{count} snapshot was missed ({share}).",
        "{count} snapshots were missed ({share}).",
        missed,
        share=n.share(missed / expected, language),
    )
    none = t.gettext("None was missed.")
    parts = [counted, lost if missed else none, *_time_observed(polls, language)]
    return " ".join([*parts, *_outages(polls, language)])


def _time_observed(polls: Polls, language: Language) -> Iterator[str]:
    share = polls.time_observed
    if share is not None:
        yield translation_to(language).gettext(
            "The feed was observed for {share} of the time.", share=n.share(share, language)
        )


def _outages(polls: Polls, language: Language) -> Iterator[str]:
    """Hours on end without a snapshot, the latest of them by their bounds."""
    if not polls.outages:
        return
    t = translation_to(language)
    spans = [_span(outage, language) for outage in polls.outages[-_MOST_OUTAGES:]]
    if polls.goes_on:
        start = n.moment(polls.outages[-1].start, language)
        spans[-1] = t.gettext("since {start}", start=start)
    hours = sum(len(outage.hours) for outage in polls.outages)
    yield t.ngettext(
        "{count} hour without a snapshot: {spans}.",
        "{count} hours without a snapshot: {spans}.",
        hours,
        spans="; ".join(spans),
    )
    if left_out := len(polls.outages) - len(spans):
        yield t.ngettext(
            "{count} earlier outage is in the table.",
            "{count} earlier outages are in the table.",
            left_out,
        )


def _span(window: Window, language: Language) -> str:
    """From the first hour to the end of the last, the date once where there is one."""
    is_one_date = len(dates_of(window)) == 1
    end = n.time_of_day(window.end, language) if is_one_date else n.moment(window.end, language)
    return translation_to(language).pgettext(
        "span of time", "{start} to {end}", start=n.moment(window.start, language), end=end
    )


def trend(report: Report, language: Language) -> str:
    """The lowest and the highest share of available points in the period."""
    t = translation_to(language)
    ends = (
        report.trend.drop_nulls("share_available")
        .sort("share_available")
        .select("hour", "share_available")
    )
    if ends.is_empty():
        return t.gettext("No hour observed.")
    if ends.height == 1:
        only = n.share(ends.item(0, "share_available"), language)
        return t.gettext("Only one hour observed: {share}.", share=only)
    low, high = (
        f"{n.share(share, language)} ({n.moment(at, language)})"
        for at, share in (ends.row(0), ends.row(-1))
    )
    moved = t.gettext(
        "The share of points available moved between {low} and {high}, over {hours}.",
        low=low,
        high=high,
        hours=t.ngettext("{count} hour", "{count} hours", ends.height),
    )
    weather = report.trend["temperature_c"].count() + report.trend["precipitation_mm"].count()
    unknown = t.gettext("The weather is not known.")
    return moved if weather else f"{moved} {unknown}"


def worst(report: Report, language: Language) -> str:
    """Which stations are compared."""
    return translation_to(language).gettext(
        "Among the stations observed for at least {hours} hours. First of the least available:"
        " those that never had a free point without being full, out of order or without news."
        " Saturation is the share of time that a station was full, out of the time that it was full"
        " or had a free point.",
        hours=n.number(report.enough_hours, language),
    )


def statuses(report: Report, language: Language) -> str:
    """What part of the time of all points was observed."""
    t = translation_to(language)
    hours = report.statuses.select(pl.exclude("hour").sum())
    total = sum(hours.row(0)) if hours.width else 0
    if not total:
        return t.gettext("No hour observed.")
    unobserved, stale, unknown = (
        n.share(hours[f"{name}_hours"].item() / total, language)
        for name in ("unobserved", "stale", "unknown")
    )
    return t.gettext(
        "Within polled hours, of {total} point-hours {unobserved} were not observed, {stale} were"
        " stale and {unknown} unknown.",
        total=n.number(total, language),
        unobserved=unobserved,
        stale=stale,
        unknown=unknown,
    )


def creation_time(report: Report, language: Language) -> str:
    """When the report was made."""
    at = n.moment(report.period.now, language)
    return translation_to(language).gettext("Made on {at} (Paris time).", at=at)
