-- What each panel must show, written by hand from docs/reckoning.md and from nothing else.
-- A panel's statement begins with its name; columns are its dimensions, then its measures.

-- panel: free-now
SELECT sum(available),
       sum(available)::float8 / nullif(sum(available + occupied + reserved + out_of_order + unknown), 0)
FROM station_states

-- panel: stations-free-now
SELECT count(*) FILTER (WHERE station_status = 'available'), count(DISTINCT station_id)
FROM station_states

-- panel: stations-by-state
SELECT station_status, count(*) FROM station_states GROUP BY 1

-- panel: free-stations
SELECT station_id, address, sum(available), sum(charge_points) FROM station_states
WHERE station_status = 'available' GROUP BY 1, 2

-- panel: free-by-arrondissement
SELECT arrondissement,
       sum(available)::float8 / nullif(sum(available + occupied + reserved + out_of_order + unknown), 0)
FROM station_states
WHERE arrondissement IS NOT NULL GROUP BY 1

-- panel: free-in-period-by-arrondissement
SELECT arrondissement,
       sum(available_seconds)::float8 / nullif(sum(available_seconds + occupied_seconds
       + reserved_seconds + out_of_order_seconds + unknown_seconds), 0)
FROM availability_hours
WHERE arrondissement IS NOT NULL AND hour >= :start AND hour < :end GROUP BY 1

-- panel: newest-snapshot
SELECT max(captured_at), sum(charge_points) FROM station_states

-- panel: silent-now
SELECT sum(unknown + stale)::float8 / sum(charge_points), sum(charge_points) FROM station_states

-- panel: broken-now
SELECT count(*) FILTER (WHERE station_status IN ('silent', 'out_of_order')), count(*) FROM station_states

-- panel: points-out-of-order-now
SELECT sum(reported_out_of_order), sum(charge_points) FROM station_states

-- panel: broken-stations
SELECT station_id, address, station_status, since_kind,
       since, reported_out_of_order, unknown + stale, charge_points, newest_update
FROM station_states WHERE available + occupied + reserved = 0

-- panel: broken-map
SELECT station_id, station_name, address, arrondissement, station_status, since, since_kind, available,
       reported_out_of_order, charge_points, power_kw, latitude, longitude
FROM station_states WHERE available + occupied + reserved = 0

-- panel: points-out-of-order
SELECT station_id, address, out_of_order_since_kind, out_of_order_since, reported_out_of_order, charge_points
FROM station_states WHERE reported_out_of_order > 0

-- panel: sources-now
SELECT source, max(captured_at) FROM station_states GROUP BY 1

-- panel: station-map
SELECT station_id, station_name, address, arrondissement, station_status, since, since_kind, available,
       reported_out_of_order, charge_points, power_kw, latitude, longitude
FROM station_states

-- panel: occupancy-and-last-week
SELECT sum(occupied_seconds) FILTER (WHERE hour >= :start AND hour < :end)::float8 / nullif(sum(available_seconds + occupied_seconds + reserved_seconds) FILTER (WHERE hour >= :start AND hour < :end), 0),
       CASE WHEN sum(any_observed_seconds) FILTER (WHERE hour < CAST(:end AS timestamptz) - interval '168 hours') >= 0.9 * sum(any_observed_seconds) FILTER (WHERE hour >= :start AND hour < :end)
            AND sum(any_observed_seconds) FILTER (WHERE hour >= :start AND hour < :end) >= 0.9 * sum(any_observed_seconds) FILTER (WHERE hour < CAST(:end AS timestamptz) - interval '168 hours')
       THEN 100 * (sum(occupied_seconds) FILTER (WHERE hour >= :start AND hour < :end)::float8 / nullif(sum(available_seconds + occupied_seconds + reserved_seconds) FILTER (WHERE hour >= :start AND hour < :end), 0)
       - sum(occupied_seconds) FILTER (WHERE hour < CAST(:end AS timestamptz) - interval '168 hours')::float8 / nullif(sum(available_seconds + occupied_seconds + reserved_seconds) FILTER (WHERE hour < CAST(:end AS timestamptz) - interval '168 hours'), 0)) END
