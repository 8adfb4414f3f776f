"""Runs of the graph that one process executes one after another: a lane.

What belongs here: the plan. What does not: executing it (`materialize`, which imports Dagster; a
plan does not need it).
"""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

LANES = ("history-1", "history-2")
"""Names of the lanes that fill the history, side by side."""
REPORT = "report"
"""The lane after them."""
REMAINDER = "remainder"
"""The lane beside what serves already."""


class Part(StrEnum):
    """A part of the live job's assets; which they are is read from the registry of assets."""

    POLLS = "polls"
    """Those that store snapshots, hour by hour."""
    HOURS = "hours"
    """Those made from the snapshots, hour by hour."""
    PRESENT = "present"
    """Those without partitions: the network and its state now."""


@dataclass(frozen=True)
class Run:
    """A run of a job over the partitions `first` to `last`.

    Attributes:
        job: its name.
        first: without it and `last` the assets have no partitions.
        last: the same partition as `first`, or a later one.
        parts: which of its assets; None for all.
        with_index: whether there is an Elasticsearch to publish to.
    """

    job: str
    first: str = ""
    last: str = ""
    parts: tuple[Part, ...] | None = None
    with_index: bool = True


def encoded(lane: str, runs: list[Run]) -> str:
    """A lane as one argument."""
    return json.dumps({"lane": lane, "runs": [asdict(run) for run in runs]})


def decoded(argument: str) -> tuple[str, list[Run]]:
    """Name and runs of a lane."""
    given = json.loads(argument)
    runs = [
        Run(**{**run, "parts": run["parts"] and tuple(map(Part, run["parts"]))})
        for run in given["runs"]
    ]
    return given["lane"], runs
