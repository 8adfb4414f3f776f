"""Attacks from other origins on the real webserver, by sockets and from a real browser."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from belib_weather_tests.e2e.dagster_programs import (
    AUTOMATION,
    LAUNCH,
    PATIENCE_SECONDS,
    REPOSITORY,
    Webserver,
    serving,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, WebSocket

QUERY = "{ version }"
ATTACK = """
<!doctype html><title>attack</title><script>
const target = "%(target)s";
const outcomes = {};
const tried = (name, promise) =>
  promise.then(() => { outcomes[name] = "sent"; }, () => { outcomes[name] = "blocked"; });
const socket = new Promise((resolve, reject) => {
  const ws = new WebSocket(target.replace("http", "ws") + "/graphql", "graphql-ws");
  ws.onopen = resolve; ws.onerror = reject;
});
const mutation = "mutation { shutdownRepositoryLocation(repositoryLocationName: "
  + "\\"belib_weather.definitions\\") { __typename } }";
Promise.all([
  tried("get", fetch(target + "/graphql?query=" + encodeURIComponent(mutation),
                     {mode: "no-cors"})),
  tried("form", fetch(target + "/graphql", {method: "POST", mode: "no-cors",
                     body: new URLSearchParams({query: mutation})})),
  tried("json", fetch(target + "/graphql", {method: "POST", body: JSON.stringify({query: mutation}),
                     headers: {"content-type": "application/json"}})),
  tried("report", fetch(target + "/report_asset_materialization/belib_current",
                     {method: "POST", mode: "no-cors"})),
  tried("socket", socket),
]).then(() => { document.title = JSON.stringify(outcomes); });
</script>
"""


@pytest.fixture
def guarded(dagster_home: Path) -> Iterator[Webserver]:
    """The webserver as `up`, `demo` and Compose start it, without a code location."""
    workspace = dagster_home / "empty.yaml"
    workspace.write_text("load_from: []\n")
    with serving(dagster_home, workspace) as started:
        yield started


def test_requests_from_other_origins_are_refused(guarded: Webserver) -> None:
    address, foreign = guarded.address, {"origin": "https://evil.example"}
    with httpx.Client(trust_env=False, timeout=30) as client:

        def status(method: str, path: str, **options: object) -> int:
            return client.request(method, f"{address}{path}", **options).status_code  # type: ignore[arg-type]

        query = {"query": QUERY}
        assert status("POST", "/graphql", json=query) == HTTPStatus.OK
        assert status("POST", "/graphql", json=query, headers=foreign) == HTTPStatus.FORBIDDEN
        assert status("GET", "/graphql", params=query) == HTTPStatus.METHOD_NOT_ALLOWED
        assert status("GET", "/%67raphql", params=query) == HTTPStatus.METHOD_NOT_ALLOWED
        assert status("POST", "/graphql", data=query) == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        assert (
            status("POST", "/graphql", params=query, headers={"content-type": "text/plain"})
            == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        )
        rebound = {"host": "rebound.evil.example"}
        assert status("GET", "/", headers=rebound) == HTTPStatus.MISDIRECTED_REQUEST
        assert status("POST", "/report_asset_materialization/x") == HTTPStatus.FORBIDDEN
        assert status("POST", "/report_asset_check/x") == HTTPStatus.FORBIDDEN
        page = client.get(address)
        assert page.headers["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.slow
def test_a_page_of_another_origin_can_read_nothing_and_open_no_socket(
    guarded: Webserver, chromium: "Browser", tmp_path: Path
) -> None:
    outcomes = attack(guarded, chromium, tmp_path / "attack")
    # A no-cors request is sent, and its answer, which the page cannot read, is a refusal.
    assert {outcomes["json"], outcomes["socket"]} == {"blocked"}


@pytest.mark.slow
def test_the_ui_works_behind_the_guard_and_a_page_of_another_origin_changes_nothing(
    webserver: Webserver, chromium: "Browser", tmp_path: Path
) -> None:
    webserver.stop_schedules()
    attack(webserver, chromium, tmp_path / "attack")
    repository = webserver.ask(AUTOMATION, repository=REPOSITORY)["repositoryOrError"]
    assert repository["schedules"], "the code location was shut down"
    asset = webserver.ask(
        '{ assetOrError(assetKey: {path: ["belib_current"]}) { __typename'
        " ... on Asset { assetMaterializations(limit: 1) { runId } } } }"
    )["assetOrError"]
    assert not asset.get("assetMaterializations")
    a_run_can_be_launched_and_followed(webserver, chromium)


def attack(guarded: Webserver, chromium: "Browser", folder: Path) -> dict[str, str]:
    """Open a page of another origin that attacks the webserver; what became of its requests."""
    folder.mkdir()
    (folder / "index.html").write_text(ATTACK % {"target": guarded.address})
    with other_origin(folder) as attacker, chromium.new_page() as page:
        page.goto(attacker)
        page.wait_for_function("document.title.startsWith('{')")
        outcomes: dict[str, str] = page.evaluate("JSON.parse(document.title)")
    return outcomes


LAUNCH_FROM_PAGE = """
([query, variables]) => fetch("/graphql", {
  method: "POST", headers: {"content-type": "application/json"},
  body: JSON.stringify({query, variables}),
}).then(answer => answer.json())
"""


def a_run_can_be_launched_and_followed(webserver: Webserver, chromium: "Browser") -> None:
    received: list[str] = []

    def follow(socket: "WebSocket") -> None:
        socket.on("framereceived", lambda frame: received.append(str(frame)))

    with chromium.new_page() as page:
        page.on("websocket", follow)
        page.goto(f"{webserver.address}/runs")
        execution = {"selector": {**REPOSITORY, "jobName": "kibana"}}
        launched = page.evaluate(LAUNCH_FROM_PAGE, [LAUNCH, {"execution": execution}])
        run_id = launched["data"]["launchRun"]["run"]["runId"]
        page.goto(f"{webserver.address}/runs/{run_id}")
        # The page follows the run's log by WebSocket, to its end.
        for _ in range(PATIENCE_SECONDS):
            if any("RunSuccessEvent" in frame for frame in received):
                break
            page.wait_for_timeout(1000)
        else:
            pytest.fail(f"no end of the run in {len(received)} frames: {received[-1:]}")


@contextmanager
def other_origin(folder: Path) -> Iterator[str]:
    """A web server on another port, so of another origin."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(folder))  # type: ignore[arg-type]

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/index.html"
        finally:
            server.shutdown()
