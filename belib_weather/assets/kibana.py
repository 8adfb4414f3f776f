"""Kibana's dashboards and alerting rules.

What belongs here: provisioning them from a run, and links to them in the catalog. What does not:
the dashboards themselves and requests to Kibana (`kibana`, imported only to provision: the code
location loads even when a panel is broken).
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self

import dagster as dg
from pydantic import Field

from belib_weather.assets.raw import SINGLE_RUN
from belib_weather.assets.search import availability_index, feed_index, stations_index
from belib_weather.lanes import Lane
from belib_weather.resources import PlatformResource, Secret
from belib_weather.settings import Settings, server_of

if TYPE_CHECKING:
    from belib_weather.kibana.bundle import Bundle
    from belib_weather.kibana.client import KibanaClient

GROUP = "views"
Metadata = Mapping[str, dg.MetadataValue | str | int]


class KibanaResource(PlatformResource):
    """Kibana: dashboards and alerting rules."""

    server: str = Field(description="Host of `kibana_url`, or `none`.")
    index_prefix: str = Field(description="Begins every alias that dashboards and rules read.")
    kibana_public_url: str | None
    kibana_wait_seconds: float
    files: str = Field(description="Folder of the dashboards where there is no Kibana.")
    kibana_url: dg.ResourceDependency[Secret]

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The Kibana that the settings name, if any."""
        return cls.of(
            settings,
            server=server_of(settings.kibana_url, otherwise="none"),
            files=str(settings.data_dir / "kibana"),
        )

    def connect(self) -> "KibanaClient | None":
        """A client of Kibana; None where no URL is set."""
        from belib_weather.kibana.client import KibanaClient  # noqa: PLC0415 - see the module

        if self.kibana_url is None:
            return None
        return KibanaClient(
            self.kibana_url.get_secret_value(),
            wait_seconds=self.kibana_wait_seconds,
            public_url=self.kibana_public_url,
        )

    @property
    def folder(self) -> Path:
        """The folder of the files when there is no Kibana."""
        return Path(self.files)


@dg.asset(
    group_name=GROUP,
    kinds={"kibana"},
    deps=[availability_index, feed_index, stations_index],
    tags=Lane.KIBANA.tags,
    backfill_policy=SINGLE_RUN,
)
def kibana_dashboards(
    context: dg.AssetExecutionContext, kibana: KibanaResource
) -> dg.MaterializeResult[None]:
    """Dashboards, data views and alerting rules in Kibana, made from the code.

    Imported when the code's content changed or Kibana lacks any of them, and left alone otherwise.
    Without BELIB_KIBANA_URL they are files, to be imported by hand.
    """
    from belib_weather.kibana.bundle import build_bundle  # noqa: PLC0415 - see the module
    from belib_weather.kibana.provision import objects_of  # noqa: PLC0415 - the same

    bundle = build_bundle(kibana.index_prefix)
    client = kibana.connect()
    outcome = (
        _provisioned(context.log, bundle, client, kibana.index_prefix)
        if client
        else _written(context.log, bundle, kibana.folder)
    )
    content: Metadata = {
        "content": bundle.sha256,
        "objects": len(objects_of(bundle)),
        "rules": len(bundle.rules),
    }
    return dg.MaterializeResult(metadata={**content, **outcome})


def _provisioned(
    log: logging.Logger, bundle: "Bundle", client: "KibanaClient", prefix: str
) -> Metadata:
    from belib_weather.kibana.provision import (  # noqa: PLC0415 - see the module
        dashboard_links,
        provision,
    )

    with client:
        result = provision(client, bundle, prefix)
    log.info(f"{result.outcome} at {client.address}, Kibana {result.version}")
    links = dashboard_links(bundle, client.public_address)
    return {
        **{title: dg.MetadataValue.url(link) for title, link in links.items()},
        "outcome": result.outcome.value,
        "version": result.version,
    }


def _written(log: logging.Logger, bundle: "Bundle", folder: Path) -> Metadata:
    from belib_weather.kibana.provision import write_bundle  # noqa: PLC0415 - see the module

    objects, _ = write_bundle(bundle, folder)
    log.warning(f"BELIB_KIBANA_URL is not set: wrote {objects}; set it, or import the file by hand")
    return {"outcome": "written", "path": dg.MetadataValue.path(str(objects))}
