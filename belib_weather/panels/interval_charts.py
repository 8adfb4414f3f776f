"""Differences within days with their intervals as a picture: a dot on a bar, one row per group.

What belongs here: drawing them. What does not: computing them (`intervals`).
"""

import altair as alt
import polars as pl
from altair.typing import ChartType

from belib_weather.panels.axes import DIFFERENCE_AXIS
from belib_weather.panels.colours import SERIES_COLOURS
from belib_weather.panels.i18n import WEATHER_NAMES, Language, translation_to
from belib_weather.panels.specification import Panel


def intervals_chart(panel: Panel, rows: pl.DataFrame, language: Language, width: int) -> ChartType:
    """Draw comparisons of the panel's first measure over its first dimension.

    `rows` hold the group, `difference`, `low`, `high` and `compared_days`.
    """
    group = panel.by[0]
    rows = rows.drop_nulls("difference")
    names = {key: name.in_(language) for key, name in WEATHER_NAMES.items()}
    ngettext = translation_to(language).ngettext
    days = pl.Series(
        [ngettext("{count} day", "{count} days", number) for number in rows["compared_days"]],
        dtype=pl.String,
    )
    labelled = rows.with_columns(
        pl.col("difference", "low", "high") * 100,
        pl.format("{} ({})", pl.col(group.field).cast(pl.String).replace(names), pl.lit(days)),
    )
    base = alt.Chart(labelled, width=width, height=38 * max(rows.height, 1)).encode(
        y=alt.Y(f"{group.field}:N", title=None, sort=None)
    )
    axis = alt.Axis(format="+.1~f", tickCount=4)
    ranges = base.mark_rule(strokeWidth=4, opacity=0.4, color=SERIES_COLOURS[0]).encode(
        x=alt.X(
            "low:Q", axis=axis, title=DIFFERENCE_AXIS.in_(language), scale=alt.Scale(zero=True)
        ),
        x2="high:Q",
    )
    points = base.mark_point(filled=True, size=90, opacity=1, color=SERIES_COLOURS[0]).encode(
        x=alt.X("difference:Q", axis=axis)
    )
    texts = base.mark_text(dy=-11, fontSize=11).encode(
        x="difference:Q", text=alt.Text("difference:Q", format="+.1f")
    )
    return alt.layer(ranges, points, texts)
