"""The present, as every live file takes it: points and stations at one snapshot, with equipment.

What belongs here: joining what the newest snapshot says with what is known of places and equipment.
What does not: the words of a format.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from belib_weather.credits import DATABASE_LICENSE, are_simulated, credits_of
from belib_weather.formats.place import PLACE_COLUMNS
from belib_weather.networks import NETWORK

PLUGS = {
    "has_ef": "ef",
    "has_type_2": "type_2",
    "has_combo_ccs": "combo_ccs",
    "has_chademo": "chademo",
}
"""Our columns, and the words for plugs in files of our own shape."""
_EQUIPMENT = ("station_name", "power_kw", *PLUGS, "opening_hours", "accessibility")


@dataclass(frozen=True)
class Present:
    """Everything that the live files are made from.

    Attributes:
        points: by id: what `current_points` gives, with `roaming_id`, `station_name`, `power_kw`,
            `has_…`, `opening_hours`, `accessibility`, where they are known.
        stations: by id: `StationState` rows with `id` (without `*`), `plugs` (words, sorted) and
            `opening_hours`.
    """

    points: pl.DataFrame
    stations: pl.DataFrame

    @classmethod
    def of(
        cls, current: pl.DataFrame, states: pl.DataFrame, charge_points: pl.DataFrame
    ) -> "Present":
        """Join the newest snapshot with the equipment.

        Args:
            current: by `current_points`.
            states: `StationState` rows.
            charge_points: `ChargePoint` rows, of which the current ones count.
        """
        points = _points(current, charge_points)
        return cls(points, _stations(states, points))

    @property
    def sources(self) -> list[str]:
        """Raw sources of points and stations."""
        return sorted({*self.points["source"], *self.stations["source"]})

    @property
    def updated_at(self) -> datetime | None:
        """Second of the snapshot that the stations show; None before the first."""
        return self.stations["captured_at"].max()  # type: ignore[return-value]

    def about(self) -> dict[str, object]:
        """What every JSON file of our own says of itself: instant, source, licence, credits."""
        return {
            "updated_at": stamp(self.updated_at),
            "source": " + ".join(self.sources),
            "is_simulated": are_simulated(self.sources),
            "licence": DATABASE_LICENSE.spdx,
            "licence_url": DATABASE_LICENSE.url,
            "credits": credit_lines(self.sources),
        }


def credit_lines(sources: Iterable[str]) -> list[str]:
    """The credit lines that are due for raw sources."""
    return [credit.line for credit in credits_of(sources)]


def stamp(instant: datetime | None) -> str | None:
    """An instant as ISO 8601 in UTC, to the second."""
    return None if instant is None else f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def stamps(column: str) -> pl.Expr:
    """A column of UTC instants as `stamp` writes them."""
    return pl.col(column).dt.strftime("%Y-%m-%dT%H:%M:%SZ")


def _points(current: pl.DataFrame, charge_points: pl.DataFrame) -> pl.DataFrame:
    listed = charge_points.filter(pl.col("valid_to").is_null())
    known = listed.select(
        "charge_point_id", *_EQUIPMENT, *(pl.col(n).alias(f"{n}_known") for n in PLACE_COLUMNS)
    )
    return (
        current.drop(_EQUIPMENT, strict=False)
        .join(known, on="charge_point_id", how="left")
        # A place that the snapshot lacks is the one that is known.
        .with_columns(pl.coalesce(name, f"{name}_known").alias(name) for name in PLACE_COLUMNS)
        .drop(f"{name}_known" for name in PLACE_COLUMNS)
        .with_columns(NETWORK.roaming_id(pl.col("charge_point_id")).alias("roaming_id"))
        .sort("charge_point_id")
    )


def _stations(states: pl.DataFrame, points: pl.DataFrame) -> pl.DataFrame:
    words = [
        pl.when(pl.col(column).any(ignore_nulls=True)).then(pl.lit(word)).alias(column)
        for column, word in PLUGS.items()
    ]
    equipment = (
        points.group_by("station_id")
        .agg(*words, pl.col("opening_hours").drop_nulls().mode().min())
        .select(
            "station_id", "opening_hours", pl.concat_list(*PLUGS).list.drop_nulls().alias("plugs")
        )
    )
    return (
        states.join(equipment, on="station_id", how="left")
        .with_columns(
            NETWORK.roaming_id(pl.col("station_id")).alias("id"),
            pl.col("plugs").fill_null([]),
        )
        .sort("station_id")
    )
