"""The differences that are meant to be, each with its reason. Nothing else is ignored.

A place is `what/column`, `what/field/field` or `what/element/element`; `*` stands for anything.
"""

from belib_weather_tests.compare.result import Intended

OF_ONE_RUN = (
    Intended("postgres platform_state", "marks of progress, which name folders and instants"),
    Intended("mongodb raw_*/_id", "given by the driver"),
    Intended("mongodb raw_*/ingested_at", "when this run stored it"),
    Intended("mongodb raw_*/ingest_id", "of this run"),
    Intended("mongodb raw_*/body", "compressed; `sha256` and `size` are those of the bytes"),
    Intended("mongodb raw_*/response/headers/date", "when this run asked"),
    Intended("mongodb raw_*/response/headers/x-ratelimit-*", "how often this run had asked"),
    Intended("mongodb projections/leased_until", "until when the last writer held it"),
)
"""Differ from run to run of one and the same code."""

OF_THE_CLOCK = (
    Intended("postgres weather_hours/captured_at", "when each run asked for the weather"),
    Intended("mongodb raw_weather/captured_at", "when each run asked for the weather"),
    Intended("mongodb raw_weather/sha256", "the hours to come are forecast at each run's present"),
    Intended("mongodb raw_weather/size", "the hours to come are forecast at each run's present"),
    Intended("mongodb raw_belib_static/captured_at", "when each run asked for the static data"),
)
"""Differ between two runs at two instants."""

_COURSE = "the simulated city is another one since its outages last; the part rebuilt has the rest"
OF_THE_CITY = (
    *(
        Intended(f"mongodb raw_belib_snapshots/{name}", _COURSE)
        for name in ("sha256", "size", "summary/statuses/*", "summary/newest_update")
    ),
    *(
        Intended(f"{where}/{name}", _COURSE)
        for where in ("postgres availability_*", "export availability/*", "elasticsearch *")
        for name in (
            *(f"{status}_seconds" for status in ("available", "occupied", "reserved")),
            *(f"{status}_seconds" for status in ("out_of_order", "planned", "unknown", "stale")),
            *("any_available_seconds", "full_seconds"),
            *("share_available", "occupancy", "chance_of_a_free_point", "saturation"),
        )
    ),
    Intended(
        "mongodb raw_weather/request/params/end_date", "the weather to come is asked for seven days"
    ),
    Intended("mongodb raw_weather/record_count", "of seven days"),
    Intended("mongodb raw_weather/expected_count", "of seven days"),
    Intended("mongodb raw_weather/summary/*", "of seven days"),
)
"""Differ between the demonstrations of old and new code, and follow from what is simulated."""

IN_NEW_CODE = (
    Intended("postgres input_ledger", "new: fact_inputs for every table; fact_inputs is a view"),
    Intended("postgres columns/input_ledger", "new: see above"),
    Intended("postgres columns/fact_inputs/*", "a view of input_ledger; its cells are compared"),
    Intended("postgres fact_inputs/input_hash", "the number of the rules is part of it"),
    Intended(
        "postgres columns/station_states/newest_update",
        "null where no stamp of the body is plausible",
    ),
    Intended(
        "elasticsearch mappings/*/format",
        "date fields have no format of their own: Kibana's rules send milliseconds",
    ),
    Intended("mongodb raw_*/cadence_seconds", "new: each poll's envelope says its cadence"),
)
"""What the new code does otherwise on purpose."""

