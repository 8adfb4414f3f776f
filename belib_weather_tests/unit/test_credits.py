"""Credits and licences are the same wherever they are shown."""

import re
from pathlib import Path

import pytest

from belib_weather.assets.external import ARRONDISSEMENTS, BELIB_REALTIME, external_assets
from belib_weather.credits import CREDITS, DATABASE_LICENSE, OUTLINES, credits_of
from belib_weather.kibana.dashboards import CREDITS as KIBANA
from belib_weather.settings import WeatherSource

ROOT = Path(__file__).parents[2]
LINES = [credit.line for credit in credits_of(["open_meteo/forecast"])]


def without_links(markdown: str) -> str:
    return re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", markdown)


def test_the_credit_lines_are_those_that_the_publishers_ask_for() -> None:
    assert LINES == [
        "Source : Ville de Paris – opendata.paris.fr, Belib', licence ODbL",
        "Weather data by Open-Meteo.com, CC BY 4.0",
    ]


@pytest.mark.parametrize("document", ["README.md", "docs/exports.md"])
def test_documents_show_the_credit_lines(document: str) -> None:
    text = without_links((ROOT / document).read_text(encoding="utf-8"))

    assert all(f"- {line}" in text for line in LINES)


def test_the_readme_links_to_the_licence_of_the_weather() -> None:
    licence = CREDITS["open_meteo"].license

    assert licence is not None
    assert licence.url in (ROOT / "README.md").read_text(encoding="utf-8")


def test_kibana_shows_the_credit_lines() -> None:
    assert all(f"{line}." in KIBANA for line in LINES)


@pytest.mark.parametrize("source", WeatherSource)
def test_external_assets_show_the_credit_line_and_the_licence(source: WeatherSource) -> None:
    for spec in external_assets(source):
        credit = OUTLINES if spec.key == ARRONDISSEMENTS else CREDITS[spec.key.path[0]]

        assert spec.description is not None
        assert f"{credit.line}." in spec.description
        assert spec.metadata["credit"] == credit.line
        shown = spec.metadata.get("licence")
        assert (shown and shown.value) == (credit.license and credit.license.url)


def test_published_data_names_the_licence_of_the_belib_data() -> None:
    assert CREDITS[BELIB_REALTIME.path[0]].license is DATABASE_LICENSE
