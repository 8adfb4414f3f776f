"""The report's files: a page per language and each picture as PNG.

What belongs here: writing them whole. What does not: their content.
"""

from dataclasses import dataclass
from pathlib import Path

from belib_weather.files import PUBLIC, write_file
from belib_weather.panels.i18n import LANGUAGES, Language
from belib_weather.report.advice_text import AdviceText
from belib_weather.report.findings import Report
from belib_weather.report.images import Drawing, drawings
from belib_weather.report.page import file_name, page


class ReportFolderError(Exception):
    """The report's folder cannot be written to; the message says which and what to do."""


@dataclass(frozen=True)
class Written:
    """The pages by language, the pictures that they show, and the answer in English."""

    answer: str
    pages: dict[Language, Path]
    drawings: dict[Language, dict[str, Drawing]]
    bytes: int


def write(folder: Path, report: Report) -> Written:
    """Draw a report and write its files, each whole.

    Raises:
        ReportFolderError: the folder cannot be made or written to.
    """
    drawn = {language: drawings(report, language) for language in LANGUAGES}
    files = {
        f"{drawing.name}.{language}.png": drawing.png
        for language, of_language in drawn.items()
        for drawing in of_language.values()
    }
    # Last, so that a new page has its pictures.
    pages = {file_name(lang): page(report, drawn[lang], lang).encode() for lang in LANGUAGES}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in {**files, **pages}.items():
            write_file(folder / name, body, mode=PUBLIC)
    except OSError as error:
        raise ReportFolderError(
            f"the report cannot be written to {folder}: {error.strerror or error}."
            " Make the folder writable, or set BELIB_REPORT_FOLDER to another."
        ) from error
    return Written(
        answer=AdviceText(report.advice, Language.ENGLISH).answer(),
        pages={language: folder / file_name(language) for language in LANGUAGES},
        drawings=drawn,
        bytes=sum(len(body) for body in {**files, **pages}.values()),
    )