OF_ONE_RAW = (
    Intended(
        "postgres weather_hours/row only in new: * 00:00:00*",
        "a day of weather writes the 00:00 that follows it too",
        at_most=1,
    ),
    Intended(
        "postgres weather_hours/captured_at",
        "of several answers within a second, a day names the newest that was there by then",
    ),
    Intended(
        "export availability/parquet/#row",
        "by the month, by station and hour, so that a station's year is read in 2 MB",
    ),
    *(
        Intended(f"export data_dictionary.csv/{place}", why)
        for place, why in (
            ("row only in new: *", "a row for every new column"),
            ("#row", "a row for every new column"),
            ("description", "texts"),
            ("unit", "stations have a version per stretch of UTC days"),
            ("allowed", "what a spreadsheet would take for a formula is neutralized"),
        )
    ),
    Intended(
        "export datapackage.json/resources/availability_hours_parquet",
        "a resource for each Parquet file; the rows are compared",
    ),
    Intended(
        "export datapackage.json/resources/stations_parquet/path",
        "the path alone, not a list of it",
    ),
    Intended(
        "export datapackage.json/resources/stations/*/valid_from/unit",
        "stations have a version per stretch of UTC days",
    ),
)
"""Tables and exports that were meant to change, of the same raw documents."""

_LISTS = ("fullest-stations", "worst-stations")
_WITHIN_DAYS = "intervals are of differences within days, from 14 days on"
_PROVISIONAL = "hours whose polls may still come are left out"
_NOW_ELSEWHERE = {
    "newest-snapshot": "on the drivers' page, where it is compared",
    "free-now": "on the drivers' page, where it is compared",
    "station-map": "on the drivers' page, where it is compared; operators have broken-map",
    "silent-stations": "now broken-stations: what is broken, where and since when",
}
"""Panels that left the operators' page when it began with what is broken now."""

OF_DASHBOARDS = (
    *(Intended(f"dashboards operators {name}", why) for name, why in _NOW_ELSEWHERE.items()),
    *(
        # The present hour, and the one before it in its first minutes.
        Intended(f"dashboards {name}/row only in old: *", _PROVISIONAL, at_most=2)
        for name in (
            "operators quality-over-time",
            "operators status-over-time",
            "researchers quality-over-time",
        )
    ),
    *(
        Intended(f"dashboards researchers quality-by-day/{column}", _PROVISIONAL)
        for column in ("facts", "coverage", "share_unknown", "station_hours_observed")
    ),
    *(
        Intended(f"dashboards {name}/{column}", _WITHIN_DAYS)
        for name in ("drivers chance-intervals-by-weather", "researchers weather-intervals")
        for column in ("low", "high")
    ),
    *(
        Intended(
            f"dashboards * {name}/#row",
            "stations observed for less than half of the period are last",
        )
        for name in _LISTS
    ),
    Intended(
        "dashboards planners fullest-stations/saturation",
        "no rank, and so none, for stations observed for less than half of the period",
    ),
    *(
        Intended(
            f"dashboards operators worst-stations/{column}",
            "free_when_not_full and free_hours in its place: time full of cars is no fault",
        )
        for column in ("share_available", "chance_of_a_free_point")
    ),
)
"""What panels were meant to show otherwise."""

OF_REPORT = (
    Intended(
        "report */section#quality-heading/p:1",
        "the missed-snapshot figure: counted against the cadence now, not guessed from the data",
    ),
    Intended(
        "report */table-quality/[23]",
        "snapshots expected and missed: counted against the cadence now",
    ),
    *(
        Intended(f"report */{place}", _WITHIN_DAYS)
        for place in (
            "section#answer/p:3",
            "caption#caption-advice",
            "footer:1/p:1",
            "table-advice/[12]",
            "table-by-hour/2",
            "table-by-weather/[37]",
            "table-most-full/2",
        )
    ),
    *(
        Intended(f"report pictures/data/{name}", _WITHIN_DAYS)
        for name in ("low", "high", "occupancy_low", "occupancy_high")
    ),
    Intended(
        "report */table-least-available/*",
        "begins with those that never had a free point; time full of cars is no fault",
    ),
)
"""What the report was meant to say otherwise."""

COLUMNS_OF_REPORT = {
    "table-by-hour": (0, 1, None, 4, 5),
    "table-by-weather": (0, 1, 2, None, 5, 6, 7, None),
    "table-most-full": (0, 1, None, 2, 3, 4),
    "table-quality": (0, 1, 2, 3, 5, 6, 7, 8, 9),
}
"""Where the columns of the old tables are in the new ones, which have others between them."""

