"""`python -m belib_weather.simulator` starts a server, and says what is wrong when it cannot."""

import socket
import subprocess
import sys
import time

import httpx
import pytest

from belib_weather.simulator.__main__ import main


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.long
def test_the_command_serves_the_city_and_clock_asked_for_until_it_is_stopped() -> None:
    port = free_port()
    options = f"--port {port} --seed 9 --charge-points 60 --now 2026-05-01T12:00:00Z --speed 0"
    process = subprocess.Popen(
        [sys.executable, "-m", "belib_weather.simulator", *options.split()], start_new_session=True
    )
    try:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                status = httpx.get(f"http://127.0.0.1:{port}/simulator", timeout=60).json()
                break
            except httpx.ConnectError:
                time.sleep(0.05)
    finally:
        process.terminate()
        process.wait(timeout=60)

    assert status["seed"] == 9
    assert status["charge_points"] == 60
    assert status["now"] == "2026-05-01T12:00:00+00:00"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--replay", "nowhere.json@2026-11-01T00:00:00Z"], "nowhere.json"),
        (["--charge-points", "100", "--stations", "90"], "100 charge points in 90 stations"),
    ],
)
def test_wrong_arguments_are_named(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert complaint in capsys.readouterr().err
