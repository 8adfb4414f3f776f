"""Tell me when: feeds and messages of what changed at stations, from the outbox `status_changes`.

What belongs here: texts of changes, feed formats, and rules of who is told what. What does not:
which changes there are (`transform.changes`), files, and sending (`metrics.webhook`). No I/O.
Formats and rules: docs/open-data.md.
"""
