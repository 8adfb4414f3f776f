"""`ask` and `mcp`: questions in words, and tools for assistants.

What belongs here: stores, keys and messages. What does not: tools and conversation (`questions`).
"""

import json
import secrets
import sys
from typing import Any

from belib_weather.files import write_file
from belib_weather.local.console import CommandError, err, say
from belib_weather.local.readers import reader_addresses
from belib_weather.local.stores import find_stores
from belib_weather.questions import CannotAnswer, WarehouseReader
from belib_weather.questions.openapi import package_version
from belib_weather.settings import Settings, SettingsError, load_model_server
from belib_weather.warehouse import Warehouse

_EXTRA = "this command needs an extra: pip install 'belib-weather[questions]'"
_ATTEMPTS_AGAIN = 2
_TIMEOUT_SECONDS = 60


def answer(settings: Settings, question: str, *, show_requests: bool) -> None:
    """Print the answer to a question, then the figures of the tools behind it.

    Raises:
        CommandError: it cannot be answered, or the answer names a figure that no tool returned.
        NotRunning: PostgreSQL does not run.
        SettingsError: there is no key.
    """
    try:
        from openai import OpenAI  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise CommandError(_EXTRA) from error
    from belib_weather.questions.conversation import (  # noqa: PLC0415 - as above
        AssistantError,
        UnknownFigures,
        converse,
    )

    server = load_model_server()
    if server.api_key is None:
        raise SettingsError(
            "OPENAI_API_KEY is not set, so nothing is sent anywhere. Set it to a key of the server"
            " at OPENAI_BASE_URL (a server on this machine takes any text). Without a model:"
            " `belib-weather mcp` serves the same tools to an assistant"
        )
    client = OpenAI(
        api_key=server.api_key.get_secret_value(),
        base_url=server.base_url.get_secret_value(),
        max_retries=_ATTEMPTS_AGAIN,
        timeout=_TIMEOUT_SECONDS,
    )
    try:
        reply = converse(
            client,
            settings.openai_model,
            _data(settings),
            question,
            _show if show_requests else lambda _: None,
        )
    except UnknownFigures as error:
        _print_figures(error.answers)
        raise CommandError(f"{error}; above is what the tools returned") from error
    except (AssistantError, CannotAnswer) as error:
        raise CommandError(str(error)) from error
    sys.stdout.write(f"{reply.text}\n")
    _print_figures(reply.answers)


def serve(settings: Settings, *, port: int | None) -> None:
    """Serve the tools over stdio, or over HTTP on loopback with a token.

    Raises:
        NotRunning: PostgreSQL does not run.
        CommandError: the extra is not installed.
    """
    try:
        import anyio  # noqa: PLC0415 - an extra
        import uvicorn  # noqa: PLC0415 - an extra

        from belib_weather.questions import mcp_server  # noqa: PLC0415 - as above
    except ImportError as error:
        raise CommandError(_EXTRA) from error
    data = _data(settings)
    if port is None:
        anyio.run(mcp_server.serve_stdio, data, package_version())
        return
    token = _token(settings)
    say(f"http://127.0.0.1:{port}/mcp, with the header `Authorization: Bearer TOKEN`")
    app = mcp_server.http_app(data, package_version(), token)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


def _data(settings: Settings) -> WarehouseReader:
    """The warehouse by its read-only address, where it is one of ours.

    Raises:
        NotRunning: PostgreSQL does not run.
        CommandError: its schema is older than this version.
    """
    if settings.postgres_url is not None:
        url = settings.postgres_url.get_secret_value()
    else:
        url = find_stores(settings, "postgres").postgres
        url = reader_addresses(settings).get("BELIB_POSTGRES_URL", url)
    warehouse = Warehouse(url)
    current, newest = warehouse.schema_version()
    if current != newest:
        raise CommandError(
            f"the schema of PostgreSQL is {current or 'empty'}, and this version needs {newest}:"
            " start the platform once (`up` or `demo`)"
        )
    return WarehouseReader(warehouse)


def _token(settings: Settings) -> str:
    """The token of the settings, else the one kept beside the stores, made where it is missing."""
    if settings.mcp_token:
        return settings.mcp_token.get_secret_value()
    file = settings.data_dir / "mcp-token"
    if not file.exists():
        write_file(file, f"{secrets.token_urlsafe(24)}\n")
    say(f"the token is in {file}")
    return file.read_text().strip()


def _show(request: dict[str, Any]) -> None:
    err.print_json(json.dumps(request, ensure_ascii=False, default=str))


def _print_figures(answers: list[dict[str, Any]]) -> None:
    for answer in answers:
        rows, ends = answer["rows"], (answer["period"]["first"], answer["period"]["last"])
        spans = " to ".join(str(at)[:16] for at in ends if at)
        say(f"— {answer['asked']}: {len(rows)} rows, {answer['basis']}, {spans}")
        for row in rows:
            values = (f"{name} {value}" for name, value in row.items() if value is not None)
            say(f"  {', '.join(values)}")
    for credit in dict.fromkeys(line for answer in answers for line in answer["credits"]):
        say(credit)
