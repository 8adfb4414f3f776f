"""Lanes: which job runs an asset, and how often.

What belongs here: the lanes and the tags that an asset carries. What does not: schedules
(`automation`). Without Dagster, so that planning runs needs no import of it.
"""

from enum import StrEnum

LANE_TAG = "belib/lane"
RHYTHM_TAG = "belib/rhythm"


class Rhythm(StrEnum):
    """How often a lane runs."""

    LIVE = "live"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


class Lane(StrEnum):
    """A job, by its name. Each asset is in one lane: `@dg.asset(tags=Lane.LIVE.tags)`."""

    LIVE = "live"
    FEED = "feed"
    WEATHER = "weather"
    STATIC = "static"
    OUTLINES = "outlines"
    EPISODES = "episodes"
    MARTS = "marts"
    EXPORTS = "exports"
    FORECASTS = "forecasts"
    FORECAST_MODEL = "train_forecasts"
    FORECAST_SCORES = "score_forecasts"
    REPORT = "report"
    SITE = "pages"
    KIBANA = "kibana"

    @property
    def rhythm(self) -> Rhythm:
        """How often the job runs."""
        return _RHYTHMS[self]

    @property
    def tags(self) -> dict[str, str]:
        """Tags of an asset in the lane."""
        return {LANE_TAG: self.value, RHYTHM_TAG: self.rhythm.value}


_RHYTHMS = {
    Lane.LIVE: Rhythm.LIVE,
    Lane.FEED: Rhythm.LIVE,
    Lane.WEATHER: Rhythm.HOURLY,
    Lane.STATIC: Rhythm.DAILY,
    Lane.OUTLINES: Rhythm.WEEKLY,
    Lane.EPISODES: Rhythm.HOURLY,
    Lane.MARTS: Rhythm.DAILY,
    Lane.EXPORTS: Rhythm.DAILY,
    Lane.FORECASTS: Rhythm.HOURLY,
    Lane.FORECAST_MODEL: Rhythm.DAILY,
    Lane.FORECAST_SCORES: Rhythm.DAILY,
    Lane.REPORT: Rhythm.HOURLY,
    Lane.SITE: Rhythm.HOURLY,
    Lane.KIBANA: Rhythm.DAILY,
}
