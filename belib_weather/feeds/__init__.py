"""Feeds and messages ("Tell me when") of what changed at stations, from `status_changes`.

What belongs here: texts of changes, feed formats, and rules of who gets which message. What does
not: which changes there are (`transform.changes`), files, and sending (`metrics.webhook`). No I/O.
Formats and rules: docs/open-data.md.
"""
