"""What `doctor` says of the spool, of who polls, of the clock, and of polls that are late.

What belongs here: findings that are read from the spool's folder, or follow from a number. What
does not: asking a store (`store_diagnosis`, `waiting_runs`).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from belib_weather.assets.polling import LastPoll
from belib_weather.lake import Spool
from belib_weather.local.feed_watch import longest_silence
from belib_weather.local.finding import Finding, State
from belib_weather.local.poll_watch import WATCHDOG
from belib_weather.local.waiting_runs import Queue
from belib_weather.settings import Settings

_MB = 2**20
_HALF = 0.5
_RECENT = 3
"""Cadences: what an older poll says is no news."""


def check_spool(settings: Settings) -> Iterator[Finding]:
    """The spool, and what its note of the last poll says."""
    spool = Spool(settings.spool_dir, settings.spool_max_mb)
    yield _spool(spool, settings)
    last = LastPoll.read(spool)
    if last is None:
        return
    age = last.age(datetime.now(UTC))
    if age is not None and age > _RECENT * settings.cadence:
        # Nothing runs, or nothing polls: other findings say so.
        yield Finding("Last poll", State.OK, f"{last.at:%Y-%m-%d %H:%M:%S} UTC, by a {last.by}")
        return
    yield _trigger(last)
    if last.clock_problem:
        yield Finding("Clock", State.WRONG, last.clock_problem)
    elif age is None:
        text = f"the last poll was at {last.at:%Y-%m-%d %H:%M} UTC, which is yet to come: a clock"
        yield Finding("Clock", State.WRONG, f"{text} was ahead, or is behind now")
    else:
        yield Finding("Clock", State.OK, "as that of the feed's server at the last poll")


def newest_finding(age: timedelta, cadence: timedelta) -> Finding:
    """Of the newest snapshot by its age, where polls come at a cadence."""
    minutes = f"{age.total_seconds() / 60:.0f} min old"
    if age > longest_silence(cadence):
        return Finding("Polls", State.WRONG, f"newest snapshot older than two polls: {minutes}")
    return Finding("Polls", State.OK, f"newest snapshot {minutes}")


def queue_finding(found: Queue | None) -> Finding:
    """Of the runs that wait for a slot; None where Dagster's database did not say."""
    if found is None:
        return Finding("Run queue", State.WARN, "Dagster's PostgreSQL does not answer in time")
    return Finding("Run queue", State.WRONG if found.is_late else State.OK, str(found))


def _spool(spool: Spool, settings: Settings) -> Finding:
    if refused := spool.refused():
        text = f"{len(refused)} documents cannot be stored and stay on disk, such as {refused[0]}"
        return Finding("Spool", State.WRONG, text)
    waiting = spool.waiting()
    if not waiting:
        return Finding("Spool", State.OK, f"{spool.folder} is empty: MongoDB has every snapshot")
    size = spool.size()
    text = (
        f"{len(waiting)} documents wait for MongoDB since {waiting[0].captured_at:%Y-%m-%d %H:%M}"
        f" UTC ({size / _MB:.1f} of {spool.most_mb} MB in {spool.folder})"
    )
    age = datetime.now(UTC) - waiting[0].captured_at
    is_wrong = age > 2 * settings.cadence or size > _HALF * spool.most_mb * _MB
    return Finding("Spool", State.WRONG if is_wrong else State.OK, text)


def _trigger(last: LastPoll) -> Finding:
    when = f"{last.at:%Y-%m-%d %H:%M:%S} UTC"
    if not last.is_taken:
        return Finding("Last poll", State.WRONG, f"{when}: no snapshot: {last.problem}")
    if last.by == WATCHDOG:
        text = f"{when}, by the watchdog: no run of the job live polls"
        return Finding("Last poll", State.WRONG, f"{text}; look at the schedule live_tick")
    return Finding("Last poll", State.OK, f"{when}, by a run")
