"""The demo under test: started, found in the process table, asked, started again when killed."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil
import stamina

from belib_weather.embedded import EmbeddedError
from belib_weather.embedded.addresses import Servers
from belib_weather.embedded.postgres import DAGSTER_DATABASE, PostgresServer
from belib_weather.local.modes import settings_of
from belib_weather.local.process_table import process_tree, running
from belib_weather.local.stack import (
    CODE_SERVER,
    DAEMON,
    SIMULATOR,
    WATCHDOG,
    WEBSERVER,
    health_of,
)
from belib_weather.local.state_file import StateFile
from belib_weather.settings import Settings
from belib_weather_tests.local_stores import CHECKOUT

STORES = ("mongo", "postgres", "elasticsearch")
PROCESSES = (SIMULATOR, CODE_SERVER, WEBSERVER, DAEMON, WATCHDOG)
_START_SECONDS = 600
_RUN_WORKER = "multiprocessing"
"""On the command line of what the code server starts for a run."""


class ChaosError(Exception):
    """The chaos itself cannot go on; the message says why."""


class Stage:
    """A demo of its own.

    Args:
        home: its folder.
        log: what its command prints; not on its disk, which may be full.
        cadence: seconds between two polls.
        say: gets a line about each step.
    """

    def __init__(self, home: Path, log: Path, cadence: int, say: Callable[[str], None]) -> None:
        self.home, self.log, self.cadence, self.say = home, log, cadence, say
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in [n for n in os.environ if n.startswith(("BELIB_", "DAGSTER_"))]:
            del os.environ[name]
        os.environ |= {
            "BELIB_HOME": str(home),
            "BELIB_CADENCE_SECONDS": str(cadence),
            "BELIB_DISK_LOW_MB": "150",
            "BELIB_DISK_FULL_MB": "30",
            "PYTHONPATH": str(CHECKOUT),
        }
        self._demo: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> Settings:
        """As every command of this home has them."""
        return settings_of("demo")

    @property
    def state(self) -> StateFile:
        """The ports."""
        return StateFile.read(self.settings.data_dir)

    def command(self, *arguments: str) -> list[str]:
        """`belib-weather` with arguments."""
        return [sys.executable, "-m", "belib_weather.cli", *arguments]

    def start(self) -> None:
        """Start the demo and wait until it is ready."""
        began = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as output:
            self._demo = subprocess.Popen(
                self.command("demo", "--days", "0", "--port", str(self._webserver_port())),
                cwd=self.home.parent,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        patience_ends = time.monotonic() + _START_SECONDS
        while "Ready after" not in self._since(began):
            if self._demo.poll() is not None:
                raise ChaosError(f"the demo did not start: {self._since(began)[-1500:]}")
            if time.monotonic() > patience_ends:
                raise ChaosError(f"the demo is not ready after {_START_SECONDS} s (log {self.log})")
            time.sleep(0.5)

    def kill_command(self) -> None:
        """SIGKILL the command that holds everything."""
        if self._demo is not None:
            self._demo.kill()
            self._demo.wait()

    def stop(self) -> None:
        """Stop everything, as a person does."""
        if self._demo is not None and self._demo.poll() is None:
            self._demo.terminate()
            try:
                self._demo.wait(120)
            except subprocess.TimeoutExpired:
                self._demo.kill()
        subprocess.run(self.command("stop"), cwd=self.home.parent, check=False, timeout=300)

    def process(self, name: str) -> psutil.Process | None:
        """A store or one of our processes, if it runs."""
        if name in STORES:
            servers = {server.name: server for server in Servers(self.settings).all}
            return servers[name].process()
        found = running(self.settings.data_dir, [name])
        return found[name][0] if found else None

    def run_workers(self) -> list[psutil.Process]:
        """Processes that execute a run."""
        server = self.process(CODE_SERVER)
        family_of = process_tree(server.pid)[1:] if server else []
        return [child for child in family_of if _is_worker(child)]

    def unhealthy(self) -> list[str]:
        """Names of what does not answer as it should."""
        state, dagster_url = self.state, self.dagster_url
        names = []
        for server in Servers(self.settings).all:
            try:
                answer = server.answer(server.port() or 0) if server.process() else None
            except EmbeddedError:
                answer = None
            if answer is None:
                names.append(server.name)
        for name in PROCESSES:
            process = self.process(name)
            started = datetime.fromtimestamp(process.create_time(), UTC) if process else None
            if (
                not started
                or not health_of(name, self.settings, state, dagster_url, started).is_healthy
            ):
                names.append(name)
        return names

    @property
    def dagster_url(self) -> str:
        """Of Dagster's database, for SQLAlchemy."""
        server = PostgresServer(Servers(self.settings).home)
        return server.url(server.port() or 0, driver="psycopg2", database=DAGSTER_DATABASE)

    @stamina.retry(on=httpx.HTTPError, attempts=None, timeout=90, wait_initial=1)
    def graphql(self, query: str, **variables: Any) -> Any:
        """Ask Dagster, as often as a person would who sees an error."""
        answer = httpx.post(
            f"http://127.0.0.1:{self.state.webserver}/graphql",
            json={"query": query, "variables": variables},
            timeout=60,
        )
        if answer.is_error:
            text = f"Dagster answers {answer.status_code}: {answer.text[-400:]}"
            raise httpx.HTTPStatusError(text, request=answer.request, response=answer)
        return answer.json()["data"]

    def simulator(self, method: str, path: str, body: Any = None) -> None:
        """Ask the simulator for something."""
        url = f"http://127.0.0.1:{self.state.simulator}{path}"
        httpx.request(method, url, json=body, timeout=30).raise_for_status()

    def lines_of_demo(self) -> Iterator[str]:
        """What the command has printed."""
        return iter(self.log.read_text(errors="replace").splitlines())

    def _since(self, start: int) -> str:
        return self.log.read_bytes()[start:].decode(errors="replace")

    def _webserver_port(self) -> int:
        from belib_weather.embedded.loopback import free_port

        return self.state.webserver or free_port()


def _is_worker(process: psutil.Process) -> bool:
    try:
        line = " ".join(process.cmdline())
    except psutil.Error:
        return False
    return _RUN_WORKER in line and "resource_tracker" not in line
