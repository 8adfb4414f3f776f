"""The static files of the site over HTTP: ranges, ETags, compression, headers for browsers.

It reads one folder and nothing else; any web server can do the same.
"""

import mimetypes
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEALTH = "/healthz"
OPEN = ("/data/", "/feeds/")
"""Paths that pages of other origins may read; they may also be read by their scripts."""
PAGE_DATA = ("/station.json", "/arrondissement.json", "/hours.csv")
"""Files beside pages that they may read as well."""
_HASHED = "/assets/"
_TYPES = {
    ".atom": "application/atom+xml",
    ".csv": "text/csv",
    ".geojson": "application/geo+json",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_SECURITY: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}
_CORS: Mapping[str, str] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Length, Content-Range, ETag, Last-Modified",
}
_PREFLIGHT: Mapping[str, str] = {
    **_CORS,
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-Modified-Since, If-None-Match, Range",
    "Access-Control-Max-Age": "86400",
}
_FOUND = frozenset({200, 206, 304})
_NOT_YET = "The pages are being made. Come back in a minute.\n"


def create_app(folder: Path, headers: Mapping[str, Mapping[str, str]] | None = None) -> Starlette:
    """The application that serves a folder, which may be made later.

    Args:
        folder: of the site.
        headers: of single files, by path, such as `live_files.catalog` declares them.
    """
    for ending, kind in _TYPES.items():
        mimetypes.add_type(kind, ending)
    files = _Files(directory=folder, html=True, check_dir=False)
    return Starlette(
        routes=[Route(HEALTH, _healthy), Mount("/", files)],
        middleware=[
            Middleware(_Headers, own=headers or {}),
            Middleware(GZipMiddleware, compresslevel=6),
        ],
    )


async def _healthy(_: Request) -> Response:
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


class _Files(StaticFiles):
    """The files of the folder, but none that is hidden."""

    async def check_config(self) -> None:
        """Do nothing: the folder appears with the first pages."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if scope["method"] == "OPTIONS" and _is_open(scope["path"]):
            return Response(status_code=204, headers=dict(_PREFLIGHT))
        if any(part.startswith(".") and part != "." for part in path.split("/")):
            path = "not-there"  # half written, or our list: as any other path that leads nowhere
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code == 404 and not self._has_pages():
                return PlainTextResponse(_NOT_YET, 503, headers={"Retry-After": "60"})
            raise
        if isinstance(response, RedirectResponse):
            # To its slash, on the host and below the path that the client knows: what it sent as
            # `Host`, and what a proxy made of that, is not repeated.
            query = scope["query_string"].decode("latin-1")
            folder = f"./{quote(path.rsplit('/', 1)[-1])}/"
            response.headers["location"] = f"{folder}?{query}" if query else folder
        return response

    def _has_pages(self) -> bool:
        return any((Path(each) / "index.html").exists() for each in self.all_directories)


class _Headers:
    """Adds to every answer what browsers and caches need to know."""

    def __init__(self, app: ASGIApp, own: Mapping[str, Mapping[str, str]]) -> None:
        self._app = app
        self._own = own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if message["status"] in _FOUND:
                    headers.update(self._own.get(scope["path"], {}))
                for name, value in _of_answer(scope["path"], message["status"]).items():
                    headers.setdefault(name, value)
                etag = headers.get("etag")
                if etag and "content-encoding" in headers and not etag.startswith("W/"):
                    headers["etag"] = f"W/{etag}"  # other bytes than those of the file
            await send(message)

        await self._app(scope, receive, with_headers)


def _of_answer(path: str, status: int) -> dict[str, str]:
    headers = {**_SECURITY, "Cache-Control": _cache_control(path, status)}
    return {**headers, **_CORS} if _is_open(path) else headers


def _cache_control(path: str, status: int) -> str:
    """Files named by their content stay; all others are asked for again, at the cost of a 304."""
    if status in _FOUND and path.startswith(_HASHED):
        return "public, max-age=31536000, immutable"
    return "no-cache" if status < 400 else "no-store"


def _is_open(path: str) -> bool:
    return path.startswith(OPEN) or path.endswith(PAGE_DATA)
