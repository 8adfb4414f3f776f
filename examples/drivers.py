"""Driver: where is a point likely free tomorrow at 18:00, within 800 m of here, and if it rains?"""

import marimo

__generated_with = "0.25.2"

app = marimo.App(width="medium", app_title="Driver: where tomorrow at 18:00")

with app.setup:
    from datetime import datetime, timedelta

    import altair as alt
    import polars as pl
    import reader

    from belib_weather.transform.distance import metres_from

    options = reader.options(
        "Where a point is likely free tomorrow.", near="48.8566,2.3522", hour="18", metres="800"
    )
    postgres = reader.address("BELIB_POSTGRES_URL", options.mode)


@app.cell
def hours_of_tomorrow():
    tomorrow = datetime.now(reader.PARIS) + timedelta(days=1)
    stations = reader.ask(
        postgres,
        """
        SELECT h.station_id, coalesce(h.address, h.station_id) AS address, s.latitude, s.longitude,
               h.power_kw, h.chance, h.chance_at_least, h.chance_at_most, h.days_observed,
               (SELECT min(source) FROM station_states) AS source
        FROM best_hours_of_station AS h JOIN stations AS s USING (station_id)
        WHERE s.valid_to IS NULL AND s.latitude IS NOT NULL
            AND local_weekday = %(weekday)s AND local_hour = %(hour)s
        """,
        weekday=tomorrow.isoweekday(),
        hour=int(options.hour),
    )
    when = f"{tomorrow:%A %-d %B} at {int(options.hour):02}:00"
    reader.stop_without(stations, f"Not enough history: no {when[:-9]} was observed (marts_daily).")
    return stations, when


@app.cell
def near_here(stations):
    # An address is one of those of the stations themselves.
    away = stations.with_columns(metres_from(*reader.place(options.near, stations)).alias("metres"))
    near = away.filter(pl.col("metres") <= int(options.metres)).sort("chance", descending=True)
    nearest = away.sort("metres").row(0, named=True)
    reader.stop_without(
        near,
        f"No station within {options.metres} m of {options.near}: the nearest of {away.height} is"
        f" {nearest['address']}, {nearest['metres']} m.",
    )
    return (near,)


@app.cell
def rain():
    row = reader.ask(
        postgres,
        """
        SELECT 100 * difference AS points, 100 * difference_low AS low,
               100 * difference_high AS high,
               standing, reason, hours, days, days_used
        FROM weather_association
        WHERE scope = 'city' AND condition = 'precipitation of 1 mm or more'
        """,
    ).to_dicts()
    if not row:
        if_it_rains = "nothing is known yet (weather_association is empty)"
    elif row[0]["points"] is None:
        if_it_rains = "nothing can be said: {reason} ({days_used} days so far)".format(**row[0])
    else:
        if_it_rains = (
            "occupancy differs by {points:+.1f} percentage points (95 % interval {low:+.1f} to"
            " {high:+.1f}; {hours} hours on {days} days, {standing}; an association)"
        ).format(**row[0])
    return (if_it_rains,)


@app.cell
def answer(if_it_rains, near, when):
    base = alt.Chart(
        near.head(10).with_columns(pl.format("{} ({} m)", "address", "metres").alias("place"))
    ).encode(y=alt.Y("place:N", sort=None, title=None).axis(labelLimit=300))
    chance = alt.X("chance_at_least:Q", title="chance of a free point, with its 90 % interval")
    chart = base.mark_rule(strokeWidth=3, color=reader.GREY).encode(
        x=chance.scale(domain=[0, 1]), x2="chance_at_most:Q"
    ) + base.mark_point(filled=True, size=90, color=reader.BLUE).encode(x="chance:Q")
    best = near.row(0, named=True)
    low, high = reader.percent(best["chance_at_least"]), reader.percent(best["chance_at_most"])
    sentence = (
        f"Tomorrow, {when}, go to {best['address']} ({best['metres']} m), the best of"
        f" {near.height} stations within {options.metres} m: a free point with a chance of"
        f" {reader.percent(best['chance'])} (90 % interval {low} to {high}; such days observed:"
        f" {best['days_observed']}); if it rains, {if_it_rains}."
    )
    reader.answer(chart, f"A free point, {when}", sentence, best["source"], options.to)
    return


if __name__ == "__main__":
    app.run()
