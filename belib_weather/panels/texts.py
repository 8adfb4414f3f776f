"""A panel's values as texts.

What belongs here: words and numbers of one result. What does not: drawing them.
"""

from datetime import datetime

import polars as pl

from belib_weather.panels import number_formats
from belib_weather.panels.i18n import (
    SINCE_NAMES,
    STATION_STATUS_NAMES,
    WEATHER_NAMES,
    Language,
)
from belib_weather.panels.measures import Change, Measure, Statistic, is_share
from belib_weather.panels.specification import Panel


def number_format(measure: Measure) -> str:
    """The d3 format of a measure's values."""
    if is_share(measure):
        return f".{measure.decimals}%"
    return f",.{measure.decimals}f"


def axis_format(measure: Measure) -> str:
    """The d3 format of an axis: every tick has as many decimals as the step needs."""
    return "%" if is_share(measure) else ",f"


def with_unit(measure: Measure, language: Language) -> str:
    """A measure's title, with its unit if it has one."""
    title = measure.title.in_(language)
    return (
        f"{title} ({measure.unit})"
        if isinstance(measure, Statistic | Change) and measure.unit
        else title
    )


def value_text(
    measure: Measure,
    value: float | datetime | str | None,
    language: Language = Language.ENGLISH,
) -> str:
    """A value as people read it; a dash where there is none."""
    if value is None:
        return number_formats.NOTHING
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return number_formats.stamp(value)
    if is_share(measure):
        return number_formats.share(value, language, measure.decimals)
    unit = (
        f"\u00a0{measure.unit}" if isinstance(measure, Statistic | Change) and measure.unit else ""
    )
    return number_formats.number(value, language, measure.decimals) + unit


def with_labels(panel: Panel, rows: pl.DataFrame, language: Language) -> pl.DataFrame:
    """Rows with words in place of the codes of states, beginnings and weather."""
    since: dict[object, str] = {k: v.in_(language) for k, v in SINCE_NAMES.items()}
    names: dict[str, dict[object, str]] = {
        "since_kind": since,
        "out_of_order_since_kind": since,
        "weather_class": {k: v.in_(language) for k, v in WEATHER_NAMES.items()},
        "station_status": {k: v.in_(language) for k, v in STATION_STATUS_NAMES.items()},
    }
    fields = [d.field for d in panel.by if d.field in names]
    return rows.with_columns(
        pl.col(field).cast(pl.String).replace(names[field]) for field in fields
    )


def columns_of(panel: Panel, rows: pl.DataFrame, language: Language) -> dict[str, list[str]]:
    """A panel's rows as people read them: the texts of each column by its title."""
    in_words = with_labels(panel, rows, language)
    return {d.title.in_(language): _texts(in_words[d.field]) for d in panel.by} | {
        m.title.in_(language): [value_text(m, value, language) for value in in_words[m.name]]
        for m in panel.measures
    }


def _texts(values: pl.Series) -> list[str]:
    return [number_formats.NOTHING if value is None else str(value) for value in values]
