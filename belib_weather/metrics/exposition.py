"""The numbers as OpenMetrics text."""

from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.registry import Collector

from belib_weather.files import PUBLIC, write_file
from belib_weather.metrics.declared import METRICS, Numbers

FILE_NAME = "belib.prom"
"""The ending that node_exporter's textfile collector looks for."""
PREFIX = "belib_"


class _Known(Collector):
    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers

    def collect(self) -> Iterator[Metric]:
        for metric in METRICS:
            if values := self._numbers.get(metric):
                family = GaugeMetricFamily(
                    f"{PREFIX}{metric.name}", metric.text, labels=metric.labels, unit=metric.unit
                )
                for labels, value in sorted(values.items()):
                    family.add_metric(labels, value)
                yield family


def openmetrics(numbers: Numbers) -> bytes:
    """OpenMetrics 1.0 text; metrics without a value are left out."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Known(numbers))
    body: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]
    return body


def write_metrics(folder: Path, numbers: Numbers) -> Path:
    """Replace the file in a folder, which is created if it is missing; readers see whole files.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    write_file(path, openmetrics(numbers), mode=PUBLIC)
    return path
