"""The newest forecast as a file beside the site, written whenever a forecast is made.

What belongs here: from the view to the file. What does not: the format (`live_files.forecast_v1`),
loaded only here: a fault in it costs the file and no forecast.
"""

import dagster as dg

from belib_weather.assets.availability_forecasts import availability_forecasts
from belib_weather.assets.open_data import GROUP, LAST
from belib_weather.assets.raw import SINGLE_RUN
from belib_weather.assets.run_metadata import both_clocks, kilobytes
from belib_weather.files import PUBLIC, write_file
from belib_weather.lanes import Lane
from belib_weather.resources import SiteResource, WarehouseResource
from belib_weather.warehouse import Lock
from belib_weather.warehouse.tables import FORECAST_OF_STATIONS


@dg.asset(
    group_name=GROUP,
    kinds={"json"},
    deps=[availability_forecasts],
    tags=Lane.FORECASTS.tags,
    op_tags=LAST,
    backfill_policy=SINGLE_RUN,
)
def open_forecast_file(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, site_folder: SiteResource
) -> dg.MaterializeResult[None]:
    """`data/forecast.json` of the site: the chance of a free point in the next 24 hours.

    One file, replaced in one step after every forecast; described in `data/openapi.json`.
    """
    from belib_weather.live_files.catalog import FOLDER, FORECAST  # noqa: PLC0415 - see the module
    from belib_weather.live_files.forecast_v1 import forecast_json  # noqa: PLC0415 - the same

    store, folder = warehouse.connect(), site_folder.folder / FOLDER
    # Locked until the file is written: an older one cannot overwrite a newer one.
    with store.locked(Lock("open_forecast_file")):
        forecast = store.read(FORECAST_OF_STATIONS)
        if forecast.is_empty():
            context.log.warning("there is no forecast yet")
            return dg.MaterializeResult(metadata={"dagster/row_count": 0})
        body = forecast_json(forecast)
        folder.mkdir(parents=True, exist_ok=True)
        write_file(folder / FORECAST.name, body, mode=PUBLIC)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": forecast.height,
            "file": dg.MetadataValue.path(str(folder / FORECAST.name)),
            "origin": both_clocks(forecast["origin"][0]),
            "size (kB)": kilobytes(len(body)),
        }
    )
