"""Pure functions from polars frames (and response bodies) to polars frames.

What belongs here: cleaning and reckoning, by the definitions of docs/metrics.md. What does not:
I/O, stores, Dagster, and any clock: a function that needs a time is given it.
"""
