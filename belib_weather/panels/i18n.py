"""Words in both languages of the platform.

What belongs here: texts of one thing in French and English. What does not: whole pages (`report`).
"""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language of what people read."""

    FRENCH = "fr"
    ENGLISH = "en"


LANGUAGES: tuple[Language, ...] = tuple(Language)


@dataclass(frozen=True)
class Text:
    """One text in both languages."""

    en: str
    fr: str

    def in_(self, language: Language) -> str:
        """The text in a language."""
        return self.fr if language is Language.FRENCH else self.en


SIMULATED_MARK = Text(
    "SIMULATED DATA: made by a program, not observed in Paris",
    "DONNÉES SIMULÉES : produites par un programme, non observées",
)
"""Stands on every picture of simulated data."""

STATUS_NAMES: dict[str, Text] = {
    "available": Text("available", "disponible"),
    "occupied": Text("occupied", "occupé"),
    "reserved": Text("reserved", "réservé"),
    "out_of_order": Text("out of order", "en panne"),
    "planned": Text("planned", "prévu"),
    "removed": Text("removed", "supprimé"),
    "unknown": Text("unknown", "inconnu"),
    "stale": Text("stale", "périmé"),
    "unobserved": Text("unobserved", "non observé"),
    "full": Text("full", "complète"),
    "silent": Text("silent", "muette"),
}
"""Statuses of charge points and stations, and what else a second can be."""

WEATHER_NAMES: dict[str, Text] = {
    "clear": Text("clear", "ciel clair"),
    "cloudy": Text("cloudy", "nuageux"),
    "fog": Text("fog", "brouillard"),
    "drizzle": Text("drizzle", "bruine"),
    "rain": Text("rain", "pluie"),
    "snow": Text("snow", "neige"),
    "thunderstorm": Text("thunderstorm", "orage"),
}

WEEKDAY_NAMES: dict[int, Text] = {
    1: Text("Monday", "lundi"),
    2: Text("Tuesday", "mardi"),
    3: Text("Wednesday", "mercredi"),
    4: Text("Thursday", "jeudi"),
    5: Text("Friday", "vendredi"),
    6: Text("Saturday", "samedi"),
    7: Text("Sunday", "dimanche"),
}
"""ISO weekdays, 1 is Monday."""

MONTH_NAMES: dict[int, Text] = {
    1: Text("January", "janvier"),
    2: Text("February", "février"),
    3: Text("March", "mars"),
    4: Text("April", "avril"),
    5: Text("May", "mai"),
    6: Text("June", "juin"),
    7: Text("July", "juillet"),
    8: Text("August", "août"),
    9: Text("September", "septembre"),
    10: Text("October", "octobre"),
    11: Text("November", "novembre"),
    12: Text("December", "décembre"),
}
