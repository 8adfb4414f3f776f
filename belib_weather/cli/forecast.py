"""`forecast backtest`: the model judged on data of any origin."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl
from rich.table import Table

from belib_weather.forecast.backtest import Backtest, backtest
from belib_weather.forecast.errors import ForecastError
from belib_weather.forecast.history import UNOBSERVED, History, history_of
from belib_weather.forecast.scores import ALL, FORECASTS, IN_SERVICE, MODEL, summary
from belib_weather.local.console import CommandError, out, say

_COLUMNS = ("unit_id", "time", "is_available", "in_service", "group", "station_id")
_TITLES = {ALL: "All units", IN_SERVICE: "Units in service at the origin"}


def run_backtest(file: Path, *, zone: str, as_json: bool) -> None:
    """Judge the model on a Parquet file, and print what was found.

    Raises:
        CommandError: the file cannot be read, or not be judged; the message says why.
    """
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CommandError(f"{zone!r} is no time zone; write it like Europe/Paris") from None
    frame = _read(file)
    try:
        history = history_of(frame)
        found = backtest(history, zone=zone, progress=say)
    except ForecastError as error:
        raise CommandError(f"{file}: {error}") from error
    if as_json:
        out.print_json(json.dumps(_document(file, history, found, zone)))
    else:
        _print(file, history, found, zone)


def _read(file: Path) -> pl.DataFrame:
    """The columns of the file that are used."""
    if not file.exists():
        raise CommandError(f"{file} does not exist")
    if not file.is_file():
        raise CommandError(f"{file} is no file: give one Parquet file")
    try:
        present = pl.read_parquet_schema(file)
        return pl.read_parquet(file, columns=[name for name in _COLUMNS if name in present])
    except (pl.exceptions.PolarsError, OSError) as error:
        if isinstance(error, PermissionError):
            raise
        raise CommandError(f"{file} cannot be read as Parquet: {error}") from error


def _facts(history: History) -> dict[str, Any]:
    return {
        "units": len(history.units),
        "step_seconds": history.step,
        "from": _text(history.start),
        "to": _text(history.end - history.step),
        "days": round(history.days, 2),
        "observed": float((history.state != UNOBSERVED).mean()),
        "knows_service": history.knows_service,
    }


def _document(file: Path, history: History, found: Backtest, zone: str) -> dict[str, Any]:
    return {
        "file": file.name,
        **_facts(history),
        "zone": zone,
        "judged_from": _text(found.first),
        "trainings": found.cuts,
        "origins": found.origins,
        "blend_instead_of_model": found.reason,
        "scores": summary(found.sums).to_dicts(),
    }


def _print(file: Path, history: History, found: Backtest, zone: str) -> None:
    facts = _facts(history)
    out.print(
        f"{file.name}: {facts['units']:,} units from {facts['from']} to {facts['to']}, every"
        f" {history.step / 60:g} min, {facts['observed']:.0%} observed. Judged from"
        f" {_text(found.first)} on: {found.origins:,} origins (full hours), {found.cuts} trainings,"
        f" each on the days before. Hours of the week in {zone}.",
        markup=False,
        soft_wrap=True,
    )
    if found.reason:
        out.print(f"The blend stood in for the model: {found.reason}.", markup=False)
    scores = summary(found.sums)
    for scope in (ALL, IN_SERVICE):
        own = scores.filter(pl.col("scope") == scope)
        if own.is_empty():
            out.print("Nothing says what is in service: no column in_service.", markup=False)
            continue
        out.print()
        out.print(_table(_TITLES[scope], own))


def _table(title: str, scores: pl.DataFrame) -> Table:
    """One row per horizon: Brier scores, skill over the blend, calibration error."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("ahead")
    for name in ("forecasts", *(f"Brier {name}" for name in FORECASTS)):
        table.add_column(name, justify="right")
    for name in ("skill over blend", "95 % interval", "log loss", "calibration error"):
        table.add_column(name, justify="right")
    for (horizon,), own in scores.group_by("horizon", maintain_order=True):
        by_name = {row["forecast"]: row for row in own.iter_rows(named=True)}
        model = by_name[MODEL]
        interval = "–"
        if model["skill_low"] is not None:
            interval = f"{model['skill_low']:+.1%} to {model['skill_high']:+.1%}"
        table.add_row(
            _ahead(float(str(horizon))),
            f"{model['n']:,}",
            *(f"{by_name[name]['brier']:.4f}" for name in FORECASTS),
            "–" if model["skill"] is None else f"{model['skill']:+.1%}",
            interval,
            f"{model['log_loss']:.4f}",
            f"{model['calibration_error']:.4f}",
        )
    return table


def _ahead(hours: float) -> str:
    return f"{hours * 60:g} min" if hours < 1 else f"{hours:g} h"


def _text(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%MZ}"
