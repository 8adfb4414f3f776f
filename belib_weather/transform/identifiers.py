"""What a charge point's local id says: its station, its roaming id.

What belongs here: expressions on `id_pdc`. What does not: ids that the static dataset publishes.
Checked against both published static datasets, where the rule gives the published station id.
"""

import polars as pl


def station_id(charge_point_id: pl.Expr) -> pl.Expr:
    """Local id of the station: `FR*V75*EPX08*11*6` → `FR*V75*PPX08*11`.

    The third segment's leading E (equipment) becomes P (pool) and the last segment is dropped; of
    car-park hubs (`EHB…`) the last two. A three-part foreign id (`JE*TQA*E0001`) keeps them all.
    """
    pool = charge_point_id.str.replace(r"^([^*]*\*[^*]*\*)E", "${1}P")
    hub = charge_point_id.str.contains(r"^[^*]*\*[^*]*\*EHB")
    without_two = pool.str.replace(r"^([^*]*\*[^*]*\*[^*]*(?:\*[^*]*)*?)\*[^*]*\*[^*]*$", "${1}")
    without_one = pool.str.replace(r"^([^*]*\*[^*]*\*[^*]*(?:\*[^*]*)*?)\*[^*]*$", "${1}")
    return pl.when(hub).then(without_two).otherwise(without_one)


def roaming_id(charge_point_id: pl.Expr) -> pl.Expr:
    """Roaming id (`id_pdc_itinerance`): the local id without `*`."""
    return charge_point_id.str.replace_all("*", "", literal=True)
