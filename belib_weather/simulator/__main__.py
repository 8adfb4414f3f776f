"""`python -m belib_weather.simulator`: serve a simulated city until stopped."""

import argparse
import gc
import sys
from datetime import datetime

import uvicorn

from belib_weather.simulator.app import create_app
from belib_weather.simulator.city import CHARGE_POINTS, City
from belib_weather.simulator.clock import Clock
from belib_weather.simulator.paris_time import second
from belib_weather.simulator.replay import ReplayError, read_recording
from belib_weather.simulator.world import world_of

_OBJECTS_BETWEEN_COLLECTIONS = 200_000


def _instant(text: str) -> int:
    return second(datetime.fromisoformat(text))


def parser() -> argparse.ArgumentParser:
    """The command line."""
    command = argparse.ArgumentParser(prog="python -m belib_weather.simulator", description=__doc__)
    command.add_argument("--host", default="127.0.0.1", help="address to listen on")
    command.add_argument("--port", type=int, default=8500, help="port to listen on")
    command.add_argument("--seed", type=int, default=1, help="which city")
    command.add_argument("--charge-points", type=int, default=CHARGE_POINTS, help="its size")
    command.add_argument("--stations", type=int, help="410 per 2,000 points unless given")
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of the city's course, such as day_correlation=0.6 (repeatable)",
    )
    command.add_argument("--now", type=_instant, help="ISO instant at which the clock starts")
    command.add_argument("--speed", type=float, default=1.0, help="simulated seconds per second")
    command.add_argument(
        "--replay",
        action="append",
        default=[],
        metavar="FILE@INSTANT",
        help="serve a recorded JSON export from an instant on (repeatable)",
    )
    command.add_argument(
        "--no-gzip",
        action="store_true",
        help="answer uncompressed: on one machine compressing takes longer than it spares",
    )
    return command


def main(arguments: list[str] | None = None) -> int:
    """Serve; returns the exit code."""
    options = parser().parse_args(arguments)
    try:
        recordings = [read_recording(text) for text in options.replay]
        city = City(options.seed, options.charge_points, options.stations, world_of(options.set))
    except (ReplayError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    clock = Clock(options.now, options.speed)
    app = create_app(city, clock=clock, recordings=recordings, gzip=not options.no_gzip)
    # An answer is some thousand dicts without cycles: looking for cycles took half its time.
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    uvicorn.run(app, host=options.host, port=options.port, log_level="warning", lifespan="off")
    return 0


if __name__ == "__main__":
    sys.exit(main())
