"""How good forecasts were, what was said against what came; and the newest forecast."""

from belib_weather.panels import figures as f
from belib_weather.panels.dimensions import Day
from belib_weather.panels.filters import Filter
from belib_weather.panels.i18n import Message
from belib_weather.panels.specification import Dataset, Panel, Shape

_SCORES = Dataset.FORECAST_SCORES
_RECENT, _ALL = Filter("is_recent", (True,)), Filter("population", ("all",))
_SERVED = (_RECENT, _ALL, Filter("forecast", ("served",)))
_LAST_28_DAYS = Message(
    "The last 28 days that are scored, all stations. Instants that were not observed are left out."
)
FORECAST_QUALITY = Panel(
    "forecast-quality",
    Message("Forecasts of the last 28 days"),
    _SCORES,
    Shape.NUMBERS,
    (f.BRIER_SCORE, f.FORECASTS_SCORED),
    filters=_SERVED,
    note=_LAST_28_DAYS,
)
FORECAST_LEVEL = Panel(
    "forecast-level",
    Message("What was forecast, and what came, on average"),
    _SCORES,
    Shape.NUMBERS,
    (f.CHANCE_SAID, f.SHARE_CAME),
    filters=_SERVED,
    note=_LAST_28_DAYS,
)
RELIABILITY_OF_FORECASTS = Panel(
    "reliability-of-forecasts",
    Message("What was forecast, and what came"),
    _SCORES,
    Shape.LINES,
    (f.CHANCE_SAID, f.SHARE_CAME),
    (f.CHANCE_BIN,),
    filters=_SERVED,
    note=Message(
        "Where the lines meet, a chance of 80 % means that a point was free in 80 of 100 cases."
        " Last 28 days, all horizons."
    ),
)
FORECASTS_BY_TENTH = Panel(
    "forecasts-by-tenth",
    Message("Forecasts by tenth of their chance"),
    _SCORES,
    Shape.TABLE,
    (f.CHANCE_SAID, f.SHARE_CAME, f.FORECASTS_SCORED),
    (f.CHANCE_BIN,),
    filters=_SERVED,
    note=_LAST_28_DAYS,
)
ERROR_BY_HORIZON = Panel(
    "error-by-horizon",
    Message("Error by time ahead, against what is easy"),
    _SCORES,
    Shape.TABLE,
    (f.BRIER_SCORE, f.FORECASTS_SCORED),
    (f.HORIZON, f.FORECAST),
    filters=(_RECENT, _ALL),
    note=Message(
        "Persistence is the state now, usual the mean of the hour of the week, blend the best"
        " mixture of the two on the same rows. Lower is better."
    ),
)
ERROR_IN_SERVICE = Panel(
    "error-in-service",
    Message("The same, of stations in service when it was forecast"),
    _SCORES,
    Shape.TABLE,
    (f.BRIER_SCORE, f.FORECASTS_SCORED),
    (f.HORIZON, f.FORECAST),
    filters=(_RECENT, Filter("population", ("in_service",))),
    note=Message("Stations out of order are easy to forecast; without them it is harder."),
)
ERROR_BY_DAY = Panel(
    "error-by-day",
    Message("Error by day"),
    _SCORES,
    Shape.LINES,
    (f.BRIER_SCORE,),
    (Day(),),
    filters=_SERVED,
    note=_LAST_28_DAYS,
)

_MINUTES_AHEAD = (60, 120, 180, 360, 720, 1440)
CHANCES_AHEAD = Panel(
    "chances-ahead",
    Message("Chance of a free point in the next hours, by arrondissement"),
    Dataset.FORECASTS,
    Shape.HEATMAP,
    (f.CHANCE_AHEAD,),
    (f.HORIZON, f.ARRONDISSEMENT),
    filters=(Filter("horizon_minutes", _MINUTES_AHEAD),),
    note=Message("The newest forecast: the mean of the arrondissement's stations."),
)
