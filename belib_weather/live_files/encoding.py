"""JSON of live files: compact, UTF-8, the same bytes for the same content.

What belongs here: bytes. What does not: documents.
"""

import json


def json_bytes(document: object) -> bytes:
    """A document as compact JSON, keys in their order."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
