"""The loopback interface: its ports, and HTTP to servers on them."""

import random
import socket
import ssl

import httpx

ADDRESS = "127.0.0.1"
# Below the ports that Linux and macOS hand out to outgoing connections.
_PORTS = range(20_000, 30_000)
_CONNECT_SECONDS = 1


def is_free(port: int) -> bool:
    """Whether no process listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True


def listens(port: int) -> bool:
    """Whether a process accepts connections on the port."""
    with socket.socket() as probe:
        probe.settimeout(_CONNECT_SECONDS)
        return probe.connect_ex((ADDRESS, port)) == 0


def free_port() -> int:
    """A port that no process uses now."""
    return next(port for port in random.sample(_PORTS, len(_PORTS)) if is_free(port))


def http_client(port: int, timeout_seconds: float) -> httpx.Client:
    """A client of a server on the port, without proxies and without TLS.

    An empty TLS context saves loading the certificates of the system, 30 ms of processor time for
    each client.
    """
    return httpx.Client(
        base_url=f"http://{ADDRESS}:{port}",
        timeout=timeout_seconds,
        trust_env=False,
        verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
    )
