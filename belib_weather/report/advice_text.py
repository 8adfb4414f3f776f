"""When to charge, in words: the answer, how sure it is, and what it lacks.

What belongs here: sentences made of the advice. What does not: other findings (`sentences`).
"""

from belib_weather.panels import number_formats as n
from belib_weather.panels.i18n import Language, Text
from belib_weather.report.advice import FIRST_HOUR, LAST_HOUR, Advice, Kind, Span

_DAYS = {
    Kind.WEEKDAYS: Text("on weekdays", "en semaine"),
    Kind.WEEKEND: Text("at the weekend", "le week-end"),
}


class Answer:
    """The sentences about when to charge in one language."""

    def __init__(self, advice: list[Advice], language: Language) -> None:
        self._advice = advice
        self._in = language

    def answer(self) -> str:
        """When to charge, in one sentence; or what is missing to say it."""
        if not self._advice:
            return self._say(
                "It is too early to say when to charge: too few hours between 7:00 and 22:00 have"
                " been observed to compare them.",
                "Il est trop tôt pour dire quand recharger : trop peu d'heures entre 7 h et 22 h"
                " ont été observées pour les comparer.",
            )
        clear = [each for each in self._advice if each.is_clear]
        best = ", ".join(self._when(each, each.best) for each in clear or self._advice)
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
        for each in self._advice:
            if not each.is_clear:
                days = _DAYS[each.kind].in_(self._in)
                said += self._say(
                    f" {days.capitalize()} no hours clearly stand out.",
                    f" {days.capitalize()}, aucun créneau ne se détache nettement.",
                )
        return said

    def chances(self) -> str:
        """How sure the surest hours are, and the hardest, of each kind of day."""
        return " ".join(self._chances_of(each) for each in self._advice)

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
        said = []
        if self._advice and len(self._advice) < len(Kind):
            absent = next(kind for kind in Kind if kind not in {each.kind for each in self._advice})
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
        for each in self._advice:
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
        if not all(each.has_intervals for each in self._advice):
            said.append(
                self._say(
                    "A figure of one day has no interval: take it as a first impression.",
                    "Un chiffre d'un seul jour n'a pas d'intervalle : c'est une première"
                    " impression.",
                )
            )
        unclear = [each for each in self._advice if each.has_intervals and not each.is_clear]
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

    def _when(self, advice: Advice, span: Span) -> str:
        days = _DAYS[advice.kind].in_(self._in)
        start, end = n.clock(span.start, self._in), n.clock(span.end, self._in)
        return self._say(f"{days} from {start} to {end}", f"{days} de {start} à {end}")

    def _share(self, span: Span) -> str:
        return n.share(span.chance, self._in)

    def _say(self, english: str, french: str) -> str:
        return Text(english, french).in_(self._in)
