"""Researcher: how long is a point occupied, by power? With what limits it, and how to cite it."""

import marimo

__generated_with = "0.25.2"

app = marimo.App(width="medium", app_title="Researcher: how long a point is occupied, by power")

with app.setup:
    from importlib.metadata import version

    import altair as alt
    import polars as pl
    import reader

    options = reader.options("How long points are occupied, by power.")
    postgres = reader.address("BELIB_POSTGRES_URL", options.mode)


@app.cell
def occupied_runs():
    # A run is about a session: time occupied, plugged in, whether current flows or not.
    runs = reader.ask(
        postgres,
        """
        SELECT coalesce(p.power_kw, 0) AS power_kw, r.seconds::float8 / 3600 AS hours, r.restamps,
               r.start_kind IN ('exact', 'polled') AND r.end_kind IN ('exact', 'polled')
                   AS is_whole, r.local_date, r.source
        FROM status_runs AS r
        LEFT JOIN charge_points AS p ON p.charge_point_id = r.charge_point_id AND p.valid_to IS NULL
        WHERE r.status = 'occupied' AND NOT r.is_stale
        """,
    )
    reader.stop_without(runs, "Not enough history: no occupied point was seen (episodes_hourly).")
    return (runs,)


@app.cell
def cadence():
    # A session that begins and ends between two polls is not seen: so the cadence is named.
    polled = reader.ask(
        postgres,
        """
        SELECT sum(observed_seconds)::float8 / nullif(sum(snapshots), 0) / 60 AS minutes
        FROM feed_hours WHERE NOT is_provisional
        """,
    )["minutes"][0]
    between = "unknown" if polled is None else f"{polled:.0f} minutes"
    return (between,)


@app.cell
def by_power(runs):
    whole = runs.filter("is_whole")
    figures = (
        runs.group_by("power_kw")
        .agg(
            pl.len().alias("runs"),
            (~pl.col("is_whole")).mean().alias("censored"),
            pl.col("restamps").mean(),
            pl.col("hours").filter("is_whole").median().alias("median"),
            pl.col("hours").filter("is_whole").quantile(0.9).alias("p90"),
        )
        .sort("power_kw")
    )
    reader.stop_without(whole, "Not enough history: no run was seen from its begin to its end.")
    return figures, whole


@app.cell
def picture(whole):
    curve = whole.sort("hours").with_columns(
        (pl.int_range(1, pl.len() + 1).over("power_kw") / pl.len().over("power_kw")).alias("share"),
        pl.when(pl.col("power_kw") > 0)
        .then(pl.format("{} kW", pl.col("power_kw").round(1)))
        .otherwise(pl.lit("unknown"))
        .alias("power"),
    )
    # A picture does not need more points than pixels.
    few = curve.filter(
        pl.int_range(pl.len()).over("power_kw") % (pl.len().over("power_kw") // 200 + 1) == 0
    )
    chart = (
        alt.Chart(few)
        .mark_line(interpolate="step-after")
        .encode(
            x=alt.X("hours:Q", title="hours occupied").scale(domain=[0, 24], clamp=True),
            y=alt.Y("share:Q", title="share of whole runs that are over").axis(format="%"),
            color=alt.Color("power:N", title="power of the point"),
        )
    )
    return (chart,)


@app.cell
def sentence(between, chart, figures, runs, whole):
    parts = [
        f"{row['power_kw'] or 'unknown'} kW {row['median']:.1f} h (nine of ten within"
        f" {row['p90']:.1f} h; {row['runs']} runs, {reader.percent(row['censored'])} censored,"
        f" {row['restamps']:.2f} restamps each)"
        for row in figures.iter_rows(named=True)
        if row["median"] is not None
    ]
    sentence = (
        f"Median time occupied, of the {whole.height} of {runs.height} runs that were seen from"
        f" begin to end, {runs['local_date'].min()} to {runs['local_date'].max()}:"
        f" {'; '.join(parts)}; polled every"
        f" {between}; long runs are censored more often, and this is not energy."
    )
    print(f"Cite: belib_weather {version('belib-weather')} (CITATION.cff). {reader.BELIB.line}.")
    reader.answer(chart, "How long a point is occupied", sentence, runs["source"][0], options.to)
    return


if __name__ == "__main__":
    app.run()