FROM availability_hours
WHERE hour >= CAST(:start AS timestamptz) - interval '168 hours' AND hour < :end

-- panel: chance-and-last-week
SELECT sum(any_available_seconds) FILTER (WHERE hour >= :start AND hour < :end)::float8 / nullif(sum(any_observed_seconds) FILTER (WHERE hour >= :start AND hour < :end), 0),
       CASE WHEN sum(any_observed_seconds) FILTER (WHERE hour < CAST(:end AS timestamptz) - interval '168 hours') >= 0.9 * sum(any_observed_seconds) FILTER (WHERE hour >= :start AND hour < :end)
            AND sum(any_observed_seconds) FILTER (WHERE hour >= :start AND hour < :end) >= 0.9 * sum(any_observed_seconds) FILTER (WHERE hour < CAST(:end AS timestamptz) - interval '168 hours')
       THEN 100 * (sum(any_available_seconds) FILTER (WHERE hour >= :start AND hour < :end)::float8 / nullif(sum(any_observed_seconds) FILTER (WHERE hour >= :start AND hour < :end), 0)
       - sum(any_available_seconds) FILTER (WHERE hour < CAST(:end AS timestamptz) - interval '168 hours')::float8 / nullif(sum(any_observed_seconds) FILTER (WHERE hour < CAST(:end AS timestamptz) - interval '168 hours'), 0)) END
FROM availability_hours
WHERE hour >= CAST(:start AS timestamptz) - interval '168 hours' AND hour < :end

-- panel: chance-by-hour
SELECT local_hour, sum(any_available_seconds)::float8 / nullif(sum(any_observed_seconds), 0)
FROM availability_hours WHERE hour >= :start AND hour < :end GROUP BY 1

-- panel: chance-by-hour-and-weekday
SELECT local_hour, local_weekday,
       sum(any_available_seconds)::float8 / nullif(sum(any_observed_seconds), 0)
FROM availability_hours WHERE hour >= :start AND hour < :end GROUP BY 1, 2

-- panel: occupancy-by-hour-and-weekday
SELECT local_hour, local_weekday,
       sum(occupied_seconds)::float8
       / nullif(sum(available_seconds + occupied_seconds + reserved_seconds), 0)
FROM availability_hours WHERE hour >= :start AND hour < :end GROUP BY 1, 2

-- panel: pressure-by-hour
SELECT local_hour,
       sum(occupied_seconds)::float8
       / nullif(sum(available_seconds + occupied_seconds + reserved_seconds), 0),
       sum(full_seconds)::float8 / nullif(sum(any_available_seconds + full_seconds), 0)
FROM availability_hours WHERE hour >= :start AND hour < :end GROUP BY 1

-- panel: chance-by-arrondissement
SELECT arrondissement, sum(any_available_seconds)::float8 / nullif(sum(any_observed_seconds), 0)
FROM availability_hours
WHERE arrondissement IS NOT NULL AND hour >= :start AND hour < :end GROUP BY 1

-- panel: saturation-by-arrondissement
SELECT arrondissement, sum(full_seconds)::float8 / nullif(sum(any_available_seconds + full_seconds), 0)
FROM availability_hours
WHERE arrondissement IS NOT NULL AND hour >= :start AND hour < :end GROUP BY 1

-- panel: demand-and-supply
SELECT arrondissement, count(DISTINCT station_id),
       sum(available_seconds + occupied_seconds + reserved_seconds) / 3600.0::float8,
       sum(occupied_seconds) / 3600.0::float8,
       sum(occupied_seconds)::float8
       / nullif(sum(available_seconds + occupied_seconds + reserved_seconds), 0),
       sum(full_seconds)::float8 / nullif(sum(any_available_seconds + full_seconds), 0),
       sum(any_observed_seconds) / 3600.0::float8
FROM availability_hours
WHERE arrondissement IS NOT NULL AND hour >= :start AND hour < :end GROUP BY 1

