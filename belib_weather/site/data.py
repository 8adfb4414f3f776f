"""What the pages are made from: frames as the warehouse holds them, read once for all pages."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from belib_weather.credits import Credit, are_simulated, credits_of


@dataclass(frozen=True)
class SiteData:
    """Everything that the pages show; frames without rows where there is nothing to show.

    Attributes:
        now: when the pages are made (UTC).
        states: `StationState` rows, of the newest snapshot.
    """

    now: datetime
    states: pl.DataFrame

    @property
    def seen_at(self) -> datetime | None:
        """The second of the newest snapshot."""
        seen: datetime | None = self.states["captured_at"].max()  # type: ignore[assignment]
        return seen

    @property
    def sources(self) -> tuple[str, ...]:
        """Raw sources of all rows."""
        return tuple(self.states["source"].unique().sort())

    @property
    def is_simulated(self) -> bool:
        """Whether any row is simulated."""
        return are_simulated(self.sources)

    @property
    def credits(self) -> list[Credit]:
        """The credits due for the data."""
        return credits_of(self.sources)
