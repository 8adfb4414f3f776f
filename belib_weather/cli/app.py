"""The commands: their names, options and help. The other modules execute them."""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Annotated, Literal

import typer

from belib_weather.cli.options import ModeOption, home_of_earlier_versions, instant, settings_for
from belib_weather.cli.raw_commands import raw
from belib_weather.cli.store_commands import stores
from belib_weather.local.console import CommandError, out, report_errors, say

# A command imports what it needs when it runs, so that `--help` is fast.
# ruff: noqa: PLC0415

app = typer.Typer(
    name="belib-weather",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    help="How Paris charges its electric cars, and how the weather goes with it.",
)
Port = Annotated[
    int | None,
    typer.Option(min=1, max=65535, help="Of the Dagster UI; 3000 or the next that is free."),
]
SitePort = Annotated[
    int | None,
    typer.Option(min=1, max=65535, help="Of the site; 8080 or the next that is free."),
]


def _installed_version() -> str:
    try:
        return version_of("belib-weather")
    except PackageNotFoundError:
        return "not installed: running from a checkout"


def _print_version(is_requested: bool) -> None:
    if is_requested:
        out.print(_installed_version())
        raise typer.Exit


@app.callback()
def options(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Options of the command itself; its help is the text of `app`."""
    if hint := home_of_earlier_versions():
        say(hint)


@app.command()
def demo(
    *,
    days: Annotated[int, typer.Option(min=0, max=60, help="Days of history before today.")] = 7,
    serve: Annotated[
        bool, typer.Option(help="Keep running and poll until Ctrl-C, or stop after the start.")
    ] = True,
    port: Port = None,
    site_port: SitePort = None,
) -> None:
    """Run the whole platform on a simulated city, with some days of history.

    Starts the stores, a simulator of the public APIs and Dagster, fills the history through the
    assets, prints what is stored, and keeps polling. Needs no network. The data stays: a later
    start fills the hours since then. It is separate from live data.
    """
    with report_errors():
        from belib_weather.local.serving import serve as run

        run("demo", days=days, port=port, site_port=site_port, stay=serve)


@app.command()
def up(*, port: Port = None, site_port: SitePort = None) -> None:
    """Run the whole platform on the live public APIs, which need no key.

    Takes a snapshot at once and one every five minutes. Without a network it says so and tries
    again on schedule.
    """
    with report_errors():
        from belib_weather.local.serving import serve as run

        run("live", days=None, port=port, site_port=site_port, stay=True)


@app.command()
def stop(
    *,
    mode: Annotated[
        Literal["live", "demo"] | None, typer.Option(help="Live or demo alone; both unless given.")
    ] = None,
) -> None:
    """Stop everything that `demo`, `up` and `stores up` left running. The data stays."""
    with report_errors():
        from belib_weather.local.stopping import stop_everything

        stop_everything(mode)


@app.command()
def doctor(
    *,
    json: Annotated[
        bool, typer.Option("--json", help="All findings as JSON, for monitors.")
    ] = False,
    mode: ModeOption = None,
) -> None:
    """Check every dependency, and say what to do about one that is wrong.

    Starts and changes nothing. Exits with 0 when all is well, with 1 when something needs a look,
    with 2 when something is wrong or the stores do not run.
    """
    with report_errors():
        from belib_weather.cli.doctor import report

        raise typer.Exit(report(mode, as_json=json))


@app.command()
def metrics(*, mode: ModeOption = None) -> None:
    """Write the numbers that a monitor reads, and print where.

    An OpenMetrics text file (docs/monitoring.md). A running platform writes it at every poll.
    """
    with report_errors():
        from belib_weather.local.monitoring import write_numbers

        out.print(str(write_numbers(settings_for(mode))), soft_wrap=True)


@app.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(help="JSON, JSON lines, CSV or Parquet; as gzip, zip or tar; or folders."),
    ],
    *,
    dataset: Annotated[
        Literal["realtime", "static", "weather"], typer.Option(help="What the files hold.")
    ] = "realtime",
    captured_at: Annotated[
        str | None,
        typer.Option(
            help="Time of capture (ISO 8601), if it is not the one in the file: the newest"
            " last_updated, dt of OpenWeatherMap, else when the file was last written."
        ),
    ] = None,
    captured_column: Annotated[
        str | None,
        typer.Option(help="Column of a table of many snapshots that says when each was captured."),
    ] = None,
    weather_source: Annotated[
        str | None,
        typer.Option(
            help="Source of weather files, if their shape and name do not show it:"
            " open_meteo/archive, open_meteo/forecast, openweathermap/current, infoclimat/gfs."
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Take files whose labels or ids are in doubt.")
    ] = False,
) -> None:
    """Import recorded exports and weather into the raw layer.

    One line per file: it landed, is there already, or is refused and why; labels and charge points
    that are not known are named. The other files are imported also when one is refused; the exit
    code is then 1. A running platform updates the facts and indices within minutes, and asks the
    archive for the weather of past days.
    """
    with report_errors():
        from belib_weather.cli.import_bodies import ImportOptions
        from belib_weather.cli.importing import import_files
        from belib_weather.sources.recorded import RecordedDataset

        options = ImportOptions(
            dataset=RecordedDataset(dataset),
            captured_at=instant(captured_at) if captured_at else None,
            captured_column=captured_column,
            weather_source=weather_source,
            force=force,
        )
        refused, total = import_files(settings_for(None), files, options)
        if refused:
            raise CommandError(f"{len(refused)} of {total} files were refused")


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="A new folder for the backup.")],
    *,
    mode: ModeOption = None,
) -> None:
    """Copy all data into a folder: MongoDB, PostgreSQL, Dagster's records, the spool.

    Works while the platform runs. Elasticsearch is not copied: it is rebuilt from PostgreSQL.
    """
    with report_errors():
        from belib_weather.local.backup import backup as run

        contents = run(settings_for(mode), folder)
        out.print(f"{folder}: {len(contents.files)} files, {contents.size / 1e6:,.1f} MB")


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="A folder that `backup` wrote.")],
    *,
    mode: ModeOption = None,
) -> None:
    """Restore a backup into an empty home (BELIB_HOME) or empty databases.

    Every file is checked first. The stores have to run (`stores up`). The next `up` or `demo`
    publishes the indices again and continues to poll.
    """
    with report_errors():
        from belib_weather.local.restore import restore as run

        contents = run(settings_for(mode), folder)
        out.print(f"restored the backup of {contents.made_at:%Y-%m-%d %H:%M} UTC; start with `up`")


@app.command()
def env(
    *,
    reader: Annotated[
        bool, typer.Option("--reader", help="The addresses of users that may read, not write.")
    ] = False,
    mode: ModeOption = None,
) -> None:
    """Print settings and addresses as shell variables, with passwords.

    `eval "$(belib-weather env)"` lets `dagster asset materialize -m belib_weather.definitions …`,
    `dagster-webserver` and other tools work on the same stores. Starts nothing: exits with 2 where
    they do not run, and says what starts them.
    """
    with report_errors():
        from belib_weather.cli.env import print_environment, print_readers

        (print_readers if reader else print_environment)(settings_for(mode))


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="In French or English.")],
    *,
    show_requests: Annotated[
        bool, typer.Option("--show-requests", help="Print what is sent, before it is sent.")
    ] = False,
    mode: ModeOption = None,
) -> None:
    """Answer a question in words, by a language model that may only call tools on this data.

    Needs OPENAI_API_KEY; OPENAI_BASE_URL and BELIB_OPENAI_MODEL choose another server and model,
    also one on this machine. A text with a figure that no tool returned is not shown.
    """
    with report_errors():
        from belib_weather.cli.questions import answer

        answer(settings_for(mode), question, show_requests=show_requests)


@app.command()
def mcp(
    *,
    http: Annotated[
        bool, typer.Option("--http", help="Over HTTP on loopback with a token, not over stdio.")
    ] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Of --http.")] = 8765,
    mode: ModeOption = None,
) -> None:
    """Serve the same tools to assistants (Model Context Protocol), read-only.

    An assistant starts this command itself: its configuration names `belib-weather` with the
    argument `mcp`.
    """
    with report_errors():
        from belib_weather.cli.questions import serve

        serve(settings_for(mode), port=port if http else None)


@app.command()
def version() -> None:
    """Print the version, as `--version` does."""
    out.print(_installed_version())


app.add_typer(stores, name="stores")
app.add_typer(raw, name="raw")

forecast = typer.Typer(
    no_args_is_help=True, help="Forecasts of free points, and how good they are."
)
app.add_typer(forecast, name="forecast")


@forecast.callback()
def forecast_options() -> None:
    """A group also while it has one command."""


@forecast.command("backtest")
def forecast_backtest(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.parquet",
            help="Columns unit_id, time (UTC), is_available (Boolean, null where not observed);"
            " in_service, group if known. A regular grid of an hour at most, four days or more.",
        ),
    ],
    *,
    zone: Annotated[str, typer.Option(help="Time zone of the hours of the week.")] = "Europe/Paris",
    json: Annotated[bool, typer.Option("--json", help="All figures as JSON.")] = False,
) -> None:
    """Judge the forecast on data of your own: Brier score, skill, calibration by horizon.

    Trains again and again on the days before, and asks about days that the model has not seen;
    beside it stand persistence, the mean of the hour of the week, and the blend of the two. Needs
    no store and no network. docs/forecasts.md says how to read the table.
    """
    with report_errors():
        from belib_weather.cli.forecast import run_backtest

        run_backtest(file, zone=zone, as_json=json)


kibana = typer.Typer(no_args_is_help=True, help="Dashboards and alerting rules for Kibana.")
app.add_typer(kibana, name="kibana")


@kibana.command("export")
def kibana_export(
    *,
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="Created if it is missing.")] = Path(
        "kibana-bundle"
    ),
    mode: ModeOption = None,
) -> None:
    """Write dashboards (NDJSON) and alerting rules (JSON), and say how to import them."""
    with report_errors():
        from belib_weather.cli.kibana import export_bundle

        export_bundle(settings_for(mode), to)


@kibana.command("check")
def kibana_check(
    folder: Annotated[
        Path | None,
        typer.Argument(help="Of an exported bundle; without it, what would be exported."),
    ] = None,
    *,
    mode: ModeOption = None,
) -> None:
    """Say what of the dashboards is not as this version declares it: unknown keys, other values."""
    with report_errors():
        from belib_weather.cli.kibana import check_bundle

        check_bundle(settings_for(mode), folder)


@kibana.command("preview")
def kibana_preview(
    *,
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="Created if it is missing.")] = Path(
        "kibana-preview"
    ),
    mode: ModeOption = None,
) -> None:
    """Draw the dashboards as HTML pages, for machines without Kibana.

    The same panels with the same requests to Elasticsearch; without controls and zooming.
    """
    with report_errors():
        from belib_weather.cli.kibana import write_preview

        write_preview(settings_for(mode), to)


@kibana.command("import")
def kibana_import(*, mode: ModeOption = None) -> None:
    """Import dashboards and alerting rules into the Kibana at BELIB_KIBANA_URL.

    Waits for its start. Writes nothing when it has all of them already; replaces them otherwise.
    A paused rule stays paused.
    """
    with report_errors():
        from belib_weather.cli.kibana import import_bundle

        import_bundle(settings_for(mode))
