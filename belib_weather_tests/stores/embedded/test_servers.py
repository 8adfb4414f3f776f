"""MongoDB and PostgreSQL as processes: found, started, killed, stopped."""

import json
import os
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psutil
import psycopg
import pytest

from belib_weather.embedded import ensure, status, stop
from belib_weather.settings import Settings
from belib_weather_tests.local_stores import CHECKOUT
from belib_weather_tests.stores.embedded.conftest import (
    NOBODY,
    MakeHome,
    available,
    kill_nine,
    mongo_client,
    pids,
    ports,
)

ENSURE = """
import json, sys
from belib_weather.embedded import ensure, status
from belib_weather.settings import Settings
settings = Settings(home=sys.argv[1], elasticsearch_url=sys.argv[2], _env_file=None)
ensure(settings)
print(json.dumps({server.name: server.pid for server in status(settings)}), flush=True)
sys.stdin.read()
"""


def another_program(settings: Settings) -> subprocess.Popen[str]:
    """A program that starts the servers of a home and then waits."""
    return subprocess.Popen(
        [sys.executable, "-c", ENSURE, str(settings.home), NOBODY],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def write(settings: Settings, value: int) -> None:
    urls = ensure(settings)
    with mongo_client(urls.mongo) as client:
        client.things.numbers.insert_one({"_id": value})
    with psycopg.connect(urls.postgres.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS numbers (value integer PRIMARY KEY)")
        connection.execute("INSERT INTO numbers VALUES (%s)", [value])


def holds(settings: Settings, value: int) -> bool:
    urls = ensure(settings)
    with mongo_client(urls.mongo) as client:
        in_mongo = client.things.numbers.find_one({"_id": value}) is not None
    with psycopg.connect(urls.postgres.replace("+psycopg", "")) as connection:
        found = connection.execute("SELECT 1 FROM numbers WHERE value = %s", [value]).fetchone()
    return in_mongo and found is not None


def test_a_second_start_finds_the_first(local: Settings) -> None:
    before, urls = pids(local), ensure(local)
    assert None not in before.values()
    assert ensure(local) == urls
    assert pids(local) == before


def test_each_server_says_its_version_when_asked_with_a_password(local: Settings) -> None:
    versions = {server.name: server.version for server in status(local)}
    assert versions["mongo"]
    assert versions["postgres"]
    assert versions["postgres"].startswith("18.")
    assert [server.problem for server in status(local)] == [None, None]


def test_acknowledged_writes_survive_kill_9(local: Settings) -> None:
    write(local, 1)
    urls, before = ensure(local), pids(local)
    kill_nine(local, "mongo", "postgres")
    assert {server.pid for server in status(local)} == {None}
    assert ensure(local) == urls
    assert holds(local, 1)
    assert not set(pids(local).values()) & set(before.values())


def test_stopped_servers_stay_down_and_keep_their_data(local: Settings) -> None:
    write(local, 2)
    known = ports(local)
    stop(local)
    stop(local)
    assert set(pids(local).values()) == {None}
    assert holds(local, 2)
    assert ports(local) == known


@pytest.mark.parametrize("sign", [1, -1], ids=["server", "single-user"])
def test_a_pid_file_that_names_another_program_does_not_block_the_start(
    local: Settings, sign: int
) -> None:
    """As a power cut leaves it, or a container that is made again."""
    write(local, 10 + sign)
    stop(local)
    data = local.data_dir / "postgres/data"
    with subprocess.Popen(["sleep", "600"]) as other:
        try:
            lines = (sign * other.pid, data, 1_790_000_000, 5432, "", "127.0.0.1", "0 0", "ready")
            (data / "postmaster.pid").write_text("".join(f"{line}\n" for line in lines))
            assert holds(local, 10 + sign)
            assert other.poll() is None
        finally:
            other.kill()


def test_servers_run_on_after_the_program_that_started_them(make_home: MakeHome) -> None:
    home = make_home(elasticsearch_url=NOBODY)
    program = another_program(home)
    assert program.stdout
    started = json.loads(program.stdout.readline())
    sessions = {os.getsid(pid) for pid in started.values()}
    assert os.getsid(program.pid) not in sessions, "Ctrl-C in its terminal would end them"
    program.send_signal(signal.SIGKILL)
    program.wait()
    ensure(home)
    assert pids(home) == started


def test_two_starts_at_once_start_one_server(make_home: MakeHome) -> None:
    home = make_home(elasticsearch_url=NOBODY)
    programs = [another_program(home) for _ in range(2)]
    with ThreadPoolExecutor() as pool:
        outputs = list(pool.map(lambda program: program.communicate()[0], programs))
    assert outputs[0] == outputs[1] != ""
    data = [f"{home.data_dir}/{name}/data" for name in ("mongo", "postgres")]
    running = {
        process.pid: process.info["ppid"]
        for process in psutil.process_iter(["cmdline", "ppid"])
        if any(folder in str(process.info["cmdline"]) for folder in data)
    }
    # A server's child bears its name until it takes its own.
    assert len([pid for pid, parent in running.items() if parent not in running]) == 2


def test_a_start_killed_halfway_is_repaired_by_the_next(make_home: MakeHome) -> None:
    home = make_home(elasticsearch_url=NOBODY)
    for name in ("mongo", "postgres"):
        unfinished = home.data_dir / name / "data.new"
        unfinished.mkdir(parents=True)
        (unfinished / "half").write_text("written")
    available(home)
    write(home, 1)
    assert not list(home.data_dir.glob("*/data.new"))


def test_demo_and_live_share_nothing(local: Settings, make_home: MakeHome) -> None:
    demo = make_home(home=local.home, mode="demo", elasticsearch_url=NOBODY)
    write(local, 3)
    urls = ensure(demo)
    assert demo.data_dir.parent == local.data_dir.parent
    assert not {urls.mongo, urls.postgres} & {ensure(local).mongo, ensure(local).postgres}
    with mongo_client(urls.mongo) as client:
        assert "things" not in client.list_database_names()
    stop(demo)
    assert None not in pids(local).values()


def test_other_users_cannot_read_the_data_folder(local: Settings) -> None:
    home = local.data_dir
    folders = [home.parent, home, *(path for path in home.iterdir() if path.is_dir())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}
    private = [home / "passwords.json", *home.glob("*/server.json"), *home.glob("*/server.log")]
    assert len(private) == 5
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}


def test_passwords_are_on_no_command_line_and_in_no_repr(local: Settings) -> None:
    secrets = json.loads((local.data_dir / "passwords.json").read_text()).values()
    shown = repr(ensure(local)) + repr(status(local))
    for pid in pids(local).values():
        shown += str(psutil.Process(pid).cmdline()) + str(psutil.Process(pid).environ())
    assert not [secret for secret in secrets if secret in shown]


def test_servers_listen_on_loopback_alone(local: Settings) -> None:
    for pid in pids(local).values():
        listening = psutil.Process(pid).net_connections("inet")
        assert {c.laddr.ip for c in listening if c.status == psutil.CONN_LISTEN} == {"127.0.0.1"}
        assert not psutil.Process(pid).net_connections("unix")
