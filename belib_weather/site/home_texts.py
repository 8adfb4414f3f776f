"""Texts that the script of the home page shows.

What belongs here: its texts, translated where the page is made, so that the script has none.
"""

from typing import Any

from belib_weather.panels.i18n import Translation


def plugs(t: Translation) -> dict[str, str]:
    """Names of the kinds of plug."""
    return {
        "type_2": t.gettext("Type 2"),
        "combo_ccs": t.gettext("Combo CCS"),
        "chademo": t.gettext("CHAdeMO"),
        "ef": t.gettext("Domestic socket (E/F)"),
    }


def of_script(t: Translation) -> dict[str, Any]:
    """All of them; the browser chooses the form that a number takes."""
    keep = {
        name: f"{{{name}}}" for name in ("place", "points", "metres", "minutes", "free", "number")
    }
    return {
        "now": t.gettext("Now"),
        "free": {
            "one": t.gettext("{count} point free", count="{count}"),
            "other": t.gettext("{count} points free", count="{count}"),
        },
        "of": t.gettext("of {points}", **_subset(keep, "points")),
        "nowFree": t.gettext("Now: {free} of {points}.", **_subset(keep, "free", "points")),
        "walk": t.gettext(
            "{metres} m, {minutes} min on foot", **_subset(keep, "metres", "minutes")
        ),
        "go": t.gettext("Walk there"),
        "around": t.gettext("Around {place}", **_subset(keep, "place")),
        "own": t.gettext("This station: is it working, and how often was it?"),
        "notes": {
            "far": t.gettext("No station lies within 800 m: these are the nearest ones."),
            "full": t.gettext("No point is free within 800 m: these are the nearest free ones."),
            "noneFree": t.gettext("No point is free now: these are the nearest stations."),
            "noChance": t.gettext(
                "The chances here are not known: these are the nearest stations."
            ),
        },
        "none": t.gettext("No station fits."),
        "here": t.gettext("My position"),
        "locating": t.gettext("Looking for your position…"),
        "noPosition": t.gettext("Your position is not known: type a street or a place."),
        "nothing": t.gettext("Nothing of that name is known: try a street, a station or a place."),
        "failed": t.gettext("The chances cannot be loaded: try again."),
        "noWeather": t.gettext("Not known yet."),
        "arrondissement": t.pgettext(
            "short, after a street", "Paris {number}", **_subset(keep, "number")
        ),
        "kinds": {
            "place": t.pgettext("kind of what was found", "place"),
            "street": t.pgettext("kind of what was found", "street"),
            "station": t.pgettext("kind of what was found", "station"),
        },
        "from": {
            "forecast": t.gettext("Forecast"),
            "usual": t.gettext("Usual at this hour of the week"),
        },
        "plugs": plugs(t),
        "colon": t.pgettext("punctuation after a time", ":"),
        "unknown": t.gettext("not known"),
        "always": t.gettext("almost always"),
        "never": t.gettext("almost never"),
        "inTen": t.gettext("{count} in 10", count="{count}"),
        "points": t.gettext("{low} to {high} points free", low="{low}", high="{high}"),
        "between": t.gettext("between {low} and {high} in 10", low="{low}", high="{high}"),
    }


def _subset(keep: dict[str, str], *names: str) -> dict[str, str]:
    return {name: keep[name] for name in names}
