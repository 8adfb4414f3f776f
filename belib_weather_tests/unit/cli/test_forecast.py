"""`forecast backtest` judges any table of states, and says clearly why it cannot."""

import json
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from belib_weather_tests.unit.cli.conftest import Command
from belib_weather_tests.unit.forecast.series import START, series


@pytest.fixture(scope="module")
def states() -> pl.DataFrame:
    return series(days=18, stations=3)


@pytest.mark.long
def test_it_prints_the_scores_of_each_horizon(
    command: Command, tmp_path: Path, states: pl.DataFrame
) -> None:
    lost = pl.col("time").is_between(START + timedelta(days=3), START + timedelta(days=6))
    states.filter(~lost).sample(fraction=1, shuffle=True, seed=1).write_parquet(
        tmp_path / "own.parquet"
    )

    printed = command("forecast", "backtest", str(tmp_path / "own.parquet"))
    answer = command("forecast", "backtest", str(tmp_path / "own.parquet"), "--json")

    assert printed.exit_code == answer.exit_code == 0, printed.output + answer.output
    document = json.loads(answer.stdout)
    assert (document["units"], document["step_seconds"]) == (9, 1_800)
    assert document["observed"] == pytest.approx(15 / 18, abs=0.01)
    by = {(s["horizon"], s["scope"], s["forecast"]): s for s in document["scores"]}
    assert {key[0] for key in by} == {1, 3, 6, 24}  # a step of 30 minutes has no quarter hours
    assert {key[1] for key in by} == {"all", "in_service"}
    assert by[1, "all", "blend"]["brier"] < by[1, "all", "usual"]["brier"]
    for title in ("All units", "Units in service at the origin", "6 h", "skill over blend"):
        assert title in printed.stdout
    assert f"{by[6, 'all', 'model']['brier']:.4f}" in printed.stdout


UTC_TIME = pl.col("time").dt
FAULTS = {
    "no column is_available": lambda f: f.drop("is_available"),
    "is_available is Int32: give Boolean": lambda f: f.with_columns(
        pl.col("is_available").cast(pl.Int32)
    ),
    "time has no time zone": lambda f: f.with_columns(UTC_TIME.replace_time_zone(None)),
    "time is String": lambda f: f.with_columns(UTC_TIME.strftime("%c")),
    "2 rows share unit and time": lambda f: pl.concat([f, f.head(1)]),
    "1 of 865 instants are off that grid": lambda f: f.with_columns(
        pl.when(pl.int_range(pl.len()) == 5)
        .then(pl.col("time") + timedelta(seconds=7))
        .otherwise(pl.col("time"))
    ),
    "unit_id is null in 1 of": lambda f: f.with_columns(
        pl.when(pl.int_range(pl.len()) != 5).then(pl.col("unit_id"))
    ),
    "3.0 days from": lambda f: f.filter(pl.col("time") < START + timedelta(days=3)),
    "nothing is observed": lambda f: f.with_columns(is_available=None),
    "nothing was observed after 2026-03-11": lambda f: f.with_columns(
        pl.when(pl.col("time") < START + timedelta(days=9)).then(pl.col("is_available"))
    ),
    "there are no rows": lambda f: f.clear(),
    "are too many: is every time right?": lambda f: pl.concat(
        [f, f.head(1).with_columns(time=pl.lit(START - timedelta(days=20_000)))]
    ),
    "all rows are of one instant": lambda f: f.filter(pl.col("time") == START),
}


@pytest.mark.long
@pytest.mark.parametrize("message", FAULTS)
def test_a_file_that_cannot_be_scored_is_refused_with_the_reason(
    message: str, command: Command, tmp_path: Path, states: pl.DataFrame
) -> None:
    file = tmp_path / "faulty.parquet"
    FAULTS[message](states).write_parquet(file)

    result = command("forecast", "backtest", str(file))

    assert result.exit_code == 1
    assert message in result.output
    assert "faulty.parquet" in result.output
    assert "Traceback" not in result.output


def test_a_file_that_is_not_parquet_is_refused(command: Command, tmp_path: Path) -> None:
    (tmp_path / "text.parquet").write_text("unit_id,time\n")
    (tmp_path / "empty.parquet").touch()
    for name, message in (
        ("text.parquet", "cannot be read as Parquet"),
        ("empty.parquet", "cannot be read as Parquet"),
        ("absent.parquet", "does not exist"),
        ("", "is no file"),
    ):
        result = command("forecast", "backtest", str(tmp_path / name))
        assert result.exit_code == 1
        assert message in result.output
    result = command("forecast", "backtest", str(tmp_path / "empty.parquet"), "--zone", "Mars")
    assert "'Mars' is no time zone" in result.output


def test_without_the_column_in_service_all_units_are_scored(
    command: Command, tmp_path: Path, states: pl.DataFrame
) -> None:
    file = tmp_path / "short.parquet"
    states.filter(pl.col("time") < START + timedelta(days=5)).select(
        "unit_id", "time", "is_available"
    ).write_parquet(file)

    result = command("forecast", "backtest", str(file))

    assert result.exit_code == 0
    assert "no column in_service" in result.stdout
    assert "The blend stood in for the model: 2.0 days of history" in result.stdout
