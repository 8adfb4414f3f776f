"""The page: words, pictures and tables put into the template.

What belongs here: what stands in which section. What does not: HTML and CSS (`templates`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from belib_weather.panels.numbers import french_spaces
from belib_weather.panels.wording import Language
from belib_weather.report import account, drawing, texts
from belib_weather.report.answer import Answer
from belib_weather.report.drawing import Drawing
from belib_weather.report.findings import Report
from belib_weather.report.table import Table
from belib_weather.report.tables_of_hours import HourTables
from belib_weather.report.tables_of_stations import StationTables
from belib_weather.report.words import Words

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
            drawing.MAP,
            fixed["map"],
            words.map(),
            stations.states(),
            stations.arrondissements(),
            stations.stations(),
        ),
        "calendar": figure(drawing.CALENDAR, fixed["when"], words.calendar(), hours.calendar()),
        "hours": figure(drawing.HOURS, hours.by_hour().caption, words.hours(), hours.by_hour()),
        "weather": figure(drawing.WEATHER, fixed["weather"], words.weather(), hours.by_weather()),
        "trend": figure(
            drawing.TREND, fixed["trend"], account.trend(report, language), hours.trend()
        ),
        "statuses": figure(
            drawing.STATUSES,
            fixed["quality"],
            account.statuses(report, language),
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
        period=account.period(report, language),
        quality=account.quality(report, language),
        which=account.worst(report, language),
        made=account.made(report, language),
    )
