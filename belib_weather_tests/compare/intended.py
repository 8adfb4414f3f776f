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
    Intended("export data_dictionary.csv", "texts, and a row for every new column"),
    Intended("mongodb raw_*/cadence_seconds", "new: each poll's envelope says its cadence"),
    Intended(
        "report */section#quality-heading/p:1",
        "the missed-snapshot figure: counted against the cadence now, not guessed from the data",
    ),
    *(
        Intended(
            f"report */table#table-quality/tbody:1/tr:*/td:{column}",
            "snapshots expected and missed: counted against the cadence now",
        )
        for column in (2, 3)
    ),
)
"""What the new code does otherwise on purpose."""
