"""Faults of the world: the feed, late data, backfills, the clock, the disk."""

import contextlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from belib_weather.embedded.addresses import Servers
from belib_weather.lake import RAW_SNAPSHOTS, Lake, LakeConflictError
from belib_weather.simulator.faults import FaultKind
from belib_weather.sources.explore import ExploreApi
from belib_weather.sources.http import HttpClient
from belib_weather.window import HOUR, floor_hour
from belib_weather_tests.chaos.faults import FAULTS, Fault, Skip, fault
from belib_weather_tests.chaos.process_faults import KillWorker

_BACKFILL = """
mutation Backfill($backfill: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $backfill) {
    __typename
    ... on PythonError { message }
  }
}
"""
_SPINE = ("raw_belib_snapshots", "availability_facts", "availability_index")


def _feed(kind: FaultKind, times: int) -> None:
    """Register wrong answers of the public APIs."""

    class Feed(Fault):
        def inject(self) -> str | None:
            datasets = ["realtime", "realtime", "forecast", "static"]
            dataset = datasets[self.rng.randrange(len(datasets))]
            count = self.rng.randint(1, 6)
            body = {"kind": kind, "dataset": dataset, "count": count, "endpoint": "any"}
            self.stage.simulator("POST", "/simulator/faults", body)
            return f"{count} answers of {dataset}"

        def recover(self) -> None:
            self.stage.simulator("DELETE", "/simulator/faults")

    Feed.kind, Feed.times, Feed.seconds = f"feed: {kind}", times, 30
    FAULTS[Feed.kind] = Feed


for _kind in FaultKind:
    _feed(_kind, 2 if _kind in {FaultKind.TRUNCATED, FaultKind.SERVER_ERROR} else 1)


def _backfill(fault_: Fault, hours: int) -> str:
    """Ask Dagster for the last hours of the spine; which they are."""
    last = floor_hour(datetime.now(UTC)) - HOUR
    first = max(fault_.stage.settings.start_at, last - (hours - 1) * HOUR)
    keys = []
    while first <= last:
        keys.append(f"{first:%Y-%m-%d-%H:%M}")
        first += HOUR
    backfill: dict[str, Any] = {
        "assetSelection": [{"path": [name]} for name in _SPINE],
        "partitionNames": keys,
    }
    answer = fault_.stage.graphql(_BACKFILL, backfill=backfill)["launchPartitionBackfill"]
    if answer["__typename"] != "LaunchBackfillSuccess":
        raise Skip(f"Dagster took no backfill: {answer.get('message', answer['__typename'])[:200]}")
    return f"{keys[0]} to {keys[-1]}"


@fault
class TwoBackfills(Fault):
    """Of one range, at once."""

    kind, times = "two backfills of one range", 2

    def inject(self) -> str | None:
        _backfill(self, 5)
        return _backfill(self, 5)


@fault
class RangeRunKilled(Fault):
    """A backfill whose run is killed."""

    kind, times = "range run killed", 2

    def inject(self) -> str | None:
        _backfill(self, 8)
        return KillWorker(self.stage, self.box, self.rng).inject()


@fault
class LateSnapshots(Fault):
    """Another collector brings 300 snapshots of the last hours, the running one among them."""

    kind, times = "burst of 300 late snapshots", 1
    count: ClassVar[int] = 300
    hours: ClassVar[int] = 6

    def inject(self) -> str | None:
        settings, now = self.stage.settings, datetime.now(UTC).replace(microsecond=0)
        first = max(settings.start_at, now - self.hours * HOUR)
        span = int((now - first).total_seconds())
        seconds = self.rng.sample(range(span), min(self.count, span))
        api = ExploreApi(
            HttpClient(settings),
            settings.explore_api_url,
            minimum_charge_points=settings.minimum_charge_points,
        )
        mongo = Servers(settings).all[0]
        landed = 0
        with Lake(mongo.url(mongo.port() or 0), settings.mongo_database) as lake:

            def bring(second: int) -> int:
                response = api.realtime(at=first + timedelta(seconds=second))
                with contextlib.suppress(LakeConflictError):
                    return lake.append(RAW_SNAPSHOTS, response).is_new
                return 0

            with ThreadPoolExecutor(4) as threads:
                landed = sum(threads.map(bring, seconds))
        return f"{landed} landed"


@fault
class ClockAhead(Fault):
    """Everything but the public APIs sees a clock an hour ahead, for three minutes."""

    kind, times, seconds = "clock an hour ahead and back", 2, 180

    def inject(self) -> str | None:
        if self.box.no_clock:
            raise Skip(self.box.no_clock)
        self.box.set_clock(3600)
        return None

    def recover(self) -> None:
        self.box.set_clock(0)


@fault
class DiskFull(Fault):
    """Nothing is left on the disk of the home, for 200 s; then it is freed."""

    kind, times, seconds = "disk full, then freed", 1, 200

    def inject(self) -> str | None:
        if self.box.no_disk:
            raise Skip(self.box.no_disk)
        self._filler = self.box.home.parent / "filler"
        block, written = b"\0" * 2**20, 0
        with self._filler.open("wb", buffering=0) as file:
            for size in (len(block), 4096):
                with contextlib.suppress(OSError):
                    while True:
                        written += file.write(block[:size])
            os.fsync(file.fileno())
        time.sleep(0.1)
        return f"{written / 2**20:.0f} MiB written"

    def recover(self) -> None:
        self._filler.unlink()
