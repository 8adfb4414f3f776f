"""Operator: which ten stations failed most last week, for how long, and what is broken now?"""

import marimo

__generated_with = "0.25.2"

app = marimo.App(width="medium", app_title="Operator: what failed, what is broken")

with app.setup:
    import altair as alt
    import polars as pl
    import reader

    options = reader.options("Ten stations that failed most last week; what is broken now.")
    postgres = reader.address("BELIB_POSTGRES_URL", options.mode)


@app.cell
def last_week():
    # The last whole week in Paris; while there is none, the one that goes on.
    week = reader.ask(
        postgres,
        """
        WITH weeks AS (
            SELECT starts_on, max(made_to) AS made_to,
                   max(made_to) >= (starts_on + 7)::timestamp AT TIME ZONE 'Europe/Paris'
                       AS is_whole
            FROM station_reliability WHERE period = 'week' GROUP BY 1
        )
        SELECT r.*, w.is_whole, count(*) OVER () AS stations, max(place) OVER () AS ranked
        FROM reliability_of_stations AS r
        JOIN (SELECT * FROM weeks ORDER BY is_whole DESC, starts_on DESC LIMIT 1) AS w
            USING (starts_on)
        WHERE period = 'week' ORDER BY place
        """,
    )
    reader.stop_without(week, "Not enough history: no week has outages yet (marts_daily).")
    # A station that never had a free point comes first there, also where nothing of it was down.
    _failed = week.filter(pl.col("place").is_not_null(), pl.col("hours_down") > 0)
    worst = _failed.head(10).with_columns(
        pl.coalesce("address", "station_id").alias("at"),
        pl.col("longest_outage_hours").fill_null(0).round().cast(pl.Int64).alias("longest"),
        (100 * pl.col("technical_availability")).round().cast(pl.Int64).alias("up"),
    )
    return week, worst


@app.cell
def broken_now():
    states = reader.ask(
        postgres,
        """
        SELECT coalesce(address, station_id) AS at, captured_at, source, charge_points,
               station_status, since, since_kind, reported_out_of_order AS points_out_of_order,
               extract(epoch FROM captured_at - since)::float8 / 3600 AS hours
        FROM station_states ORDER BY since
        """,
    )
    broken = states.filter(pl.col("station_status").is_in(["silent", "out_of_order"]))
    return broken, states


@app.cell
def picture(broken, worst):
    up = pl.format("up {} % of the time", "up")
    ranked = pl.when(pl.col("standing") == "ranked").then(up).otherwise("standing")
    words = pl.format("{}; longest outage {} h", ranked, "longest").alias("note")
    _state = pl.col("station_status").str.replace_all("_", " ")
    failed = alt.Chart(worst.with_columns(words), title="Down last week").encode(
        y=alt.Y("at:N", sort=None, title=None).axis(labelLimit=300),
        x=alt.X("hours_down:Q", title="point-hours down"),
    )
    longest = broken.with_columns(_state).head(10)
    bars = alt.Chart(
        longest,
        title=f"Broken now, all points silent or out of order: {longest.height} of {broken.height}",
    )
    chart = (
        failed.mark_bar(color=reader.ORANGE)
        + failed.mark_text(align="left", dx=4).encode(text="note:N")
    ) & bars.mark_bar().encode(
        y=alt.Y("at:N", sort=None, title=None).axis(labelLimit=300),
        x=alt.X("hours:Q", title="hours since then (at least, where the begin was not seen)"),
        color=alt.Color("station_status:N", title=None).scale(
            domain=["silent", "out of order"], range=[reader.GREY, reader.ORANGE]
        ),
    )
    return (chart,)


@app.cell
def sentence(broken, chart, states, week, worst):
    reader.stop_without(
        week.drop_nulls("place"),
        "Not enough history: no station was observed for half of a week.",
    )
    reader.stop_without(worst, "No station was down for a second of that week.")
    first, now = worst.row(0, named=True), states.row(0, named=True)
    points = states["points_out_of_order"].sum()
    full = week.filter(pl.col("standing") == "never available", pl.col("hours_down") == 0).height
    never = ""
    if full:
        stations = "1 station" if full == 1 else f"{full} stations"
        never = f"{stations} never had a free point without being down: full, or taken out. "
    sentence = (
        f"In the week from {first['starts_on']:%-d %B %Y}"
        f"{'' if first['is_whole'] else ' (not over yet)'}, {first['at']} failed most"
        f" ({first['standing']}): {first['hours_down']:.0f} point-hours down, the longest outage"
        f" {first['longest']} h of that week. The {worst.height} that failed most, of"
        f" {first['ranked']} stations observed for half of the week or longer, were down for"
        f" {worst['hours_down'].sum():.0f} of the {week['hours_down'].sum():.0f} point-hours of"
        f" all. {never}At"
        f" {now['captured_at'].astimezone(reader.PARIS):%H:%M on %-d %B} {broken.height} of"
        f" {states.height} stations are silent or out of order as a whole, and"
        f" {points} of {states['charge_points'].sum()} points are reported out of order."
    )
    reader.answer(chart, "What failed, and what is broken now", sentence, now["source"], options.to)
    return


if __name__ == "__main__":
    app.run()