_LENS = "kibana panels/*/embeddableConfig/attributes/state"
_COLUMNS = f"{_LENS}/datasourceStates/formBased/layers/layer"
OF_BUNDLE = (
    Intended("kibana objects/dashboard */references/#order", "as the panels are ordered"),
    *(
        Intended(f"kibana panels/belib-operators {name}", why)
        for name, why in _NOW_ELSEWHERE.items()
    ),
    *(
        Intended(f"kibana objects/dashboard belib-operators/references/{name}:*", why)
        for name, why in _NOW_ELSEWHERE.items()
    ),
    *(
        Intended(
            f"kibana objects/dashboard belib-operators/{place}",
            "what is shown of the present no longer has a control of states",
        )
        for place in (
            "attributes/controlGroupInput/panelsJSON/control-station-status",
            "references/controlGroup_control-station-status:optionsListDataView",
        )
    ),
    Intended(
        "kibana objects/dashboard belib-drivers/attributes/controlGroupInput/panelsJSON/*/order",
        "after the control of addresses",
    ),
    Intended(
        "kibana objects/index-pattern belib-stations/attributes/timeFieldName",
        "what is shown of the present no longer follows the page's period",
    ),
    Intended(
        "kibana objects/rule */params/searchConfiguration/index",
        "the stations by their capture time, which belib-stations no longer has",
    ),
    Intended("kibana panels/*/gridData/*", "other panels stand between them"),
    Intended(
        f"{_LENS}/*/params/format/id", "one digit where it is needed: a pattern says how many"
    ),
    Intended(f"{_COLUMNS}/columns/by0/params/includeEmptyRows", "a gap where nothing was observed"),
    *(
        Intended(
            f"{_LENS}/visualization/{place}", "colours and axes by one rule; see docs/kibana.md"
        )
        for place in (
            "axisTitlesVisibilitySettings/x",
            "palette/*",
            "layers/yConfig/axisMode",
            "layers/seriesType",
            "preferredSeriesType",
        )
    ),
    Intended(
        "kibana panels/*-over-time/*/state/query/query",
        _PROVISIONAL,
    ),
    Intended("kibana panels/*quality-by-day/*/state/query/query", _PROVISIONAL),
    *(
        Intended(f"kibana panels/*{name}/embeddableConfig/savedVis/params/spec/*", _WITHIN_DAYS)
        for name in ("chance-intervals-by-weather", "weather-intervals")
    ),
    *(
        Intended(
            f"kibana panels/*{name}/*/{place}",
            "an address for each station; no rank for those that were seldom observed",
        )
        for name in _LISTS
        for place in (
            "layers/layer/columnOrder",
            "layers/layer/columns/by1",
            "layers/layer/columns/saturation*",
            "visualization/columns",
        )
    ),
    *(
        Intended(
            f"kibana panels/belib-operators worst-stations/*/{place}",
            "free_when_not_full and free_hours in its place: time full of cars is no fault",
        )
        for place in (
            "layers/layer/columns/share_available*",
            "layers/layer/columns/chance_of_a_free_point*",
            "visualization/sorting/columnId",
        )
    ),
    *(
        Intended(
            f"kibana panels/belib-drivers station-map/*/sourceDescriptor/{place}",
            "shows the present whatever the period, and since when a station is as it is",
        )
        for place in ("applyGlobalTime", "tooltipProperties")
    ),
    Intended(
        "kibana panels/belib-operators free-by-arrondissement/*/visualization/layers/#entries",
        "a layer more: a line at the limit of the alert",
    ),
    Intended(
        "kibana panels/belib-planners head/embeddableConfig/savedVis/params/markdown",
        "names the panels that do not follow the period, that of 18:00 among them",
    ),
)
"""What dashboards and rules were meant to ask or show otherwise."""
