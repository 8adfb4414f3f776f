"""The graph: its first day, and how far back what it computes looks."""

from datetime import UTC, date, datetime

from pydantic import Field

from belib_weather.settings.group import Group
from belib_weather.settings.values import PublicUrl


class GraphSettings(Group):
    """The graph: its first day, and how far back what it computes looks."""

    start: date = Field(date(2026, 11, 1), description="First UTC day of the partitions.")
    profile_weeks: int = Field(
        8, ge=1, le=104, description="Weeks before today that a typical week is made from."
    )
    weather_weeks: int = Field(
        104, ge=4, le=520, description="Weeks before today that are compared with their weather."
    )
    forecast_training_weeks: int = Field(
        6, ge=1, le=26, description="Weeks before today that the forecast model is trained on."
    )
    forecast_training_rows: int = Field(
        300_000, ge=1_000, description="Rows that it learns from at most: 30 s of one core."
    )
    source_url: PublicUrl | None = Field(
        None,
        description="Repository on GitHub or GitLab that the catalog links each asset's code to.",
        examples=["https://github.com/example/belib-weather"],
    )

    @property
    def start_at(self) -> datetime:
        """First instant of the partitions (UTC)."""
        return datetime(self.start.year, self.start.month, self.start.day, tzinfo=UTC)
