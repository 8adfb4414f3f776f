"""What we use of Dagster beside its public interface: every such name, and why.

What belongs here: imports from `dagster._core`; no other module has any. What does not: code that
uses them. A new version of Dagster may move or change these names without notice; the version is
pinned, and a test says what we rely on.

- `CheckTarget`: without it Dagster shows a partition's check as missing; only the class of the
  evaluation itself is public (`assets.check_factory`).
- The tables of events, event tags, check executions and runs: Dagster deletes whole runs only, and
  a run holds the newest status of its partitions (`automation.event_log_retention`).
- `PLANNED`, `SUCCEEDED`, `FAILED`: the status of a check execution that has not completed, of one
  that passed, and of one that did not.
- `FreshnessStateChange`: what an event of changed freshness holds (`automation.monitor`).
- `SCHEDULED_FOR`: the tag by which a schedule finds the run of a tick (`local.daemon`).
"""

import sqlalchemy as sa
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData as CheckTarget,
)
from dagster._core.definitions.freshness import FreshnessStateChange
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    AssetEventTagsTable,
    SqlEventLogStorageTable,
)
from dagster._core.storage.runs.schema import RunsTable
from dagster._core.storage.tags import SCHEDULED_EXECUTION_TIME_TAG

__all__ = [
    "CHECK_EXECUTIONS",
    "EVENTS",
    "EVENT_TAGS",
    "FAILED",
    "PLANNED",
    "RUNS",
    "SCHEDULED_FOR",
    "SUCCEEDED",
    "CheckTarget",
    "FreshnessStateChange",
]

EVENTS: sa.Table = SqlEventLogStorageTable
EVENT_TAGS: sa.Table = AssetEventTagsTable
CHECK_EXECUTIONS: sa.Table = AssetCheckExecutionsTable
RUNS: sa.Table = RunsTable
PLANNED: str = AssetCheckExecutionRecordStatus.PLANNED.value
FAILED: str = AssetCheckExecutionRecordStatus.FAILED.value
SUCCEEDED: str = AssetCheckExecutionRecordStatus.SUCCEEDED.value
SCHEDULED_FOR: str = SCHEDULED_EXECUTION_TIME_TAG
