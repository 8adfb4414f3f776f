"""The drawing rule of panels over an axis, for Kibana and for pictures alike.

- A bar begins at 0: its length is its value. All bars of a panel share one axis, in one unit.
- A line fits the axis to its values, unless they lie near 0: then the axis begins at 0.
- Lines share an axis if their unit and their range are the same (far from 0, or near it); the
  second axis is on the right. A third would need a panel of its own.
- Every vertical axis has a title, and so has a horizontal one that is not of time.

What belongs here: which axes a panel has. What does not: drawing them (`series`, `kibana.lens`).
Why a line needs not begin at 0: Cleveland, "The Elements of Graphing Data" (1985), chapter 2.
"""

from dataclasses import dataclass
from enum import StrEnum

from belib_weather.panels.dimensions import Day, Dimension, Hour
from belib_weather.panels.i18n import Language, Message
from belib_weather.panels.measures import Measure, unit_of
from belib_weather.panels.specification import Panel, Shape
from belib_weather.panels.texts import with_unit

DIFFERENCE_AXIS = Message("Difference in percentage points")
_SHARE_OF_ALL = Message("share of the time of all points")
_BARS = frozenset({Shape.BARS, Shape.STACKED})


class Side(StrEnum):
    """Where a vertical axis stands; the values are Kibana's."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True)
class Axis:
    """A vertical axis.

    Attributes:
        side: where it stands.
        measures: what is drawn along it.
        begins_at_zero: whether 0 is on it; otherwise it fits the values.
        is_share_of_all: whether the measures are stacked to 100 %.
    """

    side: Side
    measures: tuple[Measure, ...]
    begins_at_zero: bool
    is_share_of_all: bool = False

    def title_in(self, language: Language) -> str:
        """The measures, with their unit."""
        if self.is_share_of_all:
            return _SHARE_OF_ALL.in_(language)
        return ", ".join(with_unit(measure, language) for measure in self.measures)


def axes_of(panel: Panel) -> tuple[Axis, ...]:
    """The vertical axes of a panel: one on the left, and perhaps one on the right.

    Raises:
        ValueError: its measures need other axes than one can draw; it says which panel, and why.
    """
    if panel.shape is Shape.STACKED:
        return (Axis(Side.LEFT, panel.measures, begins_at_zero=True, is_share_of_all=True),)
    is_bars = panel.shape in _BARS
    groups: dict[tuple[str, bool], list[Measure]] = {}
    for measure in panel.measures:
        is_from_zero = is_bars or measure.is_near_zero
        groups.setdefault((unit_of(measure), is_from_zero), []).append(measure)
    most = 1 if is_bars else len(Side)
    if len(groups) > most:
        raise ValueError(
            f"{panel.name}: measures of {len(groups)} units or ranges, and {panel.shape} have"
            f" {most} vertical axis or axes: make a panel of each"
        )
    return tuple(
        Axis(side, tuple(measures), is_from_zero)
        for side, ((_, is_from_zero), measures) in zip(Side, groups.items(), strict=False)
    )


def horizontal_title(dimension: Dimension, language: Language) -> str | None:
    """The title of the horizontal axis; none where it is of dates, which speak for themselves."""
    return None if isinstance(dimension, Hour | Day) else dimension.title.in_(language)
