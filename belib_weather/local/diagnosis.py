"""`doctor`: checks every dependency, and says what to do about one that is wrong.

What belongs here: one finding for each dependency. What does not: starting, changing or repairing
anything.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from belib_weather.embedded.addresses import Servers
from belib_weather.embedded.postgres import DAGSTER_DATABASE, PostgresServer
from belib_weather.kibana.client import KibanaClient
from belib_weather.kibana.errors import KibanaError
from belib_weather.local.feed_watch import feed_problem, with_short_timeouts
from belib_weather.local.finding import Finding, State
from belib_weather.local.host_checks import check_host
from belib_weather.local.modes import COMMANDS
from belib_weather.local.monitoring import metrics_finding
from belib_weather.local.poll_diagnosis import check_spool, newest_finding, queue_finding
from belib_weather.local.process_table import running
from belib_weather.local.stack import (
    CODE_SERVER,
    DAEMON,
    NAMES,
    SIMULATOR,
    SITE,
    TITLES,
    WATCHDOG,
    WEBSERVER,
    health_of,
)
from belib_weather.local.state_file import StateFile
from belib_weather.local.store_diagnosis import (
    age_of_newest,
    check_programs,
    check_raw,
    check_rules,
    check_stores,
)
from belib_weather.local.waiting_runs import queue
from belib_weather.settings import Settings
from belib_weather.sources.errors import SourceError
from belib_weather.sources.weather import weather_client

_ASKED = (SIMULATOR, SITE, CODE_SERVER, WEBSERVER, DAEMON, WATCHDOG)


def examine(settings: Settings) -> Iterator[Finding]:
    """Check every dependency, one after another."""
    yield from check_host(settings)
    are_well = True
    for found in check_stores(settings):
        are_well = are_well and found.state is State.OK
        yield found
    if are_well:
        yield from filter(None, (check_raw(settings), check_rules(settings)))
    yield _kibana(settings)
    yield from check_programs(settings)
    yield from check_spool(settings)
    yield metrics_finding(settings)
    yield _processes(settings)
    if DAEMON in running(settings.data_dir, [DAEMON]):
        yield from _polls(settings)
    if settings.mode == "demo":
        yield _simulator(settings)
    else:
        yield _feed(settings)
        yield _weather(settings)


def _kibana(settings: Settings) -> Finding:
    client = KibanaClient.of(settings.model_copy(update={"kibana_wait_seconds": 0}))
    if client is None:
        text = "BELIB_KIBANA_URL is not set; `belib-weather kibana export` writes its dashboards"
        return Finding("Kibana", State.OFF, text)
    try:
        with client:
            return Finding("Kibana", State.OK, f"external, {client.wait()}")
    except KibanaError as error:
        return Finding("Kibana", State.WRONG, f"external: {error}")


def _processes(settings: Settings) -> Finding:
    """Those that run have to answer as well."""
    found = running(settings.data_dir, NAMES)
    if not found:
        text = f"not running; `belib-weather {COMMANDS[settings.mode]}` starts it"
        return Finding("Dagster", State.OFF, text)
    state = StateFile.read(settings.data_dir)
    dagster_url = _dagster_url(settings)
    wrong = []
    for name in _ASKED:
        if name in found:
            started = datetime.fromtimestamp(found[name][0].create_time(), UTC)
            health = health_of(name, settings, state, dagster_url, started)
            if not health.is_healthy:
                wrong.append(f"{TITLES[name]} does not answer ({health.reason})")
    if wrong:
        text = f"{'; '.join(wrong)}; `up` or `demo` starts it again within minutes"
        return Finding("Dagster", State.WRONG, text)
    what = ", ".join(TITLES[name] for name in NAMES if name in found)
    return Finding("Dagster", State.OK, f"http://127.0.0.1:{state.webserver}; running: {what}")


def _polls(settings: Settings) -> Iterator[Finding]:
    """What a platform that runs owes: a snapshot each cadence, and runs that do not wait."""
    yield queue_finding(queue(_dagster_url(settings)))
    if (age := age_of_newest(settings)) is not None:
        yield newest_finding(age, settings.cadence)


def _dagster_url(settings: Settings) -> str:
    if settings.dagster_postgres_url:
        return settings.dagster_postgres_url.get_secret_value()
    postgres = PostgresServer(Servers(settings).home)
    return postgres.url(postgres.port() or 0, database=DAGSTER_DATABASE)


def _simulator(settings: Settings) -> Finding:
    if "simulator" not in running(settings.data_dir, NAMES):
        text = "the simulator stands in for them, and is not running"
        return Finding("Public APIs", State.OFF, text)
    return _feed(settings)


def _feed(settings: Settings) -> Finding:
    trouble = feed_problem(settings)
    if trouble:
        return Finding("Belib feed", State.WRONG, trouble)
    return Finding("Belib feed", State.OK, f"{settings.explore_api_url} answers")


def _weather(settings: Settings) -> Finding:
    today = datetime.now(UTC).date()
    try:
        answer = weather_client(with_short_timeouts(settings)).day(today, today)
    except SourceError as error:  # polls go on without it
        return Finding("Weather", State.WARN, str(error))
    return Finding("Weather", State.OK, f"{answer.source} answers ({answer.request_url})")
