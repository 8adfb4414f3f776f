"""Tables by hour, weekday and weather.

What belongs here: which columns and rows each has. What does not: HTML (`page`'s templates).
"""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from belib_weather.networks import NETWORK
from belib_weather.panels import number_formats as n
from belib_weather.panels.i18n import WEATHER_NAMES
from belib_weather.report.advice import FIRST_HOUR, LAST_HOUR, Span
from belib_weather.report.table import Table, TableMaker
from belib_weather.report.texts import COLUMNS, KINDS
from belib_weather.transform.comparisons import Comparison

_ZONE = ZoneInfo(NETWORK.zone)


class HourTables(TableMaker):
    """The tables of hours."""

    def advice(self) -> Table:
        """Best and worst hours by kind of day, each with its sample size."""
        rows = [
            (
                KINDS[each.kind].in_(self._language),
                self._span(each.best),
                self._span(each.worst),
                self._difference(each.difference),
            )
            for each in self._report.advice
        ]
        caption = self._t.gettext(
            "Three hours between {first} and {last} on the observed days; a station-hour is one"
            " station observed for one hour",
            first=n.clock(FIRST_HOUR, self._language),
            last=n.clock(LAST_HOUR, self._language),
        )
        return self._table(
            "advice", caption, ("kind", "best", "worst", "best_less_worst"), rows, texts=4
        )

    def _span(self, span: Span) -> str:
        lines = (
            f"{n.clock(span.start, self._language)}–{n.clock(span.end, self._language)}",
            self._share(span.chance),
            self._t.ngettext("{count} day", "{count} days", span.days),
            self._t.gettext("{hours} station-hours", hours=self._number(span.station_hours)),
        )
        return "\n".join(lines)

    def _difference(self, found: Comparison) -> str:
        interval = self._interval(found.low, found.high, found.days)
        lines = (
            self._points(found.difference),
            *([] if found.low is None else [f"({interval})"]),
            self._t.ngettext("{count} day", "{count} days", found.days),
        )
        return "\n".join(lines)

    def calendar(self) -> Table:
        """Chance of a free point by hour and weekday, with the station-hours observed."""
        cells = {
            (row["local_hour"], row["local_weekday"]): (
                f"{self._share(row['chance_of_a_free_point'])}"
                f" ({self._number(row['station_hours_observed'])})"
            )
            for row in self._report.calendar.iter_rows(named=True)
        }
        rows = [
            (
                n.clock(hour, self._language),
                *(cells.get((hour, weekday), n.NOTHING) for weekday in n.WEEKDAYS),
            )
            for hour in range(24)
        ]
        names = (n.weekday(weekday, self._language) for weekday in n.WEEKDAYS)
        caption = self._t.gettext(
            "Chance of a free point by hour and weekday (station-hours observed)"
        )
        columns = (COLUMNS["hour"].in_(self._language), *names)
        return Table("calendar", caption, columns, rows if cells else [])

    def by_hour(self) -> Table:
        """Chance of a free point by hour."""
        rows = [
            (n.clock(row["local_hour"], self._language), *self._chance(row))
            for row in self._report.by_hour.iter_rows(named=True)
        ]
        columns = ("hour", "chance", "difference", "interval", "days", "station_hours")
        caption = self._t.gettext("Chance of a free point by hour")
        return self._table("by-hour", caption, columns, rows)

    def by_weather(self) -> Table:
        """Chance and occupancy by weather."""
        rows = [
            (
                WEATHER_NAMES[row["weather_class"]].in_(self._language),
                self._number(row["hours"]),
                *self._chance(row),
                self._share(row["occupancy"]),
                self._points(row["occupancy_difference"]),
                self._interval(
                    row["occupancy_low"], row["occupancy_high"], row["occupancy_compared_days"]
                ),
            )
            for row in self._report.by_weather.iter_rows(named=True)
        ]
        columns = ("weather", "hours", "chance", "difference", "interval", "days", "station_hours")
        occupancy = ("occupancy", "difference_of_occupancy", "of_occupancy")
        caption = self._t.gettext("Availability by weather")
        return self._table("by-weather", caption, (*columns, *occupancy), rows)

    def trend(self) -> Table:
        """Every hour with its availability and weather."""
        hours = self._report.trend["hour"].to_list()
        rows = [
            (
                label,
                self._share(row["share_available"]),
                self._share(row["occupancy"]),
                self._number(row["temperature_c"], 1),
                self._number(row["precipitation_mm"], 1),
                self._number(row["station_hours_observed"]),
            )
            for label, row in zip(
                self._times(hours), self._report.trend.iter_rows(named=True), strict=True
            )
        ]
        columns = ("time", "share_available", "occupancy", "temperature", "precipitation")
        caption = self._t.gettext("Availability and weather, hour by hour")
        return self._table("trend", caption, (*columns, "station_hours"), rows)

    def _times(self, hours: list[datetime]) -> Iterator[str]:
        """Date and hour in Paris; an hour that the clock shows twice with its offset."""
        local = [hour.astimezone(_ZONE) for hour in hours]
        naive = [at.replace(tzinfo=None, fold=0) for at in local]
        for at, clock_time in zip(local, naive, strict=True):
            text = f"{n.short_day(at.date(), self._language)}, {n.clock(at.hour, self._language)}"
            offset = at.utcoffset()
            if naive.count(clock_time) > 1 and offset is not None:
                text += f" (UTC+{offset.seconds // 3600})"
            yield text
