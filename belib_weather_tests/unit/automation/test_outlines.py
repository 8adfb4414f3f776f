"""When the outlines of the arrondissements are asked for."""

from datetime import UTC, datetime, timedelta

from belib_weather.automation.outlines import is_due

NOW = datetime(2026, 11, 27, 5, 25, tzinfo=UTC)


def test_outlines_are_due_without_an_export_and_when_it_is_a_week_old() -> None:
    assert is_due(None, NOW)
    assert is_due(NOW - timedelta(days=7), NOW)
    assert not is_due(NOW - timedelta(days=6, hours=23), NOW)
