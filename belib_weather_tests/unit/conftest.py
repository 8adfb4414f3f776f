"""Unit tests reach no further than this machine."""

import ipaddress
import sys
from collections.abc import Iterator
from typing import Any

import pytest

_is_unit_test = False


def _refuse_the_network(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook, which sees what every library asks of a socket."""
    if event != "socket.connect" or not _is_unit_test:
        return
    address = arguments[1]
    if isinstance(address, tuple) and not _is_here(address[0]):
        raise PermissionError(f"a unit test connects to {address[0]}")


def _is_here(host: str) -> bool:
    return host == "localhost" or ipaddress.ip_address(host).is_loopback


sys.addaudithook(_refuse_the_network)


@pytest.fixture(autouse=True, scope="package")
def _no_network() -> Iterator[None]:
    global _is_unit_test  # noqa: PLW0603 - an audit hook cannot be taken away again
    _is_unit_test = True
    yield
    _is_unit_test = False