-- panel: occupancy-by-power
SELECT CASE WHEN power_kw < 5 THEN '0 – 5' WHEN power_kw < 12 THEN '5 – 12'
            WHEN power_kw < 25 THEN '12 – 25' ELSE '≥ 25' END,
       sum(occupied_seconds)::float8
       / nullif(sum(available_seconds + occupied_seconds + reserved_seconds), 0)
FROM availability_hours
WHERE power_kw IS NOT NULL AND hour >= :start AND hour < :end GROUP BY 1

-- panel: fullest-stations
SELECT station_id, (array_agg(address ORDER BY hour DESC))[1],
       CASE WHEN sum(any_observed_seconds) >= extract(epoch FROM CAST(:end AS timestamptz) - CAST(:start AS timestamptz)) / 2
       THEN sum(full_seconds)::float8 / nullif(sum(any_available_seconds + full_seconds), 0) END,
       sum(full_seconds) / 3600.0::float8,
       sum(occupied_seconds)::float8
       / nullif(sum(available_seconds + occupied_seconds + reserved_seconds), 0),
       sum(any_observed_seconds) / 3600.0::float8
FROM availability_hours WHERE hour >= :start AND hour < :end GROUP BY 1

-- panel: worst-stations
SELECT station_id, (array_agg(address ORDER BY hour DESC))[1],
       CASE WHEN sum(any_observed_seconds) >= extract(epoch FROM CAST(:end AS timestamptz) - CAST(:start AS timestamptz)) / 2
       THEN sum(any_available_seconds)::float8 / nullif(sum(any_observed_seconds) - sum(full_seconds), 0) END,
       sum(any_available_seconds) / 3600.0::float8,
       sum(out_of_order_seconds)::float8 / nullif(sum(available_seconds + occupied_seconds
       + reserved_seconds + out_of_order_seconds + unknown_seconds), 0),
       sum(unknown_seconds)::float8 / nullif(sum(available_seconds + occupied_seconds
       + reserved_seconds + out_of_order_seconds + unknown_seconds), 0),
       sum(stale_seconds)::float8 / nullif(sum(charge_points::bigint * 3600 - unobserved_seconds), 0),
       sum(any_observed_seconds) / 3600.0::float8
FROM availability_hours WHERE hour >= :start AND hour < :end GROUP BY 1

-- panel: status-over-time
SELECT hour, sum(available_seconds) / 3600.0::float8, sum(occupied_seconds) / 3600.0::float8,
       sum(reserved_seconds) / 3600.0::float8, sum(out_of_order_seconds) / 3600.0::float8,
       sum(planned_seconds) / 3600.0::float8, sum(removed_seconds) / 3600.0::float8,
       sum(unknown_seconds) / 3600.0::float8, sum(stale_seconds) / 3600.0::float8,
       sum(unobserved_seconds) / 3600.0::float8
FROM availability_hours WHERE NOT is_provisional AND hour >= :start AND hour < :end GROUP BY 1

-- panel: availability-over-time
SELECT hour,
       sum(available_seconds)::float8 / nullif(sum(available_seconds + occupied_seconds
       + reserved_seconds + out_of_order_seconds + unknown_seconds), 0),
       sum(occupied_seconds)::float8
       / nullif(sum(available_seconds + occupied_seconds + reserved_seconds), 0)
FROM availability_hours WHERE hour >= :start AND hour < :end GROUP BY 1

-- panel: occupancy-by-day
SELECT (hour AT TIME ZONE 'Europe/Paris')::date,
       sum(occupied_seconds)::float8
       / nullif(sum(available_seconds + occupied_seconds + reserved_seconds), 0),
       sum(full_seconds)::float8 / nullif(sum(any_available_seconds + full_seconds), 0)
FROM availability_hours WHERE hour >= :start AND hour < :end GROUP BY 1

-- panel: weather-over-time
SELECT hour, avg(temperature_c), avg(precipitation_mm)
FROM availability_hours WHERE hour >= :start AND hour < :end GROUP BY 1

-- panel: quality-over-time
SELECT hour,
       1 - sum(unobserved_seconds)::float8 / sum(charge_points * 3600),
       sum(stale_seconds)::float8 / nullif(sum(charge_points * 3600 - unobserved_seconds), 0),
       sum(unknown_seconds)::float8 / nullif(sum(available_seconds + occupied_seconds
       + reserved_seconds + out_of_order_seconds + unknown_seconds), 0)
