"""Whatever goes wrong while an answer is read refuses that answer, and nothing else."""

import polars as pl
import pytest

from belib_weather.formats.errors import UnreadableBody
from belib_weather.sources.errors import IncompleteBody, InvalidBody, SourceError
from belib_weather.sources.invalid_body import as_invalid_body
from belib_weather.sources.response import Answer
from belib_weather_tests.mutations import AT

ANSWER = Answer("opendata_paris/realtime", AT, "https://x.example", {}, 200, {}, b"[]")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OverflowError("date value out of range"), "its reader failed with OverflowError: date"),
        (AttributeError("'NoneType' object has no attribute 'get'"), "AttributeError: 'NoneType'"),
        (RecursionError(), "RecursionError"),
        (pl.exceptions.PanicException("a bug of a library"), "PanicException: a bug"),
        (UnreadableBody("no hourly series"), "realtime: no hourly series"),
    ],
)
def test_any_exception_refuses_the_answer_with_its_reason(
    error: BaseException, reason: str
) -> None:
    @as_invalid_body
    def read(answer: Answer) -> None:
        raise error

    with pytest.raises(InvalidBody, match=reason) as caught:
        read(ANSWER)
    assert caught.value.response is not None
    assert caught.value.response.body == ANSWER.body
    assert caught.value.response.reason == str(caught.value)


def test_a_refusal_stays_as_it_is() -> None:
    refusal: SourceError = IncompleteBody("12 records, 13 announced", ANSWER)

    @as_invalid_body
    def read(answer: Answer) -> None:
        raise refusal

    with pytest.raises(IncompleteBody) as caught:
        read(ANSWER)
    assert caught.value is refusal
