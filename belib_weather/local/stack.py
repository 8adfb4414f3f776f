"""The whole platform of one mode as processes of this machine: up, mended, down.

What belongs here: which processes there are, and in which order they start and end. What does
not: the life of one (`processes`, `embedded`) and what a command says about them (`serving`).
"""

from collections.abc import Callable
from pathlib import Path

import psutil

from belib_weather.embedded import EmbeddedError, StoreUrls, restart_dead, status, stop
from belib_weather.local.dagster_home import (
    CODE_LOCATION,
    PACKAGE,
    dagster_home,
    process_environment,
    write_dagster_home,
)
from belib_weather.local.processes import Service, Services, end_together
from belib_weather.local.run_plan import LANES, REPORT
from belib_weather.local.state_file import Kept
from belib_weather.settings import Settings

SEED = 1
_SIMULATOR, _CODE_SERVER, _WEBSERVER, _DAEMON = "simulator", "code-server", "webserver", "daemon"
_IN_ORDER_OF_THEIR_END = ((*LANES, REPORT, _DAEMON), (_WEBSERVER, _CODE_SERVER), (_SIMULATOR,))
"""First what starts runs, last what runs ask."""
NAMES = tuple(name for names in _IN_ORDER_OF_THEIR_END for name in names)
TITLES = {
    _SIMULATOR: "the simulator",
    _CODE_SERVER: "Dagster's code server",
    _WEBSERVER: "Dagster's webserver",
    _DAEMON: "Dagster's daemon",
    **dict.fromkeys(LANES, "a run that fills the history"),
    REPORT: "the run that makes the report",
}


def simulator(port: int) -> Service:
    """The public APIs, simulated."""
    arguments = ("-m", "belib_weather.simulator", "--port", str(port), "--seed", str(SEED))
    return Service(_SIMULATOR, TITLES[_SIMULATOR], arguments, port, "/simulator")


def code_server(port: int) -> Service:
    """Serves the definitions and runs them."""
    arguments = ["-m", "dagster", "api", "grpc", "--host", "127.0.0.1", "--port", str(port)]
    arguments += ["--module-name", CODE_LOCATION, "--location-name", CODE_LOCATION]
    return Service(_CODE_SERVER, TITLES[_CODE_SERVER], arguments, port)


def webserver(port: int, home: Path) -> Service:
    """The Dagster UI, on loopback and behind the guard: it asks nobody for a password."""
    arguments = ["-m", "belib_weather.guard", "--host", "127.0.0.1", "--port", str(port)]
    arguments += ["--workspace", str(home / "workspace.yaml")]
    return Service(_WEBSERVER, TITLES[_WEBSERVER], arguments, port, "/server_info")


def daemon(home: Path) -> Service:
    """Ticks schedules and sensors, and starts queued runs."""
    arguments = ["-m", "dagster._daemon", "run", "--workspace", str(home / "workspace.yaml")]
    return Service(_DAEMON, TITLES[_DAEMON], arguments)


class Platform:
    """The processes beside the stores, on one home."""

    def __init__(self, settings: Settings, kept: Kept) -> None:
        self.services = Services(settings.data_dir, {"PYTHONPATH": str(PACKAGE.parent)})
        self._settings = settings
        self._kept = kept

    @property
    def url(self) -> str:
        """Address of the Dagster UI."""
        return f"http://127.0.0.1:{self._kept.webserver}"

    def simulate(self) -> None:
        """Start the simulator, which needs nothing else."""
        self.services.start(simulator(self._kept.simulator))

    def know(self, urls: StoreUrls) -> None:
        """Give what is started from now on the stores' addresses, and Dagster its home."""
        self.services.environment = process_environment(self._settings, urls)
        write_dagster_home(self._settings, self._kept.code_server)

    def show(self) -> None:
        """Start the code server, then the UI, which asks it."""
        self.services.start(code_server(self._kept.code_server))
        self.services.start(webserver(self._kept.webserver, dagster_home(self._settings)))

    def tick(self) -> None:
        """Start schedules and sensors."""
        self.services.start(daemon(dagster_home(self._settings)))


class StoreWatch:
    """Restarts embedded stores that died, and says each trouble once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._trouble = ""
        self._processes: list[psutil.Process] = []
        self._look_up()

    def mend(self) -> list[str]:
        """Start again what died; one line each of what was done or is in the way."""
        if not self._trouble and all(map(_is_alive, self._processes)):
            return []
        try:
            told = [f"{name} died; it was started again" for name in restart_dead(self._settings)]
        except EmbeddedError as error:
            told = [] if str(error) == self._trouble else [str(error)]
            self._trouble = str(error)
            return told
        self._trouble = ""
        self._look_up()
        return told

    def _look_up(self) -> None:
        pids = [server.pid for server in status(self._settings)]
        self._processes = [psutil.Process(pid) for pid in pids if pid is not None]


def _is_alive(process: psutil.Process) -> bool:
    """Whether it runs; one that we started and that was killed stays on as a zombie."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def end_processes(settings: Settings, told: Callable[[str], None]) -> None:
    """End every process of this mode but the stores, whoever started it.

    Args:
        settings: of the mode.
        told: called with the title of each that runs.
    """
    for names in _IN_ORDER_OF_THEIR_END:
        end_together(settings.data_dir, names, lambda name: told(TITLES[name]))


def take_down(settings: Settings, told: Callable[[str], None]) -> None:
    """End every process of this mode, whoever started it: ours first, then the stores."""
    end_processes(settings, told)
    if any(server.pid is not None for server in status(settings)):
        told("the stores")
    stop(settings)
