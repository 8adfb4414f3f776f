"""What `doctor` says of this machine: the home, its disk, proxies, certificates.

What belongs here: findings about what is around the platform. What does not: the stores
(`store_diagnosis`) and the polls (`poll_diagnosis`).
"""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from belib_weather import certificates
from belib_weather.certificates import CertificatesError
from belib_weather.local.disk_space import Disk, Level
from belib_weather.local.finding import Finding, State
from belib_weather.local.home_access import unwritable_home
from belib_weather.proxies import ProxyError, named_proxy
from belib_weather.settings import Settings

_SLOW_SECONDS = 0.5
"""For a write to reach the disk; a start writes thousands of times."""
_WRITES = 3
_BYTES = bytes(8192)


def check_host(settings: Settings) -> Iterator[Finding]:
    """The home, its disk, and what the environment says of proxies and certificates."""
    trouble = unwritable_home(settings)
    yield Finding("Home", State.WRONG if trouble else State.OK, trouble or f"{settings.data_dir}")
    yield disk_finding(settings, None if trouble else sync_seconds(settings.data_dir))
    if settings.mode == "live":
        yield from filter(None, (_proxy(settings), _certificates()))


def disk_finding(settings: Settings, seconds: float | None) -> Finding:
    """Free space on the disk of the home, and how long a write takes to reach it."""
    space = Disk(settings).space()
    if space.level is not Level.ENOUGH:
        state = State.WRONG if space.level is Level.FULL else State.WARN
        text = f"{space}; delete files or move BELIB_HOME to a larger disk"
        return Finding("Disk", state, text)
    if seconds is not None and seconds > _SLOW_SECONDS:
        text = f"{space}, which is slow: a write takes {seconds:.1f} s to reach it; move BELIB_HOME"
        return Finding("Disk", State.WARN, f"{text} to a disk of this machine")
    return Finding("Disk", State.OK, str(space))


def sync_seconds(folder: Path) -> float | None:
    """Seconds in which a small write reaches the disk, of a few the median; None without a folder.

    The file has no name and is gone afterwards.
    """
    durations = []
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            for _ in range(_WRITES):
                began = time.monotonic()
                file.write(_BYTES)
                file.flush()
                os.fsync(file.fileno())
                durations.append(time.monotonic() - began)
    except OSError:
        return None  # not made yet, or full, which is said by itself
    return statistics.median(durations)


def _proxy(settings: Settings) -> Finding | None:
    url = urlsplit(settings.explore_api_url)
    try:
        named = named_proxy(url.scheme, url.hostname or "")
    except ProxyError as error:
        return Finding("Proxy", State.WRONG, str(error))
    return Finding("Proxy", State.OK, named) if named else None


def _certificates() -> Finding | None:
    bundle = certificates.named()
    if bundle is None:
        return None
    try:
        certificates.context()
    except CertificatesError as error:
        return Finding("Certificates", State.WRONG, str(error))
    return Finding("Certificates", State.OK, f"those of {bundle[0]}={bundle[1]}")
