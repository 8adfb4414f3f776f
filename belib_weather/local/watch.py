"""The watch over one process: what its answers mean, when it is started again, what is reported.

What belongs here: the rule, which is the same for every process. What does not: how a process is
asked (`health`) and started (`supervised`), and the thread that looks at all (`supervisor`).

A process that ended is started again. So is one that says twice in a row that it does not work any
more, and one that has not answered as it should for two minutes. A process is neither judged nor
started while another that it needs is down.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from belib_weather.embedded.startup import StartCancelled, StartLimits
from belib_weather.local.health import Health, Verdict
from belib_weather.local.restart_policy import (
    LONGEST_PAUSE_SECONDS,
    STABLE_SECONDS,
    RestartPolicy,
)
from belib_weather.local.supervised import Supervised

_REFUSALS = 2
_ASK_AGAIN_SECONDS = 1.0
"""After an answer that was not healthy."""
_PAUSED_SECONDS = 30.0
"""Without a look for so long, the supervisor itself was stopped, and others perhaps as well."""
_WELL = "well"


@dataclass(frozen=True)
class Rules:
    """Times of a watch.

    Attributes:
        silent_seconds: a process that has not answered for so long is started again.
        notice_seconds: one that has not answered for so long is reported.
        stable_seconds: one that ran well for so long is reported again when it fails.
    """

    silent_seconds: float = 120.0
    notice_seconds: float = 30.0
    stable_seconds: float = STABLE_SECONDS


class Watch:
    """One process; `look` is called again and again.

    Times are seconds of a monotonic clock, which the caller reads.

    Attributes:
        is_over: whether the process is not wanted any more.
        failures: how often it has failed.

    Args:
        process: that answers now.
        now: time of the first look.
        rules: times.
    """

    def __init__(self, process: Supervised, now: float, rules: Rules) -> None:
        self.process = process
        self.is_over = False
        self.failures = 0
        self._rules = rules
        self._policy = RestartPolicy()
        self._check: Future[Health] | None = None
        self._looked_at = now
        self._next_check = now + process.check_seconds
        self._refusals = 0
        self._reason = ""
        self._silent_since: float | None = None
        self._well_since: float | None = now
        self._restart_at: float | None = None
        self._restart: Future[None] | None = None
        self._reported: set[str] = set()
        self._printed = _WELL

    @property
    def is_healthy(self) -> bool:
        """Whether its last answer was healthy and nothing has happened since."""
        return self._well_since is not None

    def look(
        self,
        now: float,
        pool: Executor,
        limits: StartLimits,
        notice: Callable[[str], None],
        *,
        has_needs: bool,
    ) -> Iterator[str]:
        """Ask, judge or restart, whatever is due; a line for each thing to report.

        Args:
            now: time.
            pool: for questions and starts, which take their time.
            limits: of starts.
            notice: gets a line about a start that takes long.
            has_needs: whether the processes that it needs are well.
        """
        if now - self._looked_at > _PAUSED_SECONDS:
            self._silent_since = None
        self._looked_at = now
        if self._restart is not None:
            yield from self._after_restart(now)
        elif self._restart_at is not None:
            if now < self._restart_at or not has_needs:
                return
            if obstacle := self.process.obstacle():
                yield from self._report("obstacle", f"is not started: {obstacle}")
            else:
                self._restart_at = None
                self._restart = pool.submit(self.process.restart, limits, notice)
        elif (how := self.process.ended()) is not None:
            yield from self._ended(now, how)
        else:
            yield from self._ask(now, pool, has_needs=has_needs)

    def _after_restart(self, now: float) -> Iterator[str]:
        if self._restart is None or not self._restart.done():
            return
        error, self._restart = self._restart.exception(), None
        if isinstance(error, StartCancelled):
            self.is_over = True
        elif error is not None:
            yield from self._failed(now, "start", f"could not be started: {error}")
        else:
            self._next_check = now + self.process.check_seconds
            yield from self._well(now, "runs again")

    def _ended(self, now: float, how: str) -> Iterator[str]:
        if self.process.is_wanted:
            yield from self._failed(now, "end", how)
        else:
            self.is_over = True
            yield f"{self.process.title} {self.process.stop_reason}"

    def _ask(self, now: float, pool: Executor, *, has_needs: bool) -> Iterator[str]:
        if self._check is None:
            if now >= self._next_check:
                self._check = pool.submit(self.process.health)
                if self._silent_since is None:
                    self._silent_since = now
        elif self._check.done():
            health, self._check = _result(self._check), None
            self._next_check = now + (
                self.process.check_seconds if health.is_healthy else _ASK_AGAIN_SECONDS
            )
            yield from self._judge(now, health)
        if not has_needs:
            self._silent_since = None
        silent_seconds = self._silent_seconds(now)
        if self._restart_at is None and silent_seconds > self._rules.silent_seconds:
            reason = self._reason or "its check hangs"
            how = f"has not answered for {silent_seconds:.0f} s ({reason})"
            yield from self._failed(now, "silent", how)

    def _silent_seconds(self, now: float) -> float:
        """Since the first question that was not answered as it should."""
        return 0.0 if self._silent_since is None else now - self._silent_since

    def _judge(self, now: float, health: Health) -> Iterator[str]:
        self._reason = health.reason
        self._refusals = self._refusals + 1 if health.verdict is Verdict.REFUSING else 0
        if health.is_healthy:
            yield from self._well(now, "answers again")
            return
        self._well_since = None
        if self._refusals >= _REFUSALS:
            yield from self._failed(now, "refusal", f"does not work any more ({health.reason})")
        elif health.verdict is Verdict.FULL:
            self._silent_since = None
            yield from self._report("full", f"cannot work ({health.reason})")
        elif health.verdict in {Verdict.STARTING, Verdict.UNKNOWN}:
            self._silent_since = None
            words = "is not ready" if health.verdict is Verdict.STARTING else "cannot be asked"
            yield from self._report(words, f"{words} ({health.reason})")
        elif self._silent_seconds(now) > self._rules.notice_seconds:
            yield from self._report("notice", f"does not answer ({health.reason})")

    def _well(self, now: float, words: str) -> Iterator[str]:
        self._silent_since = None
        self._refusals, self._reason = 0, ""
        if self._well_since is None:
            self._well_since = now
        if now - self._well_since >= self._rules.stable_seconds:
            self._reported.clear()
        if self._printed != _WELL:
            yield from self._report(_WELL, words)

    def _failed(self, now: float, kind: str, how: str) -> Iterator[str]:
        self.failures += 1
        well_seconds = 0.0 if self._well_since is None else now - self._well_since
        self._restart_at = self._policy.next_start(now, well_seconds)
        self._well_since, self._check, self._refusals = None, None, 0
        self._silent_since = None
        pause = self._restart_at - now
        if pause <= LONGEST_PAUSE_SECONDS:
            yield from self._report(kind, f"{how}; it is started again")
        else:
            at = datetime.now(UTC) + timedelta(seconds=pause)
            line = f"{how}; it failed too often and is started again at {at:%H:%M} UTC"
            yield from self._report("limit", line)

    def _report(self, kind: str, words: str) -> Iterator[str]:
        """Each kind of trouble once, until the process has run well for a while."""
        if kind not in self._reported:
            self._reported.add(kind)
            self._printed = kind
            yield f"{self.process.title} {words}"


def _result(check: Future[Health]) -> Health:
    error = check.exception()
    if error is not None:
        return Health(Verdict.SILENT, f"its check failed: {type(error).__name__}: {error}")
    return check.result()
