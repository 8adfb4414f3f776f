"""Tables of when: by hour, weekday and weather.

What belongs here: which columns and rows each has. What does not: HTML (`templates`).
"""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from belib_weather.networks import NETWORK
from belib_weather.panels import number_formats as n
from belib_weather.panels.i18n import WEATHER_NAMES, WEEKDAY_NAMES, Text
from belib_weather.report.advice import Span
from belib_weather.report.table import Table, TableMaker
from belib_weather.report.texts import COLUMNS, KINDS

_ZONE = ZoneInfo(NETWORK.zone)


class HourTables(TableMaker):
    """The tables of hours."""

    def advice(self) -> Table:
        """Surest and hardest hours by kind of day, each with what it rests on."""
        rows = [
            (KINDS[each.kind].in_(self._in), self._span(each.best), self._span(each.worst))
            for each in self._report.advice
        ]
        caption = (
            "Three hours between 7:00 and 22:00, with 95% intervals; a station-hour is one station"
            " observed for one hour",
            "Trois heures entre 7 h et 22 h, avec intervalles à 95 % ; une heure-station est une"
            " station observée pendant une heure",
        )
        return self._table("advice", caption, ("kind", "surest", "hardest"), rows, texts=3)

    def _span(self, span: Span) -> str:
        days = n.counted(span.days, Text("day", "jour"), self._in)
        hours = n.number(span.station_hours, self._in)
        lines = [
            f"{n.clock(span.start, self._in)}–{n.clock(span.end, self._in)}",
            n.share(span.chance, self._in),
            *([] if span.low is None else [n.interval(span.low, span.high, self._in)]),
        ]
        rests = self._said((f"{days}\n{hours} station-hours", f"{days}\n{hours} heures-stations"))
        return "\n".join((*lines, rests))

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
        caption = ("Availability by weather", "La disponibilité selon la météo")
        return self._table("by-weather", caption, (*columns, "occupancy", "of_occupancy"), rows)

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
        caption = (
            "Availability and weather by the hour",
            "Disponibilité et météo, heure par heure",
        )
        return self._table("trend", caption, (*columns, "station_hours"), rows)

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
