"""The server's application: Explore API, Open-Meteo, and the switches for tests.

Every response carries `x-belib-simulated`, so that simulated data cannot be taken for real. A
request with the header `x-belib-at` (an ISO instant with offset) is answered as of that instant.
"""

from collections.abc import Sequence
from datetime import datetime

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from belib_weather.simulator import outlines, realtime, static
from belib_weather.simulator.city import City
from belib_weather.simulator.clock import Clock
from belib_weather.simulator.datasets import Dataset, Feed
from belib_weather.simulator.explore import ExploreApi
from belib_weather.simulator.faults import Faults, parse_fault
from belib_weather.simulator.open_meteo import OpenMeteoApi
from belib_weather.simulator.paris_time import instant, second
from belib_weather.simulator.replay import Recording, ReplayFeed
from belib_weather.simulator.timeline import BeforeOriginError

AT_HEADER = "x-belib-at"
MARK_HEADER = "x-belib-simulated"


class BadInstantError(ValueError):
    """The header `x-belib-at` is not an instant with an offset."""


class _SimulatedHeader:
    """Adds the header that marks every response as simulated."""

    def __init__(self, app: ASGIApp, mark: str) -> None:
        self._app = app
        self._mark = mark

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[MARK_HEADER] = self._mark
            await send(message)

        await self._app(scope, receive, marked)


def create_app(
    city: City,
    *,
    clock: Clock | None = None,
    recordings: Sequence[Recording] = (),
    gzip: bool = True,
) -> Starlette:
    """Build the application.

    Args:
        city: what is served.
        clock: gives the current second; the real clock unless given.
        recordings: recorded exports to serve in place of the city's own feeds.
        gzip: compress answers for those who accept it, as the portals do.
    """
    present = clock or Clock()
    faults = Faults()

    def at(request: Request) -> int:
        text = request.headers.get(AT_HEADER)
        if text is None:
            return present.now()
        try:
            return second(datetime.fromisoformat(text))
        except ValueError as error:
            raise BadInstantError(f"{AT_HEADER}: {text!r} is not an instant: {error}") from error

    def status(request: Request) -> Response:
        sizes = {"charge_points": len(city.fleet), "stations": len(city.fleet.stations)}
        now = instant(at(request)).isoformat()
        return JSONResponse({"seed": city.seed, "now": now, "faults": faults.waiting(), **sizes})

    async def add_fault(request: Request) -> Response:
        try:
            faults.add(parse_fault(await request.json()))
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({"faults": faults.waiting()}, 201)

    def clear_faults(_: Request) -> Response:
        faults.clear()
        return Response(status_code=204)

    mark = f"seed={city.seed}; replay={len(recordings)}" if recordings else f"seed={city.seed}"
    return Starlette(
        routes=[
            *ExploreApi(_datasets(city, recordings), faults, at).routes,
            *OpenMeteoApi(city.weather, faults, at).routes,
            Route("/simulator", status),
            Route("/simulator/faults", add_fault, methods=["POST"]),
            Route("/simulator/faults", clear_faults, methods=["DELETE"]),
        ],
        middleware=[
            Middleware(_SimulatedHeader, mark=mark),
            *([Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=1)] if gzip else []),
        ],
        exception_handlers={BadInstantError: _refuse, BeforeOriginError: _refuse},
    )


def _refuse(_: Request, error: Exception) -> Response:
    return JSONResponse({"error_code": "InvalidInstant", "message": str(error)}, 400)


def _datasets(city: City, recordings: Sequence[Recording]) -> list[Dataset]:
    recorded_now = [recording for recording in recordings if recording.is_realtime]
    recorded_static = [recording for recording in recordings if not recording.is_realtime]
    current: Feed = ReplayFeed(recorded_now) if recorded_now else city.realtime
    fixed: Feed = ReplayFeed(recorded_static) if recorded_static else city.static
    return [
        Dataset(
            "realtime",
            realtime.DATASET,
            "Belib' - Points de recharge - Disponibilité temps réel (simulé)",
            realtime.FIELDS,
            current,
        ),
        Dataset(
            "static",
            static.DATASET,
            "Belib' - Points de recharge - Données statiques (simulé)",
            static.FIELDS,
            fixed,
        ),
        Dataset(
            "arrondissements",
            outlines.DATASET,
            "Arrondissements (simulé)",
            outlines.FIELDS,
            outlines.OutlinesFeed(),
        ),
    ]
