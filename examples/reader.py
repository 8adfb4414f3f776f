"""What every example needs: read-only addresses, a question as a frame, an answer with a picture.

Addresses are the variables that `belib-weather env --reader` prints; where they are not set, that
command is asked. Nothing here writes to a store.
"""

import argparse
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import altair as alt
import marimo as mo
import polars as pl
import psycopg

from belib_weather.credits import BELIB, are_simulated

PARIS = ZoneInfo("Europe/Paris")
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#7F7F7F"
"""Hues that colour-blind people can distinguish (Okabe and Ito)."""
EARTH_METRES = 6_371_000


def options(description: str, **own: str) -> argparse.Namespace:
    """Parse the command line: `--mode`, `--to`, and the example's own options with their defaults.

    Args:
        description: the first line of `--help`.
        own: name and default of each option of the example.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--mode", choices=["live", "demo"], help="whose stores to find")
    parser.add_argument("--to", type=Path, default=Path("examples/out"), help="folder of pictures")
    for name, default in own.items():
        parser.add_argument(f"--{name}", default=default, help=f"default: {default}")
    return parser.parse_args()


def address(variable: str, mode: str | None) -> str:
    """Return the read-only address of a store, from the environment or the running platform."""
    if mode is None and variable in os.environ:
        return os.environ[variable]
    program = Path(sys.executable).with_name("belib-weather")
    asked = ["env", "--reader", *(["--mode", mode] if mode else [])]
    said = subprocess.run([program, *asked], stdout=subprocess.PIPE, text=True, check=False)
    found = dict(word.split("=", 1) for word in shlex.split(said.stdout) if "=" in word)
    if variable not in found:
        sys.exit(f"{variable} is not set: `make demo`, then --mode demo; or `make up`")
    return found[variable]


def ask(postgres: str, query: str, **values: Any) -> pl.DataFrame:
    """Return the rows of a query; `values` are bound to its `%(name)s`."""
    with psycopg.connect(postgres.replace("+psycopg", "", 1)) as connection:
        cursor = connection.execute(query.encode(), values)
        names = [column.name for column in cursor.description or ()]
        rows = cursor.fetchall()
    return pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)


def place(text: str) -> tuple[float, float]:
    """Return latitude and longitude of `48.8566,2.3522`."""
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        sys.exit(f"{text!r} is no place: give latitude and longitude, such as 48.8566,2.3522")
    return latitude, longitude


def metres_from(latitude: float, longitude: float) -> pl.Expr:
    """Return the metres on the ground from a place to the columns `latitude`, `longitude`."""
    here, there = pl.lit(latitude).radians(), pl.col("latitude").radians()
    half = ((pl.col("longitude") - longitude).radians() / 2).sin() ** 2
    chord = ((there - here) / 2).sin() ** 2 + here.cos() * there.cos() * half
    return (2 * EARTH_METRES * chord.sqrt().arcsin()).round().cast(pl.Int64)


def percent(share: float | None) -> str:
    """Return a share in words, such as `83 %`; one that is not known says so."""
    return "unknown" if share is None else f"{100 * share:.0f} %"


def stop_without(rows: pl.DataFrame, otherwise: str) -> None:
    """End the example with the reason where a question has no rows."""
    if rows.is_empty():
        print(otherwise)
        mo.stop(predicate=True, output=mo.md(otherwise))


def answer(chart: Any, title: str, sentence: str, source: str, to: Path) -> Any:
    """Save the picture as PNG, print its path and the sentence; return both for the notebook.

    Args:
        chart: the picture.
        title: of the picture; the file has the name of the example.
        sentence: what the picture says.
        source: raw sources of the rows, of which `simulator:` marks simulated ones.
        to: folder of the picture.
    """
    marks = ["SIMULATED DATA"] if are_simulated([source]) else []
    shown = chart.properties(
        title=alt.TitleParams(title, subtitle=[*marks, BELIB.line], subtitleColor="#8a5000")
    ).configure_title(anchor="start")
    to.mkdir(parents=True, exist_ok=True)
    file = to / Path(sys.argv[0]).with_suffix(".png").name
    shown.save(file, scale_factor=2)
    print(f"{file}\n{sentence}")
    return mo.vstack([shown, mo.md(sentence)])
