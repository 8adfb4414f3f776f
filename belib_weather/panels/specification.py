"""The panel specification.

What belongs here: what a panel is made of. What does not: any one panel (`dashboard_panels`), or
how it looks in a medium.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum

from belib_weather.panels.dimensions import Dimension
from belib_weather.panels.filters import Filter
from belib_weather.panels.i18n import Language, Message
from belib_weather.panels.limits import Limit
from belib_weather.panels.measures import Measure


class Dataset(Enum):
    """What a panel is over: the index without its prefix, and the time that readers filter by.

    The present has none: a period in the past would hide it without any sign of a fault. Nor
    have weeks, quarters and typical weeks, which are periods themselves.
    """

    AVAILABILITY = ("availability", "hour")
    EPISODES = ("episodes", "started_at")
    FEED = ("feed", "hour")
    STATIONS = ("stations", None)
    OUTAGES = ("outages", None)
    RELIABILITY = ("reliability", None)
    REPAIR = ("repair", None)
    PROFILES = ("profiles", None)
    SATURATION = ("saturation", None)
    WEATHER = ("weather", None)
    FORECASTS = ("forecasts", None)
    FORECAST_SCORES = ("forecast_scores", None)
    STREAM = ("stream", None)

    @property
    def index(self) -> str:
        """Name of the alias, without the prefix."""
        index: str = self.value[0]
        return index

    @property
    def time_field(self) -> str | None:
        """The field that a dashboard's period is of; None where no period applies."""
        time_field: str | None = self.value[1]
        return time_field


class Shape(StrEnum):
    """How a panel is drawn."""

    NUMBERS = "numbers"
    LINES = "lines"
    BARS = "bars"
    STACKED = "stacked"
    HEATMAP = "heatmap"
    TABLE = "table"
    MAP = "map"
    INTERVALS = "intervals"


@dataclass(frozen=True)
class Panel:
    """Measures of a dataset, broken down by dimensions, in a shape.

    Attributes:
        name: stable; the panel's id in every medium follows from it.
        title: for people.
        dataset: what it is over.
        shape: how it is drawn.
        measures: what is shown; with several and a split, only the first.
        by: the dimensions: first the horizontal axis (or the rows), then the split or the vertical
            axis.
        filters: conditions that are part of the panel.
        note: how to read it, with its denominator.
        sort_by: measure that a table is sorted by, the largest first; the smallest first when the
            name begins with `-`.
        limit: of the first measure; numbers beyond it are coloured, bars have a line there.
    """

    name: str
    title: Message
    dataset: Dataset
    shape: Shape
    measures: tuple[Measure, ...]
    by: tuple[Dimension, ...] = ()
    filters: tuple[Filter, ...] = ()
    note: Message | None = None
    sort_by: str = ""
    limit: Limit | None = None

    def note_in(self, language: Language) -> str:
        """The note in a language; empty where the panel has none."""
        return "" if self.note is None else self.note.in_(language)

    def measure(self, name: str) -> Measure:
        """The measure with a name.

        Raises:
            KeyError: the panel has none of that name.
        """
        return {measure.name: measure for measure in self.measures}[name]
