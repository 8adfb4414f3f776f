"""Draw the dashboards at a given instant: `dashboards.py PREFIX NOW FOLDER`.

Asks the Elasticsearch of BELIB_ELASTICSEARCH_URL.

Writes a page for each dashboard and `drawn.json`: every search, and the Vega-Lite specification of
every picture, in order, with the decimal mark that it is drawn with.
"""

import json
import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import vl_convert
from elasticsearch import Elasticsearch


def recorded(pictures: list[dict[str, Any]]) -> Any:
    """Note every picture that is drawn."""
    draw = vl_convert.vegalite_to_svg

    def drawn(specification: Any, *arguments: Any, **options: Any) -> str:
        decimal = options["format_locale"]["decimal"]
        pictures.append({"decimal": decimal, "specification": specification})
        return draw(specification, *arguments, **options)

    return patch.object(vl_convert, "vegalite_to_svg", drawn)


def described(name: str) -> dict[str, Any]:
    """An index that the run of older code has not made: it is asked while it is empty."""
    from belib_weather.search.projections import PROJECTIONS, SETTINGS

    return {"mappings": dict(PROJECTIONS[name].mapping), "settings": dict(SETTINGS)}


def main(prefix: str, now: str, folder: str) -> None:
    """Draw them."""
    searches: list[dict[str, Any]] = []
    pictures: list[dict[str, Any]] = []
    Path(folder).mkdir(parents=True, exist_ok=True)
    url = os.environ["BELIB_ELASTICSEARCH_URL"]  # holds a password
    with Elasticsearch(url, request_timeout=60) as client, recorded(pictures):
        from belib_weather.kibana.preview import preview_pages

        def search(dataset: Any, body: Mapping[str, Any]) -> Mapping[str, Any]:
            # Older code gives the name of the alias, newer code what holds it.
            name = getattr(dataset, "name", dataset)
            searches.append({"alias": name, "body": body})
            index = f"{prefix}-{name}"
            if not client.indices.exists(index=index):
                client.indices.create(index=index, **described(name))
            return dict(client.search(index=index, body=dict(body)))

        for name, html in preview_pages(search, datetime.fromisoformat(now)):
            Path(folder, f"{name}.html").write_text(html, encoding="utf-8")
    drawn = {"pictures": pictures, "searches": searches}
    Path(folder, "drawn.json").write_text(json.dumps(drawn), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
