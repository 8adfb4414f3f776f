"""Passwords in URLs: a reserved character is refused unseen, an encoded one reaches the server."""

from urllib.parse import quote

import pytest
import sqlalchemy as sa
from pymongo.uri_parser import parse_uri

from belib_weather.kibana.connection import Connection
from belib_weather.settings import SettingsError, load_settings
from belib_weather.urls import url_problem

URLS = {
    "BELIB_MONGO_URL": "mongodb://mona:{}@db.example:27017/?authSource=admin",
    "BELIB_POSTGRES_URL": "postgresql+psycopg://mona:{}@db.example:5432/belib",
    "BELIB_DAGSTER_POSTGRES_URL": "postgresql+psycopg2://mona:{}@db.example:5432/dagster",
    "BELIB_ELASTICSEARCH_URL": "https://mona:{}@db.example:9200",
    "BELIB_KIBANA_URL": "http://mona:{}@db.example:5601/s/paris",
}
PARTS = ("geheim", "secret")
RESERVED = ("@", "/", "?", "#", ":", "%", "[", "]", "\\", " ", "%4", "@/", "/@")
ENCODED = "g@h/e?i#m:%[]\\ é&+"


@pytest.mark.parametrize("name", URLS)
@pytest.mark.parametrize("reserved", RESERVED)
def test_a_reserved_character_is_refused_without_showing_the_url(
    monkeypatch: pytest.MonkeyPatch, name: str, reserved: str
) -> None:
    passwords = [reserved.join(PARTS), f"geheim{reserved}"]
    if not reserved.startswith("%"):  # %34 is an encoded character
        passwords.append(f"12{reserved}34")
    for password in passwords:
        monkeypatch.setenv(name, URLS[name].format(password))
        with pytest.raises(SettingsError) as caught:
            load_settings(_env_file=None)
        message = str(caught.value)
        assert message.startswith(f"{name}: ")
        assert "percent-encode" in message
        assert "\n" not in message
        assert not any(part in message for part in (*PARTS, "12", "34", "mona", "db.example"))


def test_an_encoded_character_of_a_password_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    from elastic_transport.client_utils import url_to_node_config  # loads aiohttp and more

    url = {name: value.format(quote(ENCODED, safe="")) for name, value in URLS.items()}
    for name, value in url.items():
        monkeypatch.setenv(name, value)
    load_settings(_env_file=None)
    assert parse_uri(url["BELIB_MONGO_URL"])["password"] == ENCODED
    assert sa.make_url(url["BELIB_POSTGRES_URL"]).password == ENCODED
    node = url_to_node_config(url["BELIB_ELASTICSEARCH_URL"])
    assert node.headers["authorization"].startswith("Basic ")
    assert Connection(url["BELIB_KIBANA_URL"]).address == "http://db.example:5601/s/paris"


@pytest.mark.parametrize(
    "url",
    [
        "mongodb://localhost",
        "mongodb://a:b@one.example:27017,two.example:27018/?replicaSet=rs0",
        "mongodb+srv://user:pass@cluster0.abcde.mongodb.net/",
        "postgresql:///belib?host=/var/run/postgresql",
        "postgresql+psycopg://mona@[::1]:5432/belib",
        "http://elastic_search:9200",
        "http://mona:it's~(fine)*&=+$,;!<>{}|^`\"é@db.example",
    ],
)
def test_valid_addresses_are_accepted(url: str) -> None:
    assert url_problem(url) is None


@pytest.mark.parametrize("url", ["http://", "http://:9200", "http://host:port", "http://a b"])
def test_an_address_without_a_server_is_refused(url: str) -> None:
    assert url_problem(url) is not None
