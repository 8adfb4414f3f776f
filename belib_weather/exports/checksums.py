"""Checksums of all files, as `sha256sum --check SHA256SUMS` reads them.

What belongs here: the list, read, brought up to date and written. What does not: which files
there are. Concept: https://www.gnu.org/software/coreutils/manual/html_node/sha2-utilities.html
"""

import re
from collections.abc import Iterable
from hashlib import sha256

from belib_weather.exports.folder import ExportFolder

CHECKSUMS_NAME = "SHA256SUMS"
_LINE = re.compile(r"^([0-9a-f]{64})  (.+)$", re.MULTILINE)


def checksums(folder: ExportFolder, names: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of files, by name: as just written, as listed before, or of what is read."""
    listed = folder.read(CHECKSUMS_NAME) or b""
    known = {name: digest for digest, name in _LINE.findall(listed.decode(errors="replace"))}
    known |= folder.written
    return {
        name: known.get(name) or sha256(folder.read(name) or b"").hexdigest()
        for name in sorted(names)
    }


def write_checksums(folder: ExportFolder, digests: dict[str, str]) -> None:
    """Write the list, by name."""
    lines = (f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    folder.write(CHECKSUMS_NAME, "".join(lines).encode())
