"""Texts reduced to their numbers, so that a sentence may be worded anew and a figure may not.

What belongs here: what is a text in saved objects of Kibana and in the data of pictures.
What does not: comparing.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_GROUP = {"en": ",", "fr": "\u00a0\u202f"}
_DECIMAL = {"en": r"\.", "fr": ","}
_NUMBERS = {
    language: re.compile(
        # A sign, not a hyphen or the dash of a range; groups of three; decimals.
        r"(?:(?<![0-9A-Za-z])[-\u2212])?"
        rf"(?:[0-9]{{1,3}}(?:[{group}][0-9]{{3}})+(?![0-9])|[0-9]+)"
        rf"(?:{_DECIMAL[language]}[0-9]+)?"
    )
    for language, group in _GROUP.items()
}
_LEADING_ZEROS = re.compile(r"^(-?)0+(?=[0-9])")
_TEXTS = {"title", "subtitle", "label", "description", "customDescription", "markdown", "text"}
_QUOTED = re.compile(r"'([^']*)'")


def numbers_in(text: str, language: str) -> list[str]:
    """The numbers of a text in order, as a program writes them: `1 234,50` is `1234.50`.

    Args:
        text: any.
        language: "en" or "fr".
    """
    found = []
    for match in _NUMBERS[language].finditer(text):
        plain = match[0].replace("\u2212", "-")
        for separator in _GROUP[language]:
            plain = plain.replace(separator, "")
        # A clock may say 7:00 or 07:00.
        found.append(_LEADING_ZEROS.sub(r"\1", plain.replace(",", ".")))
    return found


def bundle_without_texts(value: Any, path: tuple[str, ...] = ()) -> Any:
    """A saved object or rule: JSON inside strings unpacked, texts reduced to their numbers.

    Args:
        value: the object, or a part of it.
        path: of the part; begins with the type of the object.
    """
    if isinstance(value, dict):
        return {name: bundle_without_texts(one, (*path, name)) for name, one in value.items()}
    if isinstance(value, list):
        return [bundle_without_texts(one, path) for one in value]
    return _text_of_bundle(value, path) if isinstance(value, str) else value


def _text_of_bundle(value: str, path: tuple[str, ...]) -> Any:
    if value[:1] in ("{", "["):
        try:
            return bundle_without_texts(json.loads(value), path)
        except ValueError:
            return value
    if path[-1] == "calculate":
        return _QUOTED.sub(lambda quoted: quoted[0] if quoted[1].isidentifier() else "''", value)
    return _reduced(value, "en") if _is_text(path) else value


def _is_text(path: tuple[str, ...]) -> bool:
    match path:
        case ("index-pattern", "attributes", "title"):
            return False  # the pattern of indices, which is a query
        case (*_, "tinymathAst", "text") | (*_, "args", "text"):
            return False  # a formula
        case ("tag" | "index-pattern", "attributes", "name") | ("rule", "name"):
            return True
    return path[-1] in _TEXTS


Rows = list[dict[str, Any]]


def data_of_picture(specification: Mapping[str, Any], language: str) -> list[Rows]:
    """The data sets of a Vega-Lite specification, with texts reduced to their numbers.

    Args:
        specification: as Altair writes it, with its data in it.
        language: "en" or "fr": how numbers in its texts are written.
    """
    return [
        [
            {
                name: _reduced(value, language) if isinstance(value, str) else value
                for name, value in row.items()
            }
            for row in rows
        ]
        for rows in specification["datasets"].values()
    ]


def paired_data(old: Sequence[Rows], new: Sequence[Rows]) -> tuple[list[Rows], list[Rows]]:
    """Each old data set, and beside it the new one with the most columns of the same names."""

    def shared(left: Rows, right: Rows) -> int:
        return len(set(left[0]) & set(right[0])) if left and right else 0

    return list(old), [max(new, key=lambda other: shared(one, other)) for one in old]


def _reduced(text: str, language: str) -> str:
    return " ".join(["text", *numbers_in(text, language)])
