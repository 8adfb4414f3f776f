"""Commands on a home whose file system is read-only: a real mount, in a namespace of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from belib_weather_tests.local_stores import CHECKOUT

_MOUNT = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with data of ours, which `run` finds on a read-only file system."""
    home = tmp_path / "home"
    (home / "live").mkdir(parents=True, mode=0o700)
    return home


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command while the home is mounted read-only; skip where nobody may mount."""
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare (util-linux)")
    privilege = ["--mount"] if os.geteuid() == 0 else ["--user", "--map-root-user", "--mount"]
    mounted = ["unshare", *privilege, "sh", "-c", _MOUNT, str(home)]
    if subprocess.run([*mounted, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this user may not mount, not even in a namespace of its own")
    others = {k: v for k, v in os.environ.items() if not k.startswith(("BELIB_", "DAGSTER_"))}
    return subprocess.run(
        [*mounted, sys.executable, "-m", "belib_weather.cli", *arguments],
        cwd=home.parent,
        env=others | {"BELIB_HOME": str(home), "PYTHONPATH": str(CHECKOUT), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("up",),
        ("kibana", "export", "--to", "home/bundle"),
        pytest.param(("stores", "up"), marks=pytest.mark.slow),
        pytest.param(("demo", "--no-serve"), marks=pytest.mark.slow),
        pytest.param(("stop",), marks=pytest.mark.slow),
    ],
    ids=" ".join,
)
def test_a_writing_command_reports_the_read_only_file_system(
    home: Path, arguments: tuple[str, ...]
) -> None:
    done = run(home, *arguments)

    assert done.returncode == 1, done.stderr
    message = " ".join(done.stderr.split())
    assert "ead-only file system" in message
    assert "set BELIB_HOME" in message or "choose a folder by --to" in message
    assert str(home) in message or "home/bundle" in message
    assert "Traceback" not in done.stdout + done.stderr
    assert [path.name for path in home.iterdir()] == ["live"]


def test_the_doctor_reports_a_read_only_home_and_reading_commands_work(home: Path) -> None:
    doctor = run(home, "doctor")
    assert doctor.returncode == 2
    assert "is on a read-only file system; set BELIB_HOME to a folder of your own, on another" in (
        " ".join(doctor.stdout.split())
    )
    listed = run(home, "raw", "list")
    assert listed.returncode == 2
    assert "start the stores with `belib-weather stores up`" in " ".join(listed.stderr.split())
