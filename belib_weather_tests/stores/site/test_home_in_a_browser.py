"""The home page in Chromium, served as `belib-weather` serves it: search, keyboard, both modes."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import pytest

from belib_weather.simulator.server import serving
from belib_weather.site.folder import write
from belib_weather.site.pages import files_of
from belib_weather.site.server import create_app
from belib_weather_tests.browser import DESKTOP, PHONE, Watched, overflow, watch
from belib_weather_tests.unit.site.city import HOSTILE, a_city

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Scheme = Literal["light", "dark"]
MOST_BYTES = 150_000
MOST_SHIFT = 0.02
SHIFT = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => done(sum), 100);
})"""
AXE = (
    "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
)


FOCUS = """() => {
    const element = document.activeElement, style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const place = document.elementFromPoint(
        box.left + box.width / 2, Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1));
    return {
        name: element.id || element.className || element.textContent.trim(),
        isOutlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        isSeen: box.bottom > 0 && box.top < innerHeight && box.left >= 0 && box.right <= innerWidth
            && (element.contains(place) || place?.contains(element)),
        isAnswer: element.closest('.cards') !== null,
    };
}"""
"""What has the keyboard: whether its outline shows, and nothing hides it."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of 400 stations, made now, beside a live file."""
    now = datetime.now(UTC).replace(microsecond=0)
    city = a_city(now, stations_of_a_landmark=5)
    folder = tmp_path_factory.mktemp("site")
    write(folder, files_of(city))
    live(folder, now)
    return folder


def live(folder: Path, now: datetime) -> None:
    """Write a live file in which the station with the hostile address is free."""
    stations = [{"id": "FR*V75*PPX12*0", "state": "available", "free": 2, "points": 3}]
    text = json.dumps({"updated_at": f"{now:%Y-%m-%dT%H:%M:%SZ}", "stations": stations})
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "current.json").write_text(text)


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    with serving(create_app(folder)) as address:
        yield address


@pytest.fixture
def page(chromium: "Browser", request: pytest.FixtureRequest) -> Iterator["Page"]:
    """A page of a width and a mode."""
    width, scheme = cast("tuple[int, Scheme]", getattr(request, "param", (PHONE, "light")))
    context = chromium.new_context(
        viewport={"width": width, "height": 844},
        color_scheme=scheme,
        reduced_motion="reduce",
        has_touch=width == PHONE,
    )
    yield context.new_page()
    context.close()


def violations(page: "Page") -> list[str]:
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    found = page.evaluate(AXE)["violations"]
    return [f"{rule['id']}: {[n['html'][:160] for n in rule['nodes'][:3]]}" for rule in found]


def looked_at(page: "Page", address: str) -> Watched:
    watched = watch(page)
    page.goto(address, wait_until="networkidle")
    return watched


@pytest.mark.parametrize(
    "page", [(PHONE, "light"), (DESKTOP, "dark")], indirect=True, ids=["phone", "desk"]
)
def test_the_page_opens_quickly_quietly_and_without_a_shift(page: "Page", site: str) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    watched = looked_at(page, f"{site}/")

    assert watched.failures == []
    assert all(url.startswith(site) for url in watched.requests)
    assert len(watched.requests) <= 8
    assert sum(sizes) <= MOST_BYTES
    assert page.evaluate(SHIFT) <= MOST_SHIFT
    assert overflow(page) <= 0
    cut = page.locator(".scroll").evaluate("table => table.scrollWidth - table.clientWidth")
    assert cut <= 0, "the table is not cut"
    assert violations(page) == []


@pytest.mark.parametrize("language", ["", "en/"])
def test_nothing_moves_when_the_age_is_written_behind_a_long_date(
    page: "Page", tmp_path: Path, language: str
) -> None:
    saturday = datetime(2026, 11, 28, 1, 1, tzinfo=UTC)
    write(tmp_path, files_of(a_city(saturday, stations_of_a_landmark=1)))
    live(tmp_path, saturday)
    page.clock.set_fixed_time(saturday + timedelta(minutes=10))
    with serving(create_app(tmp_path)) as address:
        looked_at(page, f"{address}/{language}")

        assert page.locator("[data-age]").inner_text() in {
            " (il y a 10 minutes)",
            " (10 minutes ago)",
        }
        assert page.evaluate(SHIFT) <= MOST_SHIFT


