"""The whole platform of one mode as processes of this machine.

What belongs here: which processes there are, what each needs, and in which order they start and
end. What does not: the life of one (`python_process`, `embedded`), watching them (`supervisor`) and
what a command says about them (`serving`).
"""

import os
from collections.abc import Callable, Sequence
from datetime import datetime

from belib_weather.embedded import StoreUrls, status, stop
from belib_weather.embedded.addresses import Servers
from belib_weather.embedded.loopback import ADDRESS
from belib_weather.embedded.postgres import PostgresServer
from belib_weather.embedded.startup import StartLimits
from belib_weather.local.dagster_home import (
    CODE_LOCATION,
    PACKAGE,
    dagster_home,
    process_environment,
    write_dagster_home,
)
from belib_weather.local.disk_space import Disk
from belib_weather.local.health import (
    Health,
    code_server_health,
    daemon_health,
    heartbeat_file,
    heartbeat_health,
    http_health,
    webserver_health,
)
from belib_weather.local.launcher import Launcher, Program
from belib_weather.local.process_table import end_in_parallel, end_orphans
from belib_weather.local.python_process import PythonProcess
from belib_weather.local.run_plan import LANES
from belib_weather.local.state_file import StateFile
from belib_weather.local.supervised import StoreProcess
from belib_weather.local.supervisor import Supervisor
from belib_weather.settings import Settings
from belib_weather.site.server import HEALTH as SITE_HEALTH

SEED = 1
SIMULATOR, CODE_SERVER, WEBSERVER, DAEMON = "simulator", "code-server", "webserver", "daemon"
SITE = "site"
WATCHDOG = "watchdog"
_IN_ORDER_OF_THEIR_END = (
    (*LANES, DAEMON, WATCHDOG),
    (WEBSERVER, CODE_SERVER),
    (SIMULATOR, SITE),
)
"""First what starts runs, last what runs ask."""
NAMES = tuple(name for names in _IN_ORDER_OF_THEIR_END for name in names)
TITLES = {
    SIMULATOR: "the simulator",
    CODE_SERVER: "Dagster's code server",
    WEBSERVER: "Dagster's webserver",
    DAEMON: "Dagster's daemon",
    SITE: "the site",
    WATCHDOG: "the watchdog",
    **dict.fromkeys(LANES, "what fills the stores"),
}
_CHECK_SECONDS = 5.0
_CODE_SERVER_SECONDS = 2.0
"""Between two questions to the code server: while it refuses runs, a poll is lost."""
_DAEMON_SECONDS = 15.0
"""The daemon writes a heartbeat every 30 s."""


def watchdog_tasks(settings: Settings) -> tuple[str, str]:
    """What the watchdog looks at.

    Runs of a command line that share a Dagster database of yours may be on another machine.
    """
    return "polls", "runs" if settings.dagster_postgres_url else "all-runs"


def health_of(
    name: str, settings: Settings, state: StateFile, dagster_url: str, started: datetime
) -> Health:
    """Ask a process beside the stores.

    Args:
        name: of a process, such as `SITE`; not of one that runs to its end.
        settings: of the mode.
        state: has the ports.
        dagster_url: SQLAlchemy address of Dagster's database.
        started: when the process was started.
    """
    if name == SIMULATOR:
        return http_health(state.simulator, "/simulator")
    if name == SITE:
        return http_health(state.site, SITE_HEALTH)
    if name == CODE_SERVER:
        return code_server_health(state.code_server)
    if name == WEBSERVER:
        return webserver_health(state.webserver)
    if name == WATCHDOG:
        return heartbeat_health(heartbeat_file(settings.data_dir, watchdog_tasks(settings)))
    return daemon_health(dagster_url, started)


