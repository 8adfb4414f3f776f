"""Unit tests reach no further than this machine."""

import socket

import pytest


def test_a_unit_test_cannot_reach_the_network() -> None:
    with socket.socket() as outward, pytest.raises(PermissionError, match=r"192\.0\.2\.1"):
        outward.connect(("192.0.2.1", 80))
