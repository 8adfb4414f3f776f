"""Whatever is accepted goes through cleaning; whatever is not comes back with the reason.

What the stores take of it: belib_weather_tests/stores/test_accepted_bodies_are_storable.py.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from belib_weather.lake.envelope import document_of, quarantined
from belib_weather.sources.errors import SourceError
from belib_weather.sources.response import RejectedResponse, Response
from belib_weather_tests.cleaned import (
    clean_snapshot,
    clean_static,
    clean_weather,
    is_station_of_each_fact,
)
from belib_weather_tests.examples import examples
from belib_weather_tests.mutations import SOURCES, Source
from belib_weather_tests.unit.sources.feed import MINIMUM

FEW = 20


@pytest.mark.hypothesis
@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_a_body_is_accepted_and_cleaned_or_refused_with_the_reason(source: Source) -> None:
    accepted = 0

    @examples(50)
    @given(source.bodies)
    def try_one(body: bytes) -> None:
        nonlocal accepted
        accepted += is_accepted(source, body)

    try_one()
    # Else nothing was tried; of the few examples of `quick` all may be odd.
    assert accepted or settings().max_examples < FEW


def is_accepted(source: Source, body: bytes) -> bool:
    """Whether a body is accepted; what follows from it has to be right in both cases."""
    response = accepted_or_refused(source, body)
    assert response is not None  # the answer, for quarantine
    assert response.body == body
    if isinstance(response, RejectedResponse):
        assert quarantined(response)["reason"]
        return False
    document_of(response)
    if "realtime" in response.source:
        clean = clean_snapshot(body, response.captured_at)
        assert clean.current.height == clean.points.height >= MINIMUM
        assert is_station_of_each_fact(clean)
    elif "static" in response.source:
        clean_static(body, response.captured_at)
    else:
        clean_weather(body, response.source, response.captured_at)
    return True


def accepted_or_refused(source: Source, body: bytes) -> Response | RejectedResponse | None:
    """What acceptance gives, or what it refuses."""
    try:
        return source.accept(body)
    except SourceError as refusal:
        return refusal.response


@given(st.binary(max_size=80) | st.text(max_size=40).map(str.encode))
def test_any_bytes_are_refused_with_the_reason(body: bytes) -> None:
    for source in SOURCES:
        with pytest.raises(SourceError) as caught:
            source.accept(body)
        assert caught.value.response is not None
