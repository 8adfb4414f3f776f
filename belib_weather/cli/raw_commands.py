"""`belib-weather raw`: the names, options and help of its commands. Other modules execute them."""

from typing import Annotated

import typer

from belib_weather.cli.options import ModeOption, instant, settings_for
from belib_weather.local.console import out, report_errors

# A command imports what it needs when it runs, so that `--help` is fast.
# ruff: noqa: PLC0415

raw = typer.Typer(
    no_args_is_help=True, help="Show the stored responses, and take single ones out of use."
)
_DATASETS = "raw_belib_snapshots, raw_belib_static, raw_weather, raw_arrondissements or quarantine."
DocumentId = Annotated[str, typer.Argument(metavar="ID", help="As `raw list` shows it.")]


@raw.command("list")
def raw_list(
    *,
    dataset: Annotated[str | None, typer.Option(help=_DATASETS)] = None,
    start: Annotated[str | None, typer.Option("--from", help="Captured at or after.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Captured before.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Number of documents.")] = 20,
    mode: ModeOption = None,
) -> None:
    """List the stored responses, newest first; `--dataset quarantine` lists the refused ones.

    The last column says why a document is set aside or was refused.
    """
    with report_errors():
        from belib_weather.cli.raw import (
            COLLECTIONS,
            LISTING_WIDTH,
            collection_of,
            listing,
            newest_first,
            open_lake,
        )

        chosen = [collection_of(dataset)] if dataset else COLLECTIONS
        bounds = [instant(text) if text else None for text in (start, end)]
        with open_lake(settings_for(mode)) as lake:
            documents = newest_first(lake, chosen, bounds[0], bounds[1], limit)
        out.print(listing(documents), width=max(out.width, LISTING_WIDTH), crop=False)


@raw.command("show")
def raw_show(
    dataset: Annotated[str, typer.Argument(help=_DATASETS)],
    key: Annotated[
        str, typer.Argument(metavar="INSTANT|ID", help="Second of capture, id, or `newest`.")
    ],
    *,
    json: Annotated[
        bool, typer.Option("--json/--body", help="Everything as JSON, or the bytes as received.")
    ] = True,
    mode: ModeOption = None,
) -> None:
    """Unpack one response, stored or refused: readable JSON, or the body byte for byte."""
    with report_errors():
        from belib_weather.cli.raw import collection_of, find, open_lake, show

        with open_lake(settings_for(mode)) as lake:
            show(find(lake, collection_of(dataset), key), is_body_only=not json)


@raw.command("set-aside")
def raw_set_aside(
    document: DocumentId,
    *,
    reason: Annotated[str, typer.Option(help="Why; shown wherever the document is missing.")],
    by: Annotated[str | None, typer.Option(help="Who decided it.")] = None,
    mode: ModeOption = None,
) -> None:
    """Take a stored response out of use. Its bytes stay; `raw take-back` undoes it.

    A running platform rebuilds what was computed from it within minutes.
    """
    with report_errors():
        from belib_weather.cli.raw import open_lake, set_aside

        with open_lake(settings_for(mode)) as lake:
            set_aside(lake, document, reason, by)


@raw.command("take-back")
def raw_take_back(document: DocumentId, *, mode: ModeOption = None) -> None:
    """Bring a response that was set aside back into use."""
    with report_errors():
        from belib_weather.cli.raw import open_lake, take_back

        with open_lake(settings_for(mode)) as lake:
            take_back(lake, document)


@raw.command("accept")
def raw_accept(
    document: DocumentId,
    *,
    captured_at: Annotated[
        str | None, typer.Option(help="Of a file: time of capture (ISO 8601), as for `import`.")
    ] = None,
    mode: ModeOption = None,
) -> None:
    """Take a refused response out of quarantine into raw, if it can be read now."""
    with report_errors():
        from belib_weather.cli.raw import open_lake
        from belib_weather.cli.raw_accept import accept

        settings, at = settings_for(mode), instant(captured_at) if captured_at else None
        with open_lake(settings) as lake:
            accept(settings, lake, document, at)
