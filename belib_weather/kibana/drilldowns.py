"""Links from a station or an arrondissement: to its history, and to its documents in Discover.

A click on a bar or a cell keeps the period and the filters; a name in a table is a link that opens
the history with its own period.

What belongs here: which panels lead where. What does not: links between pages (`assembly`).
Concept: https://www.elastic.co/docs/explore-analyze/dashboards/drilldowns
"""

from dataclasses import dataclass
from typing import Any

from belib_weather.panels.specification import Panel

HISTORY = "history"
"""Name of the page that they lead to."""
_LEADING = ("station_id", "arrondissement")
_TO_DASHBOARD = "DASHBOARD_TO_DASHBOARD_DRILLDOWN"
_TO_DISCOVER = "OPEN_IN_DISCOVER_DRILLDOWN"
_QUERY = "_a=(query:(language:kuery,query:'{field}%20:%20%22{{{{value}}}}%22'))"


@dataclass(frozen=True)
class Drilldown:
    """What a click on a value offers.

    Attributes:
        event_id: of the action, within its panel.
        name: in the menu of the click.
        factory: Kibana's name of the kind of action.
    """

    event_id: str
    name: str
    factory: str

    @property
    def is_to_history(self) -> bool:
        """Whether it leads to the page of the history, rather than to Discover."""
        return self.factory == _TO_DASHBOARD


_OPEN_HISTORY = Drilldown("to-history", "Its history", _TO_DASHBOARD)
_OPEN_DISCOVER = Drilldown("to-discover", "Its documents in Discover", _TO_DISCOVER)
HISTORY_REFERENCE = f"drilldown:{_TO_DASHBOARD}:{_OPEN_HISTORY.event_id}:dashboardId"
"""By this name Kibana finds the page again."""


def drilldowns_of(panel: Panel, page: str) -> tuple[Drilldown, ...]:
    """What a click on a panel offers on a page: nothing unless it is by station or place."""
    if not any(dimension.field in _LEADING for dimension in panel.by):
        return ()
    return (_OPEN_DISCOVER,) if page == HISTORY else (_OPEN_HISTORY, _OPEN_DISCOVER)


def enhancements(drilldowns: tuple[Drilldown, ...]) -> dict[str, Any]:
    """Drilldowns as a panel stores them."""
    if not drilldowns:
        return {}
    return {"dynamicActions": {"events": [_event(one) for one in drilldowns]}}


def _event(drilldown: Drilldown) -> dict[str, Any]:
    config = {"openInNewTab": False}
    if drilldown.is_to_history:
        config |= {"useCurrentDateRange": True, "useCurrentFilters": True}
    return {
        "eventId": drilldown.event_id,
        "triggers": ["FILTER_TRIGGER"],
        "action": {"factoryId": drilldown.factory, "name": drilldown.name, "config": config},
    }


def history_links(index_prefix: str) -> dict[str, str]:
    """Templates of the addresses of a value's history, by its field, below a Kibana's `/app`."""
    page = f"../app/dashboards#/view/{index_prefix}-{HISTORY}"
    return {field: f"{page}?{_QUERY.format(field=field)}" for field in _LEADING}
