"""What the report tells of itself: its period, its data, its quality, in words.

What belongs here: sentences about the data. What does not: findings about Paris (`sentences`).
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

import polars as pl

from belib_weather.networks import NETWORK
from belib_weather.panels import number_formats as n
from belib_weather.panels.i18n import Language, Text
from belib_weather.report.findings import Report

_ZONE = ZoneInfo(NETWORK.zone)
_HOUR = Text("hour", "heure")
_DAY = timedelta(days=1)
"""Data that begins this much later than the period is worth a word."""


def period(report: Report, language: Language) -> str:
    """The period, and how much of it was observed."""
    start = n.day(report.period.start.astimezone(_ZONE).date(), language)
    end = n.moment(report.period.now, language)
    hours, dates, stations = (
        n.counted(count, noun, language)
        for count, noun in (
            (report.hours, _HOUR),
            (report.days, Text("date", "date")),
            (report.stations, Text("station", "station")),
        )
    )
    if report.first_hour is None:
        return Text(
            f"{start} to {end} (Paris time): no hour has been recorded yet.",
            f"Du {start} au {end} (heure de Paris) : aucune heure n'est encore enregistrée.",
        ).in_(language)
    late = ""
    if report.first_hour - report.period.start >= _DAY:
        since = n.moment(report.first_hour, language)
        late = Text(f" The data begins on {since}.", f" Les données commencent le {since}.").in_(
            language
        )
    return (
        Text(
            f"{start} to {end} (Paris time): {hours} on {dates}, {stations}.",
            f"Du {start} au {end} (heure de Paris) : {hours} sur {dates}, {stations}.",
        ).in_(language)
        + late
    )


def quality(report: Report, language: Language) -> str:
    """Snapshots taken and missed, and the cadence they are expected at."""
    polls = report.polls
    if polls is None:
        return Text(
            "No whole hour has been observed yet, so nothing can be said about its quality.",
            "Aucune heure entière n'a encore été observée : rien à dire de la qualité.",
        ).in_(language)
    taken, expected, missed = (
        n.number(polls.total(name), language) for name in ("taken", "expected", "missed")
    )
    hours = n.counted(polls.total("hours"), _HOUR, language)
    if not polls.total("expected"):
        return Text(
            f"Snapshots in {hours}: {taken}; nothing says how many were expected.",
            f"Relevés en {hours} : {taken} ; rien ne dit combien étaient attendus.",
        ).in_(language)
    minutes = " / ".join(map(str, polls.minutes))
    share = n.share(polls.total("missed") / polls.total("expected"), language)
    lost = Text(f"missed: {missed} ({share})", f"manqués : {missed} ({share})")
    if not polls.total("missed"):
        lost = Text("none was missed", "aucun ne manque")
    return Text(
        f"Snapshots in {hours}: {taken}; expected at one in"
        f" {minutes} minutes: {expected}; {lost.en}.",
        f"Relevés en {hours} : {taken} ; attendus à raison d'un toutes les"
        f" {minutes} minutes : {expected} ; {lost.fr}.",
    ).in_(language)


def trend(report: Report, language: Language) -> str:
    """How far the share of available points moved over the period."""
    shares = report.trend["share_available"].drop_nulls()
    if shares.is_empty():
        return Text("No hour observed.", "Aucune heure observée.").in_(language)
    ends = (
        report.trend.drop_nulls("share_available")
        .sort("share_available")
        .select("hour", "share_available")
    )
    if ends.height == 1:
        only = n.share(ends.item(0, "share_available"), language)
        return Text(f"Only one hour observed: {only}.", f"Une seule heure observée : {only}.").in_(
            language
        )
    low, high = (
        f"{n.share(share, language)} ({n.moment(at, language)})"
        for at, share in (ends.row(0), ends.row(-1))
    )
    hours = n.counted(shares.len(), _HOUR, language)
    dry = report.trend["temperature_c"].count() + report.trend["precipitation_mm"].count() == 0
    unknown = Text(" The weather is not known.", " La météo n'est pas connue.")
    return Text(
        f"The share of points available moved between {low} and {high}, over {hours}.",
        f"La part des points disponibles a varié entre {low} et {high}, sur {hours}.",
    ).in_(language) + (unknown.in_(language) if dry else "")


def worst(report: Report, language: Language) -> str:
    """Which stations are compared."""
    hours = n.number(report.enough_hours, language)
    return Text(
        f"Among stations observed for at least {hours} hours. Saturation is the time full, of"
        " the time free or full.",
        f"Parmi les stations observées au moins {hours} heures. La saturation est le temps"
        " complet, sur le temps libre ou complet.",
    ).in_(language)


def statuses(report: Report, language: Language) -> str:
    """What part of all point time could be observed."""
    hours = report.statuses.select(pl.exclude("hour").sum())
    total = sum(hours.row(0)) if hours.width else 0
    if not total:
        return Text("No hour observed.", "Aucune heure observée.").in_(language)
    unobserved, stale, unknown = (
        n.share(hours[f"{name}_hours"].item() / total, language)
        for name in ("unobserved", "stale", "unknown")
    )
    of = n.number(total, language)
    return Text(
        f"Of {of} point-hours {unobserved} were not observed, {stale} stale and {unknown} unknown.",
        f"Sur {of} heures-points, {unobserved} non observées, {stale} périmées et {unknown}"
        " inconnues.",
    ).in_(language)


def made(report: Report, language: Language) -> str:
    """When the report was made."""
    at = n.moment(report.period.now, language)
    return Text(f"Made on {at} (Paris time).", f"Établi le {at} (heure de Paris).").in_(language)
