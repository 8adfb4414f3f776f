"""Whether an index holds what PostgreSQL holds, by the ledger and by the state of its indices.

A cheap comparison: values are compared by the audit alone. What belongs here: what is wrong
now. What does not: repairing it (`publication_audit`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from belib_weather.assets.publication_audit import month_of
from belib_weather.assets.publisher import Publisher, record_after_inspection
from belib_weather.partitions import contiguous, hour_key
from belib_weather.search import SearchError
from belib_weather.search.operations import IndexState
from belib_weather.warehouse.publication import WHOLE, PublishedIndex
from belib_weather.window import Window

_SHOWN = 20
MOST_TOUCHED = 744
"""Hours compared at a time because a version changed: a month takes a second."""


@dataclass(frozen=True)
class Differences:
    """What differs between PostgreSQL and an index now.

    Attributes:
        alias: of the index.
        problem: why nothing could be compared; None where all else is known.
        outdated: months of which readers see an older mapping.
        doubts: physical indices that are not as we left them, each with the reason.
        differing: hours whose rows changed since they were acknowledged, with the hash now.
        refused: documents that Elasticsearch refused, with the reason.
    """

    alias: str
    problem: str | None = None
    outdated: tuple[Window, ...] = ()
    doubts: dict[str, str] = field(default_factory=dict)
    differing: dict[datetime, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def agrees(self) -> bool:
        """Whether readers see what PostgreSQL holds."""
        return not (self.problem or self.outdated or self.doubts or self.differing or self.refused)

    @property
    def metadata(self) -> dict[str, Any]:
        """What differs, for a check."""
        hours = ["everything" if at == WHOLE else hour_key(at) for at in sorted(self.differing)]
        found: dict[str, Any] = {
            "problem": self.problem,
            "months with an older mapping": [f"{m.start:%Y-%m}" for m in self.outdated],
            "indices to audit": dict(self.doubts),
            "hours to publish": len(hours),
            "first hours": hours[:_SHOWN],
            "documents refused": len(self.refused),
            "first refused": dict(list(self.refused.items())[:_SHOWN]),
        }
        return {name: value for name, value in found.items() if value}


def find_differences(
    publisher: Publisher, windows: Iterable[Window] | None, since: datetime = WHOLE
) -> Differences:
    """What differs in these windows and where a version changed, and of all indices.

    Args:
        publisher: of the index.
        windows: whose rows to compare; None compares everything.
        since: hours before it are not looked for among those that a changed version touches.
    """
    projection, content = publisher.publication.projection, publisher.publication.content
    try:
        outdated = tuple(publisher.search.outdated(projection))
        left_out = {month.start for month in outdated}
        doubts = _suspect_indices(publisher, left_out)
    except SearchError as error:
        return Differences(publisher.alias, problem=str(error))
    for name in doubts:
        month = publisher.search.month_of(projection, name)
        left_out.add(month.start if month else WHOLE)
    differing: dict[datetime, str] = {}
    with publisher.warehouse.publication(publisher.alias) as ledger:
        touched = ledger.touched(content, MOST_TOUCHED, since)
        is_whole = windows is None or projection.time_column is None
        for window in [None] if is_whole else _with_hours(windows or (), touched["start"]):
            found = ledger.differing(content, window)
            differing |= dict(found.select("start", "content_hash").iter_rows())
        changed = pl.Series(list(differing), dtype=touched.schema["start"])
        ledger.settle(touched.filter(~pl.col("start").is_in(changed.implode())))
        refused = {
            i: reason for hour in ledger.refused(None).values() for i, reason in hour.items()
        }
    waiting = {
        at: content_hash
        for at, content_hash in differing.items()
        if (at if at == WHOLE else month_of(at).start) not in left_out
    }
    return Differences(publisher.alias, None, outdated, doubts, waiting, refused)


def _with_hours(windows: Iterable[Window], hours: Iterable[datetime]) -> list[Window]:
    """The windows, and the hours that lie in none of them."""
    known = list(windows)
    others = (at for at in hours if not any(w.start <= at < w.end for w in known))
    return [*known, *contiguous(others, most=MOST_TOUCHED)]


def _suspect_indices(publisher: Publisher, outdated: set[datetime]) -> dict[str, str]:
    """Indices that are not as they were left, with the reason; not those that are written to now.

    Months of an older mapping are left out: they are written again.
    """
    projection = publisher.publication.projection
    states, hidden = publisher.search.states(projection), publisher.search.hidden(projection)
    with publisher.warehouse.publication(publisher.alias) as ledger:
        known = ledger.indices()
    doubts = {}
    for name in sorted(known.keys() | states.keys()):
        month = publisher.search.month_of(projection, name)
        is_current = name.endswith(f"-{projection.generation}")
        if not is_current or (month and month.start in outdated):
            continue
        if not known and _has_no_writes(states.get(name)):
            continue
        if name in hidden:
            doubts[name] = "not behind the alias: readers do not see it"
        elif _reason(known.get(name), states.get(name)) and (
            reason := _reason_under_lock(publisher, name, month)
        ):
            doubts[name] = reason
    return doubts


def _has_no_writes(state: IndexState | None) -> bool:
    """Whether nobody has written to an index since it was created."""
    return state is not None and state.max_seq_no < 0


def _reason(known: PublishedIndex | None, state: IndexState | None) -> str | None:
    if state is None:
        return "gone" if known else None
    return record_after_inspection(known, state, "").suspicion


def _reason_under_lock(publisher: Publisher, name: str, month: Window | None) -> str | None:
    """Looks again under the lock: what is being written has no entry in the ledger yet."""
    with publisher.warehouse.lock_if_free(publisher.lock(month)) as transaction:
        if transaction is None:
            return None
        known = publisher.ledger(transaction).indices().get(name)
        state = publisher.search.states(publisher.publication.projection).get(name)
        return _reason(known, state)
