"""Running programs that refuse to run as root, as root."""

import os
import shutil
import subprocess
from functools import cache

from belib_weather.embedded.errors import EmbeddedError

_OTHER_USER = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")


def unprivileged(program: str) -> tuple[str, ...]:
    """The words before the command of a program that refuses to run as root; empty for other users.

    Root's commands run in a user namespace in which root is called 1000; files stay root's.

    Raises:
        EmbeddedError: we are root, and this system has no user namespaces.
    """
    if os.geteuid() != 0:
        return ()
    if not _has_user_namespaces():
        raise EmbeddedError(
            f"{program} refuses to run as root, and user namespaces (util-linux `unshare --user`)"
            " do not work here; run as an ordinary user, or point to a server of your own"
        )
    return _OTHER_USER


@cache
def _has_user_namespaces() -> bool:
    if shutil.which("unshare") is None:
        return False
    probe = subprocess.run([*_OTHER_USER, "true"], check=False, capture_output=True)  # noqa: S603 - fixed
    return probe.returncode == 0
