"""Numbers that a monitor reads, as an OpenMetrics text file; and messages to a webhook.

What belongs here: which numbers there are, how they are written, and sending a message. What does
not: reading them from the stores, and Dagster (`automation.monitor`).
Concept: https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
"""