FROM availability_hours WHERE NOT is_provisional AND hour >= :start AND hour < :end GROUP BY 1

-- panel: quality-by-day
SELECT (hour AT TIME ZONE 'Europe/Paris')::date, count(*), count(DISTINCT station_id),
       1 - sum(unobserved_seconds)::float8 / sum(charge_points * 3600),
       sum(stale_seconds)::float8 / nullif(sum(charge_points * 3600 - unobserved_seconds), 0),
       sum(unknown_seconds)::float8 / nullif(sum(available_seconds + occupied_seconds
       + reserved_seconds + out_of_order_seconds + unknown_seconds), 0),
       sum(any_observed_seconds) / 3600.0::float8
FROM availability_hours WHERE NOT is_provisional AND hour >= :start AND hour < :end GROUP BY 1

-- panel: out-of-order-by-arrondissement
SELECT arrondissement,
       sum(out_of_order_seconds)::float8 / nullif(sum(available_seconds + occupied_seconds
       + reserved_seconds + out_of_order_seconds + unknown_seconds), 0),
       sum(unknown_seconds)::float8 / nullif(sum(available_seconds + occupied_seconds
       + reserved_seconds + out_of_order_seconds + unknown_seconds), 0)
FROM availability_hours
WHERE arrondissement IS NOT NULL AND hour >= :start AND hour < :end GROUP BY 1

-- panel: chance-by-weather
SELECT weather_class, sum(any_available_seconds)::float8 / nullif(sum(any_observed_seconds), 0),
       sum(available_seconds)::float8 / nullif(sum(available_seconds + occupied_seconds
       + reserved_seconds + out_of_order_seconds + unknown_seconds), 0),
       sum(any_observed_seconds) / 3600.0::float8,
       count(DISTINCT (hour AT TIME ZONE 'Europe/Paris')::date)
FROM availability_hours
WHERE weather_class IS NOT NULL AND hour >= :start AND hour < :end GROUP BY 1

-- panel: occupancy-by-temperature
SELECT CASE WHEN temperature_c < 0 THEN '< 0' WHEN temperature_c < 5 THEN '0 – 5'
            WHEN temperature_c < 10 THEN '5 – 10' WHEN temperature_c < 15 THEN '10 – 15'
            WHEN temperature_c < 20 THEN '15 – 20' WHEN temperature_c < 25 THEN '20 – 25'
            WHEN temperature_c < 30 THEN '25 – 30' ELSE '≥ 30' END,
       sum(occupied_seconds)::float8
       / nullif(sum(available_seconds + occupied_seconds + reserved_seconds), 0),
       sum(available_seconds)::float8 / nullif(sum(available_seconds + occupied_seconds
       + reserved_seconds + out_of_order_seconds + unknown_seconds), 0),
       sum(any_observed_seconds) / 3600.0::float8,
       count(DISTINCT (hour AT TIME ZONE 'Europe/Paris')::date)
FROM availability_hours
WHERE temperature_c IS NOT NULL AND hour >= :start AND hour < :end GROUP BY 1

-- panel: occupancy-by-weather-and-hour
SELECT extract(hour FROM hour AT TIME ZONE 'Europe/Paris')::int, weather_class,
       sum(occupied_seconds)::float8
       / nullif(sum(available_seconds + occupied_seconds + reserved_seconds), 0)
FROM availability_hours
WHERE weather_class IS NOT NULL AND hour >= :start AND hour < :end GROUP BY 1, 2

-- panel: rows-by-source
SELECT source, count(*), count(DISTINCT station_id),
       count(DISTINCT (hour AT TIME ZONE 'Europe/Paris')::date),
       count(*) FILTER (WHERE is_provisional)
FROM availability_hours WHERE hour >= :start AND hour < :end GROUP BY 1

-- panel: time-observed
SELECT sum(observed_seconds)::float8 / nullif(count(*) * 3600, 0), count(*)
FROM feed_hours WHERE NOT is_provisional AND hour >= :start AND hour < :end

