"""How good the data is: what was polled and seen, and what was not."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import Field

from belib_weather.questions.answers import PARIS, Answer, Period, Row, credit_fields
from belib_weather.questions.chances import percent_of
from belib_weather.questions.places import stations_now
from belib_weather.questions.tool import Arguments, Tool, WarehouseReader
from belib_weather.warehouse.tables import FEED_HOURS

HOUR_SECONDS = 3600


class DataQuality(Arguments):
    """Arguments of `data_quality`."""

    days: int = Field(7, ge=1, le=366, description="Days before now that are looked at.")


class Quality(Row):
    """What was polled in a period, and how the newest snapshot is."""

    hours: int = Field(description="Full hours looked at.")
    observed_percent: float | None = Field(
        description="Observed time: between two snapshots at most 30 min apart."
    )
    snapshots: int
    snapshots_expected: int
    hours_with_a_gap: int = Field(description="Hours that were not observed whole.")
    longest_gap_minutes: float = Field(description="Within one hour.")
    answers_refused: int
    newest_snapshot: datetime | None = Field(description="On the clock of Paris.")
    newest_snapshot_minutes_ago: float | None
    stations: int = Field(description="In the newest snapshot.")
    charge_points: int
    silent_points: int = Field(description="Points whose record is older than 26 h.")
    out_of_order_points: int


def _quality(data: WarehouseReader, arguments: DataQuality) -> Answer[Quality]:
    now = data.now()
    first = (now - timedelta(days=arguments.days)).replace(minute=0, second=0, microsecond=0)
    feed = FEED_HOURS.columns.c
    is_in_period = sa.and_(feed.hour >= first, sa.not_(feed.is_provisional))
    hours = data.rows(sa.select(*feed).where(is_in_period).order_by(feed.hour))
    states = stations_now(data)
    newest = max((row["captured_at"] for row in states), default=None)
    row = Quality(
        hours=len(hours),
        observed_percent=percent_of(
            sum(h["observed_seconds"] for h in hours) / (len(hours) * HOUR_SECONDS)
            if hours
            else None
        ),
        snapshots=_sum(hours, "snapshots"),
        snapshots_expected=_sum(hours, "expected_snapshots"),
        hours_with_a_gap=sum(h["observed_seconds"] < HOUR_SECONDS for h in hours),
        longest_gap_minutes=round(
            max((h["longest_gap_seconds"] for h in hours), default=0) / 60, 1
        ),
        answers_refused=_sum(hours, "refused"),
        newest_snapshot=newest and newest.astimezone(PARIS),
        newest_snapshot_minutes_ago=newest and round((now - newest).total_seconds() / 60, 1),
        stations=len(states),
        charge_points=_sum(states, "charge_points"),
        silent_points=_sum(states, "stale"),
        out_of_order_points=_sum(states, "out_of_order"),
    )
    return Answer[Quality](
        asked=f"quality of the data of the last {arguments.days} days",
        rows=[row],
        basis="the polls, and the newest snapshot",
        period=Period.of(hours[0]["hour"] if hours else None, newest),
        **credit_fields([*(h["source"] for h in hours), *(s["source"] for s in states)]),
    )


def _sum(rows: list[dict[str, Any]], column: str) -> int:
    return sum(row[column] or 0 for row in rows)


DATA_QUALITY = Tool(
    "data_quality",
    "How complete and fresh the data is: observed time, polls taken and expected, gaps, refused"
    " answers, silent points, age of the newest snapshot.",
    DataQuality,
    Answer[Quality],
    _quality,
)
