"""The report's sentences: every finding in words, with what it rests on.

What belongs here: sentences made of figures, in both languages. What does not: when to charge
(`advice_text`), fixed texts (`texts`) and tables (`hour_tables`, `station_tables`).
"""

from typing import Any

from belib_weather.panels import number_formats as n
from belib_weather.panels.i18n import WEATHER_NAMES, Language, Text
from belib_weather.report.findings import Report

_DAY = Text("day", "jour")


class Words:
    """The sentences of a report in one language."""

    def __init__(self, report: Report, language: Language) -> None:
        self._report = report
        self._in = language

    def now(self) -> str:
        """How many points are free, and when that was seen."""
        now = self._report.now
        if now is None:
            return self._say(
                "No snapshot of the stations is stored yet.",
                "Aucun relevé des stations n'est encore enregistré.",
            )
        at = n.moment(now.captured_at, self._in)
        if not now.known:
            return self._say(
                f"No point in service has reported its state lately. Seen on {at}, Paris time.",
                f"Aucun point en service n'a d'état récent connu. Relevé du {at}, heure de Paris.",
            )
        share = n.share(now.free / now.known, self._in, 0)
        stations = n.number(now.stations_free, self._in), n.number(now.stations, self._in)
        old = "" if now.is_recent else self._say(" This is not recent.", " Ce n'est pas récent.")
        return self._say(
            f"{share} of the points in service that reported lately; {stations[0]} of"
            f" {stations[1]} stations had a free one. Seen on {at}, Paris time.{old}",
            f"{share} des points en service dont l'état récent est connu ; {stations[0]} stations"
            f" sur {stations[1]} en avaient un. Relevé du {at}, heure de Paris.{old}",
        )

    def free(self) -> str:
        """Free points now, of those known; nothing where none is."""
        now = self._report.now
        if now is None or not now.known:
            return ""
        free, known = n.number(now.free, self._in), n.number(now.known, self._in)
        return self._say(f"{free} of {known} points free", f"{free} points libres sur {known}")

    def map(self) -> str:
        """Where free points are scarce."""
        now = self._report.now
        known = [] if now is None else [r for r in self._rows(now.by_arrondissement) if r["known"]]
        if not known:
            return self.now()
        known.sort(key=lambda row: row["available"] / row["known"])
        worst, best = (self._place(row) for row in (known[0], known[-1]))
        return self._say(
            f"The largest share of free points is in {best}, the smallest in {worst}.",
            f"La plus grande part de points libres est dans {best}, la plus petite dans {worst}.",
        )

    def calendar(self) -> str:
        """The span of the cells."""
        cells = self._rows(self._report.calendar.drop_nulls("chance_of_a_free_point"))
        if not cells:
            return self._say("No hour observed.", "Aucune heure observée.")
        if len(cells) == 1:
            share = self._chance(cells[0])
            return self._say(
                f"Only one hour was observed ({share}): there is nothing to compare.",
                f"Une seule heure observée ({share}) : rien à comparer.",
            )
        shares = [cell["chance_of_a_free_point"] for cell in cells]
        hours = n.number(sum(cell["station_hours_observed"] for cell in cells), self._in)
        low, high = n.share(min(shares), self._in), n.share(max(shares), self._in)
        fewest, most = (reckoned(cell["days"] for cell in cells) for reckoned in (min, max))
        between = n.counted(most, _DAY, self._in)
        if fewest < most:
            between = f"{fewest}{self._say(' to ', ' à ')}{between}"
        doubt = self._say(
            f"Each cell rests on {between}: small differences say little.",
            f"Chaque case repose sur {between} : les petits écarts ne disent pas grand-chose.",
        )
        return self._say(
            f"The cells go from {low} to {high}, over {hours} station-hours. {doubt}",
            f"Les cases vont de {low} à {high}, sur {hours} heures-stations. {doubt}",
        )

    def hours(self) -> str:
        """The surest and the hardest hour of all days."""
        rows = self._rows(self._report.by_hour)
        if len(rows) < 2:
            return self.calendar()
        rows.sort(key=lambda row: row["chance_of_a_free_point"])
        told = self._doubt(rows[-1], rows[0])
        worst, best = (
            f"{n.clock(row['local_hour'], self._in)} ({self._chance(row)})"
            for row in (rows[0], rows[-1])
        )
        return self._say(
            f"Over all days the surest hour begins at {best}, the hardest at {worst}.{told}",
            f"Tous jours confondus, l'heure la plus favorable commence à {best}, la plus difficile"
            f" à {worst}.{told}",
        )

    def weather(self) -> str:
        """The weather with the highest and with the lowest chance."""
        rows = self._rows(self._report.by_weather)
        if len(rows) < 2:
            return self._say(
                "Fewer than two kinds of weather were observed: there is nothing to compare.",
                "Moins de deux types de météo observés : rien à comparer.",
            )
        rows.sort(key=lambda row: row["chance_of_a_free_point"])
        told = self._doubt(rows[-1], rows[0])
        worst, best = (
            f"{WEATHER_NAMES[row['weather_class']].in_(self._in)} ({self._chance(row)})"
            for row in (rows[0], rows[-1])
        )
        return self._say(
            f"Weather with the highest chance of a free point: {best}; with the lowest:"
            f" {worst}.{told}",
            f"Météo la plus favorable : {best} ; la moins favorable : {worst}.{told}",
        )

    def _doubt(self, best: dict[str, Any], worst: dict[str, Any]) -> str:
        if best["low"] is not None and worst["high"] is not None and best["low"] > worst["high"]:
            return ""
        return self._say(
            " The intervals do not tell them apart.",
            " Les intervalles ne permettent pas de les distinguer.",
        )

    def _chance(self, row: dict[str, Any]) -> str:
        share = n.share(row["chance_of_a_free_point"], self._in)
        return f"{share}, {n.counted(row['days'], _DAY, self._in)}"

    def _place(self, row: dict[str, Any]) -> str:
        number = row["arrondissement"]
        suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 20, "th")
        french = "er" if number == 1 else "e"
        share = n.share(row["available"] / row["known"], self._in, 0)
        of = n.number(row["known"], self._in)
        return self._say(
            f"the {number}{suffix} arrondissement ({share} of {of} points)",
            f"le {number}{french} arrondissement ({share} de {of} points)",
        )

    def _rows(self, frame: Any) -> list[dict[str, Any]]:
        return list(frame.iter_rows(named=True))

    def _say(self, english: str, french: str) -> str:
        return Text(english, french).in_(self._in)
