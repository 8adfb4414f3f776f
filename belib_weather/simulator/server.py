"""The application as a running server, for tests and for `python -m belib_weather.simulator`."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette

_START_SECONDS = 60


@contextmanager
def serving(
    app: Starlette, *, host: str = "127.0.0.1", port: int = 0, **options: Any
) -> Iterator[str]:
    """Serve an application from a thread of this process; yields its base address.

    Args:
        app: what `create_app` made.
        host: address to listen on.
        port: 0 takes a free one.
        options: others of uvicorn.

    Raises:
        RuntimeError: the server did not start, for instance because the port is taken.
    """
    server = uvicorn.Server(
        uvicorn.Config(app, host=host, port=port, log_level="warning", lifespan="off", **options)
    )
    thread = threading.Thread(target=server.run, name="simulator", daemon=True)
    thread.start()
    deadline = time.monotonic() + _START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError(f"the simulator did not start on {host}:{port}; is the port taken?")
        time.sleep(0.01)
    bound = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://{host}:{bound}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
