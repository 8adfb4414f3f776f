"""Changes on Kafka, as the graph sends them: a consumer's view equals PostgreSQL's."""

from datetime import datetime, timedelta

import polars as pl

from belib_weather.search.projections import STREAM_INDEX
from belib_weather.stream.messages import POINT_CHANGES, STATION_STATES
from belib_weather.warehouse.tables import STATION_STATES as STATES
from belib_weather.warehouse.tables import STATUS_CHANGES
from belib_weather_tests.graph.conftest import Platform
from belib_weather_tests.graph.test_open_data import ticked
from belib_weather_tests.kafka_broker import Broker, consumed


def test_a_consumers_view_equals_the_outbox_event_for_event_also_after_a_kill(
    platform: Platform,
    now: datetime,
    kafka: Broker,
) -> None:
    platform = platform.changed(settings={"kafka_bootstrap_servers": kafka.servers})
    assert platform.materialize("raw_belib_static", keys=f"{now:%Y-%m-%d}").success
    begin = now.replace(microsecond=0) - timedelta(minutes=70)
    outcomes = []
    for number in range(3):
        ticked(platform, begin + timedelta(minutes=20 * number))
        if number == 1:
            kafka.kill()
        outcomes.append(platform.materialize("status_stream").success)
        shown = platform.search.search(STREAM_INDEX, {"size": 10})["hits"]["hits"]
        [document] = [hit["_source"] for hit in shown]
        assert document["last_try"] == ("sent" if outcomes[-1] else "failed")
        assert (document["changes_waiting"] > 0) == (number == 1)
        assert (document["oldest_waiting_at"] is not None) == (number == 1)
        if number == 1:
            kafka.start()
    assert outcomes == [True, False, True]

    rows = platform.warehouse.read(STATUS_CHANGES).sort("position")
    prefix = platform.settings.kafka_topic_prefix
    for topic, subject in ((POINT_CHANGES, "point"), (STATION_STATES, "station")):
        own = rows.filter(pl.col("subject") == subject)
        messages = [m for m in consumed(kafka.servers, prefix + topic) if m["event"] != "present"]
        assert sorted(m["change_id"] for m in messages) == sorted(own["change_id"])
        for key, of_key in own.group_by("subject_id"):
            ids = [m["change_id"] for m in messages if m["id"] == key[0]]
            assert ids == of_key.sort("position")["change_id"].to_list()
    present = {m["id"]: m["to"] for m in consumed(kafka.servers, prefix + STATION_STATES)}
    words = dict(
        platform.warehouse.read(STATES)
        .select("station_id", pl.col("station_status").cast(pl.String))
        .iter_rows()
    )
    assert present == words
    assert "all changes are sent" in str(platform.evaluate("stream_due"))


def test_without_servers_there_is_no_asset_and_no_client(platform: Platform) -> None:
    assert "status_stream" not in {
        key.to_user_string()
        for key in platform.defs.get_repository_def().asset_graph.get_all_asset_keys()
    }
