"""How far changes were sent to Kafka."""

from belib_weather.panels.dimensions import Terms
from belib_weather.panels.i18n import Message
from belib_weather.panels.measures import Aggregation, Statistic, Total
from belib_weather.panels.specification import Dataset, Panel, Shape

_OLDEST_WAITING = Statistic(
    "oldest_waiting",
    Message("the oldest, seen"),
    Aggregation.MAXIMUM,
    "oldest_waiting_at",
    is_time=True,
)
_NEWEST_SENT = Statistic(
    "newest_sent",
    Message("newest change sent, seen"),
    Aggregation.MAXIMUM,
    "newest_sent_at",
    is_time=True,
)
_TRIED = Statistic("tried", Message("tried"), Aggregation.MAXIMUM, "tried_at", is_time=True)
STREAM_LAG = Panel(
    "stream-lag",
    Message("Changes sent to Kafka"),
    Dataset.STREAM,
    Shape.TABLE,
    (
        Total("changes_waiting", Message("changes waiting"), ("changes_waiting",)),
        _OLDEST_WAITING,
        _NEWEST_SENT,
        _TRIED,
    ),
    (Terms("last_try", Message("Last try"), size=2),),
    note=Message(
        "At the last try; while Kafka does not answer there is one every five minutes. No row: no"
        " Kafka is set up."
    ),
)
