"""The whole platform of one mode as processes of this machine.

What belongs here: which processes there are, what each needs, and in which order they start and
end. What does not: the life of one (`python_process`, `embedded`), watching them (`supervisor`) and
what a command says about them (`serving`).
"""

from collections.abc import Callable

from belib_weather.embedded import StoreUrls, status, stop
from belib_weather.embedded.addresses import Servers
from belib_weather.embedded.postgres import PostgresServer
from belib_weather.embedded.startup import Patience
from belib_weather.local.dagster_home import (
    CODE_LOCATION,
    PACKAGE,
    dagster_home,
    process_environment,
    write_dagster_home,
)
from belib_weather.local.health import code_server_health, daemon_health, http_health
from belib_weather.local.python_process import (
    Launcher,
    Program,
    PythonProcess,
    end_orphans,
    end_together,
)
from belib_weather.local.run_plan import LANES, REPORT
from belib_weather.local.state_file import Kept
from belib_weather.local.supervised import StoreProcess
from belib_weather.local.supervisor import Supervisor
from belib_weather.settings import Settings

SEED = 1
SIMULATOR, CODE_SERVER, WEBSERVER, DAEMON = "simulator", "code-server", "webserver", "daemon"
_IN_ORDER_OF_THEIR_END = ((*LANES, REPORT, DAEMON), (WEBSERVER, CODE_SERVER), (SIMULATOR,))
"""First what starts runs, last what runs ask."""
NAMES = tuple(name for names in _IN_ORDER_OF_THEIR_END for name in names)
TITLES = {
    SIMULATOR: "the simulator",
    CODE_SERVER: "Dagster's code server",
    WEBSERVER: "Dagster's webserver",
    DAEMON: "Dagster's daemon",
    **dict.fromkeys(LANES, "a run that fills the history"),
    REPORT: "the run that makes the report",
}
_NEEDS_DATABASE = (PostgresServer.name,)
_CODE_SERVER_SECONDS = 2.0
"""Between two questions to the code server: while it refuses runs, a poll is lost."""
_DAEMON_SECONDS = 15.0


class Platform:
    """The processes beside the stores, on one home.

    Args:
        settings: of the mode.
        kept: the ports.
        supervisor: keeps running what was started.
        notice: gets a line about a start that takes long.
    """

    def __init__(
        self,
        settings: Settings,
        kept: Kept,
        supervisor: Supervisor,
        notice: Callable[[str], None],
    ) -> None:
        self.launcher = Launcher(settings.data_dir, {"PYTHONPATH": str(PACKAGE.parent)})
        self._settings, self._kept = settings, kept
        self._supervisor, self._notice = supervisor, notice
        self._dagster_url = ""

    @property
    def url(self) -> str:
        """Address of the Dagster UI."""
        return f"http://127.0.0.1:{self._kept.webserver}"

    def start_simulator(self) -> None:
        """It needs nothing else."""
        port = self._kept.simulator
        arguments = ("-m", "belib_weather.simulator", "--port", str(port), "--seed", str(SEED))
        self._start(
            PythonProcess(
                self.launcher,
                Program(SIMULATOR, TITLES[SIMULATOR], arguments),
                lambda _: http_health(port, "/simulator"),
            )
        )

    def use_stores(self, urls: StoreUrls) -> None:
        """Keep the embedded stores running, and give their addresses to what is started next."""
        servers = Servers(self._settings)
        for server in servers.needed:
            if server.process() is not None:
                self._supervisor.watch(StoreProcess(server))
        self.launcher.environment = process_environment(self._settings, urls)
        self._dagster_url = urls.dagster_postgres
        write_dagster_home(self._settings, self._kept.code_server)

    def start_user_interface(self) -> None:
        """Start the code server, then the webserver, which asks it."""
        self._start(self._code_server())
        self._start(self._webserver())

    def start_daemon(self) -> None:
        """Start schedules and sensors."""
        arguments = ("-m", "dagster._daemon", "run", *self._workspace())
        self._start(
            PythonProcess(
                self.launcher,
                Program(DAEMON, TITLES[DAEMON], arguments),
                lambda started: daemon_health(self._dagster_url, started),
                needs=_NEEDS_DATABASE,
                check_seconds=_DAEMON_SECONDS,
            )
        )

    def close(self) -> None:
        """Start nothing more."""
        self.launcher.close()

    def _code_server(self) -> PythonProcess:
        port = self._kept.code_server
        arguments = ["-m", "dagster", "api", "grpc", "--host", "127.0.0.1", "--port", str(port)]
        arguments += ["--module-name", CODE_LOCATION, "--location-name", CODE_LOCATION]
        return PythonProcess(
            self.launcher,
            Program(CODE_SERVER, TITLES[CODE_SERVER], arguments),
            lambda _: code_server_health(port),
            needs=_NEEDS_DATABASE,
            check_seconds=_CODE_SERVER_SECONDS,
        )

    def _webserver(self) -> PythonProcess:
        """On loopback and behind the guard: it asks nobody for a password."""
        port = self._kept.webserver
        arguments = ["-m", "belib_weather.guard", "--host", "127.0.0.1", "--port", str(port)]
        return PythonProcess(
            self.launcher,
            Program(WEBSERVER, TITLES[WEBSERVER], [*arguments, *self._workspace()]),
            lambda _: http_health(port, "/server_info"),
            needs=_NEEDS_DATABASE,
        )

    def _workspace(self) -> tuple[str, str]:
        return "--workspace", str(dagster_home(self._settings) / "workspace.yaml")

    def _start(self, process: PythonProcess) -> None:
        process.start(Patience(cancelled=self.launcher.cancelled), self._notice)
        self._supervisor.watch(process)


def end_processes(settings: Settings, notice: Callable[[str], None]) -> None:
    """End every process of this mode but the stores, whoever started it.

    Args:
        settings: of the mode.
        notice: called with the title of each that runs.
    """
    for names in _IN_ORDER_OF_THEIR_END:
        end_together(settings.data_dir, names, lambda name: notice(TITLES[name]))
    end_orphans(settings.data_dir)


def take_down(settings: Settings, notice: Callable[[str], None]) -> None:
    """End every process of this mode, whoever started it: ours first, then the stores."""
    end_processes(settings, notice)
    if any(server.pid is not None for server in status(settings)):
        notice("the stores")
    stop(settings)
