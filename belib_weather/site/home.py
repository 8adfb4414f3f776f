"""The home page: where to charge near a place, now and later; the city on a map and in a table.

What belongs here: the content of the page. What does not: chances (`chances`), texts of the script
(`home_texts`), HTML (`templates`).
"""

import json
import math
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import polars as pl
from markupsafe import Markup

from belib_weather.networks.landmarks import SEINE
from belib_weather.panels import number_formats as n
from belib_weather.panels.i18n import STATION_STATUS_NAMES
from belib_weather.site import home_texts, paths
from belib_weather.site.chances import FORECAST, PARIS, bucket, chance_in_ten, hours_ahead
from belib_weather.site.city_map import WIDTH, CityMap
from belib_weather.site.city_weather import association_sentence, day_text, hourly_texts
from belib_weather.site.folder import File
from belib_weather.site.home_files import CHANCES_FILE, LIVE_FILE, PLACES_FILE
from belib_weather.site.shell import Shell

EVENING, TONIGHT = 18, 21
"""Hours on the clock of Paris: of tomorrow, and of tonight."""
_REACH_KM = 0.8
_BUCKETS_NOW = {"available": "always", "full": "rare"}


def home(shell: Shell, chances: pl.DataFrame, drawn: CityMap | None) -> File:
    """The home page in the language of the shell.

    Args:
        shell: of the pages.
        chances: by `chances.CHANCES`.
        drawn: the map; None where no station has a place.
    """
    t, language, data = shell.t, shell.language, shell.data
    ahead = hours_ahead(data.now)
    chosen = next(hour for hour in ahead[1:] if _local(hour).hour == EVENING)
    tonight = _tonight(ahead)
    spare = _expected_free(data.states, chances, tonight)
    return shell.page(
        "home.html.j2",
        paths.HOME,
        title=t.gettext("Where to charge in Paris"),
        description=t.gettext(
            "The surest Belib charge points near you, now and up to tomorrow night: free points,"
            " power, plugs, and the chance to find one free."
        ),
        hours=_options(shell, ahead, chosen),
        plugs=list(home_texts.plugs(t).items()),
        weather=_weather(shell, ahead, chosen),
        association=association_sentence(
            data.weather, data.weather_hours.filter(pl.col("hour") >= ahead[0]), language
        ),
        free_now=_free_now(shell),
        map=drawn and _map(shell, drawn),
        columns=[
            t.gettext("Expected at {hour}", hour=n.clock(_local(tonight).hour, language)),
            t.gettext("Tomorrow at {hour}", hour=n.clock(EVENING, language)),
        ],
        arrondissements=_arrondissements(shell, chances, spare, _tomorrow(ahead)),
        spare=_most_free(shell, spare, tonight),
        basis=_basis(shell, chances),
        script_data=_script_data(shell),
    )


def _local(hour: datetime) -> datetime:
    return hour.astimezone(PARIS)


def _tomorrow(ahead: list[datetime]) -> datetime:
    """18:00 tomorrow."""
    return next(hour for hour in reversed(ahead) if _local(hour).hour == EVENING)


def _tonight(ahead: list[datetime]) -> datetime:
    """21:00 today, or the running hour where that is over."""
    today = _local(ahead[0]).date()
    evening = (hour for hour in ahead if _local(hour).hour == TONIGHT)
    return next((hour for hour in evening if _local(hour).date() == today), ahead[0])


def _options(
    shell: Shell, ahead: list[datetime], chosen: datetime
) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """The hours to choose from: a day's title, and value, name and choice of each of its hours."""
    t, today = shell.t, _local(ahead[0]).date()
    days = {today: t.gettext("Today"), today + timedelta(days=1): t.gettext("Tomorrow")}
    found: dict[str, list[tuple[str, str, bool]]] = {title: [] for title in days.values()}
    for hour in ahead[1:]:
        local = _local(hour)
        clock = n.clock(local.hour, shell.language)
        name = (
            t.gettext("Today at {hour}", hour=clock)
            if local.date() == today
            else t.gettext("Tomorrow at {hour}", hour=clock)
        )
        found[days[local.date()]].append((f"{hour:%Y-%m-%dT%H:%M:%SZ}", name, hour == chosen))
    return [(title, hours) for title, hours in found.items() if hours]


def _weather(shell: Shell, ahead: list[datetime], chosen: datetime) -> list[dict[str, Any]]:
    """The weather now, at the chosen hour and tomorrow; what is not known is left out."""
    t, language, weather = shell.t, shell.language, shell.data.weather_hours
    now, then = hourly_texts(weather, [ahead[0], chosen], language)
    is_today = _local(chosen).date() == _local(ahead[0]).date()
    clock = n.clock(EVENING, language)
    title = (
        t.gettext("Today at {hour}", hour=clock)
        if is_today
        else t.gettext("Tomorrow at {hour}", hour=clock)
    )
    day = _local(ahead[0]).date() + timedelta(days=1)
    cards: list[dict[str, Any]] = [
        {"id": None, "title": t.gettext("Now"), "text": now},
        {"id": "weather-then", "title": title, "text": then or t.gettext("Not known yet.")},
        {"id": None, "title": t.gettext("Tomorrow"), "text": day_text(weather, day, language)},
    ]
    return [card for card in cards if card["text"]] if now or then else []


def _free_now(shell: Shell) -> str:
    states = shell.data.states
    free, stations = int(states["available"].sum()), int((states["available"] > 0).sum())
    return shell.t.ngettext(
        "{count} point is free, at {stations} of {all} stations.",
        "{count} points are free, at {stations} of {all} stations.",
        free,
        stations=n.number(stations, shell.language),
        all=n.number(states.height, shell.language),
    )


