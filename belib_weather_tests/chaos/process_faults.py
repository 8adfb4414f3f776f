"""Faults of processes: killed, and stopped for two minutes."""

import signal
import subprocess
import time

import psutil

from belib_weather.local.process_table import process_tree
from belib_weather_tests.chaos.faults import FAULTS, Fault, Skip, fault, signalled

_WORKER_SECONDS = 150
_TITLES = {
    "mongo": "MongoDB",
    "postgres": "PostgreSQL",
    "elasticsearch": "Elasticsearch",
    "code-server": "code server",
    "webserver": "webserver",
    "daemon": "daemon",
    "watchdog": "watchdog",
    "simulator": "public APIs (simulator)",
}


def _killing(name: str, times: int) -> None:
    """Register SIGKILL of a store or process."""

    class Kill(Fault):
        def inject(self) -> str | None:
            return signalled(self.stage, name, signal.SIGKILL)

    Kill.kind, Kill.times = f"SIGKILL {_TITLES[name]}", times
    FAULTS[Kill.kind] = Kill


for _name, _times in {
    "mongo": 5,
    "postgres": 5,
    "elasticsearch": 5,
    "code-server": 5,
    "webserver": 4,
    "daemon": 4,
    "watchdog": 2,
    "simulator": 2,
}.items():
    _killing(_name, _times)


def _stopping(name: str) -> None:
    """Register SIGSTOP of a store or process, with all its children, and SIGCONT later."""

    class Stop(Fault):
        seconds = 120
        _stopped: list[psutil.Process]

        def inject(self) -> str | None:
            process = self.stage.process(name)
            if process is None:
                raise Skip(f"{name} does not run at this moment")
            # Runs are children of the code server and are not meant.
            self._stopped = [process] if name == "code-server" else process_tree(process.pid)
            for one in self._stopped:
                one.suspend()
            return f"pid {process.pid}"

        def recover(self) -> None:
            for one in self._stopped:
                try:
                    one.resume()
                except psutil.NoSuchProcess:
                    continue  # replaced meanwhile

    Stop.kind, Stop.times = f"SIGSTOP {_TITLES[name]}", 1
    FAULTS[Stop.kind] = Stop


for _name in ("mongo", "postgres", "elasticsearch", "code-server"):
    _stopping(_name)


@fault
class KillWorker(Fault):
    """The next run to be seen."""

    kind, times = "SIGKILL run worker", 6

    def inject(self) -> str | None:
        patience_ends = time.monotonic() + _WORKER_SECONDS
        while time.monotonic() < patience_ends:
            if workers := self.stage.run_workers():
                time.sleep(self.rng.uniform(0, 3))  # somewhere within its steps
                living = [worker for worker in workers if worker.is_running()]
                if living:
                    living[0].kill()
                    return f"pid {living[0].pid}"
            time.sleep(0.2)
        raise Skip(f"no run was seen in {_WORKER_SECONDS} s")


@fault
class KillCommand(Fault):
    """`belib-weather demo` itself, which somebody starts again."""

    kind, times = "SIGKILL the command `demo`", 3

    def inject(self) -> str | None:
        self.stage.kill_command()
        return None

    def recover(self) -> None:
        self.stage.start()


@fault
class KillCommandLineRuns(Fault):
    """Three `dagster asset materialize` that are killed in their middle."""

    kind, times = "three command-line runs killed", 1
    _RUNS = 3

    def inject(self) -> str | None:
        variables = subprocess.run(
            self.stage.command("env", "--mode", "demo"), capture_output=True, text=True, check=True
        ).stdout
        run = (
            "exec dagster asset materialize -m belib_weather.definitions"
            " --select 'raw_belib_snapshots,availability_facts,availability_index' --partition "
        )
        hour = time.strftime("%Y-%m-%d-%H:00", time.gmtime())
        runs = [
            subprocess.Popen(
                ["bash", "-c", f"{variables}\n{run} {hour}"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            for _ in range(self._RUNS)
        ]
        # Until the runs exist: a process that is killed before leaves nothing.
        self._wait_for_runs()
        for one in runs:
            one.kill()
            one.wait()
        return f"{self._RUNS} processes"

    def _wait_for_runs(self) -> None:
        from belib_weather_tests.chaos.dagster_records import unfinished_runs

        patience_ends = time.monotonic() + 60
        before = len(unfinished_runs(self.stage.dagster_url))
        while time.monotonic() < patience_ends:
            if len(unfinished_runs(self.stage.dagster_url)) >= before + self._RUNS:
                return
            time.sleep(0.1)
