-- name: by_hour
SELECT local_hour, sum(any_available_seconds)::float / sum(any_observed_seconds),
       sum(any_observed_seconds) / 3600.0, count(DISTINCT local_date)
FROM availability_facts GROUP BY 1 HAVING sum(any_observed_seconds) > 0 ORDER BY 1
-- name: by_hour_and_weekday
SELECT local_hour, local_weekday, sum(any_available_seconds)::float / sum(any_observed_seconds),
       sum(any_observed_seconds) / 3600.0
FROM availability_facts GROUP BY 1, 2 ORDER BY 1, 2
-- name: by_weather
WITH days AS (
    SELECT weather_class AS class, local_date, sum(any_available_seconds)::float AS n,
           sum(any_observed_seconds)::float AS d
    FROM availability_facts WHERE weather_class IS NOT NULL GROUP BY 1, 2
), pairs AS (
    SELECT one.class, one.local_date,
           max(one.n) / max(one.d) - sum(other.n) / sum(other.d) AS difference
    FROM days AS one JOIN days AS other USING (local_date)
    WHERE one.class <> other.class GROUP BY 1, 2
)
SELECT class, (SELECT sum(n) / sum(d) FROM days WHERE days.class = pairs.class), avg(difference),
       (SELECT count(*) FROM days WHERE days.class = pairs.class),
       (SELECT sum(d) / 3600 FROM days WHERE days.class = pairs.class)
FROM pairs GROUP BY class ORDER BY class
-- name: hours_by_weather
SELECT weather_class, count(DISTINCT hour), sum(occupied_seconds)::float
       / sum(available_seconds::bigint + occupied_seconds + reserved_seconds)
FROM availability_facts GROUP BY 1 ORDER BY 1
-- name: trend
SELECT hour, sum(available_seconds)::float / sum(available_seconds::bigint + occupied_seconds
       + reserved_seconds + out_of_order_seconds + unknown_seconds),
       avg(temperature_c), avg(precipitation_mm)
FROM availability_facts GROUP BY 1 ORDER BY 1
-- name: least_available
SELECT address, sum(available_seconds)::float / sum(available_seconds::bigint + occupied_seconds
       + reserved_seconds + out_of_order_seconds + unknown_seconds) AS share,
       sum(any_observed_seconds) / 3600.0
FROM availability_facts JOIN stations USING (station_id)
GROUP BY station_id, address HAVING sum(any_observed_seconds) / 3600.0 >= :enough
ORDER BY sum(any_available_seconds) = 0 AND sum(full_seconds) < sum(any_observed_seconds) DESC,
         share, station_id LIMIT 10
-- name: most_full
SELECT address, sum(full_seconds)::float / sum(any_available_seconds + full_seconds) AS saturation,
       sum(full_seconds) / 3600.0
FROM availability_facts JOIN stations USING (station_id)
GROUP BY station_id, address HAVING sum(any_observed_seconds) / 3600.0 >= :enough
ORDER BY saturation DESC, station_id LIMIT 10
-- name: quality
SELECT local_date, 1 - sum(unobserved_seconds)::float / sum(charge_points::bigint * 3600),
       sum(stale_seconds)::float / sum(charge_points::bigint * 3600 - unobserved_seconds),
       count(DISTINCT station_id)
FROM availability_facts WHERE hour + interval '1 hour' <= :now GROUP BY 1 ORDER BY 1
-- name: taken
SELECT local_date, sum(taken) FROM (
    SELECT hour, min(local_date) AS local_date, max(snapshots) AS taken
    FROM availability_facts WHERE hour + interval '1 hour' <= :now GROUP BY 1
) AS hours GROUP BY 1 ORDER BY 1
-- name: span
SELECT sum(any_available_seconds)::float / sum(any_observed_seconds), sum(any_observed_seconds) / 3600.0,
       count(DISTINCT local_date)
FROM availability_facts
WHERE (local_weekday > 5) = :is_weekend AND local_hour >= :start AND local_hour < :start + 3
-- name: best_less_worst
WITH days AS (
    SELECT local_date, local_hour AS hour, any_available_seconds AS n,
           any_observed_seconds AS d
    FROM availability_facts WHERE (local_weekday > 5) = :is_weekend
), sides AS (
    SELECT local_date,
           sum(n) FILTER (WHERE hour >= :best AND hour < :best + 3)::float
           / nullif(sum(d) FILTER (WHERE hour >= :best AND hour < :best + 3), 0)
           - sum(n) FILTER (WHERE hour >= :worst AND hour < :worst + 3)::float
           / nullif(sum(d) FILTER (WHERE hour >= :worst AND hour < :worst + 3), 0) AS difference
    FROM days GROUP BY 1
)
SELECT avg(difference), count(difference) FROM sides
-- name: arrondissements
SELECT arrondissement, sum(available),
       sum(available + occupied + reserved + out_of_order + unknown),
       count(*) FILTER (WHERE station_status = 'available'), count(*)
FROM station_states GROUP BY 1 ORDER BY 1
-- name: missed
SELECT (SELECT count(*) FROM generate_series((SELECT min(hour) FROM availability_facts),
                                             (SELECT max(hour) FROM availability_facts),
                                             interval '1 hour') AS every (hour)
        WHERE every.hour NOT IN (SELECT hour FROM availability_facts)),
       count(DISTINCT hour) FROM availability_facts WHERE snapshots = 7
