"""Site and report have one system of colours, light and dark."""

import re
from importlib import resources

from belib_weather.panels.colours import style_sheet
from belib_weather.panels.rendering import inline_svg

NAMES = re.compile(r"--([\w-]+):")
USED = re.compile(r"var\(--([\w-]+)")


def styles() -> dict[str, str]:
    files = {
        "report": ("belib_weather.report", "templates/style.css"),
        "site": ("belib_weather.site", "static/site.css"),
        "home": ("belib_weather.site", "static/home.css"),
        "figures": ("belib_weather.site", "static/figures.css"),
    }
    return {
        name: resources.files(package).joinpath(path).read_text()
        for name, (package, path) in files.items()
    }


def test_every_colour_has_a_light_and_a_dark_value() -> None:
    for sheet in (style_sheet(), styles()["figures"]):
        light, dark = sheet.split("@media screen and (prefers-color-scheme: dark)")
        assert NAMES.findall(light) == NAMES.findall(dark.split("}\n}")[0]) != []


def test_pages_use_only_declared_colours() -> None:
    declared = set(NAMES.findall(style_sheet()))
    for name, sheet in styles().items():
        assert set(USED.findall(sheet)) <= declared | set(NAMES.findall(sheet)), name
        if name != "figures":
            assert re.findall(r": *[^;{}]*#[0-9a-f]{3,8}\b[^;{}]*;", sheet) == [], name


def test_a_picture_inside_a_page_takes_its_inks_from_the_page_and_keeps_its_data() -> None:
    svg = (
        '<svg width="10" height="10" viewBox="0 0 10 10"><rect width="10" height="10"'
        ' fill="#ffffff"/><path fill="#0072B2" stroke="white"/><text fill="#ffffff">5</text>'
        '<text fill="#1d2733">Title</text></svg>'
    )

    inline = inline_svg(svg, "map", "Where?", "There.")

    assert '<rect width="10" height="10" fill="var(--page, #ffffff)"/>' in inline
    assert '<path fill="#0072B2" stroke="var(--page, white)"/>' in inline
    assert '<text fill="#ffffff">5</text>' in inline
    assert '<text fill="var(--text, #1d2733)">Title</text>' in inline
