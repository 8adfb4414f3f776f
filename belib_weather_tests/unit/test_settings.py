"""A wrong setting names the variable, what is wrong, and an example; never its value."""

import os
import traceback
from datetime import UTC, datetime
from pathlib import Path

import pytest
from platformdirs import user_data_path

from belib_weather import checkout as module
from belib_weather.checkout import checkout, installed_home
from belib_weather.settings import SettingsError, load_settings


@pytest.fixture(autouse=True)
def _no_other_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [n for n in os.environ if n.startswith("BELIB_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_everything_has_a_default() -> None:
    settings = load_settings()

    assert settings.mongo_url is None
    assert settings.start_at == datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("BELIB_MONGO_URL", "http://user:geheim@host", "BELIB_MONGO_URL=mongodb://"),
        ("BELIB_POSTGRES_URL", "mysql://user:geheim@host", "BELIB_POSTGRES_URL=postgresql"),
        # Dagster's storage speaks psycopg2 alone, ours psycopg 3 alone.
        ("BELIB_POSTGRES_URL", "postgresql+psycopg2://u:geheim@host/belib", "psycopg://"),
        ("BELIB_DAGSTER_POSTGRES_URL", "postgresql://u:geheim@host/dagster", "psycopg2://"),
        ("BELIB_ELASTICSEARCH_URL", "geheim:9200", "BELIB_ELASTICSEARCH_URL=http://"),
        # Stored with every response, hence without credentials or parameters.
        ("BELIB_EXPLORE_API_URL", "https://user:geheim@host/api", "https://opendata.paris.fr"),
        ("BELIB_OPENWEATHERMAP_URL", "https://host/weather?appid=geheim", "https://api.open"),
        # Shown in the catalog, hence the same.
        ("BELIB_EXPORT_URL", "s3://key:geheim@bucket/belib", "AWS_ACCESS_KEY_ID"),
        ("BELIB_EXPORT_URL", "s3://key:ge/heim-geheim@bucket", "BELIB_EXPORT_URL=s3://bucket"),
        ("BELIB_EXPORT_URL", "s3://bucket/belib?secret=geheim", "BELIB_EXPORT_URL=s3://bucket"),
        ("BELIB_EXPORT_URL", "zip://a::s3://key:geheim@b/x", "BELIB_EXPORT_URL=s3://bucket"),
        ("BELIB_MODE", "geheim", "BELIB_MODE=live"),
        ("BELIB_INDEX_PREFIX", "Geheim geheim", "BELIB_INDEX_PREFIX=belib"),
        ("BELIB_HTTP_ATTEMPTS", "0", "BELIB_HTTP_ATTEMPTS=4"),
        ("BELIB_START", "yesterday-geheim", "BELIB_START=2026-11-01"),
        ("BELIB_LATITUDE", "geheim", "BELIB_LATITUDE=48.8566"),
        ("BELIB_WEATHER_SOURCE", "geheim", "BELIB_WEATHER_SOURCE=open_meteo"),
        ("BELIB_CADENCE_SECONDS", "0", "BELIB_CADENCE_SECONDS=300"),
        ("BELIB_CADENCE_SECONDS", "90", "BELIB_CADENCE_SECONDS=300"),
        ("BELIB_CADENCE_SECONDS", "420", "BELIB_CADENCE_SECONDS=300"),
    ],
)
def test_a_wrong_value_is_reported_with_an_example_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as caught:
        load_settings()

    assert str(caught.value).startswith(f"{name}: ")
    assert expected in str(caught.value)
    assert "geheim" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "url",
    [
        "/srv/open data/#1",
        "exports",
        "file:///srv/exports",
        "s3://bucket/belib",
        "abfs://container@account.dfs.core.windows.net/belib",
        "sftp://user@host:22/srv/exports",
    ],
)
def test_exports_go_to_any_path_or_url_without_a_password(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("BELIB_EXPORT_URL", url)

    assert load_settings().export_url == url


def test_an_unknown_setting_gets_a_suggestion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELIB_STRAT", "2026-01-01")

    with pytest.raises(SettingsError, match="did you mean BELIB_START"):
        load_settings()


def test_an_unknown_setting_without_a_suggestion_refers_to_the_list(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("BELIB_XYZZY=1\n")

    with pytest.raises(SettingsError, match=r"BELIB_XYZZY: .*\.env\.example"):
        load_settings()


def test_an_empty_value_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELIB_MONGO_URL", "")
    monkeypatch.setenv("BELIB_LATITUDE", "")

    settings = load_settings()

    assert (settings.mongo_url, settings.latitude) == (None, 48.8566)


def test_all_problems_are_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELIB_STRAT", "x")
    monkeypatch.setenv("BELIB_LATITUDE", "x")

    with pytest.raises(SettingsError) as caught:
        load_settings()

    assert len(str(caught.value).splitlines()) == 2


def test_the_env_file_is_read_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("BELIB_LATITUDE=40\nBELIB_LONGITUDE=3\nOTHER=1\n")
    monkeypatch.setenv("BELIB_LATITUDE", "41")

    settings = load_settings()

    assert (settings.latitude, settings.longitude) == (41, 3)


def test_urls_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELIB_MONGO_URL", "mongodb://user:geheim@host")

    assert "geheim" not in repr(load_settings())


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A checkout that the package runs from; the working directory is another folder."""
    project = tmp_path / "project"
    project.mkdir()
    for name in ("pyproject.toml", "workspace.yaml"):
        (project / name).touch()
    monkeypatch.setattr(module, "_PROJECT", project)
    return project


def test_the_home_is_that_of_the_checkout_in_every_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, project: Path
) -> None:
    for folder in (tmp_path, project, project.parent):
        monkeypatch.chdir(folder)
        assert load_settings().home == project / ".belib"
    monkeypatch.setenv("BELIB_HOME", "mine")
    assert load_settings().data_dir == tmp_path / "mine/live"


def test_a_wheel_has_the_data_of_its_user_and_this_checkout_its_own(project: Path) -> None:
    (project / "pyproject.toml").unlink()
    assert installed_home() == user_data_path("belib_weather")


def test_this_package_runs_from_a_checkout() -> None:
    assert checkout() == Path(__file__).resolve().parents[2]


def test_data_in_the_working_directory_stays_in_use(tmp_path: Path, project: Path) -> None:
    (tmp_path / ".belib").mkdir()
    assert load_settings().home == project / ".belib", "an empty folder is no data"
    (tmp_path / ".belib/demo").mkdir()
    assert load_settings().home == tmp_path / ".belib"


def test_the_env_file_of_the_checkout_is_read_where_there_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, project: Path
) -> None:
    (project / ".env").write_text("BELIB_LATITUDE=40\nBELIB_HOME=data\nBELIB_SPOOL_FOLDER=/spool\n")
    settings = load_settings()
    assert (settings.latitude, settings.home) == (40, project / "data")
    assert settings.spool_dir == Path("/spool")
    monkeypatch.setenv("BELIB_HOME", "other")
    assert load_settings().data_dir == tmp_path / "other/live"
    (tmp_path / ".env").write_text("BELIB_LONGITUDE=3\n")
    settings = load_settings()
    assert (settings.latitude, settings.longitude) == (48.8566, 3)
