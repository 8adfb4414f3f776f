"""Tables of stations and arrondissements, and of the data's quality.

What belongs here: which columns and rows each has. What does not: HTML (`page`'s templates).
"""

import polars as pl

from belib_weather.panels import number_formats as n
from belib_weather.panels.colours import STATION_COLOURS
from belib_weather.panels.i18n import STATION_STATUS_NAMES
from belib_weather.report.table import Table, TableMaker


class StationTables(TableMaker):
    """The tables of stations, and of the data's quality."""

    def states(self) -> Table:
        """How many stations are in which state."""
        counts = dict(
            self._report.states["station_status"].cast(pl.String).value_counts().iter_rows()
        )
        rows = [
            (STATION_STATUS_NAMES[kind].in_(self._language), self._number(counts.get(kind, 0)))
            for kind in STATION_COLOURS
        ]
        caption = self._t.gettext("Stations by state")
        return self._table("states", caption, ("state", "stations"), rows)

    def arrondissements(self) -> Table:
        """Free points by arrondissement."""
        now = self._report.now
        found = () if now is None else now.by_arrondissement.iter_rows(named=True)
        rows = [
            (
                str(row["arrondissement"]),
                self._number(row["available"]),
                self._number(row["known"]),
                self._share(row["available"] / row["known"] if row["known"] else None),
                self._number(row["stations_free"]),
                self._number(row["stations"]),
            )
            for row in found
        ]
        columns = ("arrondissement", "free", "known", "share_free", "stations_free", "stations")
        caption = self._t.gettext("Free points and stations by arrondissement")
        return self._table("arrondissements", caption, columns, rows)

    def stations(self) -> Table:
        """Every station and its state."""
        ordered = self._report.states.sort(
            "arrondissement", "address", "station_id", nulls_last=True
        )
        rows = [
            (
                row["address"] or row["station_name"] or row["station_id"],
                STATION_STATUS_NAMES[row["station_status"]].in_(self._language),
                self._number(row["available"]),
                self._number(row["charge_points"]),
            )
            for row in ordered.iter_rows(named=True)
        ]
        caption = self._t.gettext("Every station now")
        return self._table(
            "stations", caption, ("address", "state", "free", "points"), rows, texts=2
        )

    def least_available(self) -> Table:
        """The stations that are available least."""
        rows = [
            (
                row["address"] or row["station_id"],
                self._share(row["share_available"]),
                self._share(row["chance_of_a_free_point"]),
                self._share(row["share_out_of_order"]),
                self._share(row["share_unknown"]),
                self._share(row["share_stale"]),
                self._number(row["station_hours_observed"]),
            )
            for row in self._report.least_available.iter_rows(named=True)
        ]
        columns = ("station", "share_available", "chance", "out_of_order", "unknown", "stale")
        caption = self._t.gettext("Least available")
        return self._table("least-available", caption, (*columns, "station_hours"), rows)

    def most_full(self) -> Table:
        """The stations that are full most often."""
        rows = [
            (
                row["address"] or row["station_id"],
                self._share(row["saturation"]),
                self._number(row["full_hours"], 1),
                self._share(row["occupancy"]),
                self._number(row["station_hours_observed"]),
            )
            for row in self._report.most_full.iter_rows(named=True)
        ]
        columns = ("station", "saturation", "full_hours", "occupancy", "station_hours")
        caption = self._t.gettext("Most often full")
        return self._table("most-full", caption, columns, rows)

    def quality(self) -> Table:
        """Snapshots and coverage, by local date; a date without a poll has a row as well."""
        polls, observed = self._report.polls, self._report.quality
        days = (
            observed
            if polls is None
            else observed.join(polls.by_day, on="local_date", how="full", coalesce=True)
        )
        rows = [
            (
                n.day(row["local_date"], self._language),
                *(self._number(row.get(name)) for name in ("taken", "expected", "missed")),
                self._share(row.get("time_observed")),
                self._share(row["coverage"]),
                self._share(row["share_stale"]),
                self._share(row["share_unknown"]),
                self._number(row["stations"]),
                self._number(row["station_hours_observed"]),
            )
            for row in days.sort("local_date").iter_rows(named=True)
        ]
        columns = (
            "date",
            "taken",
            "expected",
            "missed",
            "time_observed",
            "coverage",
            "stale",
            "unknown",
            "stations",
        )
        caption = self._t.gettext("Data quality by day")
        return self._table("quality", caption, (*columns, "station_hours"), rows)