-- panel: polls
SELECT sum(snapshots), sum(expected_snapshots)
FROM feed_hours WHERE NOT is_provisional AND hour >= :start AND hour < :end

-- panel: refused-answers
SELECT sum(refused) FROM feed_hours WHERE hour >= :start AND hour < :end

-- panel: longest-gap
SELECT max(longest_gap_seconds) FROM feed_hours WHERE hour >= :start AND hour < :end

-- panel: time-observed-over-time
SELECT hour, observed_seconds / 3600.0::float8
FROM feed_hours WHERE NOT is_provisional AND hour >= :start AND hour < :end

-- panel: polls-over-time
SELECT hour, snapshots, expected_snapshots, refused
FROM feed_hours WHERE NOT is_provisional AND hour >= :start AND hour < :end

-- panel: longest-gap-over-time
SELECT hour, longest_gap_seconds FROM feed_hours WHERE hour >= :start AND hour < :end

-- panel: polls-by-day
SELECT (hour AT TIME ZONE 'Europe/Paris')::date,
       sum(observed_seconds)::float8 / (count(*) * 3600), count(*),
       sum(snapshots), sum(expected_snapshots), sum(refused), max(longest_gap_seconds)
FROM feed_hours WHERE NOT is_provisional AND hour >= :start AND hour < :end GROUP BY 1

-- panel: weather-intervals
WITH days AS (
    SELECT weather_class, (hour AT TIME ZONE 'Europe/Paris')::date AS day,
           sum(occupied_seconds)::float8 AS n,
           sum(available_seconds + occupied_seconds + reserved_seconds)::float8 AS d
    FROM availability_hours
    WHERE weather_class IS NOT NULL AND hour >= :start AND hour < :end GROUP BY 1, 2
), levels AS (
    SELECT weather_class, sum(n) / sum(d) AS share FROM days WHERE d > 0 GROUP BY 1
), pairs AS (
    SELECT one.weather_class, one.day,
           max(one.n) / max(one.d) - sum(other.n) / sum(other.d) AS difference
    FROM days AS one JOIN days AS other USING (day)
    WHERE one.weather_class <> other.weather_class AND one.d > 0 AND other.d > 0
    GROUP BY one.weather_class, one.day
), means AS (
    SELECT weather_class, avg(difference) AS mean, count(*) AS k FROM pairs GROUP BY 1
)
SELECT today.weather_class, min(share), min(mean), min(k)::int,
       avg((today.difference - mean) ^ 2),
       avg((today.difference - mean) * (before.difference - mean))
FROM pairs AS today
LEFT JOIN pairs AS before
    ON before.weather_class = today.weather_class AND before.day = today.day - 1
JOIN means ON means.weather_class = today.weather_class
JOIN levels ON levels.weather_class = today.weather_class
GROUP BY today.weather_class

-- panel: chance-intervals-by-weather
WITH days AS (
    SELECT weather_class, (hour AT TIME ZONE 'Europe/Paris')::date AS day,
           sum(any_available_seconds)::float8 AS n,
           sum(any_observed_seconds)::float8 AS d
    FROM availability_hours
    WHERE weather_class IS NOT NULL AND hour >= :start AND hour < :end GROUP BY 1, 2
), levels AS (
    SELECT weather_class, sum(n) / sum(d) AS share FROM days WHERE d > 0 GROUP BY 1
), pairs AS (
    SELECT one.weather_class, one.day,
           max(one.n) / max(one.d) - sum(other.n) / sum(other.d) AS difference
    FROM days AS one JOIN days AS other USING (day)
    WHERE one.weather_class <> other.weather_class AND one.d > 0 AND other.d > 0
    GROUP BY one.weather_class, one.day
), means AS (
    SELECT weather_class, avg(difference) AS mean, count(*) AS k FROM pairs GROUP BY 1
)
SELECT today.weather_class, min(share), min(mean), min(k)::int,
       avg((today.difference - mean) ^ 2),
       avg((today.difference - mean) * (before.difference - mean))
