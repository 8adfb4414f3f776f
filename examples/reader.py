"""What every example needs: read-only addresses, a question as a frame, an answer with a picture.

Addresses are the variables that `belib-weather env --reader` prints; where they are not set, that
command is asked. Nothing here writes to a store.
"""

import argparse
import os
import re
import shlex
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import altair as alt
import marimo as mo
import polars as pl
import psycopg

from belib_weather.credits import BELIB, CREDITS, are_simulated

PARIS = ZoneInfo("Europe/Paris")
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#7F7F7F"
"""Hues that colour-blind people can distinguish (Okabe and Ito)."""


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
    arguments = ["env", "--reader", *(["--mode", mode] if mode else [])]
    result = subprocess.run([program, *arguments], stdout=subprocess.PIPE, text=True, check=False)
    found = dict(word.split("=", 1) for word in shlex.split(result.stdout) if "=" in word)
    if variable not in found:
        sys.exit(f"{variable} is not set: `make demo`, then --mode demo; or `make up`")
    return found[variable]


def ask(postgres: str, query: str, **values: Any) -> pl.DataFrame:
    """Return the rows of a query; `values` are bound to its `%(name)s`."""
    try:
        with psycopg.connect(postgres.replace("+psycopg", "", 1)) as connection:
            cursor = connection.execute(query.encode(), values)
            names = [column.name for column in cursor.description or ()]
            rows = cursor.fetchall()
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        sys.exit(
            f"PostgreSQL lacks what this asks for ({error.diag.message_primary}): another version"
            " made these tables, or none yet. `belib-weather up` (or `demo`) of this version"
            " brings them up to date."
        )
    except psycopg.errors.InsufficientPrivilege as error:
        sys.exit(
            f"this user may not read ({error.diag.message_primary}):"
            " take the addresses of `belib-weather env --reader`"
        )
    except psycopg.OperationalError as error:
        where = urlsplit(postgres)
        sys.exit(
            f"PostgreSQL at {where.hostname}:{where.port} does not answer"
            f" ({str(error).strip().splitlines()[-1]}): `make demo`, or `make up`, starts it"
        )
    return pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)


def place(text: str, stations: pl.DataFrame | None = None) -> tuple[float, float]:
    """Return latitude and longitude of `48.8566,2.3522`, or of an address of a station.

    Args:
        text: coordinates, or an address: its words, in any case and with or without accents.
        stations: `address`, `latitude`, `longitude`; without them only coordinates are understood.
    """
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        if stations is None:
            sys.exit(f"{text!r} is no place: give latitude and longitude, such as 48.8566,2.3522")
        return _place_of_address(text, stations)
    return latitude, longitude


def places(text: str) -> list[str]:
    """Return the places of a list: separated by `;`, or coordinates by spaces."""
    parts = (
        text.split(";") if ";" in text or not re.fullmatch(r"[-\d.,\s]+", text) else text.split()
    )
    return [part.strip() for part in parts if part.strip()]


def _place_of_address(text: str, stations: pl.DataFrame) -> tuple[float, float]:
    """Return the place of the station with these words in its address, and the nearest number."""
    words = _words(text)
    streets = {word for word in words if not _is_number(word)}
    numbers = [int(word) for word in words if _is_number(word)]
    known = stations.drop_nulls(["address", "latitude", "longitude"]).sort("address").to_dicts()
    found = [row for row in known if streets and streets <= set(_words(row["address"]))]
    if not found:
        sys.exit(
            f"no station has an address with the words of {text!r}: give those of a street with a"
            " station, or latitude and longitude, such as 48.8566,2.3522"
        )
    towns = sorted(
        {
            word
            for row in found
            for word in _words(row["address"])
            if len(word) == 5 and word.isdigit()
        }
    )
    if len(towns) > 1:
        sys.exit(f"{text!r} is in {', '.join(towns)}: add one of these postal codes")

    def away(row: dict[str, Any]) -> int:
        own = [int(word) for word in _words(row["address"]) if _is_number(word)]
        return min((abs(a - b) for a in numbers for b in own), default=0)

    nearest = min(found, key=away)
    if _words(nearest["address"]) != words:
        print(f"{text!r} is taken as the station at {nearest['address']}")
    return nearest["latitude"], nearest["longitude"]


def _words(address: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", address.casefold())
    return re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))


def _is_number(word: str) -> bool:
    """Return whether a word is a number of a house: not a postal code, which is a part of town."""
    return word.isdigit() and len(word) < 5


def percent(share: float | None) -> str:
    """Return a share in words, such as `83 %`; one that is not known says so."""
    return "unknown" if share is None else f"{100 * share:.0f} %"


def stop_without(rows: pl.DataFrame, otherwise: str) -> None:
    """End the example with the reason where a question has no rows."""
    if rows.is_empty():
        print(otherwise)
        mo.stop(predicate=True, output=mo.md(otherwise))


def answer(
    chart: Any, title: str, sentence: str, source: str, to: Path, *, of_weather: bool = False
) -> Any:
    """Save the picture as PNG, print its path and the sentence; return both for the notebook.

    Args:
        chart: the picture.
        title: of the picture; the file has the name of the example.
        sentence: what the picture says.
        source: raw sources of the rows, of which `simulator:` marks simulated ones.
        to: folder of the picture.
        of_weather: whether it shows the weather, too, whose source is then named.
    """
    marks = ["SIMULATED DATA"] if are_simulated([source]) else []
    lines = [BELIB.line, *([CREDITS["open_meteo"].line] if of_weather else [])]
    titled = chart.properties(
        title=alt.TitleParams(title, subtitle=[*marks, *lines], subtitleColor="#8a5000")
    ).configure_title(anchor="start")
    to.mkdir(parents=True, exist_ok=True)
    file = to / Path(sys.argv[0]).with_suffix(".png").name
    titled.save(file, scale_factor=2)
    print(f"{file}\n{sentence}")
    return mo.vstack([titled, mo.md(sentence)])
