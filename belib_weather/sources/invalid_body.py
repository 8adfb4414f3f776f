"""Whatever goes wrong while an answer is read refuses that answer, and nothing else.

What belongs here: the edge between reading a body and accepting it. What does not: the readers
(`formats`) and what makes a body complete (`completeness`).
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from polars.exceptions import PanicException

from belib_weather.formats.errors import FormatError
from belib_weather.sources.errors import InvalidBody, SourceError
from belib_weather.sources.response import Answer

Rest = ParamSpec("Rest")
Result = TypeVar("Result")


def as_invalid_body(
    read: Callable[Concatenate[Answer, Rest], Result],
) -> Callable[Concatenate[Answer, Rest], Result]:
    """Any exception of a function of an answer as `InvalidBody`, with the answer and the reason.

    A body can be wrong in unforeseen ways. It must not stop the poll, nor get lost.
    """

    @wraps(read)
    def reading(answer: Answer, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Result:
        try:
            return read(answer, *args, **kwargs)
        except SourceError:
            raise
        except FormatError as error:
            raise InvalidBody(f"{answer.source}: {error}", answer) from None
        except (Exception, PanicException) as error:
            kind = type(error).__name__
            raise InvalidBody(
                f"{answer.source}: its reader failed with {kind}: {str(error)[:300]}", answer
            ) from error

    return reading
