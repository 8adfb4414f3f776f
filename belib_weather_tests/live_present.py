"""The present for live files, from bodies, and from the simulated city."""

import json
from datetime import datetime

from belib_weather.formats.realtime import read_realtime
from belib_weather.live_files.present import Present
from belib_weather.live_files.writing import MAKERS, LiveFiles
from belib_weather.simulator.city import City
from belib_weather.simulator.paris_time import second
from belib_weather.transform.states import current_points, station_states
from belib_weather_tests.cleaned import SOURCE, dimensions_of


def present_of(
    realtime: bytes, static: bytes | None, at: datetime, source: str = SOURCE
) -> Present:
    """What a snapshot and an export of the static dataset make."""
    known = dimensions_of({at: realtime}, {at: static} if static else None)
    read = read_realtime(realtime)
    sightings = read.sightings(at)
    return Present.of(
        current_points(sightings, read.points(at), at, source),
        station_states(sightings, known.stations, at, source),
        known.points,
    )


def simulated(at: datetime, charge_points: int = 300) -> tuple[bytes, bytes]:
    """Real-time and static body of a simulated city."""
    city = City(seed=7, charge_points=charge_points)
    return (
        json.dumps(city.realtime.records(second(at))).encode(),
        json.dumps(city.static.records(second(at))).encode(),
    )


def files_of(present: Present) -> LiveFiles:
    """All files that change with every poll."""
    files = LiveFiles({})
    for make in MAKERS.values():
        files = files.plus(make(present))
    return files
