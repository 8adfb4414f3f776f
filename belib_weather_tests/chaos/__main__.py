"""Run the chaos; exits with 1 on any difference, stuck run or missed poll."""

import argparse
import random
import shutil
import signal
import sys
import time
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from belib_weather_tests.chaos import plan
from belib_weather_tests.chaos.box import Box, entered
from belib_weather_tests.chaos.dagster_records import runs_by_status, unfinished_runs
from belib_weather_tests.chaos.faults import FAULTS, Fault, Skip
from belib_weather_tests.chaos.polls import missed, unexplained
from belib_weather_tests.chaos.referee import Referee
from belib_weather_tests.chaos.report import Event, Outcome, write
from belib_weather_tests.chaos.stage import ChaosError, Stage
from belib_weather_tests.chaos.verdict import Difference, Verdict

_RECOVERY_SECONDS = 300
_STUCK = timedelta(minutes=5)
_LOOK_SECONDS = 2.0
_JUDGE_SECONDS = 15.0
_PRINTED = 30


def say(line: str) -> None:
    """Print with the time."""
    sys.stdout.write(f"{datetime.now(UTC):%H:%M:%S} {line}\n")
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    command = argparse.ArgumentParser(prog="python -m belib_weather_tests.chaos")
    command.add_argument("--minutes", type=float, default=60, help="of faults, settling apart")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--faults", type=int, default=plan.full_run())
    command.add_argument("--only", default="", help="parts of names of faults, commas between")
    command.add_argument("--stop-seconds", type=float, help="of what lasts, in place of its own")
    command.add_argument("--cadence", type=int, default=60, help="seconds between two polls")
    command.add_argument("--settle-minutes", type=float, default=10, help="at most, at the end")
    command.add_argument("--home", type=Path, help="folder, which is kept; else a temporary one")
    command.add_argument("--report", type=Path, default=Path("docs/reliability.md"))
    return command.parse_args()


def main() -> int:
    """Everything; returns the exit code."""
    options = _arguments()
    box = entered(options.home)
    # So that the demo is stopped when the chaos is ended from outside.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))
    stage = Stage(box.home, box.folder / "demo.log", options.cadence, say)
    kinds = plan.drawn(
        options.seed, options.faults, frozenset(filter(None, options.only.split(",")))
    )
    try:
        length = f"{options.minutes:.0f} min"
        say(f"seed {options.seed}: {len(kinds)} faults in {length}; log {stage.log}")
        stage.start()
        outcome = _chaos(stage, box, options, kinds)
        _settle(stage, outcome, options.settle_minutes)
    except ChaosError as error:
        say(str(error))
        return 2
    finally:
        stage.stop()
        if box.is_temporary:
            shutil.rmtree(box.folder, ignore_errors=True)
    write(outcome, options.report)
    for line in outcome.failures[:_PRINTED]:
        say(line)
    failures = len(outcome.failures)
    say(f"{failures} failures; {options.report}" if failures else f"all agrees; {options.report}")
    return 1 if failures else 0


def _chaos(stage: Stage, box: Box, options: argparse.Namespace, kinds: list[str]) -> Outcome:
    """Inject the faults, one after another, spread over the time."""
    rng = random.Random(options.seed)  # noqa: S311 - no secret
    cadence, start = timedelta(seconds=stage.cadence), datetime.now(UTC)
    outcome = Outcome(options.seed, cadence, start, start)
    step, began = options.minutes * 60 / len(kinds), time.monotonic()
    for number, kind in enumerate(kinds):
        planned = began + step * number + rng.uniform(0, step / 3)
        time.sleep(max(0.0, planned - time.monotonic()))
        fault = FAULTS[kind](stage, box, rng)
        if options.stop_seconds is not None and fault.seconds:
            fault.seconds = options.stop_seconds
        outcome.events.append(_injected(fault, stage))
    time.sleep(max(0.0, began + options.minutes * 60 - time.monotonic()))
    outcome.end = datetime.now(UTC)
    return outcome


def _injected(fault: Fault, stage: Stage) -> Event:
    """One fault, and how long the platform takes to answer again everywhere."""
    event = Event(fault.kind, datetime.now(UTC), datetime.now(UTC))
    try:
        event.detail = fault.inject() or ""
    except (Skip, httpx.HTTPError) as reason:
        event.skipped = str(reason)
        say(f"{fault.kind}: skipped, {reason}")
        return event
    say(f"{fault.kind} {event.detail}")
    time.sleep(fault.seconds)
    fault.recover()
    event.end, ended = datetime.now(UTC), time.monotonic()
    time.sleep(1)  # so that what was killed is seen to be gone
    while unhealthy := stage.unhealthy():
        if time.monotonic() > ended + _RECOVERY_SECONDS:
            event.unhealthy = ", ".join(unhealthy)
            say(f"{fault.kind}: {event.unhealthy} did not answer in {_RECOVERY_SECONDS} s")
            return event
        time.sleep(_LOOK_SECONDS)
    event.recovered = time.monotonic() - ended
    say(f"{fault.kind}: all answers after {event.recovered:.0f} s")
    return event


def _settle(stage: Stage, outcome: Outcome, minutes: float) -> None:
    """Judge until nothing differs, or the deadline is reached."""
    began, referee = time.monotonic(), Referee(stage)
    while True:
        try:
            outcome.verdict = referee.judge()
        except Exception as error:  # a store that is down is a finding
            traceback.print_exc()
            outcome.verdict = Verdict(differences=[Difference("unreadable", str(error))])
        unfinished = unfinished_runs(stage.dagster_url)
        outcome.stuck = [str(run) for run in unfinished if run.silent > _STUCK]
        outcome.settled_seconds = time.monotonic() - began
        found = len(outcome.verdict.differences), len(outcome.stuck)
        say(f"after {outcome.settled_seconds:.0f} s: {found[0]} differences, {found[1]} stuck runs")
        if found == (0, 0) or outcome.settled_seconds > minutes * 60:
            break
        time.sleep(_JUDGE_SECONDS)
    polls = referee.polled(stage.cadence)
    outcome.missed = missed(polls, outcome.start, outcome.end, outcome.cadence)
    outcome.expected = int((outcome.end - outcome.start) / outcome.cadence)
    outcome.polls = outcome.expected - len(outcome.missed)
    stretches = [(event.start, event.end) for event in outcome.events if not event.skipped]
    outcome.unexplained = unexplained(outcome.missed, stretches, outcome.cadence)
    outcome.runs = runs_by_status(stage.dagster_url, outcome.start)


if __name__ == "__main__":
    sys.exit(main())
