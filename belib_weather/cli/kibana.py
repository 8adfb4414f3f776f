"""`kibana export`, `check`, `import` and `preview`: dashboards and rules by hand.

What belongs here: files and messages. What does not: what is imported, and how (`kibana`).
"""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from stamina.instrumentation import RetryDetails, set_on_retry_hooks
from stamina.typing import RetryHook

from belib_weather.files import PUBLIC, write_file
from belib_weather.kibana.bundle import build_bundle
from belib_weather.kibana.client import KibanaClient
from belib_weather.kibana.provision import (
    OBJECTS_FILE,
    RULES_FILE,
    dashboard_links,
    provision,
    write_bundle,
)
from belib_weather.local.console import CommandError, out, say
from belib_weather.local.stores import find_stores
from belib_weather.search import SearchStore
from belib_weather.settings import Settings

EXAMPLE_URL = "http://localhost:5601"


def export_bundle(settings: Settings, folder: Path) -> None:
    """Write the bundle, and print the command that imports it into any Kibana.

    Raises:
        CommandError: the folder cannot be written to.
    """
    bundle = build_bundle(settings.index_prefix)
    try:
        objects, rules = write_bundle(bundle, folder)
    except OSError as error:
        raise CommandError(f"{folder}: {error.strerror}; choose a folder by --to") from error
    say(f"{objects}: {len(bundle.dashboards)} dashboards and what they need")
    say(f"{rules}: {len(bundle.rules)} alerting rules")
    say("Import the dashboards into a Kibana of your own, 8.15 or newer:")
    command = (
        f"curl -sS -X POST '{EXAMPLE_URL}/api/saved_objects/_import?overwrite=true'"
        f" -H 'kbn-xsrf: true' --form 'file=@{objects}'"
    )
    out.print(command, markup=False, soft_wrap=True)
    say("or both by BELIB_KIBANA_URL and `belib-weather kibana import`.")


def check_bundle(settings: Settings, folder: Path | None) -> None:
    """Check the saved objects and the rules in a folder, or those of this version.

    Raises:
        CommandError: a file cannot be read, or is not as declared; it names each place.
    """
    # It imports the schema.
    from belib_weather.kibana.check import faults, faults_of_rules  # noqa: PLC0415

    with TemporaryDirectory() as temporary:
        if folder is None:
            write_bundle(build_bundle(settings.index_prefix), Path(temporary))
        where = folder or Path(temporary)
        try:
            objects = (where / OBJECTS_FILE).read_bytes()
            rules = (where / RULES_FILE).read_bytes()
        except OSError as error:
            raise CommandError(
                f"{error.filename}: {error.strerror}; `belib-weather kibana export` writes it"
            ) from error
    prefix, name = settings.index_prefix, folder or "the bundle of this version"
    if found := [*faults(objects, prefix), *faults_of_rules(rules, prefix)]:
        listed = "\n".join(f"- {fault}" for fault in found)
        raise CommandError(
            f"{name}: {len(found)} faults; `belib-weather kibana export` writes it again\n{listed}"
        )
    say(f"{name}: every key and value is as declared")


def import_bundle(settings: Settings) -> None:
    """Import the bundle into the Kibana of the settings, and print the links of the dashboards.

    Raises:
        CommandError: the settings name no Kibana.
        KibanaError: it did not accept everything.
    """
    client = KibanaClient.of(settings)
    if client is None:
        raise CommandError(
            f"BELIB_KIBANA_URL is not set; set it, for instance to {EXAMPLE_URL}, or write the"
            " files by `belib-weather kibana export`"
        )
    bundle = build_bundle(settings.index_prefix)
    set_on_retry_hooks([_report_once()])
    with client:
        result = provision(client, bundle, settings.index_prefix)
    say(
        f"{result.outcome}: {result.objects} saved objects and {result.rules} alerting rules,"
        f" Kibana {result.version}"
    )
    for title, link in dashboard_links(bundle, client.public_address).items():
        out.print(f"{title}: {link}", markup=False, soft_wrap=True)


def write_preview(settings: Settings, folder: Path) -> None:
    """Write a page for each dashboard.

    Raises:
        NotRunning: there is no Elasticsearch here.
        CommandError: the folder cannot be written to.
        SearchError: Elasticsearch did not answer.
    """
    from belib_weather.kibana.preview import preview_pages  # noqa: PLC0415 - it imports the charts

    url = find_stores(settings, "elasticsearch").elasticsearch
    store = SearchStore(str(url), settings.index_prefix)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, html in preview_pages(store.search, datetime.now(UTC)):
            page = folder / f"{name}.html"
            write_file(page, html, mode=PUBLIC)
            out.print(str(page), markup=False, soft_wrap=True)
    except OSError as error:
        raise CommandError(f"{folder}: {error.strerror}; choose a folder by --to") from error


def _report_once() -> RetryHook:
    """A hook that says why a request is repeated, once for each reason in a row."""
    reasons: list[str] = []

    def report_reason(details: RetryDetails) -> None:
        now = str(details.caused_by)
        if now not in reasons[-1:]:
            say(f"{now}; trying again")
            reasons.append(now)

    return report_reason
