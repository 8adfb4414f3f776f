"""Runs of the graph that one process executes one after another: a lane.

What belongs here: the plan. What does not: executing it (`materialize`, which imports Dagster; a
plan does not need it).
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from belib_weather.window import floor_hour

LANES = ("history-1", "history-2")
"""Names of the lanes that fill the history, side by side, and of the workers that execute them."""
REPORT = "report"
"""The lane of what people look at first, on the last worker."""
BACKGROUND_FILL = "background_fill"
"""The lane beside what serves already, on the last worker."""
OLDER_DOCUMENTS = "older_documents"
"""The lane beside it, on the first worker."""


class Part(StrEnum):
    """A part of the live job's assets; which they are is read from the registry of assets."""

    POLLS = "polls"
    """Those that store snapshots, hour by hour."""
    HOURS = "hours"
    """Those made from the snapshots, hour by hour."""
    DOCUMENTS = "documents"
    """Those that publish hours to Elasticsearch."""
    PRESENT = "present"
    """Those without partitions: the network and its state now."""
    FILES = "files"
    """The files of the present that others read, made from its state."""


@dataclass(frozen=True)
class Run:
    """A run of a job over the partitions `first` to `last`.

    Attributes:
        job: its name.
        first: without it and `last` the assets have no partitions.
        last: the same partition as `first`, or a later one.
        parts: which of its assets; None for all.
        with_index: whether there is an Elasticsearch to publish to.
        with_charts: whether the catalog shows charts of it.
    """

    job: str
    first: str = ""
    last: str = ""
    parts: tuple[Part, ...] | None = None
    with_index: bool = True
    with_charts: bool = True


def hour_key(hour: datetime) -> str:
    """As `partitions.hour_key`, but without importing Dagster, which takes a second."""
    return f"{floor_hour(hour):%Y-%m-%d-%H:%M}"


def encoded(lane: str, runs: list[Run]) -> str:
    """A lane as one line."""
    return json.dumps({"lane": lane, "runs": [asdict(run) for run in runs]})


def decoded(line: str) -> tuple[str, list[Run]]:
    """Name and runs of a lane."""
    lane = json.loads(line)
    runs = [
        Run(**{**run, "parts": run["parts"] and tuple(map(Part, run["parts"]))})
        for run in lane["runs"]
    ]
    return lane["lane"], runs
