"""`python -m belib_weather.guard`: Dagster's webserver behind the guard, with all its options.

The command is Dagster's own; only the application that it serves is wrapped.
"""

from typing import Any

from dagster_webserver import cli as webserver
from starlette.types import ASGIApp

from belib_weather.guard.middleware import Guard
from belib_weather.guard.rules import Policy
from belib_weather.settings import load_settings

_FACTORY = "create_app_from_workspace_process_context"
"""What Dagster's command calls for the application (dagster_webserver.cli, 1.13)."""


def main() -> None:
    """Serve the Dagster UI; the options are those of `dagster-webserver`."""
    settings = load_settings()
    policy = Policy(
        settings.webserver_allowed_hosts or frozenset(), settings.webserver_report_token
    )
    make_app = getattr(webserver, _FACTORY)  # raises where another version has none: no open door

    def guarded_app(*args: Any, **kwargs: Any) -> ASGIApp:
        return Guard(make_app(*args, **kwargs), policy)

    setattr(webserver, _FACTORY, guarded_app)
    webserver.cli(auto_envvar_prefix="DAGSTER_WEBSERVER", prog_name="python -m belib_weather.guard")


if __name__ == "__main__":
    main()
