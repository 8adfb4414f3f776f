"""The whole simulated city: its fleet, its feed and its weather, for one seed and size."""

from belib_weather.simulator.attributes import AttributeBook
from belib_weather.simulator.fleet import build_fleet
from belib_weather.simulator.realtime import RealtimeFeed
from belib_weather.simulator.static import StaticFeed
from belib_weather.simulator.timeline import Timeline
from belib_weather.simulator.weather import Weather
from belib_weather.simulator.world import World

CHARGE_POINTS = 2_000
POINTS_PER_STATION = 4.88


class City:
    """Everything that the servers publish, as pure functions of the second asked for.

    Args:
        seed: two cities of one seed and size are the same, in any process.
        charge_points: points that ever exist; about 6 % of them appear over two years.
        stations: 410 per 2,000 points unless given.
        world: parameters of its demand, outages and weather effects.

    Raises:
        ValueError: the sizes do not go together.
    """

    def __init__(
        self,
        seed: int = 1,
        charge_points: int = CHARGE_POINTS,
        stations: int | None = None,
        world: World | None = None,
    ) -> None:
        self.seed = seed
        self.world = world or World()
        sites = stations or round(charge_points / POINTS_PER_STATION)
        self.fleet = build_fleet(seed, charge_points, sites)
        self.weather = Weather(self.world.seed(seed))
        self.timeline = Timeline(self.fleet, self.weather, self.world)
        book = AttributeBook(self.fleet, self.timeline.disturbances)
        self.realtime = RealtimeFeed(self.timeline, book)
        self.static = StaticFeed(self.fleet, book)
