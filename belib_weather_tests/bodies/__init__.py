"""Bodies of the public APIs, one for each shape that they come in, with values of our own.

README.md says what each is modelled on.
"""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def body(name: str) -> bytes:
    """The bytes of a body, by its path in this folder, such as `realtime/2022.json`."""
    return (FOLDER / name).read_bytes()


def document(name: str) -> Any:
    """The same, decoded from JSON."""
    return json.loads(body(name))