@pytest.mark.parametrize("page", [(PHONE, "dark"), (DESKTOP, "light")], indirect=True, ids=str)
def test_a_place_is_found_by_keyboard_and_answered_now_and_then(page: "Page", site: str) -> None:
    watched = looked_at(page, f"{site}/en/")

    page.get_by_label("Where are you going?").focus()
    page.keyboard.type("gare de ly")
    page.get_by_role("option", name="Gare de Lyon").wait_for()
    assert violations(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Around Gare de Lyon").wait_for()

    sections = page.locator(".answers section")
    assert sections.count() == 2
    for section in sections.all():
        cards = section.locator(".cards > li")
        assert 1 <= cards.count() <= 3
        for card in cards.all():
            text = card.inner_text()
            assert " m, " in text
            assert "kW" in text
            href = card.get_by_role("link", name="Walk there").get_attribute("href")
            assert (href or "").startswith("geo:48.8")
    assert "in 10" in sections.nth(1).inner_text() or "almost" in sections.nth(1).inner_text()
    assert overflow(page) <= 0
    assert violations(page) == []
    assert watched.failures == []

    # The link of the page holds the place.
    again = page.context.new_page()
    again.goto(page.url)
    again.get_by_role("heading", name="Around Gare de Lyon").wait_for()


def test_the_map_is_operated_by_arrow_keys_and_by_touch(page: "Page", site: str) -> None:
    looked_at(page, f"{site}/en/")
    chosen = page.locator("#picked a")
    page.locator("#map").focus()
    page.keyboard.press("ArrowRight")
    chosen.wait_for()
    first = chosen.get_attribute("href")
    page.keyboard.press("ArrowRight")
    page.locator(f'#picked a:not([href="{first}"])').wait_for()

    page.locator("#map").click(position={"x": 60, "y": 120})
    chosen.wait_for()
    assert page.url.endswith("/en/"), "a tap chooses; a second one on the name opens the page"
    page.locator("#picked a").click()
    page.wait_for_url("**/en/station/*/")


@pytest.mark.parametrize(
    "page", [(PHONE, "light"), (DESKTOP, "dark")], indirect=True, ids=["phone", "desk"]
)
def test_the_keyboard_reaches_search_answers_map_and_table_in_this_order(
    page: "Page", site: str
) -> None:
    looked_at(page, f"{site}/en/#near=Gare de Lyon&lat=48.84430&lon=2.37350")
    page.locator(".cards").first.wait_for()
    walked = []
    for _ in range(60):
        page.keyboard.press("Tab")
        walked.append(page.evaluate(FOCUS))
        if walked[-1]["name"] == "scroll":
            break

    names = [stop["name"] for stop in walked]
    assert names[0] == "skip"
    controls = [name for name in names if name in {"where", "near", "when", "map", "scroll"}]
    assert controls == ["where", "near", "when", "map", "scroll"]
    assert names[names.index("when") + 1] == "Power and plug"
    answers = [at for at, stop in enumerate(walked) if stop["isAnswer"]]
    assert names.index("when") < min(answers)
    assert max(answers) < names.index("map")
    assert [stop["name"] for stop in walked if not (stop["isOutlined"] and stop["isSeen"])] == []


def test_three_questions_are_answered_on_a_phone_in_a_few_taps(page: "Page", site: str) -> None:
    looked_at(page, f"{site}/en/")

    # Which arrondissement has most spare points tonight? No tap: a sentence.
    tonight = page.get_by_text("most free points are expected in the")
    assert "about" in tonight.inner_text()

    # Where near the Gare de Lyon tomorrow at 18:00? The place, its suggestion, the hour.
    page.get_by_label("Where are you going?").tap()
    page.keyboard.type("gare de lyon")
    page.get_by_role("option", name="Gare de Lyon").tap()
    page.get_by_label("When?").select_option(label="Tomorrow at 18:00")
    answer = page.locator(".answers section", has_text="Tomorrow at 18:00")
    assert answer.locator(".cards > li").count() == 3
    assert "18:00" in page.locator(".answers h3").first.inner_text(), "the hour that was asked for"
    assert " m, " in answer.locator(".cards > li").first.inner_text()

    # Is the station at this address working, and how often was it? Its suggestion, its page.
    page.get_by_label("Where are you going?").fill("")
    page.keyboard.type("FRV75PPX120")
    page.get_by_role("option").first.tap()
    page.get_by_role("link", name="is it working").tap()
    page.wait_for_url("**/en/station/FRV75PPX120/")
    now = page.locator("section", has=page.locator("#now")).inner_text()
    assert "State: " in now
    assert "this month" in now


def test_a_hostile_name_is_text(page: "Page", site: str) -> None:
    watched = looked_at(page, f"{site}/")
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))

    page.locator("#where").fill("<img src=x onerror")
    page.get_by_role("option").first.wait_for()
    assert HOSTILE in page.get_by_role("option").first.inner_text()
    page.keyboard.press("Enter")
    page.locator(".cards").first.wait_for()

    assert page.locator("main img").count() == 0
    assert watched.failures == []


def test_the_page_turns_grey_when_its_data_is_old(page: "Page", tmp_path: Path) -> None:
    then = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
    write(tmp_path, files_of(a_city(then, stations_of_a_landmark=1)))
    live(tmp_path, then)
    with serving(create_app(tmp_path)) as address:
        looked_at(page, f"{address}/en/")
        page.locator("html.stale").wait_for()
        assert page.get_by_text("This page is out of date").is_visible()
        said = page.locator(".seen").inner_text()
        assert re.fullmatch(r"As of \w+ \d+ \w+ 20\d\d at \d\d:\d\d \(3 hours ago\)\.", said)
        assert violations(page) == []

        live(tmp_path, datetime.now(UTC))  # it comes back by itself with the next live file
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.locator("html:not(.stale)").wait_for()


def test_without_javascript_everything_is_readable(chromium: "Browser", site: str) -> None:
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": PHONE, "height": 844}
    )
    page = context.new_page()
    page.goto(f"{site}/en/")

    assert page.locator("noscript p").is_visible()
    assert not page.locator("#search").is_visible()
    assert page.locator("tbody tr").count() == 19, "no landmark is in the second"
    assert page.locator("#map a").count() == 400
    context.close()
