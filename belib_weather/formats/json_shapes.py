"""The shapes in which JSON holds records: an array, lines, the API's pages, GeoJSON.

What belongs here: finding the records. What does not: their fields (`export`).
"""

import json
from collections.abc import Iterator
from typing import Any

from belib_weather.formats.encodings import as_utf8, decoded
from belib_weather.formats.errors import UnreadableBody
from belib_weather.networks import NETWORK

_DECODER = json.JSONDecoder()
_BLANKS = " \t\r\n"


def array_of(content: bytes) -> bytes:
    """The records of a body as the bytes of a JSON array.

    Args:
        content: stripped; begins with `[` or `{`.

    Raises:
        UnreadableBody: broken or cut off, or an object without records (an error, for one).
    """
    if content.startswith(b"["):
        return content
    return json.dumps(_records(content)).encode()


def total_in(content: bytes) -> int | None:
    """How many records the body says that there are in all; None where it does not say."""
    try:
        text = as_utf8(content).lstrip()
        if not text.startswith(b"{"):
            return None
        document = json.loads(decoded(text))
    except (UnreadableBody, ValueError, RecursionError):
        return None
    count = document.get("total_count") if isinstance(document, dict) else None
    return count if isinstance(count, int) and not isinstance(count, bool) else None


def _records(content: bytes) -> list[Any]:
    documents = list(_documents(content))
    first = documents[0]
    if len(documents) == 1 and isinstance(first.get("results"), list):
        return list(first["results"])
    if len(documents) == 1 and isinstance(first.get("features"), list):
        return [_of_feature(feature) for feature in first["features"]]
    if len(documents) == 1 and not NETWORK.known_fields & first.keys():
        message = first.get("message") or first.get("error") or f"it has {sorted(first)[:8]}"
        raise UnreadableBody(f"neither a JSON array nor records: {str(message)[:300]}")
    return documents


def _documents(content: bytes) -> Iterator[dict[str, Any]]:
    """The objects of a body, one after the other: one, or a line each."""
    try:
        text = content.decode()
        position = 0
        while position < len(text):
            document, position = _DECODER.raw_decode(text, position)
            if not isinstance(document, dict):
                raise UnreadableBody("JSON lines, but not of records")
            yield document
            while position < len(text) and text[position] in _BLANKS:
                position += 1
    except (ValueError, RecursionError) as error:
        raise UnreadableBody(f"the JSON is broken or cut off: {str(error)[:200]}") from None


def _of_feature(feature: Any) -> Any:
    """A record of GeoJSON: its properties, and the place where they do not have it."""
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        return feature
    record: dict[str, Any] = dict(feature["properties"])
    geometry = feature.get("geometry")
    place = geometry.get("coordinates") if isinstance(geometry, dict) else None
    name = NETWORK.realtime.fields["coordinates"]
    if isinstance(place, list) and len(place) == 2 and record.get(name) is None:
        record[name] = {"lon": place[0], "lat": place[1]}
    return record
