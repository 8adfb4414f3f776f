"""docs/reliability.md: the matrix of faults and outcomes, from the run's own output."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from belib_weather_tests.chaos.verdict import Verdict

_MOST_LINES = 40
_FULL_RUN = 60
"""Faults of a full run, at least."""
_SHORT = "A short run: a full one has at least 60 faults in an hour."
_INTRODUCTION = """\
`make chaos` starts a demo of its own, injects faults drawn from a seed, waits until the platform has settled, and
recomputes every value from the raw documents by a second, slow program. Nothing is repaired by hand: a killed command
is started again, a disk is freed, a clock is set right. This page is its own output.

`python -m belib_weather_tests.chaos --help` lists its options: number and kinds of faults, minutes, seed, cadence. As
root on Linux the demo lives in a mount namespace with a small disk and a clock of its own; the machine's are left
alone. The simulated feed keeps the true time."""  # noqa: E501


@dataclass
class Event:
    """One fault as it happened.

    Attributes:
        kind: which.
        start, end: its own time.
        detail: what it hit.
        skipped: why it could not happen; None if it did.
        recovered: seconds from its end until everything answered; None if it did not in time.
        unhealthy: what did not answer in time.
    """

    kind: str
    start: datetime
    end: datetime
    detail: str = ""
    skipped: str | None = None
    recovered: float | None = None
    unhealthy: str = ""


@dataclass
class Outcome:
    """A whole run of the chaos."""

    seed: int
    cadence: timedelta
    start: datetime
    end: datetime
    events: list[Event] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)
    settled_seconds: float = 0
    polls: int = 0
    expected: int = 0
    missed: list[datetime] = field(default_factory=list)
    unexplained: list[datetime] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    runs: dict[str, int] = field(default_factory=dict)

    @property
    def failures(self) -> list[str]:
        """One line for each thing that is not as it should be."""
        return [
            *self.verdict.lines(),
            *(f"stuck: {run}" for run in self.stuck),
            *(f"the poll of {at:%H:%M:%S} UTC was missed" for at in self.unexplained),
            *(
                f"{e.kind} at {e.start:%H:%M:%S} UTC: {e.unhealthy} did not answer in time"
                for e in self.events
                if not e.skipped and e.recovered is None
            ),
        ]


def write(outcome: Outcome, file: Path) -> None:
    """Write the page."""
    file.write_text("\n".join(_lines(outcome)) + "\n", encoding="utf-8")


def _lines(outcome: Outcome) -> list[str]:
    happened = [event for event in outcome.events if not event.skipped]
    minutes = (outcome.end - outcome.start).total_seconds() / 60
    cadence = outcome.cadence.total_seconds()
    verdict, failures = outcome.verdict, outcome.failures
    return [
        "# Reliability",
        "",
        *_INTRODUCTION.splitlines(),
        "",
        f"Run of {outcome.start:%Y-%m-%d}: {len(happened)} faults in {minutes:.0f} minutes, seed"
        f" {outcome.seed}, one poll every {cadence:.0f} s.",
        "",
        *([_SHORT, ""] if len(happened) < _FULL_RUN else []),
        "| result | |",
        "|---|---|",
        f"| values in PostgreSQL that were recomputed | {verdict.values:,} |",
        f"| documents in Elasticsearch that were compared | {verdict.documents:,} |",
        f"| differences | {len(verdict.differences):,} |",
        f"| settled after | {outcome.settled_seconds:.0f} s |",
        f"| polls taken, of those on schedule | {outcome.polls} of {outcome.expected} |",
        f"| polls missed within a fault's own time and one cadence |"
        f" {len(outcome.missed) - len(outcome.unexplained)} |",
        f"| polls missed beyond it | {len(outcome.unexplained)} |",
        f"| stuck runs | {len(outcome.stuck)} |",
        f"| runs of Dagster | {_words(outcome.runs)} |",
        "",
        "| fault | times | seconds until everything answers: median, longest | polls missed |"
        " outcome |",
        "|---|---|---|---|---|",
        *_matrix(outcome),
        "",
        *_faults_that_failed(failures),
    ]


def _matrix(outcome: Outcome) -> list[str]:
    by_kind = defaultdict(list)
    for event in outcome.events:
        by_kind[event.kind].append(event)
    return [_row(kind, events, outcome) for kind, events in sorted(by_kind.items())]


def _row(kind: str, events: Sequence[Event], outcome: Outcome) -> str:
    happened = [event for event in events if not event.skipped]
    if not happened:
        return f"| {kind} | 0 | – | – | skipped: {events[0].skipped} |"
    seconds = [event.recovered for event in happened if event.recovered is not None]
    recovery = f"{median(seconds):.0f}, {max(seconds):.0f}" if seconds else "–"
    cadence = outcome.cadence
    missed = sum(
        any(e.start - cadence < at <= e.end + cadence for e in happened) for at in outcome.missed
    )
    failed = [event for event in happened if event.recovered is None]
    outcome_text = f"{len(failed)} did not recover in time" if failed else "recovers by itself"
    return f"| {kind} | {len(happened)} | {recovery} | {missed} | {outcome_text} |"


def _faults_that_failed(failures: Sequence[str]) -> list[str]:
    if not failures:
        return ["Everything agrees."]
    more = [f"- … and {len(failures) - _MOST_LINES:,} more"] * (len(failures) > _MOST_LINES)
    return [
        "## What does not agree",
        "",
        *(f"- {line}" for line in failures[:_MOST_LINES]),
        *more,
    ]


def _words(runs: dict[str, int]) -> str:
    return ", ".join(f"{count} {status.lower()}" for status, count in sorted(runs.items())) or "–"
