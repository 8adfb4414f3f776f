"""Ask what the panels of the dashboards show at an instant: `dashboards.py PREFIX NOW FOLDER`.

Asks the Elasticsearch of BELIB_ELASTICSEARCH_URL. Writes a Parquet file for each panel,
`DASHBOARD PANEL.parquet`: the rows that its picture or table is drawn from.
"""

import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import polars as pl
from elasticsearch import Elasticsearch


def described(name: str) -> dict[str, Any]:
    """An index that the run of older code has not made: it is asked while it is empty."""
    from belib_weather.search.projections import PROJECTIONS, SETTINGS

    return {"mappings": dict(PROJECTIONS[name].mapping), "settings": dict(SETTINGS)}


def main(prefix: str, now: str, folder: str) -> None:
    """Ask, and write what is shown."""
    from belib_weather.kibana import preview

    shown: dict[str, pl.DataFrame] = {}
    rows_of = preview.panel_rows

    def noted(panel: Any, *arguments: Any) -> pl.DataFrame:
        shown[panel.name] = rows_of(panel, *arguments)
        return shown[panel.name]

    Path(folder).mkdir(parents=True, exist_ok=True)
    url = os.environ["BELIB_ELASTICSEARCH_URL"]  # holds a password
    with (
        Elasticsearch(url, request_timeout=60) as client,
        patch.object(preview, "panel_rows", noted),
    ):

        def search(dataset: Any, body: Mapping[str, Any]) -> Mapping[str, Any]:
            # Older code gives the name of the alias, newer code what holds it.
            name = getattr(dataset, "name", dataset)
            index = f"{prefix}-{name}"
            if not client.indices.exists(index=index):
                client.indices.create(index=index, **described(name))
            return dict(client.search(index=index, body=dict(body)))

        for dashboard, _ in preview.preview_pages(search, datetime.fromisoformat(now)):
            for panel, rows in shown.items():
                rows.write_parquet(Path(folder, f"{dashboard} {panel}.parquet"))
            shown.clear()


if __name__ == "__main__":
    main(*sys.argv[1:])
