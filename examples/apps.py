"""App developer: the live state near a place, by one request to MongoDB."""

import marimo

__generated_with = "0.25.2"

app = marimo.App(width="medium", app_title="App developer: live state by one request")

with app.setup:
    import os

    import altair as alt
    import polars as pl
    import pymongo
    import reader

    options = reader.options("Live state near a place.", near="48.8566,2.3522", metres="800")
    latitude, longitude = reader.place(options.near)


@app.cell
def one_request():
    # One document per charge point, with a 2dsphere index: nearest first, free or not.
    request = [
        {
            "$geoNear": {
                "near": {"type": "Point", "coordinates": [longitude, latitude]},
                "key": "location",
                "distanceField": "metres",
                "maxDistance": int(options.metres),
            }
        }
    ]
    database = os.environ.get("BELIB_MONGO_DATABASE", "belib")
    url = reader.address("BELIB_MONGO_URL", options.mode)
    with pymongo.MongoClient(url, tz_aware=True) as client:
        points = list(client[database]["belib_current"].aggregate(request))
        projection = client[database]["projections"].find_one({"_id": "belib_current"})
    return points, projection


@app.cell
def rows(points, projection):
    live = pl.DataFrame(
        [
            {
                "address": point["address"],
                "status": "stale" if point["is_stale"] else point["status"],
                "metres": point["metres"],
                "longitude": point["location"]["coordinates"][0],
                "latitude": point["location"]["coordinates"][1],
            }
            for point in points
        ]
    )
    when = projection["captured_at"].astimezone(reader.PARIS) if projection else None
    reader.stop_without(
        live, f"No charge point within {options.metres} m of {options.near} ({when})."
    )
    return live, when


@app.cell
def answer(live, points, when):
    # Points of one station share a place: one circle each, as wide as there are points.
    places = live.group_by("address", "longitude", "latitude", "status").agg(pl.len().alias("n"))
    chart = (
        alt.Chart(places)
        .mark_circle(opacity=0.7)
        .encode(
            x=alt.X("longitude:Q").scale(zero=False),
            y=alt.Y("latitude:Q").scale(zero=False),
            size=alt.Size("n:Q", title="points"),
            color=alt.Color("status:N", title=None).scale(
                domain=["available", "occupied", "out_of_order", "unknown", "stale"],
                range=[reader.GREEN, reader.BLUE, reader.ORANGE, "#E69F00", reader.GREY],
            ),
            tooltip=["address", "status", "n"],
        )
    )
    free = live.filter(pl.col("status") == "available")
    nearest = (
        f"the nearest at {free['address'][0]}, {free['metres'][0]:.0f} m" if len(free) else "-"
    )
    sentence = (
        f"At {when:%H:%M on %-d %B %Y} {free.height} of {live.height} charge points within"
        f" {options.metres} m are free ({nearest})."
    )
    reader.answer(chart, f"Now, near {options.near}", sentence, points[0]["source"], options.to)
    return


if __name__ == "__main__":
    app.run()
