"""The report, the site and the files of dashboards at the end of a start, and where they are.

What belongs here: which runs make them, and printing the paths. What does not: the report itself
(`report`), and what is filled after the start (`background_fill`).
"""

from datetime import datetime

from belib_weather.clock import utc_now
from belib_weather.lanes import Lane
from belib_weather.local.console import out
from belib_weather.local.run_plan import Part, Run, hour_key
from belib_weather.settings import Settings

_PAGES = {"Report": "availability-report.en.html", "Rapport": "availability-report.fr.html"}


def first_views(settings: Settings, *, with_index: bool) -> list[Run]:
    """What was polled, outlines, report, site, and dashboards without a Kibana.

    Live also the files that others read; a demonstration fills them with the `background_fill`.
    """
    now = utc_now()
    today = f"{now:%Y-%m-%d}"
    runs = [
        Run("feed", with_index=with_index),
        Run("outlines", today, today),
        Run("report"),
        Run(Lane.SITE),
    ]
    if settings.mode == "live":
        runs.append(files_run(now))
    return [*runs, Run("kibana")] if settings.kibana_url is None else runs


def files_run(now: datetime) -> Run:
    """The files of the present that others read."""
    hour = hour_key(now)
    return Run(Lane.LIVE, hour, hour, (Part.FILES,))


def print_site(address: str) -> None:
    """Print where the site is: the first thing that a start prints to its output."""
    out.print(f"Site: {address}", soft_wrap=True, highlight=False, markup=False)


def print_report(settings: Settings) -> None:
    """Print the path of each page that exists, one a line."""
    for title, name in _PAGES.items():
        path = settings.report_dir / name
        if path.exists():
            out.print(f"{title}: {path}", soft_wrap=True, highlight=False, markup=False)
