"""How good the forecasts were, in words: skill beside the forecasts, tables, the diagram's points.

What belongs here: `forecast_quality` in the words of a language. What does not: HTML (`templates`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from belib_weather.datasets.forecasts import BLEND, PERSISTENCE, SERVED, USUAL
from belib_weather.forecast.scores import FEWEST_DAYS
from belib_weather.forecast.station_scores import Skill
from belib_weather.panels import number_formats as n
from belib_weather.panels.i18n import Language, Translation, translation_to
from belib_weather.site.forecast_quality import ForecastQuality, Horizon, Tenth

_HOUR = 60
_SIDE, _LEFT, _TOP = 240, 52, 12
"""Of the square of the diagram, in its own units."""


@dataclass(frozen=True)
class Mark:
    """A tenth on the diagram: place, radius, and its figures as a text."""

    x: float
    y: float
    r: float
    title: str


class ForecastTexts:
    """What pages say of the quality of the forecasts.

    Args:
        quality: of the newest weeks.
        language: of the texts.
        serves_blend: whether the newest forecasts are the blend's.
    """

    def __init__(self, quality: ForecastQuality, language: Language, *, serves_blend: bool) -> None:
        self._quality = quality
        self._language = language
        self._serves_blend = serves_blend

    @property
    def _t(self) -> Translation:
        return translation_to(self._language)

    @cached_property
    def served(self) -> str:
        """What the chances that are shown are made from."""
        if self._serves_blend:
            return self._t.gettext(
                "At present no model is served: the forecast is the state now mixed with the usual"
                " hour. Four times in five the free points lie in its range."
            )
        return self._t.gettext(
            "The forecast knows the state now, the past weeks and the weather to come; four times"
            " in five the free points lie in its range."
        )

    @cached_property
    def period(self) -> str:
        """Which days the skill is of, or why there is none."""
        t, quality = self._t, self._quality
        if quality.last is None:
            return t.gettext(
                "Skill of the forecast: not scored yet. It needs {fewest} days of forecasts.",
                fewest=FEWEST_DAYS,
            )
        if not quality.is_judged:
            return t.ngettext(
                "Skill of the forecast: not scored yet. {count} of the {fewest} days that it needs"
                " is scored.",
                "Skill of the forecast: not scored yet. {count} of the {fewest} days that it needs"
                " are scored.",
                quality.days,
                fewest=FEWEST_DAYS,
            )
        return t.gettext(
            "Skill of the forecast: by how much its squared error is below that of the simple rule,"
            " which mixes the state now with the usual hour; all stations, {days} days up to"
            " {date}.",
            days=quality.days,
            date=n.day(quality.last, self._language),
        )

    @cached_property
    def skills(self) -> list[tuple[str, str, str]]:
        """Time ahead, skill and its 95 % interval; empty before there is one."""
        return [
            (self._ahead(each), self._share(each.skill.skill), self._interval(each.skill))
            for each in self._quality.horizons
            if each.skill is not None
        ]

    def errors(self) -> list[tuple[str, ...]]:
        """A row per time ahead: skill, interval, errors, calibration error, forecasts scored."""
        return [
            (
                self._ahead(each),
                self._share(each.skill.skill) if each.skill else n.NOTHING,
                self._interval(each.skill) if each.skill else n.NOTHING,
                *(
                    n.number(each.errors.get(name), self._language, 3)
                    for name in (SERVED, BLEND, USUAL, PERSISTENCE)
                ),
                n.share(each.calibration_error, self._language, 1),
                n.number(each.scored, self._language),
            )
            for each in self._quality.horizons
        ]

    def tenths(self) -> list[tuple[str, str, str]]:
        """Chance said, share in which a point was free, forecasts; a row per tenth."""
        return [
            (
                n.share(each.said, self._language, 0),
                n.share(each.came, self._language, 0),
                n.number(each.scored, self._language),
            )
            for each in self._quality.tenths
        ]

    def marks(self) -> list[Mark]:
        """The tenths on the diagram; their area grows with the forecasts."""
        tenths: Sequence[Tenth] = self._quality.tenths
        most = max((each.scored for each in tenths), default=1)
        return [
            Mark(
                round(_LEFT + _SIDE * each.said, 1),
                round(_TOP + _SIDE * (1 - each.came), 1),
                round(3 + 7 * (each.scored / most) ** 0.5, 1),
                self._t.gettext("{said} said, {came} came true", said=row[0], came=row[1]),
            )
            for each, row in zip(tenths, self.tenths(), strict=True)
        ]

    def axis(self) -> list[tuple[float, float, str]]:
        """Ticks of the diagram: place along x, place along y, text."""
        return [
            (
                _LEFT + _SIDE * quarter / 4,
                _TOP + _SIDE * (1 - quarter / 4),
                n.share(quarter / 4, self._language, 0),
            )
            for quarter in range(5)
        ]

    def _ahead(self, horizon: Horizon) -> str:
        hours = horizon.minutes // _HOUR
        if hours == 0:
            return self._t.ngettext("{count} minute", "{count} minutes", horizon.minutes)
        return self._t.ngettext("{count} hour", "{count} hours", hours)

    def _share(self, value: float) -> str:
        return n.share(value, self._language, 0)

    def _interval(self, skill: Skill) -> str:
        return self._t.gettext(
            "{low} to {high}", low=self._share(skill.low), high=self._share(skill.high)
        )
