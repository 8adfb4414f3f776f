"""In a real Kibana with data: every rule runs and succeeds, every dashboard opens without an error.

Run by the job `kibana` on GitHub, after `belib-weather kibana import`:
`python -m belib_weather_tests.project.real_kibana http://localhost:5601 belib_demo`.
"""

import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx

from belib_weather.kibana.bundle import Bundle, build_bundle
from belib_weather.kibana.rules import Rule
from belib_weather_tests.browser import DESKTOP, find_chromium, launched

if TYPE_CHECKING:
    from playwright.sync_api import Page

_HEADERS = {"kbn-xsrf": "belib", "x-elastic-internal-origin": "belib"}
_WAIT_SECONDS = 180
_LOADING = """
() => {
  const panels = [...document.querySelectorAll('[data-shared-item]')];
  return panels.length > 0 && panels.every(one => one.dataset.renderComplete !== 'false');
}
"""
_ERRORS = ", ".join(
    (
        "[data-test-subj='embeddableError']",
        "[data-test-subj='embeddableStackError']",
        "[data-test-subj='embeddable-lens-failure']",
        "[data-test-subj='errorMessageMarkdown']",
        "[data-test-subj='dashboardNotFound']",
        ".visError",
        ".vgaVis__message--err",
    )
)


def failed_rules(kibana: httpx.Client, rules: tuple[Rule, ...]) -> Iterator[str]:
    """Rules whose next run does not succeed."""
    for rule in rules:
        path = f"/api/alerting/rule/{rule.rule_id}"
        before = _last_run(kibana, path)
        # A rule that is running already answers with a text; its run counts as well.
        kibana.post(f"/internal/alerting/rule/{rule.rule_id}/_run_soon").raise_for_status()
        end = time.monotonic() + _WAIT_SECONDS
        while (after := _last_run(kibana, path)) == before and time.monotonic() < end:
            time.sleep(2)
        if after == before or after[1] != "succeeded":
            yield f"{rule.name}: {after[1]} at {after[0]}"


def _last_run(kibana: httpx.Client, path: str) -> tuple[str, str]:
    """When a rule ran last, and how it ended."""
    found = kibana.get(path).raise_for_status().json()
    outcome = (found.get("last_run") or {}).get("outcome", "no run yet")
    return found["execution_status"]["last_execution_date"], outcome


def failed_panels(page: "Page", address: str, bundle: Bundle) -> Iterator[str]:
    """Errors that dashboards show."""
    for dashboard_id, title in bundle.dashboards:
        page.goto(f"{address}/app/dashboards#/view/{dashboard_id}")
        page.wait_for_function(_LOADING, timeout=_WAIT_SECONDS * 1000)
        page.screenshot(path=f"kibana-{dashboard_id}.png", full_page=True)
        for text in page.locator(_ERRORS).all_inner_texts():
            yield f"{title}: {text.strip() or 'an error without words'}"


def main(address: str, index_prefix: str) -> str | None:
    """What failed, which is printed and makes the exit code 1; None where nothing did."""
    from playwright.sync_api import sync_playwright

    bundle = build_bundle(index_prefix)
    with httpx.Client(base_url=address, headers=_HEADERS, timeout=60) as kibana:
        failures = list(failed_rules(kibana, bundle.rules))
    with sync_playwright() as playwright, launched(playwright, find_chromium()) as browser:
        page = browser.new_page(viewport={"width": DESKTOP, "height": 4000})
        failures += failed_panels(page, address, bundle)
    return "\n".join(failures) or None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
