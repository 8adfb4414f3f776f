"""Every text is translated, in French as it is printed in Paris."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message as Entry

from belib_weather.panels.i18n import (
    LANGUAGES,
    STATION_STATUS_NAMES,
    STATUS_NAMES,
    WEATHER_NAMES,
    Language,
    Message,
    translation_to,
    typeset,
)
from belib_weather.vocabulary import STATION_STATUSES, STATUSES, WEATHER_CLASSES
from belib_weather_tests.project import translations

TRANSLATED = [str(language) for language in LANGUAGES if language is not Language.ENGLISH]
LOOKED_UP = {"gettext", "ngettext", "pgettext", "Message"}
JARGON = re.compile(r"muette|au rythme habituel|point libre|d’un toutes", re.IGNORECASE)


def entries(language: str) -> list[Entry]:
    return [entry for entry in translations.catalogue(language) if entry.id]


def forms(text: object) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (str(text or ""),)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def calls_in(path: Path) -> Iterator[tuple[ast.Call, bool]]:
    """Each call that looks a text up, and whether it is inside an f-string."""
    text = path.read_text(encoding="utf-8")
    if not any(f"{name}(" in text for name in LOOKED_UP):
        return
    tree = ast.parse(text)
    inside = {
        id(node)
        for joined in ast.walk(tree)
        if isinstance(joined, ast.JoinedStr)
        for node in ast.walk(joined)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in LOOKED_UP:
                yield node, id(node) in inside


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_has_every_text_of_the_code_and_no_other(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make translations` brings it up to date."""
    stored = (translations.LOCALES / f"{language}.po").read_bytes()

    assert translations.up_to_date(language).decode() == stored.decode()
    assert capsys.readouterr().err == "", "a text that cannot be extracted"


def test_the_languages_of_the_code_are_those_of_the_catalogues() -> None:
    assert sorted(TRANSLATED) == translations.languages()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_none_is_fuzzy(language: str) -> None:
    assert [entry.id for entry in entries(language) if entry.fuzzy] == []
    assert [entry.id for entry in entries(language) if not all(forms(entry.string))] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_places_of_its_text(language: str) -> None:
    wrong = [
        entry.id
        for entry in entries(language)
        for form in forms(entry.string)
        if form and places(form) != places(forms(entry.id)[-1])
    ]

    assert wrong == []


def test_texts_are_found_by_the_extraction() -> None:
    """Inside an f-string, or put together at run time, it does not see them."""
    hidden = []
    for path in translations.PACKAGE.rglob("*.py"):
        if path.name == "i18n.py":
            continue
        for call, is_in_f_string in calls_in(path):
            texts = [
                a for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
            ]
            if is_in_f_string or (call.args and not texts and _is_ours(call)):
                hidden.append(f"{path.name}:{call.lineno}")

    assert hidden == []


def _is_ours(call: ast.Call) -> bool:
    """All but the title of a figure, which `Figure` declares."""
    return ast.unparse(call) != "Message(self.figure.title)"


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (STATUS_NAMES, (*STATUSES, "stale", "unobserved")),
        (STATION_STATUS_NAMES, STATION_STATUSES),
        (WEATHER_NAMES, WEATHER_CLASSES),
    ],
)
def test_every_value_of_a_vocabulary_has_a_text(
    names: dict[str, Message], words: tuple[str, ...]
) -> None:
    assert set(names) == set(words)


def test_french_has_typographic_apostrophes_and_quotation_marks() -> None:
    straight = [e.id for e in entries("fr") for f in forms(e.string) if _in_text(f, r"['\"“”]")]

    assert straight == []


def _in_text(form: str, pattern: str) -> bool:
    """Whether a pattern is in a text; in date patterns apostrophes quote."""
    return not re.search(r"'[^']*'(mm|$)", form) and bool(re.search(pattern, form))


def test_french_has_no_jargon() -> None:
    assert [f for e in entries("fr") for f in forms(e.string) if JARGON.search(f)] == []


def test_french_punctuation_keeps_its_space() -> None:
    french = translation_to(Language.FRENCH)

    assert french.gettext("When is a point free?") == "Quand trouver une borne libre\u202f?"
    assert french.gettext("95% interval of the difference") == "Intervalle à 95\u202f% de l’écart"
    loose = re.compile(r"\w[;?!:%»]|«\w| [;?!:%»]|« ")
    shown = [typeset(form, Language.FRENCH) for e in entries("fr") for form in forms(e.string)]
    assert [text for text in shown if loose.search(re.sub(r"{[^}]+}", "x", text))] == []
