"""What a home stores between starts: the ports of its processes, first day of the demo."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from belib_weather.embedded.home import private_folder
from belib_weather.files import write_file
from belib_weather.local.console import CommandError
from belib_weather.local.ports import Ports

WEBSERVER_PORT = 3000
SITE_PORT = 8080
_PORTS_TO_TRY = 200


@dataclass(frozen=True)
class StateFile:
    """The content of `stack.json` in the folder of the mode.

    Attributes:
        webserver, code_server, simulator, site: loopback ports; 0 before the first start.
        start: first day (ISO) of the simulated history.
    """

    webserver: int = 0
    code_server: int = 0
    simulator: int = 0
    site: int = 0
    start: str | None = None

    @classmethod
    def read(cls, data_dir: Path) -> "StateFile":
        """Read it; empty when there is no readable file."""
        try:
            return cls(**json.loads(_file(data_dir).read_text()))
        except (FileNotFoundError, TypeError, ValueError):
            return cls()

    def write(self, data_dir: Path) -> None:
        """Write it."""
        private_folder(data_dir)
        write_file(_file(data_dir), json.dumps(asdict(self)))

    def with_free_ports(
        self, webserver: int | None, ports: Ports, *, site: int | None = None
    ) -> "StateFile":
        """The same ports where they are free, and others in place of those that are not.

        Args:
            webserver: requested port of the Dagster UI; None takes the port of the last start, else
                3000 or the next free one.
            ports: takes them.
            site: requested port of the site; None takes the port of the last start, else 8080 or
                the next free one.

        Raises:
            CommandError: a requested port is in use.
        """
        for port, option in ((webserver, "--port"), (site, "--site-port")):
            if port is not None and not ports.take(port):
                raise CommandError(
                    f"port {port} is taken by another program; choose another {option}"
                )

        def same_port(port: int) -> int:
            return port if port and ports.take(port) else 0

        def following(first: int) -> int:
            every = range(first, first + _PORTS_TO_TRY)
            return next((port for port in every if ports.take(port)), None) or ports.take_any()

        return replace(
            self,
            webserver=webserver or same_port(self.webserver) or following(WEBSERVER_PORT),
            site=site or same_port(self.site) or following(SITE_PORT),
            code_server=same_port(self.code_server) or ports.take_any(),
            simulator=same_port(self.simulator) or ports.take_any(),
        )

    def since(self, day: date) -> "StateFile":
        """With a history that begins at `day`, or earlier if it does already."""
        return replace(self, start=min(self.start or f"{day}", f"{day}"))


def _file(data_dir: Path) -> Path:
    return data_dir / "stack.json"
