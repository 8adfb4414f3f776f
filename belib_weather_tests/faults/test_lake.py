"""The server away, refusing, or killed; and no secret in any message."""

import socket
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from belib_weather.lake import (
    RAW_SNAPSHOTS,
    Lake,
    LakeAccessError,
    LakeConflictError,
    LakeError,
    LakeUnavailable,
)
from belib_weather.window import Window
from belib_weather_tests.faults.mongo_server import MongoServer
from belib_weather_tests.stores.lake.sample import NOON, polls, snapshot


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MongoServer]:
    server = MongoServer(tmp_path)
    server.start()
    yield server
    server.kill()


def test_acknowledged_documents_survive_kill_9(server: MongoServer) -> None:
    acknowledged: list[str] = []
    with Lake(server.url, "belib", timeout_seconds=5) as lake:
        lake.prepare()
        for round_ in range(3):
            start = NOON.replace(hour=12 + round_)
            acknowledged += [
                lake.append(RAW_SNAPSHOTS, sample).document_id for sample in polls(12, start=start)
            ]
            server.kill()
            server.start()
            verified = lake.verify(RAW_SNAPSHOTS, Window.day(NOON.replace(hour=0)))
            assert (verified.documents, verified.corrupt) == (len(acknowledged), [])
        assert all(lake.get(RAW_SNAPSHOTS, document) is not None for document in acknowledged)


def test_after_a_restart_the_same_lake_continues_without_duplicates(server: MongoServer) -> None:
    with Lake(server.url, "belib", timeout_seconds=5) as lake:
        lake.prepare()
        [sample] = polls(1)
        lake.append(RAW_SNAPSHOTS, sample)
        lake.replace_current(snapshot(NOON, {"P1": "available"}))
        server.kill()
        with pytest.raises(LakeUnavailable):
            lake.append(RAW_SNAPSHOTS, sample)
        server.start()
        assert not lake.append(RAW_SNAPSHOTS, sample).is_new
        assert lake.replace_current(snapshot(NOON, {"P1": "available"})).unchanged == 1


def test_an_unreachable_server_is_reported_without_the_password() -> None:
    with socket.socket() as bound:  # by one who does not listen
        bound.bind(("127.0.0.1", 0))
        url = f"mongodb://belib:s3cret-pass@127.0.0.1:{bound.getsockname()[1]}/?authSource=admin"
        lake = Lake(url, "belib", timeout_seconds=0.3)
        with lake, pytest.raises(LakeUnavailable) as raised:
            lake.prepare()
    shown = "".join(traceback.format_exception(raised.value))
    assert "127.0.0.1" in str(raised.value)
    assert "BELIB_MONGO_URL" in str(raised.value)
    assert "s3cret-pass" not in shown


def test_a_refused_user_is_reported_without_the_password(mongo_url: str) -> None:
    user, at, rest = mongo_url.removeprefix("mongodb://").rpartition("@")
    if not at:
        pytest.skip("the server asks for no password")
    url = f"mongodb://{user.partition(':')[0]}:s3cret-pass@{rest}"
    with Lake(url, "belib") as lake, pytest.raises(LakeAccessError) as raised:
        lake.prepare()
    assert "BELIB_MONGO_URL" in str(raised.value)
    assert "s3cret-pass" not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize(
    "url",
    [
        "mongodb://belib:s3cret/p@ss@localhost:27017",
        "mongodb://belib:s3cret@localhost:notaport",
        "postgresql://belib:s3cret@localhost",
        "mongodb://",
    ],
)
def test_a_malformed_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(LakeError, match="BELIB_MONGO_URL") as raised:
        Lake(url, "belib")
    assert "s3cret" not in "".join(traceback.format_exception(raised.value))
    assert not isinstance(raised.value, LakeConflictError)
