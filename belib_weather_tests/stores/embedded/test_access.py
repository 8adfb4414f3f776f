"""Who may do what on the embedded MongoDB and PostgreSQL, and with which password."""

import json
import os
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import errors
from pymongo.errors import OperationFailure

from belib_weather.embedded import EmbeddedError, ensure, stop
from belib_weather.settings import Settings
from belib_weather_tests.stores.embedded.conftest import (
    NOBODY,
    MakeHome,
    available,
    mongo_client,
    pids,
)


def test_the_reader_of_mongo_reads_and_does_not_write(local: Settings) -> None:
    urls = ensure(local)
    with mongo_client(urls.mongo) as writer:
        writer.shown.things.insert_one({"_id": "seen"})
    with mongo_client(urls.readers["mongo"]) as reader:
        assert reader.shown.things.find_one() == {"_id": "seen"}
        for forbidden in (
            lambda: reader.shown.things.insert_one({}),
            lambda: reader.shown.things.delete_many({}),
            lambda: reader.drop_database("shown"),
            lambda: reader.admin.command("createUser", "other", pwd="x", roles=[]),
        ):
            with pytest.raises(OperationFailure, match=r"(?i)not authorized|requires"):
                forbidden()
        assert reader.shown.things.count_documents({}) == 1


def test_the_reader_of_postgres_reads_what_a_migration_granted_and_does_not_write(
    local: Settings,
) -> None:
    urls = ensure(local)
    with psycopg.connect(urls.postgres.replace("+psycopg", "")) as writer:
        writer.execute("CREATE TABLE shown AS SELECT 1 AS one")
        writer.execute("GRANT SELECT ON shown TO belib_reader")
    with psycopg.connect(urls.readers["postgres"], autocommit=True) as reader:
        assert reader.execute("SELECT one FROM shown").fetchone() == (1,)
        with pytest.raises(errors.ReadOnlySqlTransaction):
            reader.execute("DELETE FROM shown")
        reader.execute("SET default_transaction_read_only = off")
        for forbidden in ("DELETE FROM shown", "CREATE TABLE mine ()", "CREATE DATABASE mine"):
            with pytest.raises(errors.InsufficientPrivilege):
                reader.execute(forbidden)


def test_only_the_writer_sees_dagsters_records(local: Settings) -> None:
    urls = ensure(local)
    url = sa.make_url(urls.dagster_postgres)
    assert (url.drivername, url.database) == ("postgresql+psycopg2", "dagster")
    with sa.create_engine(url).connect() as connection:
        assert connection.scalar(sa.text("SHOW synchronous_commit")) == "off"
    with sa.create_engine(urls.postgres).connect() as connection:
        assert connection.scalar(sa.text("SHOW synchronous_commit")) == "on"
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(urls.readers["postgres"].removesuffix("belib") + "dagster")


def test_without_a_password_nothing_can_be_read(local: Settings) -> None:
    urls = ensure(local)
    host = sa.make_url(urls.postgres)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=host.host, port=host.port, user="belib", password="guessed")
    address = urls.mongo.partition("@")[2].partition("/")[0]
    with (
        mongo_client(f"mongodb://{address}") as stranger,
        pytest.raises(OperationFailure, match="auth"),
    ):
        stranger.shown.things.find_one()


def test_passwords_of_another_home_are_refused_by_name_and_the_data_is_left_alone(
    make_home: MakeHome,
) -> None:
    home = make_home(elasticsearch_url=NOBODY)
    urls = available(home)
    file = home.data_dir / "passwords.json"
    content = file.read_text()
    file.write_text(json.dumps(dict.fromkeys(json.loads(content), "other")))
    with pytest.raises(EmbeddedError, match=r"put back the file") as raised:
        ensure(home)
    assert str(file) in str(raised.value)
    assert {"MongoDB", "PostgreSQL"} <= set(str(raised.value).split())
    file.write_text("{")
    with pytest.raises(EmbeddedError, match=r"passwords\.json is damaged"):
        ensure(home)
    file.write_text(content)
    assert ensure(home) == urls


def test_configured_addresses_are_used_unchanged(make_home: MakeHome) -> None:
    home = make_home(
        mongo_url="mongodb://a:b@example.org",
        postgres_url="postgresql+psycopg://a:b@example.org/belib",
        dagster_postgres_url="postgresql+psycopg2://a:b@example.org/dagster",
        elasticsearch_url="https://a:b@example.org",
    )
    urls = ensure(home)
    assert urls.mongo == "mongodb://a:b@example.org"
    assert urls.elasticsearch == "https://a:b@example.org"
    assert urls.readers == {}
    assert pids(home) == {}
    assert not home.home.exists(), "nothing to keep here"


def test_a_home_that_belongs_to_somebody_else_is_refused(
    make_home: MakeHome, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "live").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EmbeddedError, match=r"not a folder of yours.*BELIB_HOME"):
        ensure(make_home(home=tmp_path, elasticsearch_url=NOBODY))
    assert not list((tmp_path / "elsewhere").iterdir())
    (tmp_path / "live").unlink()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written_is_refused(make_home: MakeHome, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(EmbeddedError, match=r"cannot be made or written.*BELIB_HOME"):
        ensure(make_home(home=tmp_path, elasticsearch_url=NOBODY))
    tmp_path.chmod(0o700)


@pytest.mark.slow
def test_a_lost_password_file_is_renewed_for_existing_data(local: Settings) -> None:
    """Whether the servers run or not; the raw data would be out of reach otherwise."""
    urls = ensure(local)
    with mongo_client(urls.mongo) as client:
        client["stays"]["here"].insert_one({"_id": "raw"})
    for is_stopped in (False, True):
        if is_stopped:
            stop(local)
        (local.data_dir / "passwords.json").unlink()
        renewed = ensure(local)
        assert renewed.mongo != urls.mongo
        with mongo_client(renewed.mongo) as client:
            assert client["stays"]["here"].find_one() == {"_id": "raw"}
        with mongo_client(renewed.readers["mongo"]) as client:
            assert client["stays"]["here"].find_one() == {"_id": "raw"}
        for url in (renewed.postgres.replace("+psycopg", ""), renewed.readers["postgres"]):
            with psycopg.connect(url) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
    assert ensure(local) == renewed
