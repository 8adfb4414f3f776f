"""The report, and what else there is to look at, at the end of a start; and where it lies.

What belongs here: asking for it through its assets, and telling of it. What does not: the report
(`report`).
"""

from datetime import date

from belib_weather.embedded.logs import last_line
from belib_weather.local.console import out, say
from belib_weather.local.python_process import Launcher, Program
from belib_weather.local.run_plan import REPORT, Run, encoded
from belib_weather.settings import Settings

_PAGES = {"Report": "availability-report.en.html", "Rapport": "availability-report.fr.html"}


def make_report(settings: Settings, launcher: Launcher, today: date) -> None:
    """Materialize the report, and what else can be shown at once without anybody's server.

    The demonstration's exports are made too, and the dashboards' files where there is no Kibana;
    otherwise both come on schedule. A failure is told, and what failed is tried again on schedule.
    """
    runs = [Run("report")]
    if settings.mode == "demo":
        runs.append(Run("exports", f"{settings.start}", f"{today}"))
    if settings.kibana_url is None:
        runs.append(Run("kibana"))
    arguments = ("-m", "belib_weather.local.materialize", encoded(REPORT, runs))
    if launcher.launch(Program(REPORT, "the report", arguments)).wait() != 0:
        log = launcher.log(REPORT)
        say(f"Not all there is to look at was made: {last_line(log)} (log {log})")


def print_report(settings: Settings) -> None:
    """Print where the pages are that exist, each on a line of its own."""
    for title, name in _PAGES.items():
        path = settings.report_dir / name
        if path.exists():
            out.print(f"{title}: {path}", soft_wrap=True, highlight=False, markup=False)
