"""Exported files as a stranger reads them: by the data package alone."""

import io
import json
from typing import Any

import polars as pl

from belib_weather.exports.encoding import FORMULA
from belib_weather.exports.folder import ExportFolder

_TYPES: dict[str, Any] = {
    "string": pl.String,
    "integer": pl.Int64,
    "number": pl.Float64,
    "boolean": pl.Boolean,
    "date": pl.Date,
    "datetime": pl.String,
}


def body_of(folder: ExportFolder, name: str) -> bytes:
    body = folder.read(name)
    assert body is not None, f"{name} is not there"
    return body


def descriptor(folder: ExportFolder) -> dict[str, Any]:
    return dict(json.loads(body_of(folder, "datapackage.json")))


def resource(folder: ExportFolder, name: str) -> dict[str, Any]:
    [found] = [r for r in descriptor(folder)["resources"] if r["name"] == name]
    return dict(found)


def csv_rows(folder: ExportFolder, name: str, described_as: str) -> list[dict[str, Any]]:
    """Rows of a CSV file, typed by its Table Schema."""
    fields = resource(folder, described_as)["schema"]["fields"]
    frame = pl.read_csv(
        io.BytesIO(body_of(folder, name)),
        schema={field["name"]: _TYPES[field["type"]] for field in fields},
    )
    instants = [field["name"] for field in fields if field["type"] == "datetime"]
    # As the description of the resource says.
    texts = pl.col(pl.String).str.replace(f"^'({FORMULA})", "${1}")
    return (
        frame.with_columns(texts)
        .with_columns(
            pl.col(name)
            .str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us")
            .dt.replace_time_zone("UTC")
            for name in instants
        )
        .to_dicts()
    )


def parquet_rows(folder: ExportFolder, name: str) -> list[dict[str, Any]]:
    return pl.read_parquet(io.BytesIO(body_of(folder, name))).to_dicts()
