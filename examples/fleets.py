"""Insurer, fleet: how reliable are the stations near the depots, and in which weather?"""

import marimo

__generated_with = "0.25.2"

app = marimo.App(width="medium", app_title="Fleet: stations near the depots")

with app.setup:
    import altair as alt
    import polars as pl
    import reader

    from belib_weather.transform.distance import metres_from

    options = reader.options(
        "Reliability and weather near depots.",
        depots="48.8405,2.3795 48.8990,2.3590",
        metres="1500",
    )
    postgres = reader.address("BELIB_POSTGRES_URL", options.mode)


@app.cell
def near_the_depots():
    stations = reader.ask(
        postgres,
        """
        SELECT station_id, address, latitude, longitude,
               (SELECT min(source) FROM station_states) AS source
        FROM stations WHERE valid_to IS NULL AND latitude IS NOT NULL
        """,
    )
    reader.stop_without(stations, "Not enough history: no station is known yet.")
    depots = [
        stations.with_columns(
            pl.lit(depot).alias("depot"),
            metres_from(*reader.place(depot, stations)).alias("metres"),
        ).filter(pl.col("metres") <= int(options.metres))
        for depot in reader.places(options.depots)
    ]
    near = pl.concat(depots)
    reader.stop_without(near, f"No station within {options.metres} m of {options.depots}.")
    ids = near["station_id"].unique().to_list()
    return ids, near


@app.cell
def reliability(ids, near):
    # Sums of the newest month: up and down point-seconds, and the outages whose begin was seen.
    month = reader.ask(
        postgres,
        """
        SELECT station_id, starts_on, made_to, up_seconds::float8 / 3600 AS up,
               down_seconds::float8 / 3600 AS down, outages_begun,
               (silent_seconds + unsettled_seconds)::float8 / 3600 AS doubtful
        FROM station_reliability
        WHERE period = 'month' AND station_id = ANY(%(ids)s)
            AND starts_on = (SELECT max(starts_on) FROM station_reliability WHERE period = 'month')
        """,
        ids=ids,
    )
    reader.stop_without(month, "Not enough history: no month of reliability yet (marts_daily).")
    total = pl.sum("up", "down", "doubtful", "outages_begun")
    by_depot = near.join(month, on="station_id").group_by("depot").agg(total, pl.len())
    by_depot = by_depot.with_columns(
        (pl.col("up") / (pl.col("up") + pl.col("down"))).alias("availability"),
        (pl.col("up") / pl.sum_horizontal("up", "down", "doubtful")).alias("low"),
        ((pl.col("up") + pl.col("doubtful")) / pl.sum_horizontal("up", "down", "doubtful")).alias(
            "high"
        ),
        (1000 * pl.col("outages_begun") / pl.col("up")).alias("rate"),
    ).sort("availability")
    return by_depot, month


@app.cell
def weather(month):
    # Exposure: how many hours of that month, of those with weather, were of each kind.
    exposure = reader.ask(
        postgres,
        """
        SELECT (SELECT min(hour) FROM availability_facts WHERE local_date >= %(first)s) AS begin,
               count(*) AS hours, count(*) FILTER (WHERE temperature_c <= 0) AS frost,
               count(*) FILTER (WHERE precipitation_mm >= 1) AS rain,
               count(*) FILTER (WHERE wind_speed_kmh >= 40) AS wind
        FROM (SELECT DISTINCT ON (hour) hour, temperature_c, precipitation_mm, wind_speed_kmh
              FROM availability_facts
              WHERE local_date >= %(first)s AND temperature_c IS NOT NULL) AS of_hours
        """,
        first=month["starts_on"][0],
    ).row(0, named=True)
    return (exposure,)


@app.cell
def answer(by_depot, exposure, month, near):
    y = alt.Y("depot:N", title="depot")
    base = alt.Chart(by_depot, title="Up ÷ (up + down), and its bounds")
    kinds = [
        {"weather": text, "hours": exposure[kind]}
        for kind, text in (
            ("frost", "frost, 0 °C or less"),
            ("rain", "rain, 1 mm or more"),
            ("wind", "wind, 40 km/h or more"),
        )
    ]
    share = alt.X("low:Q", title="technical availability").axis(format="%").scale(zero=False)
    chart = (
        base.mark_rule(strokeWidth=3, color=reader.GREY).encode(y=y, x=share, x2="high:Q")
        + base.mark_point(filled=True, size=90).encode(y=y, x="availability:Q")
    ) & alt.Chart(pl.DataFrame(kinds), title="Exposure to weather").mark_bar().encode(
        y=alt.Y("weather:N", title=None),
        x=alt.X("hours:Q", title=f"hours, of {exposure['hours']} with weather"),
    )
    parts = [
        f"{row['depot']}: {reader.percent(row['availability'])} (between"
        f" {reader.percent(row['low'])} and {reader.percent(row['high'])}) of"
        f" {row['up'] + row['down']:.0f} point-hours, {row['outages_begun']} outages begun"
        for row in by_depot.iter_rows(named=True)
    ]
    first, to = (at.astimezone(reader.PARIS) for at in (exposure["begin"], month["made_to"].max()))
    sentence = (
        f"From {first:%-d %B} to {to:%-d %B %Y} the stations within {options.metres} m were"
        f" in working order, near {'; '.join(parts)}. Of {exposure['hours']} hours with weather"
        f" {exposure['frost']} had frost, {exposure['rain']} rain of 1 mm or more,"
        f" {exposure['wind']} wind of 40 km/h or more (exposure alone: no cause is claimed)."
    )
    title, source = "Stations near the depots", near["source"][0]
    reader.answer(chart, title, sentence, source, options.to, of_weather=True)
    return


if __name__ == "__main__":
    app.run()
