"""How fast the platform is, each stage beside its limit measured in the same run.

`make bench`, or `python -m belib_weather_tests.benchmark`: prints, and writes docs/benchmark.md;
asserts nothing.
"""
