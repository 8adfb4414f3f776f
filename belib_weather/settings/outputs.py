"""What others see: exports, report, site and Kibana."""

from pathlib import Path

from pydantic import Field

from belib_weather.settings.group import Group
from belib_weather.settings.values import FolderUrl, HttpUrl, PublicUrl


class OutputSettings(Group):
    """What others see: exports, report, site and Kibana."""

    export_url: FolderUrl | None = Field(
        None,
        description="Folder or object store of the exports; unset, a folder beside the stores.",
        examples=["s3://bucket/belib"],
    )
    exports_days: int | None = Field(
        None,
        ge=31,
        description="Days before today of which the exports hold files; unset, all.",
        examples=["1096"],
    )
    report_folder: Path | None = Field(
        None,
        description="Folder of the report; unset, a folder beside the stores.",
        examples=["/srv/www/belib"],
    )
    site_folder: Path | None = Field(
        None,
        description="Folder of the site's pages and live files; unset, a folder beside the stores.",
        examples=["/srv/www/belib"],
    )
    site_url: PublicUrl | None = Field(
        None,
        description="Where browsers reach the site; for links that are shared.",
        examples=["https://belib.example.org"],
    )
    kibana_url: HttpUrl | None = Field(
        None,
        description="Kibana 8.15 or newer; with a space: http://localhost:5601/s/paris.",
        examples=["http://user:password@localhost:5601"],
    )
    kibana_public_url: PublicUrl | None = Field(
        None,
        description="Where browsers reach Kibana, when that is elsewhere; for links.",
        examples=["https://kibana.example.org"],
    )
    kibana_wait_seconds: float = Field(
        300, ge=0, le=3600, description="How long a Kibana that is starting is waited for."
    )
