"""When to charge, in words: the answer, how sure it is, and what it lacks.

What belongs here: sentences from the advice. What does not: other findings (`sentences`).
"""

from babel.lists import format_list

from belib_weather.panels import number_formats as n
from belib_weather.panels.i18n import Language, Message, translation_to
from belib_weather.report.advice import FIRST_HOUR, LAST_HOUR, Advice, Kind, Span
from belib_weather.transform.comparisons import FEWEST_DAYS

_DAYS = {Kind.WEEKDAYS: Message("on weekdays"), Kind.WEEKEND: Message("at the weekend")}
_UNCLEAR = {
    Kind.WEEKDAYS: Message("On weekdays no hours clearly stand out."),
    Kind.WEEKEND: Message("At the weekend no hours clearly stand out."),
}
_FEW = {
    Kind.WEEKDAYS: Message("Too few weekdays have been observed to advise hours."),
    Kind.WEEKEND: Message("Too few weekend days have been observed to advise hours."),
}
_ABSENT = {
    Kind.WEEKDAYS: Message("No weekday has been observed long enough yet."),
    Kind.WEEKEND: Message("No weekend day has been observed long enough yet."),
}


class AdviceText:
    """The sentences about when to charge in one language."""

    def __init__(self, advice: list[Advice], language: Language) -> None:
        self._advice = advice
        self._language = language
        self._t = translation_to(language)

    def answer(self) -> str:
        """When to charge, in one sentence; or what is missing to say it."""
        if not self._advice:
            return self._t.gettext(
                "It is too early to say when to charge: too few hours between {first} and {last}"
                " have been observed to compare them.",
                **self._daytime(),
            )
        clear = [each for each in self._advice if each.is_clear]
        spans = ", ".join(self._when(each.kind, each.best) for each in clear or self._advice)
        if not any(each.has_interval for each in self._advice):
            return self._t.gettext(
                "It is too early to advise hours. On the observed days, the best were {spans}.",
                spans=spans,
            )
        if not clear:
            return self._t.gettext(
                "No hours clearly stand out yet; the best so far: {spans}.", spans=spans
            )
        best = self._t.gettext(
            "Charge {spans}: that is when you are most likely to find a free point.", spans=spans
        )
        others = [
            (_UNCLEAR if each.has_interval else _FEW)[each.kind].in_(self._language)
            for each in self._advice
            if not each.is_clear
        ]
        return " ".join((best, *others))

    def chances(self) -> str:
        """How often a point was free in the best hours, and in the worst, by kind of day."""
        return " ".join(self._chances_of(each) for each in self._advice)

    def _chances_of(self, advice: Advice) -> str:
        values = {
            "best": n.share(advice.best.chance, self._language),
            "worst": n.share(advice.worst.chance, self._language),
            "best_start": n.clock(advice.best.start, self._language),
            "best_end": n.clock(advice.best.end, self._language),
            "worst_start": n.clock(advice.worst.start, self._language),
            "worst_end": n.clock(advice.worst.end, self._language),
        }
        if advice.kind is Kind.WEEKDAYS:
            return self._t.gettext(
                "On weekdays from {best_start} to {best_end}, a station had a free point {best} of"
                " the time; from {worst_start} to {worst_end}, the worst hours, {worst}.",
                **values,
            )
        return self._t.gettext(
            "At the weekend from {best_start} to {best_end}, a station had a free point {best} of"
            " the time; from {worst_start} to {worst_end}, the worst hours, {worst}.",
            **values,
        )

    def missing(self) -> str:
        """What the answer lacks: a kind of day, hours, an interval, or a clear difference."""
        sentences = [*self._kind_without_advice(), *map(self._few_hours, self._advice)]
        if not all(each.has_interval for each in self._advice):
            sentences.append(
                self._t.gettext(
                    "With fewer than {days} days a difference has no interval: it is said of these"
                    " days only.",
                    days=FEWEST_DAYS,
                )
            )
        unclear = [each for each in self._advice if each.has_interval and not each.is_clear]
        if unclear:
            days = [_DAYS[each.kind].in_(self._language) for each in unclear]
            sentences.append(
                self._t.gettext(
                    "The 95% interval of the difference has 0 in it {days}: the hours may not"
                    " differ at all.",
                    days=format_list(days, locale=self._language.locale),
                )
            )
        return " ".join(filter(None, sentences))

    def _kind_without_advice(self) -> list[str]:
        """The kind of day without advice, where the other has one."""
        present = {each.kind for each in self._advice}
        absent = [kind for kind in Kind if kind not in present] if present else []
        return [_ABSENT[kind].in_(self._language) for kind in absent]

    def _few_hours(self, advice: Advice) -> str:
        total = LAST_HOUR - FIRST_HOUR
        if advice.hours == total:
            return ""
        values = self._daytime() | {"hours": advice.hours, "total": total}
        if advice.kind is Kind.WEEKDAYS:
            return self._t.gettext(
                "On weekdays only {hours} of the {total} hours between {first} and {last} have been"
                " observed.",
                **values,
            )
        return self._t.gettext(
            "At the weekend only {hours} of the {total} hours between {first} and {last} have been"
            " observed.",
            **values,
        )

    def _daytime(self) -> dict[str, object]:
        return {
            "first": n.clock(FIRST_HOUR, self._language),
            "last": n.clock(LAST_HOUR, self._language),
        }

    def _when(self, kind: Kind, span: Span) -> str:
        return self._t.gettext(
            "{days} from {start} to {end}",
            days=_DAYS[kind].in_(self._language),
            start=n.clock(span.start, self._language),
            end=n.clock(span.end, self._language),
        )
