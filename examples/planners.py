"""Planner: which arrondissements lack points on weekdays at 18:00? Demand against supply."""

import marimo

__generated_with = "0.25.2"

app = marimo.App(width="medium", app_title="Planner: where points are lacking")

with app.setup:
    import altair as alt
    import polars as pl
    import reader

    options = reader.options("Arrondissements that lack points on weekdays.", hour="18")
    postgres = reader.address("BELIB_POSTGRES_URL", options.mode)


@app.cell
def full_at_that_hour():
    # Ratios of sums: full ÷ (some point available + full), Monday to Friday.
    hours = reader.ask(
        postgres,
        """
        SELECT arrondissement, sum(full_seconds)::float8 AS full,
               sum(any_available_seconds + full_seconds)::float8 / 3600 AS station_hours,
               sum(full_seconds)::float8
                   / nullif(sum(any_available_seconds + full_seconds), 0)::float8 AS saturation,
               sum(any_available_seconds)::float8
                   / nullif(sum(any_observed_seconds), 0)::float8 AS chance,
               sum(days_observed)::int AS days, min(first_date) AS first, max(last_date) AS last
        FROM occupancy_profile
        WHERE scope = 'arrondissement' AND local_weekday <= 5 AND local_hour = %(hour)s
        GROUP BY 1
        """,
        hour=int(options.hour),
    )
    reader.stop_without(hours, "Not enough history: no weekday is in a profile yet (marts_daily).")
    return (hours,)


@app.cell
def demand_and_supply():
    week = reader.ask(
        postgres,
        """
        SELECT arrondissement, stations, points_in_service, occupied_hours_per_point_day, week,
               days_observed, (SELECT min(source) FROM station_states) AS source
        FROM saturation AS s
        WHERE scope = 'arrondissement'
            AND week = (SELECT week FROM saturation WHERE scope = 'arrondissement'
                        GROUP BY 1 ORDER BY max(days_observed) DESC, 1 DESC LIMIT 1)
        """,
    )
    return (week,)


@app.cell
def picture(hours, week):
    both = hours.join(week, on="arrondissement").sort(
        "saturation", descending=True, nulls_last=True
    )
    reader.stop_without(both, "Not enough history: no arrondissement has hours and a week yet.")
    color = alt.Color("saturation:Q", title=f"full at {options.hour}:00").scale(scheme="viridis")
    lacking = (
        alt.Chart(both, title=f"Full on weekdays at {options.hour}:00")
        .mark_bar()
        .encode(
            y=alt.Y("arrondissement:O", sort=None),
            x=alt.X("saturation:Q", title="full ÷ (some point available + full)").axis(format="%"),
            color=color,
        )
    )
    against = alt.Chart(both, title="Demand against supply").encode(
        x=alt.X("points_in_service:Q", title="supply: points in service"),
        y=alt.Y(
            "occupied_hours_per_point_day:Q", title="demand: hours occupied, per point and day"
        ),
    )
    chart = lacking | (
        against.mark_circle(size=150).encode(color=color)
        + against.mark_text(dx=12).encode(text="arrondissement:O")
    )
    return both, chart


@app.cell
def sentence(both, chart):
    named = [
        "{arrondissement} ({share}, {points_in_service:.0f} points in service, each occupied for"
        " {occupied_hours_per_point_day:.1f} h of 24)".format(
            **row, share=reader.percent(row["saturation"])
        )
        for row in both.head(3).iter_rows(named=True)
        if row["saturation"]
    ]
    total = both.select(
        pl.col("full").sum() / 3600 / pl.col("station_hours").sum(), pl.col("station_hours").sum()
    ).row(0)
    sentence = (
        f"On weekdays at {options.hour}:00, points lack most in arrondissement"
        f" {', '.join(named) or 'none: no station was full'}; all of them were full for"
        f" {reader.percent(total[0])} of {total[1]:.0f} station-hours, from {both['first'].min()}"
        f" to {both['last'].max()} (at most {both['days'].max()} days of each; demand in the"
        f" week from {both['week'][0]}). This is of the days observed."
    )
    reader.answer(chart, "Where points are lacking", sentence, both["source"][0], options.to)
    return


if __name__ == "__main__":
    app.run()
