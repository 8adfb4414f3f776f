"""The box in which the demo runs: a small disk and a clock of its own, in a mount namespace.

Nothing of the machine is changed: the namespace ends with its last process. Needs root, `unshare`
and, for the clock, a C compiler; what cannot be had is skipped, with the reason.
"""

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

_SOURCE = Path(__file__).with_name("shifted_clock.c")
_INSIDE = "BELIB_WEATHER_CHAOS_BOX"
_DISK_MB = 1_200
_ENTER = """
set -e
mount -t tmpfs -o size="$2"m,mode=0700 chaos "$1"/disk
if [ -e "$1"/preload/ld.so.preload ]; then
    mount -t overlay -o lowerdir=/etc,upperdir="$1"/preload,workdir="$1"/work overlay /etc
fi
shift 2
exec "$@"
"""


@dataclass(frozen=True)
class Box:
    """What the box has.

    Attributes:
        folder: of this run; the demo's home is in it.
        no_disk: why there is no small disk; None where there is.
        no_clock: why there is no clock of its own; None where there is.
        is_temporary: whether the folder is removed at the end.
    """

    folder: Path
    no_disk: str | None
    no_clock: str | None
    is_temporary: bool

    @property
    def home(self) -> Path:
        """Where the demo lives: on the small disk."""
        return self.folder / "disk" / "home"

    def set_clock(self, seconds_ahead: int) -> None:
        """Show every program in the box, the simulator apart, a time so far ahead."""
        with _offset(self.folder).open("r+b") as file:
            file.write(struct.pack("=q", seconds_ahead))


def entered(home: Path | None) -> Box:
    """Go into the box: this process is replaced by the same one inside, where that is possible.

    Args:
        home: folder, which is kept; None for a temporary one.
    """
    if inside := os.environ.pop(_INSIDE, None):
        return Box(**json.loads(inside) | {"folder": Path(json.loads(inside)["folder"])})
    folder = (home or Path(tempfile.mkdtemp(prefix="belib-chaos-"))).absolute()
    for name in ("disk", "preload", "work"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    no_box = _no_namespace()
    no_clock = no_box or _clock_built(folder)
    box = Box(folder, no_box, no_clock, is_temporary=home is None)
    if not no_box:
        os.environ[_INSIDE] = json.dumps(asdict(box) | {"folder": str(folder)})
        command = [sys.executable, "-m", "belib_weather_tests.chaos", *sys.argv[1:]]
        enter = ["sh", "-c", _ENTER, "sh", str(folder), str(_DISK_MB), *command]
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", "--", *enter])  # noqa: S606
    return box


def _offset(folder: Path) -> Path:
    return folder / "seconds-ahead"


def _no_namespace() -> str | None:
    if os.geteuid() != 0:
        return "only root can mount a small disk in a namespace"
    probe = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=1m probe /mnt"]
    if (
        not shutil.which("unshare")
        or subprocess.run(probe, capture_output=True, check=False).returncode
    ):
        return "`unshare --mount` does not work here"
    return None


def _clock_built(folder: Path) -> str | None:
    """Compile the clock and have it preloaded; the reason where that fails."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return "there is no C compiler for a clock of its own"
    library, offset = folder / "shifted_clock.so", _offset(folder)
    offset.write_bytes(struct.pack("=q", 0))
    build = [compiler, "-shared", "-fPIC", "-O2", f'-DOFFSET_FILE="{offset}"']
    done = subprocess.run(
        [*build, "-o", library, _SOURCE, "-ldl"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return f"the clock does not compile: {done.stderr[:200]}"
    (folder / "preload" / "ld.so.preload").write_text(f"{library}\n")
    return None
