"""The pages of the arrondissements, for planners: supply, demand, saturation, ranking."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from belib_weather.panels import number_formats as n
from belib_weather.panels.i18n import STATION_STATUS_NAMES
from belib_weather.site import paths, words
from belib_weather.site.area_views import EVENING, AreaView
from belib_weather.site.folder import File
from belib_weather.site.shell import Shell, arrondissement_name
from belib_weather.site.station import name_of
from belib_weather.site.week import week_of


def area_list(shell: Shell, views: Sequence[AreaView]) -> File:
    """The list of the arrondissements."""
    t, language = shell.t, shell.language
    rows = []
    for view in views:
        week = view.week or {}
        rows.append(
            {
                "path": paths.arrondissement(view.number),
                "name": " ".join(filter(None, (n.ordinal(view.number, language), view.name))),
                "cells": [
                    n.number(view.now["available"], language),
                    n.number(view.now["charge_points"], language),
                    n.number(view.free_tonight, language),
                    n.share(week.get("saturation"), language, 0),
                    n.number(week.get("occupied_hours_per_point_day"), language, 1),
                    n.share(week.get("chance_of_a_free_point"), language, 0),
                ],
            }
        )
    return shell.page(
        "arrondissements.html.j2",
        paths.ARRONDISSEMENTS,
        title=t.gettext("The arrondissements compared"),
        description=t.gettext(
            "Charge points, demand and saturation in every arrondissement of Paris."
        ),
        rows=rows,
        evening=n.clock(EVENING, language),
        period=_period(shell, views[0]) if views else "",
    )


def area_page(shell: Shell, view: AreaView) -> File:
    """The page of an arrondissement."""
    t, language = shell.t, shell.language
    name = arrondissement_name(view.number, language)
    return shell.page(
        "arrondissement.html.j2",
        paths.arrondissement(view.number),
        title=t.gettext("Charging in the {arrondissement}", arrondissement=name),
        description=t.gettext(
            "Charge points, demand and saturation in the {arrondissement} of Paris.",
            arrondissement=name,
        ),
        view=view,
        feed=paths.feed(paths.arrondissement(view.number)),
        powers=[
            (words.power(power, language), n.number(count, language))
            for power, count in view.powers
        ],
        tonight=n.number(view.free_tonight, language),
        evening=n.clock(EVENING, language),
        period=_period(shell, view),
        demand=_demand(shell, view),
        occupancy=week_of(view.occupancy, language, is_good=False),
        chance=week_of(view.chance, language),
        stations=[_station(shell, state) for state in view.stations],
    )


def _period(shell: Shell, view: AreaView) -> str:
    """The week that demand and saturation are of."""
    if view.week is None:
        return shell.t.gettext("No week has been observed yet.")
    first = view.week["week"]
    return shell.t.gettext(
        "Week of {first} to {last}, {days} of 7 days observed.",
        first=n.day(first, shell.language),
        last=n.day(first + timedelta(days=6), shell.language),
        days=view.week["days_observed"],
    )


def _demand(shell: Shell, view: AreaView) -> list[str]:
    week, t, language = view.week, shell.t, shell.language
    if week is None:
        return []
    sentences = [_ranked(shell, name, week[name], *view.rank[name]) for name in view.rank]
    if week["fullest_hour"] is not None:
        sentences.append(
            t.gettext(
                "Fullest: {weekday} at {clock}.",
                weekday=n.weekday(week["fullest_weekday"], language),
                clock=n.clock(week["fullest_hour"], language),
            )
        )
    return sentences


def _ranked(shell: Shell, name: str, value: float, place: int, of: int) -> str:
    """A figure with its place among the arrondissements."""
    t, written = shell.t, n.number(value, shell.language, 1)
    match name:
        case "saturation":
            return t.gettext(
                "Saturation: {value}; place {place} of {of}, 1 is the fullest.",
                value=n.share(value, shell.language, 1),
                place=place,
                of=of,
            )
        case "occupied_hours_per_point_day":
            return t.gettext(
                "A point in service is in use {value} hours a day; place {place} of {of}, 1 is the"
                " most used.",
                value=written,
                place=place,
                of=of,
            )
        case _:
            return t.gettext(
                "{value} points in service on average; place {place} of {of}, 1 is the most.",
                value=written,
                place=place,
                of=of,
            )


def _station(shell: Shell, state: dict[str, Any]) -> dict[str, str]:
    return {
        "path": paths.station(state["station_id"]),
        "name": name_of(state),
        "status": STATION_STATUS_NAMES[state["station_status"]].in_(shell.language),
        "free": n.number(state["available"], shell.language),
        "points": n.number(state["charge_points"], shell.language),
        "power": words.power(state["power_kw"], shell.language),
    }
