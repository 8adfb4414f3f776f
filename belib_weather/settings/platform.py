"""All settings in one class, put together from its groups, and the folders that they lead to."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from belib_weather.settings.access import AccessSettings
from belib_weather.settings.graph import GraphSettings
from belib_weather.settings.machine import MachineSettings
from belib_weather.settings.messages import MessageSettings
from belib_weather.settings.outputs import OutputSettings
from belib_weather.settings.sources import SourceSettings
from belib_weather.settings.stores import StoreSettings

PREFIX = "BELIB_"


class Settings(  # pydantic lists the fields of the last group first
    AccessSettings,
    MessageSettings,
    OutputSettings,
    GraphSettings,
    SourceSettings,
    StoreSettings,
    MachineSettings,
    BaseSettings,
):
    """The platform's settings; field `mongo_url` is the environment variable `BELIB_MONGO_URL`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        defer_build=False,
    )

    @property
    def report_dir(self) -> Path:
        """Folder of the report."""
        return (self.report_folder or self.data_dir / "report").absolute()

    @property
    def site_dir(self) -> Path:
        """Folder of the site."""
        return (self.site_folder or self.data_dir / "site").absolute()

    @property
    def metrics_dir(self) -> Path:
        """Folder of the numbers for a monitor."""
        return (self.metrics_folder or self.data_dir / "metrics").absolute()

    @property
    def measured_folders(self) -> dict[str, Path]:
        """Folders that grow, beside the stores, by name; exports elsewhere are not measured."""
        folders = {
            "spool": self.spool_dir,
            "logs": self.data_dir / "logs",
            "compute_logs": self.data_dir / "dagster" / "storage",
        }
        if self.export_url is None:
            folders["exports"] = self.data_dir / "exports"
        return folders

    @property
    def spool_dir(self) -> Path:
        """Folder of what MongoDB does not hold yet."""
        return (self.spool_folder or self.data_dir / "spool").absolute()
