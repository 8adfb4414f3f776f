"""`doctor`: prints one line for each dependency, or all of them as JSON for a monitor."""

import json
import sys
from collections.abc import Iterator

from rich.markup import escape

from belib_weather.cli.options import settings_for
from belib_weather.clock import utc_now
from belib_weather.local.console import CommandError, out
from belib_weather.local.diagnosis import examine
from belib_weather.local.finding import WELL, Finding, State
from belib_weather.local.modes import Mode
from belib_weather.settings import SettingsError

_COLOURS = {State.OK: "green", State.OFF: "dim", State.WARN: "yellow", State.WRONG: "bold red"}
_STATUS = ("ok", "warning", "critical")


def report(mode: Mode | None, *, as_json: bool) -> int:
    """Check every dependency and print what was found; the exit code of the worst."""
    found = []
    for finding in _findings(mode):
        found.append(finding)
        if not as_json:
            out.print(_line(finding), soft_wrap=True)
    worst = max((finding.severity for finding in found), default=WELL)
    if as_json:
        findings = [
            {"name": one.name, "state": str(one.state), "text": _text(one)} for one in found
        ]
        report = {
            "checked_at": f"{utc_now():%Y-%m-%dT%H:%M:%SZ}",
            "status": _STATUS[worst],
            "exit_code": worst,
            "findings": findings,
        }
        sys.stdout.write(f"{json.dumps(report, ensure_ascii=False, indent=1)}\n")
    return worst


def _findings(mode: Mode | None) -> Iterator[Finding]:
    try:
        settings = settings_for(mode)
    except SettingsError as error:
        yield Finding("Settings", State.WRONG, str(error))
    except CommandError as error:
        yield Finding("Home", State.WRONG, str(error))
    else:
        yield from examine(settings)


def _line(found: Finding) -> str:
    return f"[{_COLOURS[found.state]}]{found.state:<6}[/]{found.name:<21}{escape(_text(found))}"


def _text(found: Finding) -> str:
    return " ".join(found.text.split())
