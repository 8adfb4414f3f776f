"""docs/shapes.md is what the datasets say."""

from belib_weather_tests.project.shapes import PAGE, page


def test_the_page_follows_from_the_datasets() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "`make shapes` writes it again"
