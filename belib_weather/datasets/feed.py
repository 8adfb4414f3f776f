"""What was polled of the feed, by the hour."""

import dataframely as dy

from belib_weather.datasets import columns as c

FEED_RULES = 1
"""Version of the rules that make these rows (docs/metrics.md): raised when results change."""


class FeedHour(dy.Schema):
    """What was polled of the feed in a UTC hour; one row per hour, also where nothing was.

    Grain: UTC hour. Rows follow each other without a hole from the first poll to now. An outage
    of the collector has no facts, so it is here alone that it shows.
    """

    hour = c.hour("Start of the UTC hour.")
    snapshots = c.count("Distinct seconds of stored snapshots, imports included.")
    expected_snapshots = dy.Int32(
        nullable=True,
        min=1,
        metadata=c.unit("1"),
        description="Snapshots at the cadence in force (15 min at most); null before any poll.",
    )
    observed_seconds = c.seconds(
        "Seconds between two snapshots at most 30 min apart.", maximum=3600, of="s"
    )
    longest_gap_seconds = c.seconds(
        "Longest stretch of the hour without a snapshot; of the running hour up to now.",
        maximum=3600,
        of="s",
    )
    refused = c.count("Answers that were refused and are in quarantine.")
    charge_points = c.count("Charge points sighted in the hour.")
    source = dy.String(nullable=True, description="Raw sources of the snapshots of the hour.")
    is_provisional = dy.Bool(description="True until 30 min after the end of the hour.")
    local_date = dy.Date(description="Calendar date in Paris at the start of the hour.")
    local_hour = dy.Int16(min=0, max=23, description="Hour of the day in Paris, 0-23.")
    local_weekday = dy.Int16(min=1, max=7, description="ISO weekday in Paris, 1 is Monday.")
