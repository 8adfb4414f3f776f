"""One stage of one case, in a process of its own: `stages STAGE CASE`, both as `__main__` gives.

Prints a JSON object of figures: seconds, sizes, counts.
"""

import json
import sys
from collections.abc import Callable

from belib_weather_tests.benchmark.cases import Case
from belib_weather_tests.benchmark.clock import Figures
from belib_weather_tests.benchmark.exactness import exactness
from belib_weather_tests.benchmark.import_stages import recorded
from belib_weather_tests.benchmark.mart_stages import marts, weather
from belib_weather_tests.benchmark.opened import lake_and_warehouse
from belib_weather_tests.benchmark.peer import peer
from belib_weather_tests.benchmark.raw_stages import facts, history, land, rebuild
from belib_weather_tests.benchmark.search_stages import search


def exact(case: Case) -> Figures:
    """The stored facts against the truth and against the slow reading."""
    return exactness(case, lake_and_warehouse()[1])


STAGES: dict[str, Callable[[Case], Figures]] = {
    stage.__name__: stage
    for stage in (land, recorded, facts, peer, rebuild, history, search, exact, weather, marts)
}

if __name__ == "__main__":
    print(json.dumps(STAGES[sys.argv[1]](Case(**json.loads(sys.argv[2])))))  # noqa: T201
