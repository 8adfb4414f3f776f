"""All tools, in the order in which they are shown."""

from belib_weather.questions.marts import BEST_HOURS, RELIABILITY, SATURATION_OF_AREAS, WEATHER
from belib_weather.questions.quality import DATA_QUALITY
from belib_weather.questions.stations import STATION, STATIONS_NEAR
from belib_weather.questions.tool import CannotAnswer, Tool

TOOLS: tuple[Tool, ...] = (
    STATIONS_NEAR,
    STATION,
    BEST_HOURS,
    RELIABILITY,
    SATURATION_OF_AREAS,
    WEATHER,
    DATA_QUALITY,
)


def tool_named(name: str) -> Tool:
    """The tool of a name.

    Raises:
        CannotAnswer: there is none; the message names those that there are.
    """
    for tool in TOOLS:
        if tool.name == name:
            return tool
    raise CannotAnswer(f"there is no tool {name}; these are: {', '.join(t.name for t in TOOLS)}")
