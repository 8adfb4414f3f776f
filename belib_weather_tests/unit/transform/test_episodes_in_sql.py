"""Status episodes once more, by another route: DuckDB's SQL over the raw bodies, to the last digit.

The SQL is written from docs/metrics.md and shares no code with the package: it reads JSON, labels,
ids, stamps, hand-overs, staleness and cuts by itself.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import duckdb
import polars as pl
import pytest

from belib_weather.formats.batches import Snapshot
from belib_weather.formats.snapshots import read_sightings
from belib_weather.simulator.truth import Truth
from belib_weather.simulator.world import World
from belib_weather.transform.episodes import status_episodes
from belib_weather.window import DAY, Window

FIRST = datetime(2026, 10, 5, tzinfo=UTC)
DAYS = Window(FIRST, FIRST + 2 * DAY)
"""Of summer time: the resync is at 02:30 UTC."""
FAR_AHEAD, FROZEN = "FR*V75*E9004*01*2", "FR*V75*E9004*01*3"

SQL = """
WITH records AS (
    SELECT captured, trim(r.id_pdc) AS point, r.statut_pdc AS label,
        epoch(CAST(r.last_updated AS TIMESTAMPTZ))::BIGINT AS u
    FROM (SELECT captured, unnest(from_json(body, '[{
        "id_pdc": "VARCHAR", "statut_pdc": "VARCHAR", "last_updated": "VARCHAR"}]')) AS r
        FROM bodies)
), stamps AS (
    SELECT *, row_number() OVER (PARTITION BY captured ORDER BY u DESC) AS place,
        count(*) OVER (PARTITION BY captured) AS stamps
    FROM (SELECT DISTINCT captured, u FROM records)
), alive AS (
    -- No stamp confirms itself: of the others the newest at most an hour ahead of the tenth newest.
    SELECT s.captured, s.u, s.u <= s.captured + 300 OR s.u <= (
        SELECT max(o.u) FROM stamps AS o
        WHERE o.captured = s.captured AND o.u <> s.u AND o.u <= 3600 + (
            SELECT t.u FROM stamps AS t WHERE t.captured = s.captured AND t.u <> s.u
            ORDER BY t.u DESC LIMIT 1 OFFSET 9)
    ) + 300 AS is_alive
    FROM stamps AS s
), sightings AS (
    SELECT captured AS t, point, if(is_alive, r.u, NULL) AS u,
        CASE label WHEN 'Disponible' THEN 0 WHEN 'Occupé (en charge)' THEN 1
            WHEN 'Réservé' THEN 2 WHEN 'En maintenance' THEN 3
            WHEN 'Mise en service planifiée' THEN 4 WHEN 'Supprimé' THEN 5 ELSE 6 END AS rank
    FROM records AS r JOIN alive USING (captured, u)
    QUALIFY row_number() OVER (
        PARTITION BY point, captured ORDER BY is_alive DESC, r.u DESC, rank DESC) = 1
), pairs AS (
    SELECT point, t AS a, lead(t) OVER w AS b, rank AS rank_a, lead(rank) OVER w AS rank_b,
        u AS u_a, lead(u) OVER w AS u_b
    FROM sightings WINDOW w AS (PARTITION BY point ORDER BY t)
), handed AS (
    SELECT *, coalesce(u_a < u_b AND strftime(
            timezone('Europe/Paris', to_timestamp(u_b)), '%H:%M') <> '04:30', FALSE) AS is_newer,
        if(is_newer AND u_b <= b, greatest(a, u_b), b) AS m
    FROM pairs WHERE b - a <= 1800
), records_in_force AS (
    SELECT point, a AS start, m AS finish, rank_a AS rank, u_a AS u, NULL AS came FROM handed
    UNION ALL
    SELECT point, m, b, rank_b, u_b, NULL FROM handed
), by_freshness AS (
    SELECT point, start, if(u IS NULL, start, greatest(start, least(finish, u + 93600))) AS finish,
        rank, u, FALSE AS is_stale FROM records_in_force
    UNION ALL
    SELECT point, if(u IS NULL, start, greatest(start, least(finish, u + 93600))), finish,
        rank, u, TRUE FROM records_in_force
), by_day AS (
    SELECT point, greatest(start, day) AS start, least(finish, day + 86400) AS finish, rank, u,
        is_stale
    FROM by_freshness, (SELECT unnest(generate_series(
        (SELECT min(t) // 86400 * 86400 FROM sightings),
        (SELECT max(t) // 86400 * 86400 FROM sightings), 86400)) AS day)
    WHERE greatest(start, day) < least(finish, day + 86400)
), marked AS (
    SELECT *, lag(finish) OVER w IS NOT DISTINCT FROM start AS follows,
        lag(rank) OVER w = rank AS same_status,
        lag(rank) OVER w = rank AND lag(is_stale) OVER w = is_stale AS same_key
    FROM by_day WINDOW w AS (PARTITION BY point ORDER BY start)
), numbered AS (
    SELECT *, sum(CASE WHEN follows AND same_key AND start % 86400 > 0 THEN 0 ELSE 1 END)
        OVER (PARTITION BY point ORDER BY start) AS segment
    FROM marked
), segments AS (
    SELECT point, segment, min(start) AS start, max(finish) AS finish,
        arg_min(rank, start) AS rank, arg_min(is_stale, start) AS is_stale,
        arg_min(u, start) AS stamp,
        CASE WHEN NOT arg_min(follows, start) THEN 'unseen'
            WHEN arg_min(same_key, start) THEN 'midnight'
            WHEN arg_min(same_status, start) THEN 'stale' ELSE 'polled' END AS change
    FROM numbered GROUP BY point, segment
), begun AS (
    SELECT s.*, if(change = 'polled' AND EXISTS (
        FROM handed AS h
        WHERE h.point = s.point AND h.is_newer AND h.m = s.start AND h.u_b = s.start
    ), 'exact', change) AS start_kind
    FROM segments AS s
), ended AS (
    SELECT *, lead(start) OVER w AS next_start, lead(start_kind) OVER w AS next_kind
    FROM begun WINDOW w AS (PARTITION BY point ORDER BY start)
)
SELECT point, start, finish, finish - start, rank, is_stale, start_kind,
    if(next_start = finish, next_kind, 'unseen') AS end_kind,
    (SELECT count(*) FROM handed AS h WHERE h.point = e.point AND h.is_newer
        AND (h.m > e.start AND h.m < e.finish
            OR h.m = e.start AND e.start_kind = 'midnight')) AS restamps, stamp
FROM ended AS e WHERE start >= $first AND start < $last ORDER BY point, start
"""
_RANKS = ("available", "occupied", "reserved", "out_of_order", "planned", "removed", "unknown")


def bodies() -> Iterator[tuple[datetime, bytes]]:
    """Polls of two days around: a gap, a portal that is ahead, one that is frozen, a row twice."""
    world = World(outages_per_point=0.9, flapping_share=0.9)
    truth = Truth(seed=3, charge_points=40, world=world)
    for number in range(-3, 2 * 144 + 4):
        at = FIRST + number * timedelta(minutes=10)
        if 60 < number < 66:
            continue
        records = json.loads(truth.poll(at))
        for record in records:
            if record["id_pdc"] == FAR_AHEAD and number % 7 == 0:
                record["last_updated"] = f"{at + timedelta(hours=5):%Y-%m-%dT%H:%M:%S+00:00}"
            if record["id_pdc"] == FROZEN:
                record["last_updated"] = "2026-10-04T12:00:07+00:00"
        if number % 11 == 0:
            records.append({**records[5], "statut_pdc": "Inconnu"})
        yield at, json.dumps(records).encode()


@pytest.mark.long
def test_duckdb_over_raw_bodies_gives_every_segment_to_the_last_digit() -> None:
    polls = list(bodies())
    read = read_sightings(Snapshot(at, body) for at, body in polls)
    days = pl.DataFrame({"day": DAYS.days}, schema={"day": pl.Datetime("us", "UTC")})
    episodes = status_episodes(
        read.good, window=DAYS, sources=days.with_columns(source=pl.lit("s"))
    )

    with duckdb.connect() as database:
        database.execute("CREATE TABLE bodies (captured BIGINT, body VARCHAR)")
        database.executemany(
            "INSERT INTO bodies VALUES (?, ?)",
            [(int(at.timestamp()), body.decode()) for at, body in polls],
        )
        ends = {"first": int(DAYS.start.timestamp()), "last": int(DAYS.end.timestamp())}
        expected = database.execute(SQL, ends).fetchall()

    status = (
        pl.col("status").cast(pl.String).replace_strict(dict(zip(_RANKS, range(7), strict=True)))
    )
    found = episodes.select(
        "charge_point_id",
        pl.col("started_at").dt.epoch("s"),
        pl.col("ended_at").dt.epoch("s"),
        "seconds",
        status,
        "is_stale",
        pl.col("start_kind").cast(pl.String),
        pl.col("end_kind").cast(pl.String),
        "restamps",
        pl.col("stamp").dt.epoch("s"),
    ).rows()
    assert found == expected
    kinds = {row[6] for row in found} | {row[7] for row in found}
    assert kinds == {"exact", "polled", "stale", "unseen", "midnight"}
    assert {True, False} == {row[5] for row in found}
    assert any(row[8] for row in found)
    assert any(row[9] is None for row in found)
