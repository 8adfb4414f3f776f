"""How old an asset may become before the catalog says so.

A policy looks at an asset's newest materialization, whatever partition it is of: a backfill of
last year would make a partitioned asset fresh. So only the sources have policies, for which only a
fetch of the present logs a materialization, and assets without partitions. The others say why
they have none.

What belongs here: from the rhythm of an asset to its policy. What does not: what runs when
(`automation`). Concept: https://docs.dagster.io/guides/observe/asset-freshness-policies
"""

from datetime import timedelta

import dagster as dg

from belib_weather.lanes import RHYTHM_TAG, Rhythm

NO_POLICY = "why no freshness policy"
"""Metadata of an asset that has none."""
PARTITIONED = (
    "A backfill of an old partition would count as fresh. The policies of the sources show whether"
    " new data arrive: only a fetch of the present fulfils them."
)


def policy_of(rhythm: Rhythm, cadence: timedelta) -> dg.FreshnessPolicy:
    """The policy of an asset: a warning after one miss, a failure after several.

    Args:
        rhythm: how often it is materialized.
        cadence: time between two ticks.
    """
    warn, fail = {
        # A tick takes up to two minutes on a busy machine.
        Rhythm.LIVE: (2 * cadence + timedelta(minutes=2), max(6 * cadence, timedelta(minutes=30))),
        Rhythm.HOURLY: (timedelta(hours=2, minutes=30), timedelta(hours=6)),
        Rhythm.DAILY: (timedelta(hours=30), timedelta(hours=50)),
        Rhythm.WEEKLY: (timedelta(days=9), timedelta(days=16)),
    }[rhythm]
    return dg.FreshnessPolicy.time_window(fail_window=fail, warn_window=warn)


def with_freshness(spec: dg.AssetSpec, cadence: timedelta) -> dg.AssetSpec:
    """The spec with the policy of its rhythm, or with the reason why it has none.

    Raises:
        ValueError: it has neither partitions nor a rhythm.
    """
    if spec.partitions_def is not None:
        return spec.merge_attributes(metadata={NO_POLICY: PARTITIONED})
    if RHYTHM_TAG not in spec.tags:
        raise ValueError(f"{spec.key.to_user_string()} needs a tag {RHYTHM_TAG}")
    rhythm = Rhythm(spec.tags[RHYTHM_TAG])
    return spec.replace_attributes(freshness_policy=policy_of(rhythm, cadence))
