"""`doctor`: prints one line for each dependency."""

from rich.markup import escape

from belib_weather.local.console import out
from belib_weather.local.diagnosis import examine
from belib_weather.local.finding import Finding, State
from belib_weather.settings import Settings

_COLOURS = {State.OK: "green", State.OFF: "dim", State.WRONG: "bold red"}


def print_findings(settings: Settings) -> bool:
    """Check every dependency and print its line at once; whether none is wrong."""
    is_fine = True
    for found in examine(settings):
        is_fine = is_fine and found.state is not State.WRONG
        out.print(_line(found), soft_wrap=True)
    return is_fine


def _line(found: Finding) -> str:
    text = escape(" ".join(found.text.split()))
    return f"[{_COLOURS[found.state]}]{found.state:<6}[/]{found.name:<21}{text}"
