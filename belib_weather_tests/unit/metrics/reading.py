"""Files of numbers as the parsers of the Prometheus project read them."""

from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as _openmetrics
from prometheus_client.parser import text_string_to_metric_families as _text


def read_openmetrics(text: str) -> list[Metric]:
    """By the strict parser of OpenMetrics."""
    return list(_openmetrics(text))  # type: ignore[no-untyped-call]


def read_text(text: str) -> list[Metric]:
    """By the parser of the older format, which node_exporter reads."""
    return list(_text(text))
