"""Run both checkouts, compare, print; exits with 1 if anything differs that is not meant to."""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Collection, Iterable
from pathlib import Path

from rich.console import Console

from belib_weather_tests.compare import intended
from belib_weather_tests.compare.checkout import Checkout
from belib_weather_tests.compare.dumps import Dump
from belib_weather_tests.compare.phases import closed_hours, of_one_raw, of_two_runs
from belib_weather_tests.compare.result import Compared, Intended, Rules, print_results
from belib_weather_tests.compare.runs import (
    bundle_exported,
    demonstrated,
    rebuilt,
    report_drawn,
)
from belib_weather_tests.compare.views import of_bundles, of_panels, of_reports

PARTS = ("rebuilt", "report", "dashboards", "bundle", "runs")


class Comparison:
    """Two checkouts, their homes in one folder, and the differences counted so far."""

    def __init__(self, old: Path, new: Path, folder: Path, console: Console) -> None:
        self._folders = {"old": old, "new": new, "rebuilt": new}
        self._work = folder
        self._console = console
        self.differences = 0

    def run(self, days: int, parts: Collection[str]) -> None:
        """Run what the parts need and print each part as soon as it is known."""
        old, new, again = map(self._checkout, self._folders)
        pages = {name: self._work / "dashboards" / name for name in ("old", "new")}
        self._say(f"{old.folder}: {days} days of the demonstration")
        asked_by = {pages["old"]: old, pages["new"]: new} if "dashboards" in parts else {}
        before = demonstrated(old, days, asked_by)
        if asked_by:
            rules = self._rules(*intended.OF_DASHBOARDS)
            found = of_panels(pages["old"], pages["new"], rules)
            self._show("dashboards, of the same documents at the same instant", rules, found)
        if "report" in parts:
            self._report(old, new, before, days)
        if "bundle" in parts:
            rules = self._rules(*intended.OF_BUNDLE)
            found = of_bundles(bundle_exported(old), bundle_exported(new), rules)
            self._show("kibana, as exported", rules, found)
        if "rebuilt" in parts:
            self._say(f"{new.folder}: everything made again from the raw documents of the old run")
            rules = self._rules(*intended.OF_ONE_RUN, *intended.OF_ONE_RAW)
            rebuilt_dump = rebuilt(again, before)
            self._show("the same raw documents", rules, of_one_raw(before, rebuilt_dump, rules))
        if "runs" in parts:
            self._runs(new, before, days)

    def _report(self, old: Checkout, new: Checkout, dump: Dump, days: int) -> None:
        reports = {name: self._work / "report" / name for name in ("old", "new")}
        report_drawn(old, dump, days, reports["old"])
        report_drawn(new, dump, days, reports["new"])
        rules = self._rules(*intended.OF_REPORT)
        found = of_reports(reports["old"], reports["new"], rules)
        self._show("report, of the same rows at the same instant", rules, found)

    def _runs(self, new: Checkout, before: Dump, days: int) -> None:
        self._say(f"{new.folder}: {days} days of the demonstration")
        after = demonstrated(new, days, {})
        hours = closed_hours(before, after)
        rules = self._rules(*intended.OF_ONE_RUN, *intended.OF_THE_CLOCK, *intended.OF_THE_CITY)
        found = of_two_runs(before, after, hours, rules)
        self._show(f"two runs, {len(hours)} closed hours", rules, found)

    def _checkout(self, name: str) -> Checkout:
        home = self._work / name
        return Checkout(self._folders[name], home, {"BELIB_EXPORT_URL": str(home / "exports")})

    def _rules(self, *more: Intended) -> Rules:
        return Rules((*more, *intended.IN_NEW_CODE), may_add=True)

    def _show(self, title: str, rules: Rules, results: Iterable[Compared]) -> None:
        self.differences += print_results(self._console, title, results, rules)

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False)


def main() -> int:
    """Compare; returns the exit code."""
    parser = argparse.ArgumentParser(prog="belib_weather_tests.compare", description=__doc__)
    parser.add_argument("old", type=Path, help="checkout of the old code, with its .venv")
    parser.add_argument("new", type=Path, help="checkout of the new code, with its .venv")
    parser.add_argument("--days", type=int, default=2, help="of history before today (2)")
    parser.add_argument(
        "--parts",
        nargs="+",
        choices=PARTS,
        default=PARTS,
        help="all by default; `runs` compares two demonstrations, which takes as long as the rest",
    )
    parser.add_argument("--keep", type=Path, help="work in this new folder and keep it")
    options = parser.parse_args()
    if options.keep and options.keep.exists() and any(options.keep.iterdir()):
        # A second demonstration on one home leaves the last hour of the first as it was.
        parser.error(f"{options.keep} is not empty; give a new folder")
    # Without this a polite kill would leave the stores running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    console, start = Console(width=140, highlight=False), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="belib-compare-") as folder:
        work = options.keep or Path(folder)
        comparison = Comparison(options.old.absolute(), options.new.absolute(), work, console)
        comparison.run(options.days, options.parts)
    count = comparison.differences
    outcome = f"{count:,} differences" if count else "no difference"
    console.print(f"{outcome}, after {time.monotonic() - start:.0f} s")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
