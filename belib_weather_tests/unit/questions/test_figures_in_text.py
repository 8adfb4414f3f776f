"""A figure that no tool returned is found, in English and in French."""

import pytest

from belib_weather.questions.figures_in_text import figures, unknown_figures

KNOWN = [
    {
        "rows": [
            {"chance_percent": 93.4, "distance_metres": 1250, "address": "12 Rue de Lyon"},
            {"chance_percent": 60.0, "distance_metres": 200, "address": None},
        ],
        "period": {"last": "2026-11-18T10:56:00+01:00"},
    },
    "near Bastille at 18:00",
]


@pytest.mark.parametrize(
    "text",
    [
        "At 12 Rue de Lyon, 1,250 m away, the chance is 93 % (93.4 %).",
        "Au 12 rue de Lyon, à 1 250 m : 93,4 % à 18 h, vu le 18/11/2026 à 10:56.",
        "Au 12 rue de Lyon, à 1\u202f250 m.",
        "1. The first.\n2. The second.",
        "Both of the 2 stations.",
    ],
)
def test_figures_of_the_tools_are_recognized_in_any_format(text: str) -> None:
    assert unknown_figures(text, KNOWN) == []


@pytest.mark.parametrize(
    ("text", "made_up"),
    [
        ("The chance is 94 %.", ["94"]),
        ("La probabilité est de 93,5 %.", ["93,5"]),
        ("It is 1,251 m away, or 1250.5.", ["1,251", "1250.5"]),
        ("At 19:00.", ["19"]),
        ("Nine of 17 points.", ["17"]),
    ],
)
def test_a_figure_that_no_tool_returned_is_named(text: str, made_up: list[str]) -> None:
    known = [value for value in KNOWN if not isinstance(value, str)]
    assert unknown_figures(text, known) == made_up


def test_the_value_of_a_figure_is_read_with_its_decimals() -> None:
    assert figures("1,250 and 12,5 and 3.25") == [
        ("1,250", 1250.0, 0),
        ("12,5", 12.5, 1),
        ("3.25", 3.25, 2),
    ]
