"""The report's sentences: every finding in words, with what it rests on.

What belongs here: sentences made of figures, in both languages. What does not: fixed texts
(`texts`) and tables (`tables`).
"""

from typing import Any

from belib_weather.panels import numbers as n
from belib_weather.panels.wording import WEATHER_NAMES, Language, Text
from belib_weather.report.advice import Advice, Kind, Span
from belib_weather.report.findings import Report

_DAYS = {
    Kind.WEEKDAYS: Text("on weekdays", "en semaine"),
    Kind.WEEKEND: Text("at the weekend", "le week-end"),
}


class Words:
    """The sentences of a report in one language."""

    def __init__(self, report: Report, language: Language) -> None:
        self._report = report
        self._in = language

    def answer(self) -> str:
        """When to charge, in one sentence; or what is missing to say it."""
        advice = self._report.advice
        if not advice:
            return self._say(
                "It is too early to say when to charge: no three hours between 7:00 and 22:00 have"
                " been observed yet.",
                "Il est trop tôt pour dire quand recharger : aucune suite de trois heures entre 7 h"
                " et 22 h n'a encore été observée.",
            )
        best = self._say(", ", ", ").join(self._when(each, each.best) for each in advice)
        return self._say(
            f"Charge {best}: that is when a free point is surest.",
            f"Rechargez {best} : c'est là qu'un point libre est le plus sûr.",
        )

    def chances(self) -> str:
        """How sure the surest hours are, and when the hardest."""
        advice = self._report.advice
        best = self._say(" and ", " et ").join(self._share(each.best) for each in advice)
        worst = self._say(", ", ", ").join(
            f"{self._when(each, each.worst)} ({self._share(each.worst)})" for each in advice
        )
        return self._say(
            f"A station then had a free point {best} of the time. Hardest: {worst}.",
            f"Une station avait alors un point libre {best} du temps. Le plus difficile : {worst}.",
        )

    def missing(self) -> str:
        """What the answer lacks: a kind of day, intervals, or a clear difference."""
        advice = self._report.advice
        said = []
        if advice and len(advice) < len(Kind):
            absent = next(kind for kind in Kind if kind not in {each.kind for each in advice})
            days = {
                Kind.WEEKDAYS: Text("No weekday", "Aucun jour de semaine"),
                Kind.WEEKEND: Text("No weekend day", "Aucun jour de week-end"),
            }[absent].in_(self._in)
            said.append(
                self._say(
                    f"{days} has been observed long enough yet.",
                    f"{days} n'a encore été observé assez longtemps.",
                )
            )
        if any(each.best.low is None for each in advice):
            said.append(
                self._say(
                    "A figure of one day has no interval: take it as a first impression.",
                    "Un chiffre d'un seul jour n'a pas d'intervalle : c'est une première"
                    " impression.",
                )
            )
        unclear = [each for each in advice if each.best.low is not None and not each.is_clear]
        if unclear:
            days = self._say(" and ", " et ").join(
                _DAYS[each.kind].in_(self._in) for each in unclear
            )
            said.append(
                self._say(
                    f"The intervals overlap {days}: the hours may not differ at all.",
                    f"Les intervalles se recouvrent {days} : les heures ne diffèrent"
                    " peut-être pas.",
                )
            )
        return " ".join(said)

    def now(self) -> str:
        """How many points are free, and when that was seen."""
        now = self._report.now
        if now is None:
            return self._say(
                "No snapshot of the stations is stored yet.",
                "Aucun relevé des stations n'est encore enregistré.",
            )
        at = n.moment(now.captured_at, self._in)
        share = n.share(now.free / now.known if now.known else None, self._in, 0)
        stations = n.number(now.stations_free, self._in), n.number(now.stations, self._in)
        old = "" if now.is_recent else self._say(" This is not recent.", " Ce n'est pas récent.")
        return self._say(
            f"{share} of the points in service that reported lately; {stations[0]} of"
            f" {stations[1]} stations had a free one. Seen on {at}, Paris time.{old}",
            f"{share} des points en service qui ont donné signe récemment ; {stations[0]} stations"
            f" sur {stations[1]} en avaient un. Vu le {at}, heure de Paris.{old}",
        )

    def free(self) -> str:
        """Free points now, of those known."""
        now = self._report.now
        if now is None:
            return n.NOTHING
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
        shares = [cell["chance_of_a_free_point"] for cell in cells]
        hours = n.number(sum(cell["station_hours_observed"] for cell in cells), self._in)
        low, high = n.share(min(shares), self._in), n.share(max(shares), self._in)
        return self._say(
            f"From {low} in the hardest hour of the week to {high} in the surest, over {hours}"
            " station-hours.",
            f"De {low} à l'heure la plus difficile de la semaine à {high} à la plus sûre, sur"
            f" {hours} heures-stations.",
        )

    def hours(self) -> str:
        """The surest and the hardest hour of all days."""
        rows = self._rows(self._report.by_hour)
        if not rows:
            return self.calendar()
        rows.sort(key=lambda row: row["chance_of_a_free_point"])
        worst, best = (
            f"{n.clock(row['local_hour'], self._in)} ({self._chance(row)})"
            for row in (rows[0], rows[-1])
        )
        return self._say(
            f"Over all days the hour from {best} is the surest, that from {worst} the hardest.",
            f"Tous jours confondus, l'heure la plus sûre commence à {best}, la plus difficile à"
            f" {worst}.",
        )

    def weather(self) -> str:
        """The weather with the highest and with the lowest chance."""
        rows = self._rows(self._report.by_weather)
        if len(rows) < 2:
            return self._say(
                "Fewer than two kinds of weather were observed: there is nothing to compare.",
                "Moins de deux types de temps observés : rien à comparer.",
            )
        rows.sort(key=lambda row: row["chance_of_a_free_point"])
        low, high = rows[-1]["low"], rows[0]["high"]
        told = "" if low is not None and high is not None and low > high else self._unclear()
        worst, best = (
            f"{WEATHER_NAMES[row['weather_class']].in_(self._in)} ({self._chance(row)})"
            for row in (rows[0], rows[-1])
        )
        return self._say(
            f"Weather with the highest chance of a free point: {best}; with the lowest:"
            f" {worst}.{told}",
            f"Temps où la chance d'un point libre est la plus haute : {best} ; la plus basse :"
            f" {worst}.{told}",
        )

    def _unclear(self) -> str:
        return self._say(
            " The intervals do not tell them apart.",
            " Les intervalles ne permettent pas de les distinguer.",
        )

    def _when(self, advice: Advice, span: Span) -> str:
        days = _DAYS[advice.kind].in_(self._in)
        start, end = n.clock(span.start, self._in), n.clock(span.end, self._in)
        return self._say(f"{days} from {start} to {end}", f"{days} de {start} à {end}")

    def _share(self, span: Span) -> str:
        return n.share(span.chance, self._in)

    def _chance(self, row: dict[str, Any]) -> str:
        share = n.share(row["chance_of_a_free_point"], self._in)
        days = n.number(row["days"], self._in)
        one = row["days"] == 1
        unit = self._say("day" if one else "days", "jour" if one else "jours")
        return f"{share}, {days} {unit}"

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
        return french if self._in is Language.FRENCH else english
