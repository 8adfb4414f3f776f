"""Rules of who gets which messages by a webhook, from one YAML file.

What belongs here: reading rules, and which changes are worth a message by which rule. What does
not: progress and sending (`automation.alerts`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from belib_weather.datasets.changes import Subject, id_of
from belib_weather.feeds.entries import REPORTED_EVENTS, text_of, title_of
from belib_weather.panels.i18n import Language

OLDEST = timedelta(hours=1)
"""What was seen longer ago is no news: no message is sent."""
_PRIORITY = {"broke_down": 4}
_TAGS = {
    "became_free": "electric_plug",
    "became_full": "no_entry",
    "broke_down": "warning",
    "came_back": "white_check_mark",
}


class AlertsError(Exception):
    """The file of rules cannot be used; the message says which, where and why."""


class Rule(BaseModel):
    """Who gets which messages.

    Attributes:
        name: of the rule; errors show it.
        url: of the webhook; where left out, `BELIB_WEBHOOK_URL`.
        stations: ids, with or without `*`.
        arrondissements: all stations of these. One of both is needed.
        events: the events that send a message.
        language: of the texts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    url: SecretStr | None = None
    stations: frozenset[str] = frozenset()
    arrondissements: frozenset[int] = frozenset()
    events: frozenset[Literal["became_free", "became_full", "broke_down", "came_back"]] = Field(
        frozenset({"became_free", "became_full", "broke_down", "came_back"}), min_length=1
    )
    language: Language = Language.FRENCH

    @field_validator("stations")
    @classmethod
    def _without_stars(cls, ids: frozenset[str]) -> frozenset[str]:
        return frozenset(one.replace("*", "") for one in ids)


class Rules(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="forbid")

    rules: list[Rule]

    @field_validator("rules")
    @classmethod
    def _each_names_stations(cls, rules: list[Rule]) -> list[Rule]:
        if empty := [rule.name for rule in rules if not (rule.stations or rule.arrondissements)]:
            raise ValueError(f"no stations and no arrondissements: {', '.join(empty)}")
        names = [rule.name for rule in rules]
        if len(set(names)) < len(names):
            raise ValueError("two rules have one name")
        return rules


@dataclass(frozen=True)
class Alert:
    """A message that is due.

    Attributes:
        id: the same each time it is sent: by it a receiver drops a repeated message.
        position: of the change in the outbox.
    """

    id: str
    position: int
    rule: Rule
    title: str
    text: str
    priority: int
    tag: str


def read_rules(path: Path) -> list[Rule]:
    """The rules of a file.

    Raises:
        AlertsError: it is not there, is no YAML, or a rule is wrong; says which and why.
    """
    try:
        found = yaml.safe_load(path.read_text())
        return Rules.model_validate(found).rules
    except OSError as error:
        raise AlertsError(f"BELIB_ALERTS_FILE={path}: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise AlertsError(f"BELIB_ALERTS_FILE={path}: {error}") from None
    except ValidationError as error:
        lines = [
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}"
            for one in error.errors(include_url=False, include_input=False)
        ]
        raise AlertsError(
            f"BELIB_ALERTS_FILE={path}: {'; '.join(lines)}; see docs/open-data.md"
        ) from None


def alerts(
    rules: list[Rule], changes: pl.DataFrame, stations: pl.DataFrame, now: datetime
) -> list[Alert]:
    """The messages for changes, in the order of the outbox.

    Corrections send none, nor does what was seen more than an hour ago: it may no longer be true.

    Args:
        rules: who gets which messages.
        changes: `StatusChange` rows in their order.
        stations: current `Station` rows: names, and arrondissements.
        now: the present.
    """
    news = changes.filter(
        pl.col("subject") == Subject.STATION.value,
        pl.col("event").is_in(REPORTED_EVENTS),
        ~pl.col("is_correction"),
        pl.col("seen_at") >= now - OLDEST,
    )
    names, places = _by_id(stations, "station_name"), _by_id(stations, "arrondissement")
    return [
        Alert(
            id=id_of(f"{row['change_id']}|{rule.name}"),
            position=row["position"],
            rule=rule,
            title=title_of(row, names, [rule.language]),
            text=text_of(row, [rule.language]),
            priority=_PRIORITY.get(row["event"], 3),
            tag=_TAGS[row["event"]],
        )
        for row in news.rows(named=True)
        for rule in rules
        if row["event"] in rule.events
        and (
            row["station_id"].replace("*", "") in rule.stations
            or places.get(row["station_id"]) in rule.arrondissements
        )
    ]


def _by_id(stations: pl.DataFrame, column: str) -> dict[str, Any]:
    known = stations.filter(pl.col(column).is_not_null())
    return dict(zip(known["station_id"], known[column], strict=True))
