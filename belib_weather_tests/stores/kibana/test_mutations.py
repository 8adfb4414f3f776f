"""The checks find seeded faults: each of these bundles is wrong, and each is found out."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from belib_weather_tests.stores.kibana import numbers
from belib_weather_tests.stores.kibana.conftest import Loaded
from belib_weather_tests.unit.kibana import interpreter, structure
from belib_weather_tests.unit.kibana.interpreter import Json

Fault = Callable[[Json, list[Json]], None]
"""Changes the panels of a dashboard in place, or the dashboard itself."""


def _panel(panels: list[Json], name: str) -> Json:
    return next(panel for panel in panels if panel["panelIndex"] == name)


def _columns(panels: list[Json], name: str) -> Json:
    return interpreter.layer(_panel(panels, name))["columns"]  # type: ignore[no-any-return]


def dropped_filter(_: Json, panels: list[Json]) -> None:
    state = _panel(panels, "free-stations")["embeddableConfig"]["attributes"]["state"]
    state["query"]["query"] = ""


def dropped_filter_of_a_measure(_: Json, panels: list[Json]) -> None:
    del _columns(panels, "stations-free-now")["stations_with_a_free_point"]["filter"]


def wrong_field(_: Json, panels: list[Json]) -> None:
    column = _columns(panels, "chance-by-hour")["chance_of_a_free_pointX0"]
    column["sourceField"] = "full_seconds"


def field_that_is_not_there(_: Json, panels: list[Json]) -> None:
    _columns(panels, "chance-by-hour")["by0"]["sourceField"] = "hour_of_day"


def wrong_field_in_column_and_formula_alike(_: Json, panels: list[Json]) -> None:
    columns = _columns(panels, "chance-by-hour")
    columns["chance_of_a_free_pointX0"]["sourceField"] = "full_seconds"
    params = columns["chance_of_a_free_point"]["params"]
    params["formula"] = params["formula"].replace("any_available_seconds", "full_seconds")


def dangling_reference(dashboard: Json, _: list[Json]) -> None:
    dashboard["references"][0]["id"] = "gone"


def missing_reference(dashboard: Json, _: list[Json]) -> None:
    del dashboard["references"][0]


def overlap(_: Json, panels: list[Json]) -> None:
    panels[2]["gridData"]["x"] -= 1


def off_the_grid(_: Json, panels: list[Json]) -> None:
    panels[1]["gridData"]["w"] = 60


def utc_hour(_: Json, panels: list[Json]) -> None:
    """The hour of the day that Elasticsearch itself would give."""
    by = _columns(panels, "chance-by-hour")["by0"]
    by["sourceField"], by["dataType"] = "hour", "date"


def utc_hour_as_if_local(_: Json, panels: list[Json]) -> None:
    """Weekdays of another calendar: the column of hours where that of weekdays belongs."""
    _columns(panels, "chance-by-hour-and-weekday")["by1"]["sourceField"] = "local_hour"


def average_of_shares(_: Json, panels: list[Json]) -> None:
    """A share of each row, averaged: every station-hour weighs the same, observed or not."""
    columns = _columns(panels, "chance-by-hour")
    columns["chance_of_a_free_pointX0"]["operationType"] = "average"
    del columns["chance_of_a_free_pointX1"]
    columns["chance_of_a_free_pointX2"]["references"] = ["chance_of_a_free_pointX0"]
    tree = columns["chance_of_a_free_pointX2"]["params"]["tinymathAst"]
    tree["args"] = ["chance_of_a_free_pointX0", 3600]
    columns["chance_of_a_free_point"]["params"]["formula"] = "sum(any_available_seconds) / 3600"
    layer = interpreter.layer(_panel(panels, "chance-by-hour"))
    layer["columnOrder"].remove("chance_of_a_free_pointX1")


def average_of_a_share_column(_: Json, panels: list[Json]) -> None:
    column = _columns(panels, "chance-by-hour")["chance_of_a_free_pointX0"]
    column["operationType"], column["sourceField"] = "average", "chance_of_a_free_point"


def formula_that_says_something_else(_: Json, panels: list[Json]) -> None:
    params = _columns(panels, "chance-by-hour")["chance_of_a_free_point"]["params"]
    params["formula"] = "sum(any_observed_seconds) / sum(any_available_seconds)"


def groups_cut_off(_: Json, panels: list[Json]) -> None:
    _columns(panels, "chance-by-arrondissement")["by0"]["params"]["size"] = 5


def missing_values_without_the_others(_: Json, panels: list[Json]) -> None:
    """Kibana then leaves out what is missing, without a word."""
    _columns(panels, "free-stations")["by1"]["params"]["otherBucket"] = False


def accessor_without_column(_: Json, panels: list[Json]) -> None:
    attributes = _panel(panels, "chance-by-hour")["embeddableConfig"]["attributes"]
    attributes["state"]["visualization"]["layers"][0]["xAccessor"] = "gone"


def newer_version(dashboard: Json, _: list[Json]) -> None:
    dashboard["typeMigrationVersion"] = "11.0.0"


def link_to_nowhere(_: Json, panels: list[Json]) -> None:
    link = _panel(panels, "links")["embeddableConfig"]["attributes"]["links"][1]
    link["destinationRefName"] = "link_gone_dashboard"


def link_that_loses_the_period(_: Json, panels: list[Json]) -> None:
    link = _panel(panels, "links")["embeddableConfig"]["attributes"]["links"][1]
    link["options"]["useCurrentDateRange"] = False


def control_of_an_unknown_field(dashboard: Json, _: list[Json]) -> None:
    group = dashboard["attributes"]["controlGroupInput"]
    group["panelsJSON"] = group["panelsJSON"].replace('"power_kw"', '"power"')


def map_of_an_unknown_field(_: Json, panels: list[Json]) -> None:
    attributes = _panel(panels, "station-map")["embeddableConfig"]["attributes"]
    attributes["layerListJSON"] = attributes["layerListJSON"].replace("station_status", "status")


def map_with_a_colour_of_no_state(_: Json, panels: list[Json]) -> None:
    """As maps had before Kibana 8.4 for every other value; now it matches none."""
    attributes = _panel(panels, "station-map")["embeddableConfig"]["attributes"]
    layers = json.loads(attributes["layerListJSON"])
    palette = layers[1]["style"]["properties"]["fillColor"]["options"]["customColorPalette"]
    palette.insert(0, {"stop": None, "color": "#7F7F7F"})
    attributes["layerListJSON"] = json.dumps(layers)


def hours_in_the_order_of_words(_: Json, panels: list[Json]) -> None:
    """As they come in a heatmap up to Kibana 9.3: 0, 1, 10, 11."""
    params = _columns(panels, "chance-by-hour-and-weekday")["by0"]["params"]
    params["orderBy"] = {"type": "alphabetical", "fallback": False}
    del params["orderAgg"]


def axis_in_the_order_of_arrival(_: Json, panels: list[Json]) -> None:
    """As in a heatmap from Kibana 9.4 on without a sort."""
    attributes = _panel(panels, "chance-by-hour-and-weekday")["embeddableConfig"]["attributes"]
    del attributes["state"]["visualization"]["gridConfig"]["ySortPredicate"]


def count_that_hides_its_zero(_: Json, panels: list[Json]) -> None:
    params = _columns(panels, "stations-free-now")["stations_with_a_free_point"]["params"]
    params["emptyAsNull"] = True


FAULTS: list[Fault] = [
    dropped_filter,
    dropped_filter_of_a_measure,
    wrong_field,
    field_that_is_not_there,
    wrong_field_in_column_and_formula_alike,
    dangling_reference,
    missing_reference,
    overlap,
    off_the_grid,
    utc_hour,
    utc_hour_as_if_local,
    average_of_shares,
    average_of_a_share_column,
    formula_that_says_something_else,
    groups_cut_off,
    missing_values_without_the_others,
    accessor_without_column,
    newer_version,
    link_to_nowhere,
    link_that_loses_the_period,
    control_of_an_unknown_field,
    map_of_an_unknown_field,
    map_with_a_colour_of_no_state,
    hours_in_the_order_of_words,
    axis_in_the_order_of_arrival,
    count_that_hides_its_zero,
]


def with_fault(ndjson: bytes, fault: Fault, dashboard_id: str) -> bytes:
    """The bundle with a fault in one dashboard."""
    lines = []
    for saved in interpreter.objects(ndjson):
        if saved["id"] == dashboard_id:
            panels = interpreter.panels(saved)
            fault(saved, panels)
            saved["attributes"]["panelsJSON"] = json.dumps(panels)
        lines.append(json.dumps(saved))
    return "\n".join(lines).encode()


def found(fault: Fault, audience: str, loaded: Loaded) -> list[Any]:
    """What the checks say of a bundle with a fault in one dashboard.

    Numbers are asked only of a sound bundle, and only of the dashboard that holds the fault.
    """
    ndjson, dashboard_id = loaded.bundle.ndjson, f"{loaded.prefix}-{audience}"
    faulty = with_fault(ndjson, fault, dashboard_id)
    assert interpreter.objects(faulty) != interpreter.objects(ndjson)
    return structure.faults(faulty, loaded.prefix) or numbers.wrong_numbers(
        faulty, loaded, of=dashboard_id
    )


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_seeded_fault_is_found(fault: Fault, loaded: Loaded) -> None:
    assert found(fault, "drivers", loaded)


def test_a_vega_panel_with_another_formula_is_found(loaded: Loaded) -> None:
    def without_the_days(_: Json, panels: list[Json]) -> None:
        params = _panel(panels, "weather-intervals")["embeddableConfig"]["savedVis"]["params"]
        params["spec"] = params["spec"].replace("datum.days - 1", "datum.days - 0")

    assert found(without_the_days, "researchers", loaded)


def _chart(panels: list[Json]) -> Json:
    attributes = _panel(panels, "availability-over-time")["embeddableConfig"]["attributes"]
    return attributes["state"]["visualization"]  # type: ignore[no-any-return]


def hours_without_rows_left_out(_: Json, panels: list[Json]) -> None:
    """Kibana then joins the hours on both sides by a straight line."""
    _columns(panels, "availability-over-time")["by0"]["params"]["includeEmptyRows"] = False


def last_value_carried_on(_: Json, panels: list[Json]) -> None:
    _chart(panels)["fittingFunction"] = "Carry"


def areas(_: Json, panels: list[Json]) -> None:
    _chart(panels)["layers"][0]["seriesType"] = "area"


@pytest.mark.parametrize("fault", [hours_without_rows_left_out, last_value_carried_on, areas])
def test_a_line_across_an_outage_is_found(fault: Fault, loaded: Loaded) -> None:
    assert found(fault, "operators", loaded)


def test_a_period_of_another_field_is_found(loaded: Loaded) -> None:
    """A day's rows in the period, and not the days that begin in it."""

    def bound_to_the_day(_: Json, panels: list[Json]) -> None:
        _columns(panels, "occupancy-by-day")["by0"]["params"]["ignoreTimeRange"] = False

    assert found(bound_to_the_day, "planners", loaded)
