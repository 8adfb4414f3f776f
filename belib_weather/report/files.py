"""The report's files: a page per language, by itself and on the site, and each picture as PNG.

What belongs here: writing them whole. What does not: their content.
"""

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from belib_weather.files import PUBLIC, write_file
from belib_weather.panels.i18n import LANGUAGES, Language
from belib_weather.report import links
from belib_weather.report.advice_text import AdviceText
from belib_weather.report.findings import Report
from belib_weather.report.images import Drawing, drawings
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


def write(folder: Path, report: Report, site: Path | None = None, url: str = "") -> Written:
    """Draw a report and write its files, each whole.

    Args:
        folder: of the report.
        report: what it says.
        site: folder of the site, which shows the same pages; None where there is none.
        url: public address of the site without a slash at its end; empty where it is not known.

    Raises:
        ReportFolderError: a folder cannot be made or written to.
    """
    drawn = {language: drawings(report, language) for language in LANGUAGES}
    pictures = {
        f"{drawing.name}.{language}.png": drawing.png
        for language, of_language in drawn.items()
        for drawing in of_language.values()
    }
    # Last, so that a new page has its pictures and its style.
    pages = {
        links.file_name(each): page(report, drawn[each], each, links.of_a_file(each, url)).encode()
        for each in LANGUAGES
    }
    _write(folder, {**pictures, **pages}, "BELIB_REPORT_FOLDER")
    if site is not None:
        on_site = {
            links.site_file(each): page(report, drawn[each], each, links.on_the_site(each)).encode()
            for each in LANGUAGES
        }
        _write(site, {links.STYLE.lstrip("/"): _style(), **on_site}, "BELIB_SITE_FOLDER")
    return Written(
        answer=AdviceText(report.advice, Language.ENGLISH).answer(),
        pages={language: folder / links.file_name(language) for language in LANGUAGES},
        drawings=drawn,
        bytes=sum(len(body) for body in {**pictures, **pages}.values()),
    )


def _write(folder: Path, files: dict[str, bytes], setting: str) -> None:
    try:
        for name, body in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            write_file(folder / name, body, mode=PUBLIC)
    except OSError as error:
        raise ReportFolderError(
            f"the report cannot be written to {folder}: {error.strerror or error}."
            f" Make the folder writable, or set {setting} to another."
        ) from error


def _style() -> bytes:
    return resources.files("belib_weather.report").joinpath("templates/style.css").read_bytes()
