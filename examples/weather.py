"""Everyone: what goes with cold and rain, and how sure is that?"""

import marimo

__generated_with = "0.25.2"

app = marimo.App(width="medium", app_title="Weather: what goes with cold and rain")

with app.setup:
    import altair as alt
    import polars as pl
    import reader

    options = reader.options("What goes with cold and rain, at like hours of the same weeks.")
    postgres = reader.address("BELIB_POSTGRES_URL", options.mode)


@app.cell
def differences():
    # Of the whole city, also what is withheld, with the reason.
    rows = reader.ask(
        postgres,
        """
        SELECT condition, compared_with, temperature_c, 100 * difference AS points,
               100 * difference_low AS low, 100 * difference_high AS high, standing, reason,
               hours, days, days_used, 100 * occupancy AS occupancy, source
        FROM weather_association WHERE scope = 'city' ORDER BY temperature_c, condition
        """,
    )
    reader.stop_without(rows, "Not enough history: no hour has weather yet (marts_daily).")
    known = rows.drop_nulls("points")
    reader.stop_without(
        known,
        "Nothing can be said yet of what goes with cold or rain:"
        f" {rows['reason'].drop_nulls().mode().sort()[0]} ({rows['days_used'][0]} days so far).",
    )
    return rows, known


@app.cell
def sentence(known):
    def words(row, of):
        clear = "" if row["low"] > 0 or row["high"] < 0 else ", so it may be nothing at all"
        return (
            f"{of} occupancy is {abs(row['points']):.1f} percentage points"
            f" {'higher' if row['points'] > 0 else 'lower'} than"
            f" {'in dry ones' if row['compared_with'] == 'dry' else 'at ' + row['compared_with']}"
            f" (95 % interval {row['low']:+.1f} to {row['high']:+.1f}{clear};"
            f" {row['hours']} such hours on {row['days']} days)"
        )

    cold = known.drop_nulls("temperature_c").head(1).to_dicts()
    rain = known.filter(pl.col("temperature_c").is_null()).to_dicts()
    parts = [
        *(words(row, f"at {row['condition']}") for row in cold),
        *(words(row, f"in hours with {row['condition']}") for row in rain),
    ]
    sentence = "; ".join(parts)
    return (sentence,)


@app.cell
def answer(rows, known, sentence):
    base = alt.Chart(
        known.with_columns(
            pl.format("{} against {}", "condition", "compared_with").alias("weather")
        )
    ).encode(y=alt.Y("weather:N", sort=None, title=None).axis(labelLimit=300))
    interval = alt.X("low:Q", title="percentage points of occupancy, with the 95 % interval")
    chart = (
        base.mark_rule(strokeWidth=3, color=reader.GREY).encode(x=interval, x2="high:Q")
        + base.mark_point(filled=True, size=90, color=reader.BLUE).encode(x="points:Q")
        + alt.Chart(pl.DataFrame({"none": [0]})).mark_rule(strokeDash=[4, 3]).encode(x="none:Q")
    )
    first = rows.row(0, named=True)
    standing = "; provisional, below 90 days" if "provisional" in known["standing"] else ""
    answer_text = (
        f"At the same hours of the week, within a week: {sentence}. Occupancy was"
        f" {first['occupancy']:.1f} % in all, over {first['days_used']} days{standing}. This goes"
        " with the weather; nothing here says that the weather causes it."
    )
    title = "What goes with cold and rain"
    reader.answer(chart, title, answer_text, first["source"], options.to, of_weather=True)
    return


if __name__ == "__main__":
    app.run()
