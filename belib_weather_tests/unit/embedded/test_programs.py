"""Fetching Elasticsearch, from a Maven repository of the tests' own."""

import hashlib
import io
import os
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from belib_weather.embedded import Step
from belib_weather.embedded.programs import ProgramUnavailable, elasticsearch_program
from belib_weather.embedded.progress import silent

jgo = pytest.importorskip("jgo.maven._core", reason="belib-weather[embedded] is not installed")


def archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        script = zipfile.ZipInfo("elasticsearch-9/bin/elasticsearch")
        script.external_attr = 0o755 << 16
        packed.writestr(script, "#!/bin/sh\n")
        for number in range(120):
            packed.writestr(f"elasticsearch-9/lib/{number}.jar", os.urandom(20_000))
    return content.getvalue()


class Repository(ThreadingHTTPServer):
    """Serves one archive, whatever is asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        self.archive = archive()
        self.body = self.archive
        self.promised = len(self.archive)
        self.status = 200
        self.downloads = 0
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Repository

    def do_GET(self) -> None:
        if not self.path.endswith(".zip"):
            self.send_error(404)
            return
        self.server.downloads += 1
        self.send_response(self.server.status)
        self.send_header("content-length", str(self.server.promised))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Repository]:
    with Repository() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setattr(jgo, "DEFAULT_REMOTE_REPOS", {"central": address})
        monkeypatch.setenv("M2_REPO", str(tmp_path / "m2"))
        digest = hashlib.sha256(server.archive).hexdigest()
        monkeypatch.setattr("belib_weather.embedded.programs.SHA256", digest)
        yield server
        server.shutdown()


def test_elasticsearch_is_downloaded_once_verified_and_runnable(
    repository: Repository, tmp_path: Path
) -> None:
    program = elasticsearch_program(tmp_path / "cache", silent)
    assert os.access(program / "bin" / "elasticsearch", os.X_OK)
    assert len(list((program / "lib").iterdir())) == 120
    assert elasticsearch_program(tmp_path / "cache", silent) == program
    assert repository.downloads == 1
    assert (tmp_path / "cache").stat().st_mode & 0o077 == 0


def test_progress_counts_up_to_the_whole(repository: Repository, tmp_path: Path) -> None:
    steps: list[Step] = []
    elasticsearch_program(tmp_path / "cache", steps.append)
    assert list(dict.fromkeys(s.stage for s in steps)) == ["downloading", "checking", "unpacking"]
    for stage, total in (("downloading", len(repository.archive)), ("unpacking", 121)):
        done = [step.done or 0 for step in steps if step.stage == stage]
        assert done == sorted(done)
        assert (done[0], done[-1]) == (0, total)
    assert len(steps) < 50


def test_two_processes_at_once_download_once(repository: Repository, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda _: elasticsearch_program(tmp_path / "cache", silent), range(2))
    assert len(set(found)) == 1
    assert repository.downloads == 1


def test_an_interrupted_download_is_removed(repository: Repository, tmp_path: Path) -> None:
    incoming = tmp_path / "cache" / "elasticsearch.incoming"
    (incoming / "unpacked" / "half").mkdir(parents=True)
    elasticsearch_program(tmp_path / "cache", silent)
    assert not incoming.exists()
    assert repository.downloads == 1


@pytest.mark.parametrize("size", [0, 1000])
def test_a_truncated_download_is_discarded_and_repeated_next_time(
    repository: Repository, tmp_path: Path, size: int
) -> None:
    repository.body = repository.archive[:size]
    with pytest.raises(ProgramUnavailable):
        elasticsearch_program(tmp_path / "cache", silent)
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["elasticsearch.lock"]
    repository.body = repository.archive
    assert elasticsearch_program(tmp_path / "cache", silent).is_dir()


def test_a_file_with_another_checksum_is_refused(repository: Repository, tmp_path: Path) -> None:
    repository.body = repository.archive[:-1] + b"!"
    with pytest.raises(ProgramUnavailable, match="SHA-256 is different"):
        elasticsearch_program(tmp_path / "cache", silent)
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["elasticsearch.lock"]


def test_an_unreachable_repository_is_reported(repository: Repository, tmp_path: Path) -> None:
    repository.status = 503
    with pytest.raises(ProgramUnavailable, match="cannot be fetched from Maven Central"):
        elasticsearch_program(tmp_path / "cache", silent)
    repository.shutdown()
    repository.server_close()
    with pytest.raises(ProgramUnavailable, match="cannot be fetched from Maven Central"):
        elasticsearch_program(tmp_path / "cache", silent)


def test_a_damaged_copy_in_the_users_maven_folder_is_ignored(
    repository: Repository, tmp_path: Path
) -> None:
    group = Path("org/elasticsearch/distribution/integ-test-zip/elasticsearch/9.2.4")
    copy = tmp_path / "m2" / group / "elasticsearch-9.2.4.zip"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"half a file")
    assert elasticsearch_program(tmp_path / "cache", silent).is_dir()
    assert copy.read_bytes() == b"half a file"
    assert repository.downloads == 1
