"""What several of these modules use."""

from belib_weather.panels.filters import Filter
from belib_weather.panels.i18n import Message
from belib_weather.panels.measures import Aggregation, Statistic

SETTLED = (Filter("is_provisional", (False,)),)
"""Without hours whose polls may still come: their future is not unobserved."""
LATEST = Filter("is_latest", (True,))
"""Of the last period that is over, or the one that goes on."""
SINCE = Statistic("since", Message("since"), Aggregation.MAXIMUM, "since", is_time=True)
