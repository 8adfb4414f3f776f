"""Checks with one result per partition, in runs of one partition, of a range and in backfills.

Dagster evaluates a check once per run; for a range it would leave every partition "in progress".
`partition_check` therefore logs one evaluation per partition, whose target is that partition's
newest materialization, before it returns the run's own result.
Concept: https://docs.dagster.io/guides/test/asset-checks
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import dagster as dg
from dagster import AssetCheckEvaluation, AssetCheckSeverity, DagsterEventType

from belib_weather.dagster_internals import CheckTarget
from belib_weather.partitions import Partitions, grain_of, is_single, key_of, window_of


@dataclass(frozen=True)
class Finding:
    """What a check found in one partition."""

    start: datetime
    passed: bool
    metadata: dict[str, Any]


@dataclass(frozen=True)
class PartitionCheck:
    """The declaration of a check of one asset.

    `find` takes the check's resources by name and the window, and yields one finding for each
    partition of the window.
    """

    name: str
    asset: dg.AssetsDefinition
    description: str
    find: Callable[..., Iterator[Finding]]
    resources: frozenset[str]
    blocking: bool = False

    @property
    def severity(self) -> AssetCheckSeverity:
        """A blocking check is an error, any other a warning."""
        return AssetCheckSeverity.ERROR if self.blocking else AssetCheckSeverity.WARN


def partition_check(declared: PartitionCheck, partitions: Partitions) -> dg.AssetChecksDefinition:
    """The Dagster check of a declaration, with the partitions of its asset's grain.

    Raises:
        ValueError: the asset has no partitions.
    """
    grain = grain_of(declared.asset.partitions_def)
    if grain is None:
        raise ValueError(f"{declared.name} checks partitions, but its asset has none")
    keys = partial(key_of, grain=grain)

    @dg.asset_check(
        name=declared.name,
        asset=declared.asset.key,
        description=declared.description,
        blocking=declared.blocking,
        partitions_def=partitions.of(grain),
        required_resource_keys=set(declared.resources),
    )
    def check(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        window = window_of(context)
        opened = {name: getattr(context.resources, name).connect() for name in declared.resources}
        findings = list(declared.find(window=window, **opened))
        failed = [finding for finding in findings if not finding.passed]
        if is_single(context):
            metadata = dict(findings[0].metadata)
        else:
            # The platform's own storage (`automation.instance_storage`) takes few statements.
            storage = context.instance.event_log_storage
            with getattr(storage, "evaluations_together", nullcontext)():
                _log_evaluations(context, declared, findings, keys)
            metadata = {"partitions": len(findings)}
            if failed:
                metadata["failed partitions"] = [keys(finding.start) for finding in failed[:20]]
        return dg.AssetCheckResult(passed=not failed, metadata=metadata, severity=declared.severity)

    return check


def _log_evaluations(
    context: dg.AssetCheckExecutionContext,
    declared: PartitionCheck,
    findings: list[Finding],
    key: Callable[[datetime], str],
) -> None:
    keys = [key(finding.start) for finding in findings]
    newest = context.instance.event_log_storage.get_latest_storage_id_by_partition(
        declared.asset.key, DagsterEventType.ASSET_MATERIALIZATION, set(keys)
    )
    for partition, finding in zip(keys, findings, strict=True):
        storage_id = newest.get(partition)
        context.op_execution_context.log_event(
            AssetCheckEvaluation(  # type: ignore[arg-type] # logged like any event, see docs/decisions
                asset_key=declared.asset.key,
                check_name=declared.name,
                passed=finding.passed,
                metadata=dict(finding.metadata),
                severity=declared.severity,
                blocking=declared.blocking,
                partition=partition,
                # Without its target the UI shows the check as missing.
                target_materialization_data=CheckTarget(
                    storage_id=storage_id, run_id=context.run.run_id, timestamp=0.0
                )
                if storage_id is not None
                else None,
            )
        )
