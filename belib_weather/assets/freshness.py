"""How old an asset may become before the catalog says so.

A policy looks at an asset's newest materialization, whatever partition it is of: a backfill of
last year would make a partitioned asset fresh. So policies stand on the sources, for which only a
fetch of the present logs a materialization, and on assets without partitions. The others say why
they have none.

What belongs here: from the rhythm of an asset to its policy. What does not: what runs when
(`automation`). Concept: https://docs.dagster.io/guides/observe/asset-freshness-policies
"""

from datetime import timedelta
from enum import StrEnum

import dagster as dg

RHYTHM_TAG = "belib/rhythm"
"""Tag of an asset that has a policy: how often it is made anew."""
NO_POLICY = "why no freshness policy"
"""Metadata of an asset that has none."""
PARTITIONED = (
    "A backfill of an old partition would count as fresh. Whether new data arrive is told by the"
    " sources, whose policies only a fetch of the present fulfils."
)


class Rhythm(StrEnum):
    """How often an asset is made anew."""

    TICK = "tick"
    HOUR = "hour"
    DAY = "day"


def policy_of(rhythm: Rhythm, cadence: timedelta) -> dg.FreshnessPolicy:
    """The policy of an asset: a warning after one miss, a failure after several.

    Args:
        rhythm: how often it is made anew.
        cadence: time between two ticks.
    """
    warn, fail = {
        # A tick takes up to two minutes on a busy machine.
        Rhythm.TICK: (2 * cadence + timedelta(minutes=2), max(6 * cadence, timedelta(minutes=30))),
        Rhythm.HOUR: (timedelta(hours=2, minutes=30), timedelta(hours=6)),
        Rhythm.DAY: (timedelta(hours=30), timedelta(hours=50)),
    }[rhythm]
    return dg.FreshnessPolicy.time_window(fail_window=fail, warn_window=warn)


def with_freshness(spec: dg.AssetSpec, cadence: timedelta) -> dg.AssetSpec:
    """The spec with the policy of its rhythm, or with the reason why it has none.

    Raises:
        ValueError: it has neither a rhythm nor partitions, so there is no reason.
    """
    rhythm = spec.tags.get(RHYTHM_TAG)
    if rhythm:
        # A code server sends plain text alone: it cannot serialize the member of an enum.
        return spec.replace_attributes(
            freshness_policy=policy_of(Rhythm(rhythm), cadence),
            tags={**spec.tags, RHYTHM_TAG: str(rhythm)},
        )
    if spec.partitions_def is None:
        raise ValueError(f"{spec.key.to_user_string()} needs a tag {RHYTHM_TAG}")
    return spec.merge_attributes(metadata={NO_POLICY: PARTITIONED})
