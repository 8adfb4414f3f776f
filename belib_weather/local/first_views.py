"""The report, the site and the files of dashboards at the end of a start, and where they are.

What belongs here: materializing their assets, and printing the paths. What does not: the report
itself (`report`), and what is filled after the start (`remainder`).
"""

import time

from belib_weather.clock import utc_now
from belib_weather.lanes import Lane
from belib_weather.local.console import out, say
from belib_weather.local.launcher import Launcher, Program, Task
from belib_weather.local.run_plan import REPORT, Run, encoded
from belib_weather.settings import Settings

_LOOK_SECONDS = 0.2
_PAGES = {"Report": "availability-report.en.html", "Rapport": "availability-report.fr.html"}


def make_report(settings: Settings, launcher: Launcher, *, with_index: bool) -> None:
    """Materialize what was polled, outlines, report, site, and dashboards without a Kibana.

    A failure is reported, and tried again on schedule.
    """
    today = f"{utc_now():%Y-%m-%d}"
    runs = [
        Run("feed", with_index=with_index),
        Run("outlines", today, today),
        Run("report"),
        Run(Lane.SITE),
    ]
    if settings.kibana_url is None:
        runs.append(Run("kibana"))
    arguments = ("-m", "belib_weather.local.materialize", encoded(REPORT, runs))
    task = Task(launcher, Program(REPORT, "the report", arguments))
    while task.poll() is None:
        time.sleep(_LOOK_SECONDS)
    if not task.has_succeeded:
        say(f"Not every file could be written: {task.reason()}")


def print_site(address: str) -> None:
    """Print where the site is: the first thing that a start prints to its output."""
    out.print(f"Site: {address}", soft_wrap=True, highlight=False, markup=False)


def print_report(settings: Settings) -> None:
    """Print the path of each page that exists, one a line."""
    for title, name in _PAGES.items():
        path = settings.report_dir / name
        if path.exists():
            out.print(f"{title}: {path}", soft_wrap=True, highlight=False, markup=False)
