"""Distances on the ground."""

import polars as pl

EARTH_METRES = 6_371_000
"""Mean radius."""


def metres_from(latitude: float, longitude: float) -> pl.Expr:
    """Whole metres from a place to the columns `latitude` and `longitude` (haversine)."""
    here, there = pl.lit(latitude).radians(), pl.col("latitude").radians()
    half = ((pl.col("longitude") - longitude).radians() / 2).sin() ** 2
    chord = ((there - here) / 2).sin() ** 2 + here.cos() * there.cos() * half
    return (2 * EARTH_METRES * chord.sqrt().arcsin()).round().cast(pl.Int64)
