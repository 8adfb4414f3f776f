"""The bundle's own check: every line within the closed schema, and every value as declared.

What belongs here: lines, data views, the tag, rules. What does not: the schema (`schema`),
dashboards (`dashboard_check`).
"""

import json
from collections.abc import Iterator

from pydantic import ValidationError

from belib_weather.kibana.assembly import dashboard_id, tag_id
from belib_weather.kibana.bundle import TAG_COLOUR, TAG_DESCRIPTION
from belib_weather.kibana.dashboard_check import dashboard_faults
from belib_weather.kibana.dashboards import DASHBOARDS
from belib_weather.kibana.data_views import data_view_id, declared_views, formats, notes
from belib_weather.kibana.objects import nested_json
from belib_weather.kibana.readings import LONGEST, differences
from belib_weather.kibana.rules import alerting_rules
from belib_weather.kibana.schema import saved as s
from belib_weather.kibana.schema.rules import RULES
from belib_weather.panels.specification import Dataset


def faults(ndjson: bytes, index_prefix: str) -> list[str]:
    """Everything that is wrong with the saved objects of a prefix, each where it is."""
    expected = [
        *(("index-pattern", view_id) for view_id in declared_views(index_prefix)),
        ("tag", tag_id(index_prefix)),
        *(("dashboard", dashboard_id(index_prefix, dashboard)) for dashboard in DASHBOARDS),
    ]
    read = [(_read(line), line) for line in ndjson.splitlines()]
    objects = [None if isinstance(one, list) else (one.type, one.id) for one, _ in read]
    return [
        *differences("bundle", {"objects": objects}, {"objects": expected}),
        *(fault for _, line in read for fault in faults_of_line(line, index_prefix)),
    ]


def faults_of_rules(rules: bytes, index_prefix: str) -> list[str]:
    """Everything that is wrong with the alerting rules of a prefix: a JSON object by their ids."""
    try:
        RULES.validate_json(rules)
    except ValidationError as error:
        return _error_lines(error)
    # As text: in Python 1 equals true.
    saved = {key: nested_json(body) for key, body in json.loads(rules).items()}
    declared = {rule.rule_id: nested_json(rule.body) for rule in alerting_rules(index_prefix)}
    return list(differences("rules", saved, declared))


def faults_of_line(line: bytes, index_prefix: str) -> list[str]:
    """Everything that is wrong with one saved object."""
    read = _read(line)
    return read if isinstance(read, list) else list(_undeclared(read, index_prefix))


def _read(line: bytes) -> s.Saved | list[str]:
    """A saved object, or what the schema says of it."""
    try:
        return s.SAVED.validate_json(line)
    except ValidationError as error:
        return _error_lines(error)


def _error_lines(error: ValidationError) -> list[str]:
    return [
        f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}, not {fault['input']!r:.{LONGEST}}"
        for fault in error.errors(include_url=False, include_context=False)
    ]


def _undeclared(saved: s.Saved, prefix: str) -> Iterator[str]:
    match saved:
        case s.DataView():
            views = declared_views(prefix)
            if saved.id not in views:
                yield f"{saved.id}: no data view of {prefix}"
                return
            yield from _data_view(saved, prefix, *views[saved.id])
        case s.Tag(attributes=tag):
            declared = (tag_id(prefix), f"{prefix} charge points", TAG_DESCRIPTION, TAG_COLOUR)
            stored = (saved.id, tag.name, tag.description, tag.color)
            yield from differences(saved.id, {"tag": stored}, {"tag": declared})
        case s.Dashboard():
            pages = {dashboard_id(prefix, dashboard): dashboard for dashboard in DASHBOARDS}
            if saved.id not in pages:
                yield f"{saved.id}: no dashboard of {prefix}"
                return
            yield from dashboard_faults(saved, pages[saved.id], prefix)


def _data_view(
    view: s.DataView, prefix: str, dataset: Dataset, name: str, time_field: str | None
) -> Iterator[str]:
    attributes = view.attributes
    yield from differences(
        view.id,
        {
            "title": attributes.title,
            "name": attributes.name,
            "time field": attributes.time_field_name,
            "notes": {
                field: note.model_dump(by_alias=True, exclude_none=True)
                for field, note in attributes.field_attrs.items()
            },
            "formats": {
                field: form.model_dump(by_alias=True)
                for field, form in attributes.field_format_map.items()
            },
        },
        {
            "title": data_view_id(prefix, dataset),
            "name": name,
            "time field": time_field,
            "notes": notes(dataset),
            "formats": formats(prefix, dataset),
        },
    )
