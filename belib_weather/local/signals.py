"""Stopping by a signal: Ctrl-C, SIGTERM and a closed terminal mean the same.

What belongs here: turning signals into an exception, and ignoring them while everything stops.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_Handler = Callable[[int, FrameType | None], None]


class Stopped(KeyboardInterrupt):
    """A signal asks this command to stop."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Signals raise `Stopped` in the main thread; those ignored before (`nohup`) stay ignored."""

    def stop(_: int, __: FrameType | None) -> None:
        raise Stopped

    with _handled_by(stop):
        yield


@contextmanager
def uninterrupted(note: Callable[[], None]) -> Iterator[None]:
    """Signals only call `note`, so that stopping is not interrupted."""

    def on_signal(_: int, __: FrameType | None) -> None:
        note()

    with _handled_by(on_signal):
        yield


@contextmanager
def _handled_by(handler: _Handler) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number, old in before.items():
        if old is not signal.SIG_IGN:
            signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