def _map(shell: Shell, drawn: CityMap) -> SimpleNamespace:
    """The map as the template draws it; small circles last, so that none is hidden."""
    placed = shell.data.states.drop_nulls(["latitude", "longitude"])
    placed = placed.sort("charge_points", "station_id", descending=[True, False])
    stations = []
    for row in placed.rows(named=True):
        x, y = drawn.place(row["latitude"], row["longitude"])
        status = STATION_STATUS_NAMES[row["station_status"]].in_(shell.language)
        stations.append(
            {
                "x": x,
                "y": y,
                "r": radius(row["charge_points"]),
                "slug": paths.slug(row["station_id"]),
                "path": paths.station(row["station_id"]),
                "bucket": _BUCKETS_NOW.get(row["station_status"], "unknown"),
                "title": f"{_name(row)} – {status}, {row['available']}/{row['charge_points']}",
            }
        )
    river = [drawn.place(latitude, longitude) for longitude, latitude in SEINE]
    return SimpleNamespace(
        width=WIDTH,
        height=drawn.height,
        west=round(drawn.west, 6),
        north=round(drawn.north, 6),
        across=round(drawn.across, 3),
        down=round(drawn.down, 3),
        areas=drawn.areas,
        stations=stations,
        river="M" + "L".join(f"{x} {y}" for x, y in river),
        reach=round(_REACH_KM * drawn.units_of_a_kilometre),
    )


def radius(charge_points: int) -> float:
    """Of a station's circle: its area grows with the points."""
    return round(3.2 * math.sqrt(min(charge_points, 24)) + 2.5, 1)


def _name(row: dict[str, Any]) -> str:
    return str(row["address"] or row["station_name"] or row["station_id"])


def _expected_free(states: pl.DataFrame, chances: pl.DataFrame, hour: datetime) -> dict[int, float]:
    """Free points expected in an hour, by arrondissement."""
    known = chances.filter(pl.col("hour") == hour).join(
        states.select("station_id", "arrondissement"), on="station_id"
    )
    sums = (
        known.drop_nulls(["arrondissement", "free_points"])
        .group_by("arrondissement")
        .agg(pl.col("free_points").sum())
    )
    return dict(sums.iter_rows())


def _most_free(shell: Shell, spare: dict[int, float], hour: datetime) -> str | None:
    if not spare:
        return None
    number = max(spare, key=lambda each: (spare[each], -each))
    return shell.t.gettext(
        "Tonight at {hour}, most free points are expected in the {number}: about {count}.",
        hour=n.clock(_local(hour).hour, shell.language),
        number=n.ordinal(number, shell.language),
        count=n.number(spare[number], shell.language),
    )


def _arrondissements(
    shell: Shell, chances: pl.DataFrame, spare: dict[int, float], hour: datetime
) -> list[dict[str, Any]]:
    """A row for each arrondissement that has stations."""
    language, data = shell.language, shell.data
    names = dict(data.outlines.select("arrondissement", "name").iter_rows())
    later = (
        chances.filter(pl.col("hour") == hour)
        .join(data.states.select("station_id", "arrondissement"), on="station_id")
        .group_by("arrondissement")
        .agg(pl.col("chance").mean())
    )
    then = dict(later.iter_rows())
    now = (
        data.states.drop_nulls("arrondissement")
        .group_by("arrondissement")
        .agg(
            pl.col("available").sum(),
            (pl.col("available") > 0).sum().alias("with_free"),
            pl.len().alias("stations"),
        )
        .sort("arrondissement")
    )
    rows = []
    for row in now.rows(named=True):
        number = row["arrondissement"]
        name = " ".join(filter(None, (n.ordinal(number, language), names.get(number))))
        rows.append(
            {
                "path": paths.arrondissement(number),
                "name": name,
                "free": n.number(row["available"], language),
                "stations": shell.t.gettext(
                    "{free} of {all} stations", free=row["with_free"], all=row["stations"]
                ),
                "bucket_now": bucket(row["with_free"] / row["stations"]),
                "spare": n.number(spare.get(number), language),
                "chance": chance_in_ten(then.get(number), shell.t),
                "bucket_then": bucket(then.get(number)),
            }
        )
    return rows


def _basis(shell: Shell, chances: pl.DataFrame) -> str:
    """What the chances of later hours rest on."""
    t = shell.t
    if chances.is_empty():
        return t.gettext("There are no chances yet: they need some days of observations.")
    if (chances["from"] == FORECAST).any():
        return t.gettext(
            "Chances of the next 24 hours are forecasts; later ones are the usual of that hour of"
            " the week. A chance of an arrondissement is the mean of its stations."
        )
    return t.gettext(
        "Chances are the usual of that hour of the week, not a forecast. A chance of an"
        " arrondissement is the mean of its stations."
    )


def _script_data(shell: Shell) -> Markup:
    """What the script needs of the page, as JSON that no name can break out of."""
    own = paths.in_language(paths.HOME, shell.language)
    here = paths.in_language("/station/ID/", shell.language)
    document = {
        "language": str(shell.language),
        "data": {
            "chances": paths.relative(CHANCES_FILE, own),
            "places": paths.relative(PLACES_FILE, own),
        },
        "live": paths.relative(LIVE_FILE, own),
        "station": paths.relative(here, own),
        "text": home_texts.of_script(shell.t),
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    # A closing tag or a comment cannot begin inside.
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704
