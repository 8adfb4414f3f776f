"""What changed: the outbox from which feeds, messages and streams are made."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import dataframely as dy

from belib_weather.datasets import columns as c
from belib_weather.vocabulary import STATUSES

CHANGE_RULES = 1
"""Version of the rules of changes (docs/metrics.md), part of every id."""


class Subject(StrEnum):
    """What changed."""

    POINT = "point"
    STATION = "station"


class Event(StrEnum):
    """What the change is to somebody who waits for it."""

    BECAME_FREE = "became_free"
    BECAME_FULL = "became_full"
    BROKE_DOWN = "broke_down"
    CAME_BACK = "came_back"
    BECAME_SILENT = "became_silent"
    STATUS = "status"
    FRESHNESS = "freshness"
    RETRACTED = "retracted"


def id_of(text: str) -> str:
    """Id of a change, or of a message about one: the same whenever it is computed from the text."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class ChangeKind(StrEnum):
    """How well the instant is known."""

    EXACT = "exact"
    """The stamp of the new record; or the record turned stale."""
    POLLED = "polled"
    """Between two polls at most 30 min apart; the instant is that of the later one."""
    UNSEEN = "unseen"
    """Nothing was seen in the 30 min before; the instant is the first sighting."""


class StatusChange(dy.Schema):
    """A change of a charge point's status or freshness, or of a station's word; never rewritten.

    Rows are in the order in which they were written (`position`): the newest of a subject that is
    not late is its present. A change in an hour that had passed is a correction.
    """

    change_id = dy.String(
        primary_key=True,
        min_length=32,
        max_length=32,
        description="Hash of subject, id, instant, both words and rules: the same when made again.",
    )
    position = dy.Int64(min=1, description="Order of writing, without ties; readers keep theirs.")
    subject = dy.Enum([s.value for s in Subject], description="point or station.")
    subject_id = dy.String(min_length=1, description="Charge point or station.")
    station_id = dy.String(min_length=1, description="Station of the subject, or itself.")
    event = dy.Enum(
        [e.value for e in Event],
        description="Of a station became_free, became_full, broke_down, came_back, became_silent;"
        " of a point status or freshness; of both retracted.",
    )
    from_word = dy.String(
        nullable=True, description="Status or station word before; null at the first sighting."
    )
    to_word = dy.String(description="Status or station word after.")
    from_is_stale = dy.Bool(nullable=True, description="Of a point: whether it was stale before.")
    to_is_stale = dy.Bool(nullable=True, description="Of a point: whether it is stale after.")
    occurred_at = c.second("Instant of the change.")
    kind = dy.Enum(
        [k.value for k in ChangeKind],
        description="exact: at the record's stamp; polled: between two polls; unseen: nothing was"
        " seen in the 30 min before.",
    )
    seen_at = c.second("Snapshot by which the change was known.")
    source = dy.String(description="Raw source of that snapshot.")
    rules = dy.Int16(min=1, description="Version of the rules.")
    is_correction = dy.Bool(
        description="Whether the hour of the instant had passed before, or a snapshot came late."
    )
    is_late = dy.Bool(
        description="Of the past alone, since a snapshot came late: the present stays as it is."
    )
    retracts = dy.String(
        nullable=True,
        min_length=32,
        max_length=32,
        description="Row that this one takes back, since it was not so; it has the same values.",
    )


class PointState(dy.Schema):
    """The last sighting of every charge point: what the next change is a change from."""

    charge_point_id = dy.String(primary_key=True, min_length=1, description="Charge point.")
    sighted_at = c.second("Second of the snapshot.")
    status = dy.Enum(STATUSES, description="Status, as reported.")
    is_stale = dy.Bool(description="Whether the record was older than 26 h then.")
    last_updated = c.second("Stamp of the record; null: no sign of life.", nullable=True)


@dataclass(frozen=True)
class Lag:
    """What was sent up to a position, and what waits after it.

    Attributes:
        waiting: changes after it.
        oldest_waiting_at: when the first of them was seen; None where none waits.
        newest_sent_at: when the last one before it was seen; None where none was, or it is deleted.
    """

    waiting: int
    oldest_waiting_at: datetime | None
    newest_sent_at: datetime | None
