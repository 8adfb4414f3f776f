"""`belib-weather stores`: the names, options and help of its commands."""

import typer

from belib_weather.cli.options import ModeOption, settings_for
from belib_weather.local.console import report_errors

# A command imports what it needs when it runs, so that `--help` is fast.
# ruff: noqa: PLC0415

stores = typer.Typer(
    no_args_is_help=True, help="The three stores without Dagster, for CI and shells."
)


@stores.command("up")
def stores_up(*, mode: ModeOption = None) -> None:
    """Start MongoDB, PostgreSQL and Elasticsearch, and leave them running.

    Those that run already are left as they are; `env` then prints their addresses. They run until
    `stores down` or `stop`, also when `up` or `demo` ends meanwhile.
    """
    with report_errors():
        from belib_weather.local.stores_alone import bring_up

        bring_up(settings_for(mode))


@stores.command("down")
def stores_down(*, mode: ModeOption = None) -> None:
    """Stop the stores. The data stays. Refused while `up` or `demo` works on them."""
    with report_errors():
        from belib_weather.local.stores_alone import bring_down

        bring_down(settings_for(mode))
