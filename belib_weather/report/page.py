"""The page: words, pictures and tables put into the template.

What belongs here: what stands in which section. What does not: HTML and CSS (`templates`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from belib_weather.panels.i18n import Language
from belib_weather.panels.number_formats import french_spaces
from belib_weather.report import data_notes, images, texts
from belib_weather.report.advice_text import Answer
from belib_weather.report.findings import Report
from belib_weather.report.hour_tables import HourTables
from belib_weather.report.images import Drawing
from belib_weather.report.sentences import Words
from belib_weather.report.station_tables import StationTables
from belib_weather.report.table import Table

_OTHER = {Language.FRENCH: Language.ENGLISH, Language.ENGLISH: Language.FRENCH}
_ENVIRONMENT = Environment(
    loader=PackageLoader("belib_weather.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
# Not of markup, which is finished.
_FRENCH = _ENVIRONMENT.overlay(
    finalize=lambda value: french_spaces(value) if type(value) is str else value
)


@dataclass(frozen=True)
class Figure:
    """A picture in the page: its caption, which is its finding, and the element if drawn."""

    name: str
    finding: str
    svg: Markup | None
    tables: tuple[Table, ...]


def file_name(language: Language) -> str:
    """The page's file in a language."""
    return f"availability-report.{language}.html"


def page(report: Report, drawings: Mapping[str, Drawing], language: Language) -> str:
    """The page of a report in one language, as HTML."""
    words = Words(report, language)
    hours, stations = HourTables(report, language), StationTables(report, language)
    fixed = texts.of(texts.TEXTS, language)

    def figure(name: str, title: str, finding: str, *shown: Table) -> Figure:
        drawn = drawings.get(name)
        # Drawn by Vega from our own figures, with every text escaped.
        svg = Markup(drawn.inline(title, finding)) if drawn else None  # noqa: S704
        return Figure(name, finding, svg, shown)

    figures = {
        "map": figure(
            images.MAP,
            fixed["map"],
            words.map(),
            stations.states(),
            stations.arrondissements(),
            stations.stations(),
        ),
        "calendar": figure(images.CALENDAR, fixed["when"], words.calendar(), hours.calendar()),
        "hours": figure(images.HOURS, hours.by_hour().caption, words.hours(), hours.by_hour()),
        "weather": figure(images.WEATHER, fixed["weather"], words.weather(), hours.by_weather()),
        "trend": figure(
            images.TREND, fixed["trend"], data_notes.trend(report, language), hours.trend()
        ),
        "statuses": figure(
            images.STATUSES,
            fixed["quality"],
            data_notes.statuses(report, language),
            stations.quality(),
        ),
    }
    environment = _FRENCH if language is Language.FRENCH else _ENVIRONMENT
    return environment.get_template("page.html.j2").render(
        t=fixed,
        language=language,
        other=_OTHER[language],
        other_file=file_name(_OTHER[language]),
        report=report,
        words=words,
        answer=Answer(report.advice, language),
        figures=figures,
        advice=hours.advice(),
        worst=(stations.least_available(), stations.most_full()),
        period=data_notes.period(report, language),
        quality=data_notes.quality(report, language),
        which=data_notes.worst(report, language),
        made=data_notes.made(report, language),
    )
