"""What fetches, cleans and stores loads nothing that is shown to people."""

import subprocess
import sys
from functools import cache

INGESTION = (
    *("raw", "current", "weather", "facts", "dimensions", "station_states", "search"),
    *("checks", "sightings_reader", "build_facts"),
)
SHOWN = ("panels", "kibana", "catalog", "report")


@cache
def loaded(*modules: str) -> frozenset[str]:
    """The modules of ours that importing others loads, in a process of its own."""
    script = f"import sys, {', '.join(modules)}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True
    )
    return frozenset(name for name in done.stdout.split() if name.startswith("belib_weather."))


def rooms(modules: frozenset[str]) -> set[str]:
    """The packages that modules lie in."""
    return {name.split(".")[1] for name in modules}


def test_the_assets_that_ingest_load_no_presentation() -> None:
    modules = [f"belib_weather.assets.{name}" for name in INGESTION]
    automation = ["belib_weather.automation.live", "belib_weather.automation.late_data"]

    assert not rooms(loaded(*modules, *automation)) & set(SHOWN)


def test_the_code_location_loads_no_panel_and_no_page() -> None:
    assert not rooms(loaded("belib_weather.definitions")) & {"panels", "kibana", "report"}


def test_the_code_location_loads_of_the_catalog_what_asks_for_it() -> None:
    catalog = {name for name in loaded("belib_weather.definitions") if ".catalog" in name}

    assert catalog == {"belib_weather.catalog", "belib_weather.catalog.resource"}
