"""Which documents a start of the demonstration waits for, and which follow it."""

from datetime import datetime

from belib_weather.embedded import StoreUrls
from belib_weather.local.backfill import missing_hours, older_documents
from belib_weather.local.stores import Stores
from belib_weather.window import DAY, HOUR, Window
from belib_weather_tests.graph.conftest import Platform, history, keys_of


def test_documents_of_older_days_follow_until_all_are_published(
    platform_with_facts: Platform, now: datetime
) -> None:
    """As after a kill, of which the newest were published."""
    platform, past = platform_with_facts, history(now)
    stores = Stores(StoreUrls("", "", "", None), platform.lake, platform.warehouse, platform.search)
    soon, later = past.end + HOUR / 2, past.end + 2 * DAY

    assert missing_hours(stores, past.start, soon).start == past.start
    assert older_documents(stores, past.start, soon) is None
    assert missing_hours(stores, past.start, later).start == past.end
    assert older_documents(stores, past.start, later) == past

    newest, rest = (
        Window(past.end - 2 * HOUR, past.end),
        Window(past.start, past.end - 2 * HOUR),
    )
    assert platform.materialize("availability_index", keys=keys_of(newest)).success
    assert missing_hours(stores, past.start, soon).start == past.start
    assert older_documents(stores, past.start, later) == rest

    assert platform.materialize("availability_index", keys=keys_of(rest)).success
    assert missing_hours(stores, past.start, soon).start == past.end
    assert older_documents(stores, past.start, later) is None