FROM pairs AS today
LEFT JOIN pairs AS before
    ON before.weather_class = today.weather_class AND before.day = today.day - 1
JOIN means ON means.weather_class = today.weather_class
JOIN levels ON levels.weather_class = today.weather_class
GROUP BY today.weather_class

-- panel: occupied-length-by-hour
SELECT (extract(hour FROM started_at AT TIME ZONE 'Europe/Paris'))::int,
       avg(round(extract(epoch FROM ended_at - started_at)::numeric / 60, 2)::float8) FILTER (
           WHERE start_kind IN ('exact', 'polled') AND end_kind IN ('exact', 'polled'))
FROM status_episodes
WHERE status = 'occupied' AND NOT is_stale AND started_at >= :start AND started_at < :end GROUP BY 1

-- panel: occupied-length-by-power
SELECT CASE WHEN power_kw < 5 THEN '0 – 5' WHEN power_kw < 12 THEN '5 – 12'
            WHEN power_kw < 25 THEN '12 – 25' ELSE '≥ 25' END,
       avg(round(extract(epoch FROM ended_at - started_at)::numeric / 60, 2)::float8) FILTER (
           WHERE start_kind IN ('exact', 'polled') AND end_kind IN ('exact', 'polled')),
       count(*) FILTER (
           WHERE start_kind IN ('exact', 'polled') AND end_kind IN ('exact', 'polled')),
       count(*), sum(restamps)
FROM status_episodes JOIN charge_points USING (charge_point_id)
WHERE status = 'occupied' AND NOT is_stale AND power_kw IS NOT NULL
  AND started_at >= :start AND started_at < :end GROUP BY 1

-- panel: failed-last-week
SELECT r.station_id, s.address, v.standing, v.place, r.down_seconds / 3600.0::float8, r.outages_begun,
       r.longest_outage_seconds / 3600.0::float8, r.points_already_out
FROM station_reliability r JOIN stations s ON s.station_id = r.station_id AND s.valid_to IS NULL
JOIN reliability_of_stations v ON (v.station_id, v.period, v.starts_on) = (r.station_id, r.period, r.starts_on)
WHERE r.period = 'week' AND v.place IS NOT NULL AND r.starts_on = (
    SELECT max(starts_on) FROM station_reliability
    WHERE period = 'week' AND made_to >= (starts_on + 7)::timestamp AT TIME ZONE 'Europe/Paris')

-- panel: outages-that-last
SELECT station_id, outage_of, address, since, extract(epoch FROM ended_at - down_from)::float8 / 3600,
       o.charge_points
FROM outages o JOIN stations USING (station_id)
WHERE valid_to IS NULL AND down_from IS NOT NULL AND end_kind = 'lasts'

-- panel: outage-lengths
SELECT CASE WHEN hours < 1 THEN '0 – 1' WHEN hours < 6 THEN '1 – 6' WHEN hours < 24 THEN '6 – 24'
            WHEN hours < 72 THEN '24 – 72' WHEN hours < 168 THEN '72 – 168' ELSE '≥ 168' END,
       count(*) FILTER (WHERE end_kind = 'returned'), count(*) FILTER (WHERE end_kind <> 'returned')
FROM (SELECT extract(epoch FROM ended_at - down_from) / 3600 AS hours, end_kind FROM outages
      WHERE down_from IS NOT NULL AND is_begun) AS o GROUP BY 1

-- panel: repair-by-arrondissement
SELECT scope, area, median_hours, median_hours_low, median_hours_high, p90_hours,
       outages_begun, outages_ended, outages_per_1000_hours
FROM time_to_repair WHERE scope IN ('city', 'arrondissement') AND starts_on = '2026-10-01'

-- panel: best-hours
SELECT station_id, address, local_weekday, local_hour, chance, chance_at_least, chance_at_most, days_observed
FROM best_hours_of_station WHERE place_in_week <= 10

-- panel: typical-week
SELECT local_hour, local_weekday, avg(estimated_chance) FROM occupancy_profile
WHERE scope = 'station' GROUP BY 1, 2

