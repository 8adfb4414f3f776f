"""`python -m belib_weather.site`: serve the folder of the site until stopped."""

import argparse
import sys
from pathlib import Path

import uvicorn

from belib_weather.live_files.catalog import response_headers
from belib_weather.settings import load_settings
from belib_weather.site.connections import TimeoutProtocol
from belib_weather.site.server import create_app

_SHUTDOWN_SECONDS = 5
"""A client that is still reading then is not waited for."""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    command = argparse.ArgumentParser(prog="python -m belib_weather.site", description=__doc__)
    command.add_argument(
        "--folder", type=Path, help="what is served; BELIB_SITE_FOLDER unless given"
    )
    command.add_argument("--host", default="127.0.0.1", help="address to listen on")
    command.add_argument("--port", type=int, default=8080, help="port to listen on")
    return command


def main(arguments: list[str] | None = None) -> int:
    """Serve; returns the exit code."""
    options = parser().parse_args(arguments)
    settings = load_settings()
    uvicorn.run(
        create_app(options.folder or settings.site_dir, response_headers(settings.cadence)),
        host=options.host,
        port=options.port,
        log_level="warning",
        lifespan="off",
        server_header=False,
        http=TimeoutProtocol,
        ws="none",
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
