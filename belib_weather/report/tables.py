"""The tables of the report: the figures beside each picture, written out.

What belongs here: which columns and rows a table has. What does not: HTML (`templates`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from belib_weather.panels import numbers as n
from belib_weather.panels.colours import STATION_COLOURS
from belib_weather.panels.wording import STATUS_NAMES, WEATHER_NAMES, WEEKDAY_NAMES, Language
from belib_weather.report.findings import Report
from belib_weather.report.texts import COLUMNS, KINDS
from belib_weather.vocabulary import PARIS

_ZONE = ZoneInfo(PARIS)


@dataclass(frozen=True)
class Table:
    """Rows of texts; the first cell of a row is its header, `texts` columns hold words."""

    name: str
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    texts: int = 1


class Tables:
    """The tables of a report in one language."""

    def __init__(self, report: Report, language: Language) -> None:
        self._report = report
        self._in = language

    def advice(self) -> Table:
        """Surest and hardest hours by kind of day."""
        best, worst = (("surest", "hardest"), ("plus sûres", "plus difficiles"))[
            self._in is Language.FRENCH
        ]
        rows = [
            (
                f"{KINDS[advice.kind].in_(self._in)}, {word}",
                f"{n.clock(span.start, self._in)}–{n.clock(span.end, self._in)}",
                n.share(span.chance, self._in),
                n.interval(span.low, span.high, self._in),
                n.number(span.days, self._in),
                n.number(span.station_hours, self._in),
            )
            for advice in self._report.advice
            for word, span in ((best, advice.best), (worst, advice.worst))
        ]
        columns = ("kind", "hours_of_day", "chance", "interval", "days", "station_hours")
        caption = (
            "The surest and the hardest three hours between 7:00 and 22:00",
            "Les trois heures les plus sûres et les plus difficiles entre 7 h et 22 h",
        )
        return self._table("advice", caption, columns, rows, texts=2)

    def arrondissements(self) -> Table:
        """Free points by arrondissement."""
        now = self._report.now
        found = () if now is None else now.by_arrondissement.iter_rows(named=True)
        rows = [
            (
                str(row["arrondissement"]),
                n.number(row["available"], self._in),
                n.number(row["known"], self._in),
                n.share(row["available"] / row["known"] if row["known"] else None, self._in),
                n.number(row["stations_free"], self._in),
                n.number(row["stations"], self._in),
            )
            for row in found
        ]
        columns = ("arrondissement", "free", "known", "share_free", "stations_free", "stations")
        caption = (
            "Free points and stations by arrondissement",
            "Points libres et stations par arrondissement",
        )
        return self._table("arrondissements", caption, columns, rows)

    def stations(self) -> Table:
        """Every station and its state."""
        ordered = self._report.states.sort(
            "arrondissement", "address", "station_id", nulls_last=True
        )
        rows = [
            (
                row["address"] or row["station_name"] or row["station_id"],
                STATUS_NAMES[row["station_status"]].in_(self._in),
                n.number(row["available"], self._in),
                n.number(row["charge_points"], self._in),
            )
            for row in ordered.iter_rows(named=True)
        ]
        caption = ("Every station now", "Toutes les stations maintenant")
        return self._table(
            "stations", caption, ("address", "state", "free", "points"), rows, texts=2
        )

    def calendar(self) -> Table:
        """Chance of a free point by hour and weekday, with the station-hours behind it."""
        cells = {
            (row["local_hour"], row["local_weekday"]): (
                f"{n.share(row['chance_of_a_free_point'], self._in)}"
                f" ({n.number(row['station_hours_observed'], self._in)})"
            )
            for row in self._report.calendar.iter_rows(named=True)
        }
        rows = [
            (
                n.clock(hour, self._in),
                *(cells.get((hour, weekday), n.NOTHING) for weekday in WEEKDAY_NAMES),
            )
            for hour in range(24)
        ]
        names = tuple(name.in_(self._in) for name in WEEKDAY_NAMES.values())
        caption = (
            "Chance of a free point by hour and weekday (station-hours observed)",
            "Chance d'un point libre par heure et jour (heures-stations observées)",
        )
        hour = COLUMNS["hour"].in_(self._in)
        shown = rows if cells else []
        return Table("calendar", self._said(caption), (hour, *names), shown)

    def by_hour(self) -> Table:
        """Chance of a free point by hour."""
        rows = [
            (n.clock(row["local_hour"], self._in), *self._chance(row))
            for row in self._report.by_hour.iter_rows(named=True)
        ]
        columns = ("hour", "chance", "interval", "days", "station_hours")
        caption = ("Chance of a free point by hour", "Chance d'un point libre par heure")
        return self._table("by-hour", caption, columns, rows)

    def by_weather(self) -> Table:
        """Chance and occupancy by weather."""
        rows = [
            (
                WEATHER_NAMES[row["weather_class"]].in_(self._in),
                n.number(row["hours"], self._in),
                *self._chance(row),
                n.share(row["occupancy"], self._in),
                n.interval(row["occupancy_low"], row["occupancy_high"], self._in),
            )
            for row in self._report.by_weather.iter_rows(named=True)
        ]
        columns = ("weather", "hours", "chance", "interval", "days", "station_hours")
        caption = ("Availability by weather", "La disponibilité selon le temps")
        return self._table("by-weather", caption, (*columns, "occupancy", "interval"), rows)

    def trend(self) -> Table:
        """Every hour with its availability and weather."""
        hours = self._report.trend["hour"].to_list()
        rows = [
            (
                label,
                n.share(row["share_available"], self._in),
                n.share(row["occupancy"], self._in),
                n.number(row["temperature_c"], self._in, 1),
                n.number(row["precipitation_mm"], self._in, 1),
                n.number(row["station_hours_observed"], self._in),
            )
            for label, row in zip(
                self._times(hours), self._report.trend.iter_rows(named=True), strict=True
            )
        ]
        columns = ("time", "share_available", "occupancy", "temperature", "precipitation")
        caption = ("Availability and weather by the hour", "Disponibilité et temps heure par heure")
        return self._table("trend", caption, (*columns, "station_hours"), rows)

    def least_available(self) -> Table:
        """The stations that are available least."""
        rows = [
            (
                row["address"] or row["station_id"],
                n.share(row["share_available"], self._in),
                n.share(row["chance_of_a_free_point"], self._in),
                n.share(row["share_out_of_order"], self._in),
                n.share(row["share_unknown"], self._in),
                n.number(row["station_hours_observed"], self._in),
            )
            for row in self._report.least_available.iter_rows(named=True)
        ]
        columns = ("station", "share_available", "chance", "out_of_order", "unknown")
        caption = ("Least available", "Les moins disponibles")
        return self._table("least-available", caption, (*columns, "station_hours"), rows)

    def most_full(self) -> Table:
        """The stations that are full most often."""
        rows = [
            (
                row["address"] or row["station_id"],
                n.share(row["saturation"], self._in),
                n.number(row["full_hours"], self._in, 1),
                n.share(row["occupancy"], self._in),
                n.number(row["station_hours_observed"], self._in),
            )
            for row in self._report.most_full.iter_rows(named=True)
        ]
        columns = ("station", "saturation", "full_hours", "occupancy", "station_hours")
        caption = ("Most often full", "Le plus souvent complètes")
        return self._table("most-full", caption, columns, rows)

    def quality(self) -> Table:
        """Snapshots and what they could see, by local date."""
        polls = self._report.polls
        counted = (
            {}
            if polls is None
            else {r["local_date"]: r for r in polls.by_day.iter_rows(named=True)}
        )
        rows = [
            (
                n.day(row["local_date"], self._in),
                *(
                    n.number(counted.get(row["local_date"], {}).get(name), self._in)
                    for name in ("taken", "expected", "missed")
                ),
                n.share(row["coverage"], self._in),
                n.share(row["share_stale"], self._in),
                n.share(row["share_unknown"], self._in),
                n.number(row["stations"], self._in),
                n.number(row["station_hours_observed"], self._in),
            )
            for row in self._report.quality.iter_rows(named=True)
        ]
        columns = (
            "date",
            "taken",
            "expected",
            "missed",
            "coverage",
            "stale",
            "unknown",
            "stations",
        )
        caption = ("Data quality by day", "Qualité des données par jour")
        return self._table("quality", caption, (*columns, "station_hours"), rows)

    def states(self) -> Table:
        """How many stations are in which state."""
        counts = dict(
            self._report.states["station_status"].cast(pl.String).value_counts().iter_rows()
        )
        rows = [
            (STATUS_NAMES[kind].in_(self._in), n.number(counts.get(kind, 0), self._in))
            for kind in STATION_COLOURS
        ]
        caption = ("Stations by state", "Stations par état")
        return self._table("states", caption, ("state", "stations"), rows)

    def _chance(self, row: dict[str, float]) -> tuple[str, str, str, str]:
        return (
            n.share(row["chance_of_a_free_point"], self._in),
            n.interval(row["low"], row["high"], self._in),
            n.number(row["days"], self._in),
            n.number(row["station_hours_observed"], self._in),
        )

    def _times(self, hours: list[datetime]) -> Iterator[str]:
        """Date and hour in Paris; an hour that the clock shows twice with its offset."""
        local = [hour.astimezone(_ZONE) for hour in hours]
        naive = [at.replace(tzinfo=None, fold=0) for at in local]
        for at, bare in zip(local, naive, strict=True):
            text = f"{n.short_day(at.date(), self._in)}, {n.clock(at.hour, self._in)}"
            offset = at.utcoffset()
            if naive.count(bare) > 1 and offset is not None:
                text += f" (UTC+{offset.seconds // 3600})"
            yield text

    def _said(self, caption: tuple[str, str]) -> str:
        return caption[self._in is Language.FRENCH]

    def _table(
        self,
        name: str,
        caption: tuple[str, str],
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        texts: int = 1,
    ) -> Table:
        titles = [COLUMNS[column].in_(self._in) for column in columns]
        return Table(name, self._said(caption), titles, rows, texts)
