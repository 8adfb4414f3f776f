"""Faults on request: what a test asks the server to do wrong, and how often."""

from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from threading import Lock
from typing import Any


class FaultKind(StrEnum):
    """The ways in which an answer can be wrong."""

    TOO_MANY = "429"
    SERVER_ERROR = "500"
    SLOW = "slow"
    TRUNCATED = "truncated"
    SHORT = "short"
    HTML = "html"
    STREAM_ERROR = "stream_error"


TARGETS = ("realtime", "static", "arrondissements", "forecast", "archive")
ENDPOINTS = ("exports", "records", "metadata", "any")


class BadFaultError(ValueError):
    """The request for a fault is not understood; the message says what is expected."""


@dataclass(frozen=True)
class Fault:
    """`count` answers of one dataset go wrong in one way.

    Attributes:
        endpoint: which addresses of an Explore dataset; weather has one only.
        seconds: delay of a slow answer, or the wait that a 429 announces.
    """

    kind: FaultKind
    dataset: str
    count: int = 1
    endpoint: str = "exports"
    seconds: float = 2.0


class Faults:
    """Faults still to happen, first come first served; safe to use from several threads."""

    def __init__(self) -> None:
        self._waiting: deque[Fault] = deque()
        self._lock = Lock()

    def add(self, fault: Fault) -> None:
        """Ask for a fault."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Remove all faults that have not happened yet."""
        with self._lock:
            self._waiting.clear()

    def waiting(self) -> list[dict[str, Any]]:
        """The faults that have not happened yet."""
        with self._lock:
            return [asdict(fault) for fault in self._waiting]

    def take(self, dataset: str, endpoint: str = "any") -> Fault | None:
        """The fault that a request gets, if any; counts it."""
        with self._lock:
            for place, fault in enumerate(self._waiting):
                hits = endpoint == "any" or fault.endpoint in (endpoint, "any")
                if fault.dataset == dataset and hits:
                    if fault.count > 1:
                        self._waiting[place] = replace(fault, count=fault.count - 1)
                    else:
                        del self._waiting[place]
                    return fault
        return None


def parse_fault(body: Any) -> Fault:
    """Read a fault from a request body.

    Raises:
        BadFaultError: it is not understood.
    """
    if not isinstance(body, Mapping):
        raise BadFaultError("the body must be an object with `kind` and `dataset`")
    try:
        fault = Fault(
            kind=FaultKind(str(body.get("kind"))),
            dataset=str(body.get("dataset")),
            count=int(body.get("count", 1)),
            endpoint=str(body.get("endpoint", "exports")),
            seconds=float(body.get("seconds", 2.0)),
        )
    except (TypeError, ValueError) as error:
        kinds = ", ".join(FaultKind)
        raise BadFaultError(f"{error}; `kind` is one of {kinds}, `count` a whole number") from error
    if fault.dataset not in TARGETS or fault.endpoint not in ENDPOINTS or fault.count < 1:
        raise BadFaultError(
            f"`dataset` is one of {', '.join(TARGETS)}, `endpoint` one of {', '.join(ENDPOINTS)}, "
            "`count` at least 1"
        )
    return fault


STREAM_ERROR_TEXT = (
    "Streaming interrupted due to the following error: Invalid value for sum of offset + limit "
    "API parameter: 83714 was found but <= 10000 is expected. "
    "(error_code: InvalidRESTParameterError)"
)
HTML_PAGE = b"<!DOCTYPE html><html><body><h1>Service Temporarily Unavailable</h1></body></html>"


def damaged(body: bytes, kind: FaultKind) -> bytes:
    """The body as a broken stream leaves it: cut in the middle, or with an error text inside."""
    half = body[: len(body) // 2]
    return half + STREAM_ERROR_TEXT.encode() if kind == FaultKind.STREAM_ERROR else half
