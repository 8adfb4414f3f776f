"""What fetches, cleans and stores loads nothing that is shown to people; commands load little."""

import subprocess
import sys
from dataclasses import dataclass

import pytest

INGESTION = (
    *("raw", "current", "weather", "facts", "dimensions", "station_states", "search"),
    *("checks", "sightings_reader", "build_facts"),
)
SHOWN = ("panels", "kibana", "catalog", "report", "site")


@dataclass(frozen=True)
class Loaded:
    """The modules of ours that are loaded after an import, and those of others after the last."""

    by_ingestion: frozenset[str]
    by_definitions: frozenset[str]
    others: frozenset[str]


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    """What two imports load, one after the other in a process of its own."""
    ingestion = [f"belib_weather.assets.{name}" for name in INGESTION]
    ingestion += ["belib_weather.automation.live", "belib_weather.automation.late_data"]
    script = "import sys\n" + "\n".join(
        f"import {', '.join(modules)}\nprint(*sys.modules)"
        for modules in (ingestion, ["belib_weather.definitions"])
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True
    )
    first, second = (frozenset(line.split()) for line in done.stdout.splitlines())
    ours = [
        {name for name in names if name.startswith("belib_weather.")} for names in (first, second)
    ]
    return Loaded(frozenset(ours[0]), frozenset(ours[1]), second - ours[1])


def rooms(modules: frozenset[str]) -> set[str]:
    """The packages that modules lie in."""
    return {name.split(".")[1] for name in modules}


def test_the_assets_that_ingest_load_no_presentation(loaded: Loaded) -> None:
    assert "belib_weather.assets.raw" in loaded.by_ingestion
    assert not rooms(loaded.by_ingestion) & set(SHOWN)


def test_the_code_location_loads_no_panel_and_no_page(loaded: Loaded) -> None:
    assert not rooms(loaded.by_definitions) & {"panels", "kibana", "report", "site"}


def test_the_code_location_loads_only_the_resource_of_the_catalog(loaded: Loaded) -> None:
    catalog = {name for name in loaded.by_definitions if ".catalog" in name}

    assert catalog == {"belib_weather.catalog", "belib_weather.catalog.resource"}


def test_commands_load_no_library_that_they_do_not_use() -> None:
    script = "import sys\n" + "\n".join(
        f"import belib_weather.{module}\nprint(*sys.modules)"
        for module in ("cli.app", "local.stopping", "cli.env", "cli.kibana")
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    help_, *others, dashboards = (set(line.split()) for line in done.stdout.splitlines())

    clients = {"pymongo", "httpx", "psycopg", "pydantic"}
    data = {"polars", "sqlalchemy", "elasticsearch", "dagster", "lightgbm", "altair"}
    assert not help_ & (clients | data)
    assert not any(loaded & data for loaded in others)
    assert not dashboards & {"dagster", "lightgbm", "altair"}


def test_the_code_location_loads_no_client_of_elasticsearch(loaded: Loaded) -> None:
    assert "belib_weather.search.store" in loaded.by_definitions
    assert not loaded.others & {"elasticsearch", "elastic_transport", "aiohttp"}


def test_a_tick_imports_no_drawing_library(loaded: Loaded) -> None:
    assert "dagster" in loaded.others
    assert not loaded.others & {
        "altair",
        "vl_convert",
        "PIL",
        "scipy.optimize",
        "scipy.special",
        "scipy.stats",
    }
