"""The stage of Elasticsearch: publishing documents, beside posting ready-made bodies."""

import polars as pl

from belib_weather.lake import RAW_SNAPSHOTS, Lake
from belib_weather.search import SearchStore
from belib_weather.search.documents import availability_documents
from belib_weather.search.encoding import batches, body_of, document_ids
from belib_weather.search.projections import AVAILABILITY_INDEX
from belib_weather.warehouse.tables import AVAILABILITY_FACTS as FACTS
from belib_weather.window import Window
from belib_weather_tests.benchmark.cases import Case
from belib_weather_tests.benchmark.clock import Figures, fastest, timed
from belib_weather_tests.benchmark.limits import BareIndex
from belib_weather_tests.benchmark.opened import lake_and_warehouse, url_of
from belib_weather_tests.cleaned import dimensions_of


def search(case: Case) -> Figures:
    """Publishing documents, beside posting ready-made bulk bodies of the same documents."""
    lake, warehouse, settings = lake_and_warehouse()
    stations = _stations(lake)
    facts_of = {day: warehouse.read(FACTS, day) for day in case.days_of_window}
    passes = []
    for number in range(case.passes):
        seconds: Figures = {}
        index = SearchStore(url_of(settings.elasticsearch_url), f"{settings.index_prefix}-{number}")
        # A month's index is made once a month, so not within the time.
        hour = Window.hour(case.window.start)
        first = next(iter(facts_of.values())).filter(pl.col("hour") == hour.start)
        index.publish(AVAILABILITY_INDEX, availability_documents(first, stations), hour)
        index.publish(AVAILABILITY_INDEX, availability_documents(first.clear(), stations), hour)
        bare = BareIndex(settings, f"{settings.index_prefix}-{number}-bare", AVAILABILITY_INDEX)
        for again in ("", " again"):
            for day, rows in facts_of.items():
                documents = availability_documents(rows, stations)
                ids = document_ids(documents, AVAILABILITY_INDEX)
                bodies = [body_of(lines) for _, lines in batches(documents, ids)]
                with timed(seconds, f"bare bulk{again}"):
                    bare.post(bodies)
                with timed(seconds, f"indexing{again}"):
                    documents = availability_documents(rows, stations)
                    index.publish(AVAILABILITY_INDEX, documents, day)
        passes.append(seconds)
    return fastest(passes)


def _stations(lake: Lake) -> pl.DataFrame:
    newest = lake.newest(RAW_SNAPSHOTS)
    assert newest is not None
    return dimensions_of({newest.captured_at: newest.body}).stations
