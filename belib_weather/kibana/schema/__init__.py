"""The closed schema of the bundle: every key and every constant that it may hold, and no other.

Kibana accepts unknown keys, and drops them or draws them: a layer that is sampled, a filter in
the state of a panel, a query of a map layer. So a key or a value that is not written down here is a
fault (`kibana.check`).

What belongs here: shapes and constants. What does not: what a panel must show (`kibana.readings`).
Concept: https://docs.pydantic.dev/latest/concepts/models/
"""