-- panel: full-at-18
SELECT arrondissement, sum(full_seconds)::float8 / nullif(sum(any_available_seconds + full_seconds), 0)
FROM availability_hours
WHERE arrondissement IS NOT NULL AND local_hour = 18 AND NOT is_provisional GROUP BY 1

-- panel: full-hours-of-the-week
SELECT local_hour, local_weekday,
       sum(full_seconds)::float8 / nullif(sum(any_available_seconds + full_seconds), 0)
FROM availability_hours WHERE arrondissement IS NOT NULL AND NOT is_provisional GROUP BY 1, 2

-- panel: lacked-last-week
SELECT arrondissement, fullest_hours, saturation, full_seconds / 3600.0::float8,
       occupied_hours_per_point_day, points_in_service
FROM saturation WHERE scope = 'arrondissement' AND week = '2026-10-26'

-- panel: weather-differences
SELECT condition, compared_with, standing, reason, difference * 100, difference_low * 100,
       difference_high * 100, hours, days
FROM weather_association WHERE scope = 'city'

-- panel: chances-ahead
SELECT horizon_minutes, arrondissement, avg(chance_free) FROM forecast_of_stations
WHERE horizon_minutes IN (60, 120, 180, 360, 720, 1440) AND arrondissement IS NOT NULL
GROUP BY 1, 2

-- panel: stream-lag
SELECT 'failed', count(*) FILTER (WHERE position > 2), min(seen_at) FILTER (WHERE position > 2),
       max(seen_at) FILTER (WHERE position <= 2), (SELECT max(captured_at) FROM station_states)
FROM status_changes

-- panel: forecast-quality
SELECT sum(brier_sum) / sum(n), sum(n) FROM forecast_scores
WHERE forecast = 'served' AND population = 'all' AND local_date > date '2026-11-02' - 28

-- panel: forecast-level
SELECT sum(chance_sum) / sum(n), sum(free)::float8 / sum(n) FROM forecast_scores
WHERE forecast = 'served' AND population = 'all' AND local_date > date '2026-11-02' - 28

-- panel: reliability-of-forecasts
SELECT chance_bin, sum(chance_sum) / sum(n), sum(free)::float8 / sum(n) FROM forecast_scores
WHERE forecast = 'served' AND population = 'all' AND local_date > date '2026-11-02' - 28
GROUP BY 1

-- panel: forecasts-by-tenth
SELECT chance_bin, sum(chance_sum) / sum(n), sum(free)::float8 / sum(n), sum(n)
FROM forecast_scores
WHERE forecast = 'served' AND population = 'all' AND local_date > date '2026-11-02' - 28
GROUP BY 1

-- panel: error-by-horizon
SELECT horizon_minutes, forecast, sum(brier_sum) / sum(n), sum(n) FROM forecast_scores
WHERE population = 'all' AND local_date > date '2026-11-02' - 28 GROUP BY 1, 2

-- panel: error-in-service
SELECT horizon_minutes, forecast, sum(brier_sum) / sum(n), sum(n) FROM forecast_scores
WHERE population = 'in_service' AND local_date > date '2026-11-02' - 28 GROUP BY 1, 2

-- panel: error-by-day
SELECT local_date, sum(brier_sum) / sum(n) FROM forecast_scores
WHERE forecast = 'served' AND population = 'all' AND local_date > date '2026-11-02' - 28
GROUP BY 1

-- rule: feed-silent
SELECT count(*) FROM station_states WHERE captured_at >= now() - interval '30 minutes'

-- rule: station-unreachable
SELECT station_id, count(*) FROM station_states
WHERE captured_at >= now() - interval '30 minutes' AND newest_update < now() - interval '24 hours'
  AND newest_update >= now() - interval '30 days'
GROUP BY 1

-- rule: availability-drop
SELECT arrondissement,
       sum(available)::float8 / nullif(sum(available + occupied + reserved + out_of_order + unknown), 0)
FROM station_states
WHERE captured_at >= now() - interval '30 minutes' AND arrondissement IS NOT NULL GROUP BY 1

-- rule: unknown-share
SELECT sum(unknown + stale)::float8 / sum(charge_points)
FROM station_states WHERE captured_at >= now() - interval '30 minutes'
