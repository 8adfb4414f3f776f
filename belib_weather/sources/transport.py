"""The transport: adds keys to requests, and decodes bodies to their last byte.

What belongs here: the layer below everything that logs an address or raises with it. What does
not: retries and errors (`http`).
"""

import json
import logging
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import quote, quote_plus

import httpx
from pydantic import SecretStr

from belib_weather.proxies import ProxiedTransport

Keys = Mapping[str, SecretStr]
"""Parameters that are secrets, by name."""
KEYS = "belib_weather_keys"
"""Request extension that carries them to `KeyedTransport`."""
_MASK = "***"
_SHORTEST = 4
"""The beginning of a key with at least this many characters is redacted."""
_LOGGERS = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy")
_PIECE = 2**20
"""At most this much is inflated at a time, so that a small body cannot fill the memory."""


class KeyedTransport(ProxiedTransport):
    """Adds the keys of a request to its address, below what logs addresses or raises with them."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, its keys added."""
        extensions = dict(request.extensions)
        keys: Keys = extensions.pop(KEYS, {})
        params = {name: key.get_secret_value() for name, key in keys.items()}
        keyed = httpx.Request(
            request.method,
            request.url.copy_merge_params(params) if params else request.url,
            headers=request.headers,
            stream=request.stream,
            extensions=extensions,
        )
        return super().handle_request(keyed)


def redacted(text: str, keys: Keys) -> str:
    """The text with every key in it masked: encoded, escaped, or cut off at the text's end."""
    for secret in keys.values():
        for form in _encoded_forms(secret.get_secret_value()):
            text = text.replace(form, _MASK)
            for length in range(len(form) - 1, _SHORTEST - 1, -1):
                if text.endswith(form[:length]):
                    text = text[:-length] + _MASK
                    break
    return text


def _encoded_forms(key: str) -> list[str]:
    """A key as it is, encoded for an address, escaped as in JSON and in a repr; longest first."""
    escaped = json.dumps(key)[1:-1]
    forms = {key, quote(key, safe=""), quote_plus(key), escaped, escaped.replace("/", "\\/")}
    forms |= {repr(form)[1:-1] for form in forms}
    return sorted(forms - {""}, key=len, reverse=True)


def redacted_body(body: bytes, keys: Keys) -> bytes:
    """The body with every key that it repeats masked; a body without keys is left alone."""
    if not keys:
        return body
    text = body.decode("utf-8", "surrogateescape")
    return redacted(text, keys).encode("utf-8", "surrogateescape")


@contextmanager
def redacted_logs(keys: Keys) -> Iterator[None]:
    """Strike keys out of what the HTTP libraries log, such as headers that repeat an address."""
    if not keys:
        yield
        return

    def redact(record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage(), keys), ()
        return True

    loggers = [logging.getLogger(name) for name in _LOGGERS]
    for logger in loggers:
        logger.addFilter(redact)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(redact)


def decoded(reply: httpx.Response) -> Iterator[bytes]:
    """The parts of a body, uncompressed.

    Raises:
        httpx.DecodingError: broken gzip, or gzip that ends early (which httpx itself accepts).
    """
    coding = reply.headers.get("content-encoding", "identity").lower()
    if coding == "identity":
        yield from reply.iter_raw()
    elif coding in ("gzip", "x-gzip"):
        yield from _inflated(reply.iter_raw())
    else:
        raise httpx.DecodingError(f"content-encoding {coding} was not requested")


def _inflated(parts: Iterator[bytes]) -> Iterator[bytes]:
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        for part in parts:
            left = part
            while True:
                piece = inflate.decompress(left, _PIECE)
                yield piece
                left = inflate.unconsumed_tail
                if inflate.eof:
                    return  # zlib would keep all that a server sends after it
                if not (left or len(piece) == _PIECE):
                    break
    except zlib.error as error:
        raise httpx.DecodingError(f"broken gzip: {error}") from None
    raise httpx.DecodingError("the gzip body ends early")
