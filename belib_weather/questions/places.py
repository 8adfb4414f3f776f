"""Finds the place of a text: coordinates, a known place, a station, an arrondissement.

What belongs here: finding it in the warehouse. What does not: the list of known places
(`networks.landmarks`). No other server is asked.
"""

import re
from dataclasses import dataclass
from typing import Any

import polars as pl
import sqlalchemy as sa

from belib_weather.networks.landmarks import LANDMARKS
from belib_weather.questions.tool import CannotAnswer, WarehouseReader
from belib_weather.warehouse.tables import STATION_STATES

PLACES = {name: (latitude, longitude) for name, _, latitude, longitude in LANDMARKS}
_COORDINATES = re.compile(r"\s*(-?\d{1,2}(?:\.\d+)?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d+)?)\s*")
_ARRONDISSEMENT = re.compile(
    r"(?:paris\s*)?(?:750?)?(\d{1,2})\s*(?:e|er|ème|eme|st|nd|rd|th)?\s*(?:arr(?:ondissement|t)?\.?)?"
)
_KNOWN_STATIONS = 3


@dataclass(frozen=True)
class Spot:
    """A place: its name as it was found, and where it is.

    Attributes:
        name: for people.
        latitude: degrees north.
        longitude: degrees east.
        others: names of other places that the words would fit.
    """

    name: str
    latitude: float
    longitude: float
    others: tuple[str, ...] = ()


def folded(text: str) -> str:
    """Lower case without accents, punctuation and articles: what two spellings share."""
    plain = pl.Series([text]).str.normalize("NFKD").str.replace_all(r"\p{M}", "").item()
    words = re.sub(r"[^a-z0-9]+", " ", str(plain).lower()).split()
    return " ".join(word for word in words if word not in _SMALL_WORDS)


_SMALL_WORDS = frozenset({"the", "de", "du", "des", "d", "la", "le", "les", "l", "near", "pres"})


def spot(data: WarehouseReader, text: str) -> Spot:
    """Where a place is.

    Args:
        data: the warehouse.
        text: `48.8566,2.3522`; a known place, a street or an address of a station; a station's id;
            an arrondissement such as `75011` or `11e`.

    Raises:
        CannotAnswer: no place is found; the message names what comes close.
    """
    if found := _COORDINATES.fullmatch(text):
        return _inside(text.strip(), float(found[1]), float(found[2]))
    words = folded(text)
    if not words:
        raise CannotAnswer("the place is empty: give an address, a station or 48.8566,2.3522")
    if known := _landmark(words):
        return Spot(known, *PLACES[known])
    stations = stations_now(data)
    if number := _arrondissement(text):
        inside = [row for row in stations if row["arrondissement"] == number and _is_located(row)]
        if inside:
            return _middle(f"arrondissement {number}", inside)
    hits = [row for row in stations if _is_located(row) and _names(row, words)]
    if hits:
        first = min(hits, key=lambda row: (len(str(row["address"])), row["station_id"]))
        others = tuple(dict.fromkeys(str(row["address"]) for row in hits if row is not first))
        return Spot(_name(first), first["latitude"], first["longitude"], others[:_KNOWN_STATIONS])
    partly = [name for name in PLACES if set(words.split()) & set(folded(name).split())]
    if len(partly) == 1:
        return Spot(partly[0], *PLACES[partly[0]])
    near = ", ".join(partly[:5]) or ", ".join(sorted(PLACES)[:5])
    raise CannotAnswer(
        f"{text!r} is no place, street or station that is known here. Give coordinates such as"
        f" 48.8566,2.3522, the street of a station, or a place such as {near}"
    )


def stations_now(data: WarehouseReader) -> list[dict[str, Any]]:
    """Every station with its state and attributes, by id."""
    states = STATION_STATES.columns
    return data.rows(sa.select(states).order_by(states.c.station_id))


def station_named(data: WarehouseReader, text: str) -> dict[str, Any]:
    """The state of a station, by its id in either spelling, or by name or address.

    Raises:
        CannotAnswer: there is none, or several; the message names them.
    """
    rows = stations_now(data)
    key = text.strip().upper().replace("*", "")
    by_id = [row for row in rows if row["station_id"].upper().replace("*", "") == key]
    if by_id:
        return by_id[0]
    words = folded(text)
    hits = [row for row in rows if words and _names(row, words)]
    if len(hits) == 1:
        return hits[0]
    exact = [row for row in hits if words == folded(str(row["address"]))]
    if len(exact) == 1:
        return exact[0]
    if not hits:
        raise CannotAnswer(
            f"no station has the id, name or address {text!r}; `stations_near` lists stations"
            " with their ids"
        )
    names = "; ".join(f"{row['station_id']} ({_name(row)})" for row in hits[:8])
    raise CannotAnswer(f"{len(hits)} stations fit {text!r}: {names}. Give the id of one")


def _landmark(words: str) -> str | None:
    """The known place of these words, or the shortest name that has them all."""
    parts = set(words.split())
    matches = [name for name in PLACES if parts <= set(folded(name).split())]
    return min(matches, key=len, default=None)


def _inside(name: str, latitude: float, longitude: float) -> Spot:
    if not (48.5 <= latitude <= 49.2 and 1.8 <= longitude <= 2.9):
        raise CannotAnswer(f"{name} is not in or near Paris: give latitude first, then longitude")
    return Spot(name, latitude, longitude)


def _arrondissement(text: str) -> int | None:
    found = _ARRONDISSEMENT.fullmatch(text.strip().lower())
    return int(found[1]) if found and 1 <= int(found[1]) <= 20 else None


def _is_located(row: dict[str, Any]) -> bool:
    return row["latitude"] is not None and row["longitude"] is not None


def _names(row: dict[str, Any], words: str) -> bool:
    own = folded(f"{row['station_name'] or ''} {row['address'] or ''}").split()
    return all(any(word.startswith(part) for word in own) for part in words.split())


def _name(row: dict[str, Any]) -> str:
    return str(row["address"] or row["station_name"] or row["station_id"])


def _middle(name: str, rows: list[dict[str, Any]]) -> Spot:
    latitude, longitude = (
        sum(row[axis] for row in rows) / len(rows) for axis in ("latitude", "longitude")
    )
    return Spot(name, round(latitude, 6), round(longitude, 6))
