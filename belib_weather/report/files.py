"""The report's files: a page per language, by itself and on the site, and each picture as PNG.

What belongs here: writing them whole. What does not: their content.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from belib_weather.files import PUBLIC, Trial, raise_at_once, write_file
from belib_weather.panels.colours import style_sheet
from belib_weather.panels.i18n import LANGUAGES, Language
from belib_weather.report import links
from belib_weather.report.advice_text import AdviceText
from belib_weather.report.findings import Report
from belib_weather.report.images import Drawing, drawings, file_name
from belib_weather.report.links import Links
from belib_weather.report.page import page


class ReportFolderError(Exception):
    """The report's folder cannot be written to; the message says which and what to do."""


@dataclass(frozen=True)
class Written:
    """The pages by language, the pictures that they show, and the answer in English."""

    answer: str
    pages: dict[Language, Path]
    drawings: dict[Language, dict[str, Drawing]]
    bytes: int


def write(
    folder: Path,
    report: Report,
    site: Path | None = None,
    url: str = "",
    trial: Trial = raise_at_once,
) -> Written:
    """Draw a report and write its files, each whole; the old file of one that fails stays.

    A picture that fails costs itself: its page shows the figures as a table.

    Args:
        folder: of the report.
        report: what it says.
        site: folder of the site, which shows the same pages; None where there is none.
        url: public address of the site without a slash at its end; empty where it is not known.
        trial: what tries each picture and page by the name of its file.

    Raises:
        ReportFolderError: a folder cannot be made or written to.
    """
    drawn = {language: drawings(report, language, trial) for language in LANGUAGES}
    pictures = {
        file_name(name, language): drawing.png
        for language, of_language in drawn.items()
        for name, drawing in of_language.items()
    }

    def pages(places: Mapping[Language, tuple[str, Links]]) -> dict[str, bytes]:
        made = {}
        for language, (name, of_page) in places.items():
            with trial(name):
                made[name] = page(report, drawn[language], language, of_page).encode()
        return made

    alone = {each: (links.file_name(each), links.of_a_file(each, url)) for each in LANGUAGES}
    # Last, so that a new page has its pictures and its style.
    files = {**pictures, **pages(alone)}
    _write(folder, files, "BELIB_REPORT_FOLDER", trial)
    if site is not None:
        there = {each: (links.site_file(each), links.on_the_site(each)) for each in LANGUAGES}
        on_site = {links.STYLE.lstrip("/"): _style(), **pages(there)}
        _write(site, on_site, "BELIB_SITE_FOLDER", trial)
    answer = ""
    with trial("the answer"):
        answer = AdviceText(report.advice, Language.ENGLISH).answer()
    return Written(
        answer=answer,
        pages={language: folder / links.file_name(language) for language in LANGUAGES},
        drawings=drawn,
        bytes=sum(map(len, files.values())),
    )


def _write(folder: Path, files: Mapping[str, bytes], setting: str, trial: Trial) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in files.items():
            with trial(name):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                write_file(folder / name, body, mode=PUBLIC)
    except OSError as error:
        raise ReportFolderError(
            f"the report cannot be written to {folder}: {error.strerror or error}."
            f" Make the folder writable, or set {setting} to another."
        ) from error


def _style() -> bytes:
    own = resources.files("belib_weather.report").joinpath("templates/style.css").read_bytes()
    return style_sheet().encode() + own
