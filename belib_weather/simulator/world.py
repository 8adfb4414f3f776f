"""What can be set about a simulated city: the parameters of its demand, weather effects, outages.

A test or a study of accuracy changes one and knows the truth; the defaults are the figures of the
real network (`figures`) where one is known.
"""

from dataclasses import dataclass, fields, replace

from belib_weather.simulator import figures


@dataclass(frozen=True)
class World:
    """Parameters of a city's course.

    Attributes:
        course: another number gives another course of events (days, weather, outages) in the same
            city: fleet, levels of stations and permanently frozen records stay.
        day_correlation: correlation of neighbouring days of demand (AR(1)), of city and stations.
        city_day_spread: standard deviation over days of the city's demand, in logits of occupancy.
        station_day_spread: the same of each station's own demand.
        full_station_share: share of stations whose points are nearly always occupied.
        idle_station_share: share of stations that are nearly never used.
        cold_dwell_factor: factor on the dwell of a session that starts at or below 0 °C.
        wet_arrival_factor: factor on arrivals in an hour with precipitation.
        arrivals_per_degree: change of ln(arrivals) for each degree below 15 °C.
        outages_per_point: outages of a point that begin in 28 days.
        outages_per_station: times in 28 days that a station loses communication.
        flapping_share: share of outages of two hours or more that return for minutes.
        silences_per_station: times in 28 days that a station's records stand still.
        silence_median_days: their median length; between 1.2 and 14 days.
    """

    course: int = 0
    day_correlation: float = 0.3
    city_day_spread: float = 0.03
    station_day_spread: float = 0.35
    full_station_share: float = 0.04
    idle_station_share: float = 0.06
    cold_dwell_factor: float = figures.COLD_DWELL_FACTOR
    wet_arrival_factor: float = figures.WET_ARRIVAL_FACTOR
    arrivals_per_degree: float = 0.0
    outages_per_point: float = 0.127
    outages_per_station: float = 0.50
    flapping_share: float = 0.3
    silences_per_station: float = 0.06
    silence_median_days: float = 3.0

    def __post_init__(self) -> None:
        """Refuse what the model cannot draw."""
        if not 0 <= self.day_correlation <= 0.9:
            raise ValueError(f"day_correlation is {self.day_correlation}: give 0 to 0.9")
        for name in _SHARES:
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is {getattr(self, name)}: give a share from 0 to 1")
        if self.full_station_share + self.idle_station_share > 1:
            raise ValueError("full_station_share and idle_station_share are more than 1 together")
        for name in _POSITIVE:
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} is {getattr(self, name)}: give a positive number")

    def seed(self, seed: int) -> int:
        """The seed of all that differs between courses."""
        return seed if self.course == 0 else seed + 1_000_003 * self.course


_SHARES = (
    *("full_station_share", "idle_station_share", "flapping_share"),
    *("outages_per_point", "outages_per_station", "silences_per_station"),
)
_POSITIVE = ("cold_dwell_factor", "wet_arrival_factor", "silence_median_days")


def world_of(assignments: list[str]) -> World:
    """The default world with changes such as `day_correlation=0.6`.

    Raises:
        ValueError: a name is unknown or a value cannot be read or drawn.
    """
    kinds = {field.name: int if field.name == "course" else float for field in fields(World)}
    changes: dict[str, float] = {}
    for text in assignments:
        name, _, value = text.partition("=")
        if name not in kinds:
            raise ValueError(f"{text!r}: give NAME=VALUE, NAME one of {', '.join(kinds)}")
        try:
            changes[name] = kinds[name](value)
        except ValueError as error:
            raise ValueError(f"{text!r}: {value!r} is not a number") from error
    return replace(World(), **changes)  # type: ignore[arg-type]
