"""What a network of charge points declares about itself.

What belongs here: the shape of the declaration. What does not: the values (`paris`), and rules
that hold for every network (`vocabulary`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time

import polars as pl

from belib_weather.vocabulary import Status


@dataclass(frozen=True)
class Dataset:
    """A dataset that the network's operator or city publishes.

    Attributes:
        source: raw source name of its responses.
        id: its id in the publisher's catalog.
        fields: our name of each attribute that is read, and the published field that holds it.
        ignored_fields: fields that are known and not asked for.
    """

    source: str
    id: str
    fields: Mapping[str, str]
    ignored_fields: frozenset[str] = frozenset()

    @property
    def field_names(self) -> frozenset[str]:
        """The published fields that are read and asked for."""
        return frozenset(self.fields.values())


@dataclass(frozen=True)
class Bounds:
    """A box of degrees (WGS 84) in which the network's charge points lie."""

    south: float
    north: float
    west: float
    east: float

    def contains(self, latitude: pl.Expr, longitude: pl.Expr) -> pl.Expr:
        """Whether a place lies inside; null where a coordinate is null."""
        return latitude.is_between(self.south, self.north) & longitude.is_between(
            self.west, self.east
        )


@dataclass(frozen=True)
class Network:
    """One network of charge points: its feeds, labels, ids, place and habits.

    Attributes:
        name: one lower-case word.
        zone: time zone of its local calendar.
        bounds: where its charge points lie.
        cadence_seconds: default time between two polls of the real-time feed.
        resync: local time of the minute in which the operator stamps all points again, also those
            that did not change; None if it does not.
        realtime: statuses of all charge points now.
        static: equipment of the charge points.
        outlines: outlines of the city's arrondissements.
        status_of_label: canonical status of each label of the real-time feed, whatever its case
            and accents; any other label is `unknown` and is reported.
        field_of_label: field name of each lower-case column label in CSV exports, or of another
            name that a field has in one dataset.
        local_id: from a charge point's id in any spelling, the roaming one too, to the one that
            the real-time feed uses; what fits no pattern stays as it is.
        station_id: from a charge point's id to its station's id.
        roaming_id: from a charge point's id to its roaming id.
        arrondissement: district number 1-20 from address, INSEE code and district label; null
            where none of the three gives it.
    """

    name: str
    zone: str
    bounds: Bounds
    cadence_seconds: int
    resync: time | None
    realtime: Dataset
    static: Dataset
    outlines: Dataset
    status_of_label: Mapping[str, Status]
    field_of_label: Mapping[str, str]
    local_id: Callable[[pl.Expr], pl.Expr]
    station_id: Callable[[pl.Expr], pl.Expr]
    roaming_id: Callable[[pl.Expr], pl.Expr]
    arrondissement: Callable[[pl.Expr, pl.Expr, pl.Expr], pl.Expr]

    @property
    def known_fields(self) -> frozenset[str]:
        """The published fields of all datasets that are read."""
        return self.realtime.field_names | self.static.field_names
