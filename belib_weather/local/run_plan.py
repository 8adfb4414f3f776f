"""Runs of the graph to be executed one after another in one process, a lane.

What belongs here: saying which. What does not: executing them (`materialize`, which imports
Dagster; whoever only plans need not).
"""

import json
from dataclasses import asdict, dataclass

LANES = ("history-1", "history-2")
"""Names of the lanes, which are processes side by side."""
REPORT = "report"
"""The lane after them."""


@dataclass(frozen=True)
class Run:
    """A run of a job over the partitions `first` to `last`, of all its assets or of some.

    Without `first` and `last` its assets have no partitions.
    """

    job: str
    first: str = ""
    last: str = ""
    assets: tuple[str, ...] | None = None


def encoded(lane: str, runs: list[Run]) -> str:
    """A lane as one argument."""
    return json.dumps({"lane": lane, "runs": [asdict(run) for run in runs]})


def decoded(argument: str) -> tuple[str, list[Run]]:
    """Name and runs of a lane."""
    given = json.loads(argument)
    runs = [
        Run(**{**run, "assets": run["assets"] and tuple(run["assets"])}) for run in given["runs"]
    ]
    return given["lane"], runs
