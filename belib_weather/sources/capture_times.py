"""Possible capture times: not in the future, and not before the newest stamp in the body.

What belongs here: the rules of the raw envelope. What does not: which stamps are plausible
(`formats.stamps`).
"""

from datetime import datetime, timedelta

from belib_weather.formats.realtime import RealtimeBody
from belib_weather.formats.stamps import TOLERANCE_SECONDS
from belib_weather.networks import NETWORK

TOLERANCE = timedelta(seconds=TOLERANCE_SECONDS)
"""Two clocks may differ by this."""


def capture_time_problem(captured_at: datetime, body: RealtimeBody, now: datetime) -> str | None:
    """Why a snapshot cannot have been captured then, None where it can.

    Names the record that contradicts it.
    """
    newest = body.newest_plausible
    if captured_at > now + TOLERANCE:
        record = (
            f" (of the record {body.point_stamped_at(captured_at)})"
            if captured_at == newest
            else ""
        )
        time = f"the capture time {_text(captured_at)}{record}"
        return f"{time} is in the future; it is {_text(now)} now"
    if newest is None or captured_at >= newest - TOLERANCE:
        return None
    field = NETWORK.realtime.fields["updated"]
    return (
        f"the capture time {_text(captured_at)} is {newest - captured_at} before the {field}"
        f" {_text(newest)} of the record {body.point_stamped_at(newest)}"
    )


def _text(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
