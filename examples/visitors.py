"""Visitor: a free 22 kW point near the Louvre, now."""

import marimo

__generated_with = "0.25.2"

app = marimo.App(width="medium", app_title="Visitor: a free 22 kW point near the Louvre")

with app.setup:
    import os

    import altair as alt
    import polars as pl
    import pymongo
    import reader

    from belib_weather.transform.distance import metres_from

    options = reader.options(
        "A free 22 kW point, now.", near="48.8606,2.3376", metres="1500", power="22"
    )
    latitude, longitude = reader.place(options.near)


@app.cell
def free_points():
    url = reader.address("BELIB_MONGO_URL", options.mode)
    with pymongo.MongoClient(url, tz_aware=True) as client:
        database = client[os.environ.get("BELIB_MONGO_DATABASE", "belib")]
        found = list(
            database["belib_current"].find(
                {"status": "available", "is_stale": False, "location": {"$exists": True}}
            )
        )
        projection = database["projections"].find_one({"_id": "belib_current"})
    free = pl.DataFrame(
        [
            {
                "charge_point_id": point["_id"],
                "longitude": point["location"]["coordinates"][0],
                "latitude": point["location"]["coordinates"][1],
            }
            for point in found
        ]
    )
    reader.stop_without(free, "No charge point of the city is free, or none was polled yet.")
    return found, free, projection


@app.cell
def strong_enough(free):
    # The live state has no power: that comes from the equipment, as published.
    points = reader.ask(
        reader.address("BELIB_POSTGRES_URL", options.mode),
        """
        SELECT charge_point_id, address, power_kw, has_type_2, opening_hours
        FROM charge_points WHERE valid_to IS NULL AND power_kw >= %(power)s
        """,
        power=float(options.power),
    )
    reader.stop_without(points, f"No point of {options.power} kW is known (static_daily).")
    away = metres_from(latitude, longitude).alias("metres")
    strong = free.join(points, on="charge_point_id").with_columns(away).sort("metres")
    reader.stop_without(strong, f"No point of {options.power} kW or more is free in Paris now.")
    return (strong,)


@app.cell
def answer(found, projection, strong):
    stations = strong.group_by("address", maintain_order=True).agg(
        pl.len().alias("free"), pl.first("metres", "longitude", "latitude", "power_kw")
    )
    chart = (
        alt.Chart(stations.head(8))
        .mark_bar(color=reader.GREEN)
        .encode(
            y=alt.Y("address:N", sort=None, title=None).axis(labelLimit=300),
            x=alt.X("metres:Q", title="metres as the crow flies"),
        )
    )
    first = stations.row(0, named=True)
    within = stations.filter(pl.col("metres") <= int(options.metres))
    moment = projection["captured_at"]
    sentence = (
        f"At {moment.astimezone(reader.PARIS):%H:%M on %-d %B %Y} the nearest free"
        f" point of {options.power} kW or more is at {first['address']}, {first['metres']} m away"
        f" ({first['power_kw']:.0f} kW, {first['free']} free there); {within['free'].sum()} are"
        f" free within {options.metres} m, and it may be taken when you arrive."
    )
    title = f"Free now, {options.power} kW or more"
    reader.answer(chart, title, sentence, found[0]["source"], options.to)
    return


if __name__ == "__main__":
    app.run()
