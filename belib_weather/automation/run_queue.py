"""The run queue: the live job has slots of its own; some failed runs are tried again.

What belongs here: the class that dagster.yaml names, and the tags that its limits go by. What does
not: the limits themselves (dagster.yaml). docs/decisions/the-poll-comes-first.md.
Concept: https://docs.dagster.io/deployment/execution/customizing-run-queue-priority
"""

from collections.abc import Mapping
from enum import StrEnum

import dagster as dg

from belib_weather.partitions import LIVE_TAG

SLOT_TAG = "belib/slot"
BACKFILL_TAG = "dagster/backfill"
RETRIED = {"dagster/retry_on_asset_or_op_failure": "true"}
"""Tags of a job whose next tick is an hour or more away: it runs again also when a step failed."""


class Slot(StrEnum):
    """Which slots a queued run may take."""

    POLL = "poll"
    OTHER = "other"


def slot_of(tags: Mapping[str, str]) -> Slot:
    """The live job's slots for its ticks; the others' for everything else."""
    return Slot.POLL if LIVE_TAG in tags and BACKFILL_TAG not in tags else Slot.OTHER


class SlotRunCoordinator(dg.QueuedRunCoordinator):
    """Marks every run with its slot before it is queued, whoever launched it.

    Limits go by tags, and a run without the tag has no limit: so each gets one, also those of the
    UI, of backfills and of retries. Runs of a command line are not queued and take no slot.
    """

    def submit_run(self, context: dg.SubmitRunContext) -> dg.DagsterRun:
        """Queue a run."""
        run = context.dagster_run
        self._instance.add_run_tags(run.run_id, {SLOT_TAG: slot_of(run.tags).value})
        return super().submit_run(context)
