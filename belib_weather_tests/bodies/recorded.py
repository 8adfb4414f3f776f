"""Which recorded body has the shape of which of ours, where recorded data is at hand."""

import json
from pathlib import Path

_OPEN_METEO = "api_samples/open_meteo_paris.json"
_OPENWEATHERMAP = "api_samples/openweathermap_weather_paris.json"
_EXPLORE_ERRORS = "api_samples/ods_errors.json"

RECORDED: dict[str, tuple[str | int, ...]] = {
    "realtime/2022.json": ("realtime/belib_realtime_2023-01-27.json",),
    "realtime/2022_five_minutes_later.json": ("realtime/belib_realtime_2023-01-28.json",),
    "realtime/2023_stale_only.json": ("malformed/belib_realtime_stale_only_2023-09.json",),
    "realtime/2026.json": ("api_samples/belib_rt_2026-09-23_first_records.json",),
    "static/2022.csv": ("static/belib_static_2022-12.csv",),
    "static/2024.json": ("static/belib_static_2024-12.json",),
    "explore/records_v2.0.json": ("api_samples/ods_v2.0_group_by_2023-01-28.json",),
    "explore/400_malformed_query.json": (_EXPLORE_ERRORS, "400_odsql"),
    "explore/400_unknown_field.json": (_EXPLORE_ERRORS, "400_unknown_field"),
    "explore/400_limit.json": (_EXPLORE_ERRORS, "400_limit"),
    "explore/400_offset.json": (_EXPLORE_ERRORS, "400_offset"),
    "explore/429_quota.json": (_EXPLORE_ERRORS, "429"),
    "explore/headers.json": (_EXPLORE_ERRORS, "headers_seen_live"),
    "explore/200_error_at_once.txt": (_EXPLORE_ERRORS, "200_then_truncated_export_stream"),
    "weather/open_meteo_paris_time.json": (_OPEN_METEO, "hourly"),
    "weather/open_meteo_daily.json": (_OPEN_METEO, "daily_no_timezone_param"),
    "weather/open_meteo_current.json": (_OPEN_METEO, "current_block_example_stuttgart"),
    "weather/open_meteo_400_variable.json": (_OPEN_METEO, "errors", "400_bad_variable"),
    "weather/open_meteo_400_timezone.json": (_OPEN_METEO, "errors", "400_invalid_timezone"),
    "weather/open_meteo_429_minutely.json": (_OPEN_METEO, "errors", "429_minutely"),
    "weather/open_meteo_429_hourly.json": (_OPEN_METEO, "errors", "429_hourly"),
    "weather/open_meteo_429_daily.json": (_OPEN_METEO, "errors", "429_daily"),
    "weather/openweathermap_rain_and_mist.json": (_OPENWEATHERMAP, "samples", 0, "body"),
    "weather/openweathermap_kelvin.json": (_OPENWEATHERMAP, "samples", 2, "body"),
    "weather/openweathermap_snow.json": (_OPENWEATHERMAP, "samples", 5, "body"),
    "weather/openweathermap_400.json": (_OPENWEATHERMAP, "errors", "400"),
    "weather/openweathermap_401.json": (_OPENWEATHERMAP, "errors", "401"),
    "weather/openweathermap_404.json": (_OPENWEATHERMAP, "errors", "404"),
    "weather/openweathermap_429.json": (_OPENWEATHERMAP, "errors", "429"),
    "weather/infoclimat.json": ("api_samples/infoclimat_gfs_paris.json", "body"),
    "geography/arrondissements.geojson": ("geo/arrondissements.geojson",),
}
"""A body of ours: the recorded file, and where in it the body is, if it is not the whole file."""


def recorded(folder: Path, name: str) -> bytes:
    """The recorded body that has the shape of one of ours."""
    file, *keys = RECORDED[name]
    content = (folder / str(file)).read_bytes()
    if not keys:
        return content
    found = json.loads(content)
    for key in keys:
        found = found[key]
    return (found if isinstance(found, str) else json.dumps(found)).encode()
