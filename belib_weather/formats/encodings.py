"""The encoding of a body: UTF-8, UTF-16 with its mark, or that of Windows in western Europe.

What belongs here: from bytes to text, by one rule for JSON and CSV. What does not: its format.
"""

import re

from belib_weather.formats.errors import UnreadableBody
from belib_weather.formats.files import UTF_16

_BOM = b"\xef\xbb\xbf"
_UTF_8 = re.compile(rb"\xc3[\x80-\xbf]|\xe2\x80")
"""A letter with an accent, or an apostrophe; no French text of Windows-1252 has `Ã` or `â€`."""


def as_utf8(body: bytes) -> bytes:
    """A body without its byte order marks (some tools add one to one); one in UTF-16 as UTF-8.

    Raises:
        UnreadableBody: the mark says UTF-16, and it is not.
    """
    while body.startswith(_BOM):
        body = body.removeprefix(_BOM)
    if not body.startswith(UTF_16):
        return body
    try:
        return body.decode("utf-16").encode()
    except UnicodeError:
        raise UnreadableBody("a text in an unknown encoding; save it as UTF-8") from None


def decoded(content: bytes) -> str:
    """The text of a body without marks: in UTF-8, or as Excel in western Europe writes it.

    Raises:
        UnreadableBody: UTF-8 that is damaged (its letters would become others), or neither.
    """
    try:
        return content.decode()
    except UnicodeError as error:
        if _UTF_8.search(content):
            raise UnreadableBody(f"a text in UTF-8 that is damaged: {error}") from None
    try:
        return content.decode("cp1252")
    except UnicodeError:
        raise UnreadableBody("a text in an unknown encoding; save it as UTF-8") from None
