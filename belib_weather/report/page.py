"""The page: words, pictures and tables put into the template.

What belongs here: what stands in which section. What does not: HTML and CSS (`templates`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from belib_weather.panels.wording import Language
from belib_weather.report import account, drawing, texts
from belib_weather.report.drawing import Drawing
from belib_weather.report.findings import Report
from belib_weather.report.tables import Table, Tables
from belib_weather.report.words import Words

_OTHER = {Language.FRENCH: Language.ENGLISH, Language.ENGLISH: Language.FRENCH}
_ENVIRONMENT = Environment(
    loader=PackageLoader("belib_weather.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
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
    words, tables = Words(report, language), Tables(report, language)
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
            tables.states(),
            tables.arrondissements(),
            tables.stations(),
        ),
        "calendar": figure(drawing.CALENDAR, fixed["when"], words.calendar(), tables.calendar()),
        "hours": figure(drawing.HOURS, fixed["when"], words.hours(), tables.by_hour()),
        "weather": figure(drawing.WEATHER, fixed["weather"], words.weather(), tables.by_weather()),
        "trend": figure(
            drawing.TREND, fixed["trend"], account.trend(report, language), tables.trend()
        ),
        "statuses": figure(
            drawing.STATUSES,
            fixed["quality"],
            account.statuses(report, language),
            tables.quality(),
        ),
    }
    return _ENVIRONMENT.get_template("page.html.j2").render(
        t=fixed,
        language=language,
        other=_OTHER[language],
        other_file=file_name(_OTHER[language]),
        report=report,
        words=words,
        figures=figures,
        advice=tables.advice(),
        worst=(tables.least_available(), tables.most_full()),
        period=account.period(report, language),
        quality=account.quality(report, language),
        which=account.worst(report, language),
        made=account.made(report, language),
    )
