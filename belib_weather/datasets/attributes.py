"""What the documents of both Belib datasets say of charge points, by stretches of UTC days.

The dimensions (`network`) are computed from these rows alone, so that a run reads the new documents
and not all of raw. What belongs here: what was said. What does not: what follows from it.
"""

import dataframely as dy

from belib_weather.datasets import columns as c
from belib_weather.datasets.network import ChargePoint


class _Stretch(dy.Schema):
    """A stretch of days, among the days that have a document of the dataset."""

    charge_point_id = dy.String(
        primary_key=True, min_length=1, description="Local id of the charge point."
    )
    is_first = dy.Bool(
        primary_key=True,
        description=(
            "False: the newest values of each day. True: its first ones, where they are others."
        ),
    )
    first_day = c.day("First UTC day of the stretch.", primary_key=True)
    last_day = c.day("Its last UTC day.")
    address = c.address()
    arrondissement = c.arrondissement()
    latitude = c.latitude()
    longitude = c.longitude()


class FeedAttributes(_Stretch):
    """What the feed says of a charge point; one row per stretch of days on which it is the same.

    Every day on which the point was sighted is in one stretch; days without a snapshot do not
    interrupt it. Null where no snapshot of the day says anything.
    """


class StaticAttributes(_Stretch):
    """What the static dataset says of a charge point; one row per stretch of days, as of the feed.

    Days without a document of the static dataset do not interrupt a stretch.
    """

    station_name = ChargePoint.station_name
    power_kw = ChargePoint.power_kw
    has_ef = ChargePoint.has_ef
    has_type_2 = ChargePoint.has_type_2
    has_combo_ccs = ChargePoint.has_combo_ccs
    has_chademo = ChargePoint.has_chademo
    opening_hours = ChargePoint.opening_hours
    accessibility = ChargePoint.accessibility
    commissioned_on = ChargePoint.commissioned_on
