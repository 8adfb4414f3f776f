"""The file of numbers, read by strict parsers of others; the alert rules name what is in it."""

import os
import re
import stat
from pathlib import Path

import pytest
import yaml
from prometheus_client.metrics_core import Metric
from promql_parser import parse as read_promql

from belib_weather.metrics import declared
from belib_weather.metrics.declared import METRICS, Numbers
from belib_weather.metrics.exposition import openmetrics, write_metrics
from belib_weather_tests.unit.metrics.reading import read_openmetrics, read_text

DOCS = Path(__file__).parents[3] / "docs"
RULES = yaml.safe_load((DOCS / "monitoring/belib-alerts.yml").read_text())["groups"][0]["rules"]
ODD = ('a "quoted"\n\\label',)
EVERY: Numbers = {
    metric: {tuple(f"{name} {n}" for name in metric.labels): n + 0.5 for n in range(2)}
    if metric.labels
    else {(): 1.5e9}
    for metric in METRICS
}


def test_every_number_has_help_a_type_and_its_unit_as_suffix() -> None:
    families = read_openmetrics(openmetrics(EVERY).decode())

    assert [f.name for f in families] == [f"belib_{metric.name}" for metric in METRICS]
    for family, metric in zip(families, METRICS, strict=True):
        assert (family.type, family.unit) == ("gauge", metric.unit)
        assert family.name.endswith(f"_{metric.unit}")
        assert len(family.documentation) > 20
        assert {s.value for s in family.samples} == set(EVERY[metric].values())
        assert all(set(s.labels) == set(metric.labels) for s in family.samples)


def test_node_exporter_reads_the_same_numbers_in_the_older_format() -> None:
    def samples(families: list[Metric]) -> set[tuple[str, str, float]]:
        return {(s.name, f"{s.labels}", s.value) for f in families for s in f.samples}

    text = openmetrics({**EVERY, declared.QUOTA: {ODD: 3}}).decode()

    assert samples(read_text(text)) == samples(read_openmetrics(text))


def test_an_unknown_value_is_left_out() -> None:
    text = openmetrics({declared.SPOOLED: {(): 0}}).decode()

    assert [f.name for f in read_openmetrics(text)] == ["belib_spooled_documents"]
    assert [s.value for f in read_openmetrics(text) for s in f.samples] == [0]


def test_the_metrics_file_is_replaced_atomically_and_readable(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        path = write_metrics(tmp_path / "new", EVERY)
        write_metrics(tmp_path / "new", {})
    finally:
        os.umask(before)

    assert path.name == "belib.prom"
    assert path.read_text() == "# EOF\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_an_alert_rule_is_valid_and_names_numbers_that_exist(rule: dict[str, object]) -> None:
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert {"alert", "expr", "labels", "annotations"} <= set(rule)
    read_promql(str(rule["expr"]))
    assert re.fullmatch(r"\d+[smh]", str(rule.get("for", "1m")))
    named = set(re.findall(r"\bbelib_\w+", str(rule["expr"])))
    assert named
    assert named <= {f"belib_{metric.name}" for metric in METRICS}


def test_the_page_lists_every_number() -> None:
    page = (DOCS / "monitoring.md").read_text()
    listed = dict(re.findall(r"^\| `belib_(\w+)[^`]*` \| (.+) \|$", page, re.MULTILINE))

    assert listed == {metric.name: metric.text for metric in METRICS}