class Platform:
    """The processes beside the stores, on one home.

    Args:
        settings: of the mode.
        state: the ports.
        supervisor: keeps running what was started.
        notice: gets a line about a start that takes long.
    """

    def __init__(
        self,
        settings: Settings,
        state: StateFile,
        supervisor: Supervisor,
        notice: Callable[[str], None],
    ) -> None:
        # Of what fills the history; two workers share the processors, and threads would wait.
        threads = str(max(1, (os.cpu_count() or 1) // 2))
        environment = {
            "PYTHONPATH": str(PACKAGE.parent),
            "POLARS_MAX_THREADS": threads,
            # By it the watchdog knows the process of a run, also one that starts before the stores.
            "DAGSTER_HOME": str(dagster_home(settings)),
        }
        self.launcher = Launcher(settings.data_dir, environment)
        self._settings, self._state = settings, state
        self.supervisor, self._notice = supervisor, notice
        self._dagster_url = ""

    @property
    def url(self) -> str:
        """Address of the Dagster UI."""
        return f"http://{ADDRESS}:{self._state.webserver}"

    @property
    def site_url(self) -> str:
        """Address of the site."""
        return f"http://{ADDRESS}:{self._state.site}/"

    def start_site(self) -> None:
        """Start what serves the pages; it needs nothing else."""
        folder, port = str(self._settings.site_dir), str(self._state.site)
        arguments = ("belib_weather.site", "--folder", folder, "--port", port)
        self._start(SITE, arguments, needs=())

    def start_simulator(self) -> None:
        """Start the public APIs, simulated; it needs nothing else."""
        port, size = str(self._state.simulator), str(self._settings.demo_charge_points)
        city = ("--seed", str(SEED), "--charge-points", size)
        arguments = ("belib_weather.simulator", "--port", port, "--no-gzip", *city)
        self._start(SIMULATOR, arguments, needs=())

    def use_stores(self, urls: StoreUrls) -> None:
        """Keep the embedded stores running, and give all addresses to what is started next."""
        for server in Servers(self._settings).needed:
            if server.process() is not None:
                self.supervisor.watch(StoreProcess(server, Disk(self._settings)))
        self.launcher.environment = process_environment(self._settings, urls)
        self._dagster_url = urls.dagster_postgres
        write_dagster_home(self._settings, self._state.code_server)

    def start_user_interface(self) -> None:
        """Start the code server, then the webserver, which asks it.

        The webserver is on loopback and behind the guard: it asks nobody for a password.
        """
        address = ("--host", ADDRESS, "--port")
        location = ("--module-name", CODE_LOCATION, "--location-name", CODE_LOCATION)
        code_server = ("dagster", "api", "grpc", *address, str(self._state.code_server), *location)
        self._start(CODE_SERVER, code_server, check_seconds=_CODE_SERVER_SECONDS)
        webserver = ("belib_weather.guard", *address, str(self._state.webserver))
        self._start(WEBSERVER, (*webserver, *self._workspace()))

    def start_daemon(self) -> None:
        """Start schedules and sensors."""
        arguments = ("belib_weather.local.daemon", "run", *self._workspace())
        self._start(DAEMON, arguments, check_seconds=_DAEMON_SECONDS)

    def start_watchdog(self) -> None:
        """Start what polls when no run does, and ends runs without a process."""
        module = ("belib_weather.local.watchdog", *watchdog_tasks(self._settings))
        self._start(WATCHDOG, module, needs=())

    def close(self) -> None:
        """Start nothing more, and restart nothing."""
        self.supervisor.close()
        self.launcher.close()

    def _workspace(self) -> tuple[str, str]:
        return "--workspace", str(dagster_home(self._settings) / "workspace.yaml")

    def _start(
        self,
        name: str,
        module: Sequence[str],
        check_seconds: float = _CHECK_SECONDS,
        needs: tuple[str, ...] = (PostgresServer.name,),
    ) -> None:
        """Start a module with its arguments, and keep it running."""
        process = PythonProcess(
            self.launcher,
            Program(name, TITLES[name], ("-m", *module)),
            lambda started: health_of(
                name, self._settings, self._state, self._dagster_url, started
            ),
            needs=needs,
            check_seconds=check_seconds,
        )
        process.start(StartLimits(cancelled=self.launcher.cancelled), self._notice)
        self.supervisor.watch(process)


def end_processes(settings: Settings, notice: Callable[[str], None]) -> None:
    """End every process of this mode but the stores, whoever started it.

    Args:
        settings: of the mode.
        notice: called with the title of each that runs.
    """
    for names in _IN_ORDER_OF_THEIR_END:
        end_in_parallel(settings.data_dir, names, lambda name: notice(TITLES[name]))
    end_orphans(settings.data_dir)


def take_down(
    settings: Settings, notice: Callable[[str], None], *, with_stores: bool = True
) -> None:
    """End every process of this mode, whoever started it: ours first, then the stores."""
    end_processes(settings, notice)
    if not with_stores:
        return
    if any(server.pid is not None for server in status(settings)):
        notice("the stores")
    stop(settings)
