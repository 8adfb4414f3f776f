"""The tools as an OpenAPI 3.1 document: for programs, and beside the open live files."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic.json_schema import models_json_schema

from belib_weather.credits import DATABASE_LICENSE
from belib_weather.questions.tools import TOOLS

MCP_PORT = 8765
"""Of `mcp --http`, unless another is given."""
_REF = "#/components/schemas/{model}"


def document() -> dict[str, Any]:
    """The description: one POST per tool, with the schemas of arguments and answers."""
    models: list[Any] = [
        pair
        for tool in TOOLS
        for pair in ((tool.arguments, "validation"), (tool.answer, "serialization"))
    ]
    names, schemas = models_json_schema(models, ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Questions to belib-weather",
            "version": package_version(),
            "description": "Answered by `belib-weather mcp --http` on loopback, with its token.",
            "license": {"name": DATABASE_LICENSE.name, "identifier": DATABASE_LICENSE.spdx},
        },
        "servers": [
            {
                "url": f"http://127.0.0.1:{MCP_PORT}",
                "description": "`belib-weather mcp --http` on the same machine.",
            }
        ],
        "paths": {
            f"/questions/{tool.name}": {
                "post": {
                    "operationId": tool.name,
                    "summary": tool.description,
                    "requestBody": {
                        "required": True,
                        "content": _json(names[tool.arguments, "validation"]),
                    },
                    "responses": {
                        "200": {
                            "description": "The answer.",
                            "content": _json(names[tool.answer, "serialization"]),
                        },
                        "401": {"description": "The token is missing or wrong."},
                        "422": {"description": "It cannot be answered; `error` says why."},
                    },
                    "security": [{"token": []}],
                }
            }
            for tool in TOOLS
        },
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def package_version() -> str:
    """The version of this package; 0 where it is not installed."""
    try:
        return version("belib-weather")
    except PackageNotFoundError:
        return "0"
