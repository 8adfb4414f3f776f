"""Pure functions from polars frames to polars frames.

What belongs here: cleaning and computing, by the definitions of docs/metrics.md. What does not:
bodies (`formats`), I/O, stores, Dagster, and any clock: a function that needs a time is given it.
"""
