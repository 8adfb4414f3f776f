"""Acceptance of weather bodies: what can be read is stored."""

from belib_weather.formats.weather import WeatherBody, read_weather
from belib_weather.sources.invalid_body import as_invalid_body
from belib_weather.sources.response import Answer, Response, accepted


@as_invalid_body
def parsed_weather(answer: Answer) -> WeatherBody:
    """The body of an answer, read as the weather of its source.

    Raises:
        InvalidBody: it is none.
    """
    return read_weather(answer.body, answer.source, answer.captured_at)


@as_invalid_body
def accepted_weather(answer: Answer, *, expected: int | None) -> Response:
    """An answer with at least one sample as a response.

    Raises:
        InvalidBody: there is none.
    """
    body = parsed_weather(answer)
    return accepted(
        answer, record_count=body.record_count, expected_count=expected, summary=body.summary
    )
