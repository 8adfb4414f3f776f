"""Every link and every path in the documentation leads somewhere."""

from pathlib import Path

import pytest

from belib_weather_tests.project import ROOT
from belib_weather_tests.project.links import anchors, broken, pages


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_resolves(page: Path) -> None:
    assert list(broken(page)) == []


def test_links_that_lead_nowhere_are_found(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "there.md").write_text("# A heading, `here`\n\n# A heading, here\n")
    page = tmp_path / "page.md"
    page.write_text(
        "[a](docs/there.md) [b](docs/there.md#a-heading-here-1) [c](https://a.org) [d](#own)\n"
        "[e](docs/gone.md) [f](docs/there.md#gone) `docs/there.md` `docs/gone.md` `docs/*.md`\n"
        "```\n[g](gone.md)\n```\n# Own\n"
    )

    assert list(broken(page, tmp_path)) == [
        "page.md: (docs/gone.md)",
        "page.md: (docs/there.md#gone)",
        "page.md: `docs/gone.md`",
    ]


def test_anchors_are_those_of_github() -> None:
    assert anchors("# What only a *real* Kibana can show\n## [Unreleased]\n## A_b: c–d (e)\n") == {
        "what-only-a-real-kibana-can-show",
        "unreleased",
        "a_b-cd-e",
    }
