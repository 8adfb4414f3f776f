"""A command borrows servers: it ends those that it started, and no others."""

from pydantic import SecretStr

from belib_weather.local.stores import borrowed
from belib_weather_tests.stores.embedded.conftest import NOBODY, MakeHome, available, pids


def test_a_command_ends_what_it_started_alone(make_home: MakeHome, postgres_url: str) -> None:
    home = make_home(elasticsearch_url=NOBODY, postgres_url=postgres_url)
    with borrowed(home, "mongo"):
        assert pids(home)["mongo"]
    assert not pids(home)["mongo"]


def test_a_command_with_all_addresses_set_stops_nobody(
    make_home: MakeHome, postgres_url: str
) -> None:
    """As in a shell after `eval "$(belib-weather env)"`."""
    home = make_home(elasticsearch_url=NOBODY, postgres_url=postgres_url)
    settings = home.model_copy(update={"mongo_url": SecretStr(available(home).mongo)})
    before = pids(home)
    with borrowed(settings, "mongo"):
        pass
    assert pids(home) == before
    assert before["mongo"]
