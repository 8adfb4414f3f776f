"""What the report tells of itself: its period, its data, its quality, in words.

What belongs here: sentences about the data. What does not: findings about Paris (`words`).
"""

import polars as pl

from belib_weather.panels import numbers as n
from belib_weather.panels.wording import Language, Text
from belib_weather.report.findings import Report


def period(report: Report, language: Language) -> str:
    """The period, and how much of it was observed."""
    start, end = (n.moment(at, language) for at in (report.period.start, report.period.now))
    of = n.number(report.hours, language), n.number(report.days, language)
    stations = n.number(report.stations, language)
    if report.first_hour is None:
        return _said(
            Text(
                f"{start} to {end} (Paris time): no hour of it has facts yet.",
                f"{start} au {end} (heure de Paris) : aucune heure n'est encore traitée.",
            ),
            language,
        )
    late = ""
    if report.first_hour > report.period.start:
        since = n.moment(report.first_hour, language)
        late = _said(
            Text(f" The data begins on {since}.", f" Les données commencent le {since}."), language
        )
    return (
        _said(
            Text(
                f"{start} to {end} (Paris time): {of[0]} hours on {of[1]} dates, {stations}"
                " stations.",
                f"{start} au {end} (heure de Paris) : {of[0]} heures sur {of[1]} dates,"
                f" {stations} stations.",
            ),
            language,
        )
        + late
    )


def quality(report: Report, language: Language) -> str:
    """Snapshots taken and missed, and the rhythm they are expected in."""
    polls = report.polls
    if polls is None:
        return _said(
            Text(
                "No whole hour has been observed yet, so nothing can be said about its quality.",
                "Aucune heure entière n'a encore été observée : rien à dire de la qualité.",
            ),
            language,
        )
    taken, expected, missed = (
        n.number(polls.total(name), language) for name in ("taken", "expected", "missed")
    )
    hours = n.number(polls.total("hours"), language)
    share = n.share(polls.total("missed") / polls.total("expected"), language)
    return _said(
        Text(
            f"{taken} snapshots in {hours} whole hours; at the usual rhythm of one in"
            f" {polls.minutes} minutes {expected} were expected, so {missed} were missed"
            f" ({share}).",
            f"{taken} relevés en {hours} heures entières ; au rythme habituel d'un toutes les"
            f" {polls.minutes} minutes, {expected} étaient attendus : {missed} manquent ({share}).",
        ),
        language,
    )


def trend(report: Report, language: Language) -> str:
    """How far the share of available points moved over the period."""
    shares = report.trend["share_available"].drop_nulls()
    if shares.is_empty():
        return _said(Text("No hour observed.", "Aucune heure observée."), language)
    ends = (
        report.trend.drop_nulls("share_available")
        .sort("share_available")
        .select("hour", "share_available")
    )
    low, high = (
        f"{n.share(share, language)} ({n.moment(at, language)})"
        for at, share in (ends.row(0), ends.row(-1))
    )
    hours = n.number(shares.len(), language)
    return _said(
        Text(
            f"The share of points available moved between {low} and {high}, over {hours} hours.",
            f"La part des points disponibles est allée de {low} à {high}, sur {hours} heures.",
        ),
        language,
    )


def worst(report: Report, language: Language) -> str:
    """Which stations are compared."""
    hours = n.number(report.enough_hours, language)
    return _said(
        Text(
            f"Among stations observed for at least {hours} hours, a quarter of the hours of this"
            " report. Saturation is the time full, of the time free or full.",
            f"Parmi les stations observées au moins {hours} heures, un quart des heures de ce"
            " rapport. La saturation est le temps complet, sur le temps libre ou complet.",
        ),
        language,
    )


def statuses(report: Report, language: Language) -> str:
    """What part of all point time could be observed."""
    hours = report.statuses.select(pl.exclude("hour").sum())
    total = sum(hours.row(0)) if hours.width else 0
    if not total:
        return _said(Text("No hour observed.", "Aucune heure observée."), language)
    unobserved, stale, unknown = (
        n.share(hours[f"{name}_hours"].item() / total, language)
        for name in ("unobserved", "stale", "unknown")
    )
    of = n.number(total, language)
    return _said(
        Text(
            f"Of {of} point-hours {unobserved} were not observed, {stale} stale and {unknown}"
            " unknown.",
            f"Sur {of} heures-points, {unobserved} non observées, {stale} périmées et {unknown}"
            " inconnues.",
        ),
        language,
    )


def made(report: Report, language: Language) -> str:
    """When the report was made."""
    at = n.moment(report.period.now, language)
    return _said(Text(f"Made on {at} (Paris time).", f"Fait le {at} (heure de Paris)."), language)


def _said(text: Text, language: Language) -> str:
    return text.in_(language)
