"""Chaos: a demo of its own, faults at random, and a referee that recomputes everything from raw.

`python -m belib_weather_tests.chaos`; never a part of `make test`.
"""
