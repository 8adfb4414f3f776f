"""Running what the sensors request until they request nothing."""

import dagster as dg

from belib_weather_tests.graph.conftest import Platform
from belib_weather_tests.graph.publication import run

SENSORS = {
    "late_weather": "remake_weather",
    "changed_rules": "",
    "late_data": "remake",
    "publication": "",
}
"""With the job of those that have one only."""
MOST_ROUNDS = 20


def settle(platform: Platform) -> list[str]:
    """Evaluate and run until nothing is requested; the jobs that ran."""
    ran: list[str] = []
    for _ in range(MOST_ROUNDS):
        requests = [
            request._replace(job_name=request.job_name or job)
            for sensor, job in SENSORS.items()
            if isinstance(result := platform.evaluate(sensor), dg.SensorResult)
            for request in result.run_requests or []
        ]
        if not requests:
            return ran
        for request in requests:
            assert run(platform, request).success, request
            ran.append(request.job_name or "")
    raise AssertionError(f"the sensors still request runs after {ran}")
