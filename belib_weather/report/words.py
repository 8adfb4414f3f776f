"""The report's sentences: every finding in words, with what it rests on.

What belongs here: sentences made of figures, in both languages. What does not: fixed texts
(`texts`) and tables (`tables`).
"""

from typing import Any

from belib_weather.panels import numbers as n
from belib_weather.panels.wording import WEATHER_NAMES, Language, Text
from belib_weather.report.advice import FIRST_HOUR, LAST_HOUR, Advice, Kind, Span
from belib_weather.report.findings import Report

_DAYS = {
    Kind.WEEKDAYS: Text("on weekdays", "en semaine"),
    Kind.WEEKEND: Text("at the weekend", "le week-end"),
}
_DAY = Text("day", "jour")


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
                "It is too early to say when to charge: too few hours between 7:00 and 22:00 have"
                " been observed to compare them.",
                "Il est trop tôt pour dire quand recharger : trop peu d'heures entre 7 h et 22 h"
                " ont été observées pour les comparer.",
            )
        clear = [each for each in advice if each.is_clear]
        best = ", ".join(self._when(each, each.best) for each in clear or advice)
        if not clear:
            return self._say(
                f"No hours clearly stand out yet; the best so far: {best}.",
                f"Aucun créneau ne se détache nettement ; le meilleur jusqu'ici : {best}.",
            )
        said = self._say(
            f"Charge {best}: that is when you are most likely to find a free point.",
            f"Rechargez {best} : c'est là que vous avez le plus de chances de trouver un point"
            " libre.",
        )
        for each in advice:
            if not each.is_clear:
                days = _DAYS[each.kind].in_(self._in)
                said += self._say(
                    f" {days.capitalize()} no hours clearly stand out.",
                    f" {days.capitalize()}, aucun créneau ne se détache nettement.",
                )
        return said

    def chances(self) -> str:
        """How sure the surest hours are, and the hardest, of each kind of day."""
        return " ".join(self._chances_of(each) for each in self._report.advice)

    def _chances_of(self, advice: Advice) -> str:
        when = self._when(advice, advice.best)
        start, end = (n.clock(at, self._in) for at in (advice.worst.start, advice.worst.end))
        best, worst = self._share(advice.best), self._share(advice.worst)
        first = f"{when[0].upper()}{when[1:]}"
        return self._say(
            f"{first}, a station had a free point {best} of the time; from {start} to {end}, the"
            f" hardest hours, {worst}.",
            f"{first}, une station avait un point libre {best} du temps ; de {start} à {end}, les"
            f" heures les plus difficiles, {worst}.",
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
        for each in advice:
            if each.hours < LAST_HOUR - FIRST_HOUR:
                days = _DAYS[each.kind].in_(self._in).capitalize()
                said.append(
                    self._say(
                        f"{days} only {each.hours} of the {LAST_HOUR - FIRST_HOUR} hours between"
                        f" {FIRST_HOUR}:00 and {LAST_HOUR}:00 have been observed.",
                        f"{days}, seules {each.hours} des {LAST_HOUR - FIRST_HOUR} heures entre"
                        f" {FIRST_HOUR} h et {LAST_HOUR} h ont été observées.",
                    )
                )
        if not all(each.has_intervals for each in advice):
            said.append(
                self._say(
                    "A figure of one day has no interval: take it as a first impression.",
                    "Un chiffre d'un seul jour n'a pas d'intervalle : c'est une première"
                    " impression.",
                )
            )
        unclear = [each for each in advice if each.has_intervals and not each.is_clear]
        if unclear:
            days = self._say(" and ", " et ").join(
                _DAYS[each.kind].in_(self._in) for each in unclear
            )
            said.append(
                self._say(
                    f"The 95% intervals overlap {days}: the hours may not differ at all.",
                    f"Les intervalles à 95 % se recouvrent {days} : les heures ne diffèrent"
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
            f"{share} des points en service dont l'état récent est connu ; {stations[0]} stations"
            f" sur {stations[1]} en avaient un. Relevé du {at}, heure de Paris.{old}",
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
            f"Météo où la chance d'un point libre est la plus haute : {best} ; la plus basse :"
            f" {worst}.{told}",
        )

    def _doubt(self, best: dict[str, Any], worst: dict[str, Any]) -> str:
        if best["low"] is not None and worst["high"] is not None and best["low"] > worst["high"]:
            return ""
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
        return french if self._in is Language.FRENCH else english
