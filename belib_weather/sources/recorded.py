"""Recorded bodies, from files: accepted by the same rules as those of the live sources.

What belongs here: which dataset and source a file is of, and when it was captured. What does not:
files and archives (`formats.files`), and when an export is whole (`completeness`).
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum

from belib_weather.formats.errors import FormatError
from belib_weather.formats.json_shapes import total_in
from belib_weather.formats.parsed import ParsedBody
from belib_weather.formats.weather import source_of, time_in
from belib_weather.networks import NETWORK
from belib_weather.sources.capture_times import TOLERANCE
from belib_weather.sources.completeness import accepted_static, parsed_realtime, parsed_static
from belib_weather.sources.errors import InvalidBody
from belib_weather.sources.explore import response_of_export
from belib_weather.sources.response import Answer, Response
from belib_weather.sources.weather_bodies import accepted_weather, parsed_weather


class RecordedDataset(StrEnum):
    """What a file may hold."""

    REALTIME = "realtime"
    STATIC = "static"
    WEATHER = "weather"


@dataclass(frozen=True)
class Recording:
    """A body of a file, and what is known about it besides.

    Attributes:
        dataset: what it is of.
        name: of the file, kept in the envelope.
        captured_at: when it was captured, as the person or the file says; None: nobody does.
        written_at: when the file was last written; takes the place of a capture time for weather
            that has none.
        now: the present.
    """

    dataset: RecordedDataset
    name: str
    body: bytes
    captured_at: datetime | None
    written_at: datetime
    now: datetime

    @property
    def answer(self) -> Answer:
        """The body as the answer of a server."""
        at = self.captured_at or self._written_at
        return Answer(_SOURCES[self.dataset], at, f"file:{self.name}", {}, 200, {}, self.body)

    @property
    def _written_at(self) -> datetime:
        """When the file was written; its thousandths keep files of one second apart."""
        thousandths = int(hashlib.sha256(self.body).hexdigest(), 16) % 1000
        return min(self.written_at, self.now).replace(microsecond=thousandths * 1000)


_SOURCES = {
    RecordedDataset.REALTIME: NETWORK.realtime.source,
    RecordedDataset.STATIC: NETWORK.static.source,
    RecordedDataset.WEATHER: "weather",
}
"""Of an answer that is not read yet."""


def accepted_recording(
    recording: Recording,
    *,
    minimum_charge_points: int,
    weather_source: str | None = None,
) -> tuple[Response, ParsedBody]:
    """A recorded body as a response, and what is in it.

    Args:
        recording: the body.
        minimum_charge_points: a real-time export with fewer is refused.
        weather_source: raw source of a weather body; where left out, its shape decides.

    Raises:
        InvalidBody: not such a body, or one that cannot have been captured then.
        IncompleteBody: not all of it.
    """
    match recording.dataset:
        case RecordedDataset.REALTIME:
            response = response_of_export(
                recording.body,
                captured_at=recording.captured_at,
                name=recording.name,
                minimum_charge_points=minimum_charge_points,
                now=recording.now,
            )
            return response, parsed_realtime(response)
        case RecordedDataset.STATIC:
            return _static(recording)
        case RecordedDataset.WEATHER:
            return _weather(recording, weather_source)


def _static(recording: Recording) -> tuple[Response, ParsedBody]:
    answer = recording.answer
    parsed = parsed_static(answer)
    if NETWORK.realtime.fields["updated"] in parsed.summary["fields"]:
        raise InvalidBody(f"{recording.name}: a real-time export; --dataset realtime", answer)
    if recording.captured_at is None:
        days = parsed.records["commissioned_on"]
        newest = days.filter(days <= recording.now.date()).max()
        if not isinstance(newest, date):
            raise InvalidBody(
                f"{recording.name}: no date in it says when it was captured; give --captured-at",
                answer,
            )
        answer = replace(answer, captured_at=datetime.combine(newest, time(), UTC))
    _refuse_the_future(recording, answer)
    return accepted_static(answer, parsed, expected=total_in(recording.body)), parsed


def _weather(recording: Recording, source: str | None) -> tuple[Response, ParsedBody]:
    answer = recording.answer
    try:
        source = source or source_of(answer.body, recording.name, answer.captured_at)
        time_in_body = time_in(answer.body, source)
    except FormatError as error:
        raise InvalidBody(str(error), answer) from None
    at = recording.captured_at or time_in_body or answer.captured_at
    answer = replace(answer, source=source, captured_at=at)
    _refuse_the_future(recording, answer)
    return accepted_weather(answer, expected=None), parsed_weather(answer)


def _refuse_the_future(recording: Recording, answer: Answer) -> None:
    if answer.captured_at > recording.now + TOLERANCE:
        raise InvalidBody(
            f"{recording.name}: the capture time {answer.captured_at:%Y-%m-%dT%H:%M:%SZ} is in the"
            f" future; it is {recording.now:%Y-%m-%dT%H:%M:%SZ} now; correct --captured-at",
            replace(answer, captured_at=recording.now),
        )
