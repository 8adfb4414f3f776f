"""The page: texts, pictures and tables in the template.

What belongs here: the content of each section. What does not: HTML and CSS (`templates`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from belib_weather.panels import number_formats as n
from belib_weather.panels.colours import style_sheet
from belib_weather.panels.i18n import Language, translation_to
from belib_weather.report import data_notes, images
from belib_weather.report.advice_text import AdviceText
from belib_weather.report.findings import Report
from belib_weather.report.hour_tables import HourTables
from belib_weather.report.images import Drawing
from belib_weather.report.links import Links
from belib_weather.report.sentences import Sentences
from belib_weather.report.station_tables import StationTables
from belib_weather.report.table import Table
from belib_weather.transform.comparisons import APPROXIMATE_COVERAGE

_ENVIRONMENT = Environment(
    loader=PackageLoader("belib_weather.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Figure:
    """A picture in the page, its finding as the caption; `svg` is None where there is no data."""

    name: str
    title: str
    finding: str
    svg: Markup | None
    tables: tuple[Table, ...]


def page(report: Report, drawings: Mapping[str, Drawing], language: Language, links: Links) -> str:
    """The page of a report in one language, as HTML.

    Args:
        report: what it says.
        drawings: by their names.
        language: of its texts.
        links: to its style, to the same page in other languages, and to the site.
    """
    sentences = Sentences(report, language)
    hours, stations = HourTables(report, language), StationTables(report, language)
    t = translation_to(language)

    def figure(name: str, title: str, finding: str, *tables: Table) -> Figure:
        drawn = drawings.get(name)
        # Drawn by Vega from our own figures, with every text escaped.
        svg = Markup(drawn.inline(title, finding)) if drawn else None  # noqa: S704
        return Figure(name, title, finding, svg, tables)

    figures = {
        "map": figure(
            images.MAP,
            t.gettext("Where is a point free?"),
            sentences.map(),
            stations.states(),
            stations.arrondissements(),
            stations.stations(),
        ),
        "calendar": figure(
            images.CALENDAR,
            t.gettext("When is a point free?"),
            sentences.calendar(),
            hours.calendar(),
        ),
        "hours": figure(images.HOURS, hours.by_hour().caption, sentences.hours(), hours.by_hour()),
        "weather": figure(
            images.WEATHER,
            t.gettext("Does the weather matter?"),
            sentences.weather(),
            hours.by_weather(),
        ),
        "trend": figure(
            images.TREND,
            t.gettext("Hour by hour"),
            data_notes.trend(report, language),
            hours.trend(),
        ),
        "statuses": figure(
            images.STATUSES,
            t.gettext("How good is the data?"),
            data_notes.statuses(report, language),
            stations.quality(),
        ),
    }
    return _ENVIRONMENT.get_template("page.html.j2").render(
        _=t.gettext,
        language=language,
        links=links,
        # Ours, and needed as it is.
        colours=Markup(style_sheet()),  # noqa: S704
        report=report,
        sentences=sentences,
        answer=AdviceText(report.advice, language),
        figures=figures,
        advice=hours.advice(),
        worst=(stations.least_available(), stations.most_full()),
        period=data_notes.period(report, language),
        quality=data_notes.quality(report, language),
        compared=data_notes.worst(report, language),
        creation_time=data_notes.creation_time(report, language),
        covered=n.share(APPROXIMATE_COVERAGE, language, 0),
    )
