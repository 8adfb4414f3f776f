"""Controls of a dashboard: choices that filter all its panels.

What belongs here: which controls there are. What does not: filters of one panel (`panels.filters`).
Concept: https://www.elastic.co/docs/explore-analyze/dashboards/add-controls
"""

from dataclasses import dataclass
from typing import Any

from belib_weather.kibana.objects import Reference, nested_json
from belib_weather.panels.specification import Dataset


@dataclass(frozen=True)
class Control:
    """A choice of values of a field (`options`), or of a range of numbers."""

    field: str
    title: str
    dataset: Dataset
    is_range: bool = False


ARRONDISSEMENT = Control("arrondissement", "Arrondissement", Dataset.AVAILABILITY)
STATION = Control("station_id", "Station", Dataset.AVAILABILITY)
POWER = Control("power_kw", "Power (kW)", Dataset.AVAILABILITY, is_range=True)
STATION_ADDRESS = Control("address", "Station (address)", Dataset.PROFILES)
WEATHER = Control("weather_class", "Weather", Dataset.AVAILABILITY)
TEMPERATURE = Control("temperature_c", "Temperature (°C)", Dataset.AVAILABILITY, is_range=True)


def key_of(control: Control) -> str:
    """Id of a control within its dashboard."""
    return f"control-{control.field.replace('_', '-')}"


def control_group(
    controls: tuple[Control, ...], data_view_ids: dict[Dataset, str]
) -> tuple[dict[str, Any], tuple[Reference, ...]]:
    """A dashboard's controls as Kibana stores them, and the data views that they refer to."""
    panels, references = {}, []
    for order, control in enumerate(controls):
        key = key_of(control)
        kind = "rangeSlider" if control.is_range else "optionsList"
        chosen: dict[str, Any] = (
            {"step": 1}
            if control.is_range
            else {"selectedOptions": [], "sort": {"by": "_key", "direction": "asc"}}
        )
        panels[key] = {
            "type": f"{kind}Control",
            "order": order,
            "grow": True,
            "width": "medium",
            "explicitInput": {
                "id": key,
                "fieldName": control.field,
                "title": control.title,
                "enhancements": {},
                **chosen,
            },
        }
        references.append(
            Reference(
                f"controlGroup_{key}:{kind}DataView",
                "index-pattern",
                data_view_ids[control.dataset],
            )
        )
    group = {
        "chainingSystem": "HIERARCHICAL",
        "controlStyle": "oneLine",
        "ignoreParentSettingsJSON": nested_json(
            {
                "ignoreFilters": False,
                "ignoreQuery": False,
                "ignoreTimerange": False,
                "ignoreValidations": False,
            }
        ),
        "panelsJSON": nested_json(panels),
        "showApplySelections": False,
    }
    return group, tuple(references)
