"""Where the platform runs: its folder, its mode, its disk."""

from pathlib import Path
from typing import Literal

from platformdirs import user_cache_path
from pydantic import Field

from belib_weather.checkout import default_home
from belib_weather.settings.group import Group


class MachineSettings(Group):
    """Where the platform runs: its folder, its mode, its disk."""

    home: Path = Field(
        default_factory=default_home,
        description="Folder of the embedded stores and Dagster; unset, .belib of the checkout.",
        examples=["/srv/belib"],
    )
    mode: Literal["live", "demo"] = Field(
        "live", description="Which home and databases: live data or the simulated demonstration."
    )
    cache: Path = Field(
        default_factory=lambda: user_cache_path("belib_weather"),
        description="Folder of downloaded programs, shared by all homes.",
    )
    disk_low_mb: int = Field(
        2_000, ge=1, description="Free megabytes on the disk of the home below which it is said."
    )
    disk_full_mb: int = Field(
        200, ge=1, description="Free megabytes below which the disk counts as full."
    )

    @property
    def data_dir(self) -> Path:
        """Folder of the embedded stores and the Dagster home of this mode."""
        return self.home.absolute() / self.mode
