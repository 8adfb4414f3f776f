"""The stage of recorded bodies: `belib-weather import` beside the least that it takes."""

import hashlib
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import bson
import pymongo
import zstandard

from belib_weather.cli.import_bodies import ImportOptions
from belib_weather.cli.importing import import_files
from belib_weather.formats.realtime import read_realtime
from belib_weather.lake.envelope import ZSTD_LEVEL
from belib_weather.settings import Settings
from belib_weather.simulator.truth import Truth
from belib_weather_tests.benchmark.cases import SEED, Case
from belib_weather_tests.benchmark.clock import Figures, timed
from belib_weather_tests.benchmark.opened import lake_and_warehouse, url_of

_BATCH = 32


def recorded(case: Case) -> Figures:
    """Seconds of importing the polls of a case, a file each, and of the parts of its limit."""
    _, _, settings = lake_and_warehouse()
    settings = settings.model_copy(update={"minimum_charge_points": 1})
    truth = Truth(seed=SEED, charge_points=case.charge_points)
    figures: Figures = {}
    with tempfile.TemporaryDirectory(prefix="belib-bench-") as folder:
        for at in case.polls:
            (Path(folder) / f"{at:%Y%m%dT%H%M}.json").write_bytes(truth.poll(at))
        files = sorted(Path(folder).iterdir())
        # The command loads most of the platform, once: no part of what a body takes.
        import_files(settings, [], ImportOptions())
        with timed(figures, "import"), redirect_stdout(None):
            refused, found = import_files(settings, [Path(folder)], ImportOptions())
        _limit(settings, files, figures)
    assert found == len(files)
    assert not refused, f"{len(refused)} files were refused"
    return figures | {"files": found}


def _limit(settings: Settings, files: list[Path], figures: Figures) -> None:
    with pymongo.MongoClient[dict[str, Any]](url_of(settings.mongo_url)) as client:
        bare = client[settings.mongo_database]["bare_bodies"]
        client.admin.command("ping")
        for start in range(0, len(files), _BATCH):
            documents = []
            for file in files[start : start + _BATCH]:
                body = file.read_bytes()
                with timed(figures, "one read"):
                    read_realtime(body)
                with timed(figures, "compress and hash"):
                    packed = bson.Binary(zstandard.compress(body, ZSTD_LEVEL))
                    documents.append({"sha256": hashlib.sha256(body).hexdigest(), "body": packed})
            with timed(figures, "insert in batches"):
                bare.insert_many(documents)
