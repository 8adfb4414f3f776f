"""The preview image of shared links: the map of the city with its stations, as PNG.

What belongs here: one picture per language, drawn without a network. What does not: the map itself
(`city_map`).
"""

from html import escape
from io import BytesIO

import polars as pl

from belib_weather.panels.i18n import SIMULATED_MARK, Language, translation_to
from belib_weather.site.city_map import WIDTH, CityMap
from belib_weather.site.data import SiteData
from belib_weather.site.folder import File

SIZE = (1200, 630)
"""What link previews show whole: 1.91 to 1."""
_FONT = 'font-family="Liberation Sans, DejaVu Sans, Arial, sans-serif"'
_COLOURS = {"available": "#00785c", "full": "#c8430a"}
_LEFT, _TOP, _SCALE = 540, 50, 0.62


def path_of(language: Language) -> str:
    """The path of the picture."""
    return f"/preview.{language}.png"


def preview(data: SiteData, drawn: CityMap, language: Language) -> File:
    """The picture in a language."""
    import vl_convert  # noqa: PLC0415 - takes a moment, and only pages need it

    png = vl_convert.svg_to_png(_svg(data, drawn, language), scale=1)
    return File(path_of(language).lstrip("/"), _with_palette(png))


def _svg(data: SiteData, drawn: CityMap, language: Language) -> str:
    t = translation_to(language)
    scale = min(_SCALE, (SIZE[1] - 2 * _TOP) / drawn.height)
    top = (SIZE[1] - scale * drawn.height) / 2
    areas = "".join(f'<path d="{area.path}"/>' for area in drawn.areas)
    lines = [t.gettext("Where to charge in Paris"), t.gettext("Free points now and tomorrow")]
    if data.is_simulated:
        lines.append(SIMULATED_MARK.in_(language).split(":")[0].strip())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE[0]} {SIZE[1]}"'
        f' width="{SIZE[0]}" height="{SIZE[1]}"><rect width="100%" height="100%" fill="#f3f5f7"/>'
        f'<svg x="{_LEFT}" y="{top:.0f}"'
        f' width="{scale * WIDTH:.0f}" height="{scale * drawn.height:.0f}"'
        f' viewBox="0 0 {WIDTH} {drawn.height}">'
        f'<g fill="#ffffff" stroke="#b7c1c9" stroke-width="3">{areas}</g>'
        f"{_symbols(data.states, drawn)}</svg>"
        '<rect x="60" y="150" width="88" height="88" rx="20" fill="#00614a"/>'
        '<path transform="translate(60 150) scale(2.75)" fill="#fff"'
        ' d="M18 4 8 18h7l-2 10 11-15h-7z"/>'
        f'<g {_FONT} fill="#1d232a">'
        '<text x="60" y="330" font-size="50" font-weight="700">Belib</text>'
        f'<text x="60" y="392" font-size="44" font-weight="700">{escape(lines[0])}</text>'
        f'<text x="60" y="442" font-size="25">{escape(lines[1])}</text>'
        + (
            f'<text x="60" y="500" font-size="26" fill="#7a4a00">{escape(lines[2])}</text>'
            if len(lines) > 2
            else ""
        )
        + "</g></svg>"
    )


def _symbols(states: pl.DataFrame, drawn: CityMap) -> str:
    placed = states.drop_nulls(["latitude", "longitude"]).sort("station_id")
    found = []
    for row in placed.rows(named=True):
        x, y = drawn.place(row["latitude"], row["longitude"])
        colour = _COLOURS.get(row["station_status"], "#6b7680")
        found.append(f'<circle cx="{x}" cy="{y}" r="10" fill="{colour}" stroke="#fff"/>')
    return "".join(found)


def _with_palette(png: bytes) -> bytes:
    """The picture with a palette: a third of the bytes."""
    from PIL import Image  # noqa: PLC0415 - only pages need it

    written = BytesIO()
    Image.open(BytesIO(png)).convert("RGB").quantize(64).save(written, "PNG", optimize=True)
    return written.getvalue()
