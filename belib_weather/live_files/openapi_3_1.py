"""`openapi.json`: the live files as an OpenAPI 3.1 document, generated from their declarations.

What belongs here: the document. What does not: fields (a module per format declares its own).
"""

from typing import Any

import dataframely as dy
from pydantic import BaseModel

from belib_weather.credits import DATABASE_LICENSE
from belib_weather.live_files.catalog import (
    CURRENT,
    DATEX2_STATUS,
    DATEX2_TABLE,
    DESCRIPTION,
    FORECAST,
    GEOJSON,
    IRVE_DYNAMIQUE,
    IRVE_STATIQUE,
    LIVE_FILES,
    OCPI_LOCATIONS,
    QUESTIONS,
    LiveFile,
)
from belib_weather.live_files.current_v1 import CurrentFile
from belib_weather.live_files.datex2_afir_status_1_0_0 import DatexStatusFile
from belib_weather.live_files.datex2_afir_table_1_0_0 import DatexTableFile
from belib_weather.live_files.encoding import json_bytes
from belib_weather.live_files.forecast_v1 import ForecastFile
from belib_weather.live_files.irve_dynamique_2_3_1 import IrveDynamique
from belib_weather.live_files.irve_statique_2_3_1 import IrveStatique
from belib_weather.live_files.ocpi_2_2_1 import OcpiFile
from belib_weather.live_files.stations_geojson_v1 import StationsFile

VERSION = "1.0.0"
"""Of the shapes: raised when a field of our own formats changes."""
SHAPES: dict[LiveFile, type[BaseModel]] = {
    CURRENT: CurrentFile,
    GEOJSON: StationsFile,
    DATEX2_STATUS: DatexStatusFile,
    DATEX2_TABLE: DatexTableFile,
    OCPI_LOCATIONS: OcpiFile,
    FORECAST: ForecastFile,
}
"""What each JSON file holds."""
TABLES: dict[LiveFile, type[dy.Schema]] = {
    IRVE_DYNAMIQUE: IrveDynamique,
    IRVE_STATIQUE: IrveStatique,
}
"""What each CSV file holds."""
_COMPONENTS = "#/components/schemas/{model}"


def openapi(credit_lines: list[str]) -> bytes:
    """The document.

    Args:
        credit_lines: due for the data.
    """
    components: dict[str, Any] = {}
    return json_bytes(
        {
            "openapi": "3.1.1",
            "info": {
                "title": "Belib' now: open live files",
                "version": VERSION,
                "summary": "The charge points of Paris at the newest poll, in open formats.",
                "description": "Static files, written again after every poll. "
                + " ".join(credit_lines),
                "license": {"name": DATABASE_LICENSE.name, "url": DATABASE_LICENSE.url},
            },
            "servers": [{"url": "..", "description": "The site that this file lies on."}],
            "paths": {file.path: {"get": _operation(file, components)} for file in LIVE_FILES},
            "components": {"schemas": components},
        }
    )


def _operation(file: LiveFile, components: dict[str, Any]) -> dict[str, Any]:
    content = {"schema": _schema(file, components)}
    documented = {"externalDocs": {"url": file.standard}} if file.standard else {}
    return {
        "operationId": file.name.replace(".", "_").replace("-", "_"),
        "summary": file.title,
        **documented,
        "responses": {
            "200": {
                "description": file.title,
                "headers": {
                    "ETag": {"schema": {"type": "string"}},
                    "Cache-Control": {"schema": {"type": "string"}},
                    "Link": {
                        "description": "The licence (`rel=license`).",
                        "schema": {"type": "string"},
                    },
                },
                "content": {file.media_type.partition(";")[0]: content},
            },
            "304": {"description": "Unchanged since the ETag of the request."},
        },
    }


def _schema(file: LiveFile, components: dict[str, Any]) -> dict[str, Any]:
    if file in SHAPES:
        model = SHAPES[file]
        shape = model.model_json_schema(ref_template=_COMPONENTS, mode="serialization")
        components.update(shape.pop("$defs", {}))
        components[model.__name__] = shape
        return {"$ref": _COMPONENTS.format(model=model.__name__)}
    if file in TABLES:
        return {"type": "string", "description": "CSV.", "x-columns": _columns(TABLES[file])}
    return {"type": "object"} if file in (DESCRIPTION, QUESTIONS) else {}


def _columns(table: type[dy.Schema]) -> list[dict[str, Any]]:
    return [_column(name, column) for name, column in table.columns().items()]


def _column(name: str, column: dy.Column) -> dict[str, Any]:
    found = {
        "name": name,
        "type": type(column).__name__.lower(),
        "required": not column.nullable,
        "description": column.description,
        "enum": list(column.categories) if isinstance(column, dy.Enum) else None,
        "pattern": column.regex if isinstance(column, dy.String) else None,
    }
    return {key: value for key, value in found.items() if value is not None}
