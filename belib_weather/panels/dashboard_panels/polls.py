"""What was polled, also where nothing was: an outage of the collector has no facts."""

from belib_weather.panels import figures as f
from belib_weather.panels.dashboard_panels.shared import SETTLED
from belib_weather.panels.dimensions import Day, Hour
from belib_weather.panels.i18n import Message
from belib_weather.panels.specification import Dataset, Panel, Shape

_FEED = Dataset.FEED

_RUNNING_HOUR = Message("Without a snapshot; of the running hour up to now.")
TIME_OBSERVED = Panel(
    "time-observed",
    Message("Time observed"),
    _FEED,
    Shape.NUMBERS,
    (f.TIME_OBSERVED, f.HOURS),
    filters=SETTLED,
    note=Message("Of hours that are over, polled or not: between snapshots at most 30 min apart."),
)
POLLS = Panel(
    "polls",
    Message("Snapshots stored and expected"),
    _FEED,
    Shape.NUMBERS,
    (f.SNAPSHOTS, f.SNAPSHOTS_EXPECTED),
    filters=SETTLED,
    note=Message("Of hours that are over; expected by the cadence of the last poll."),
)
REFUSED_ANSWERS = Panel(
    "refused-answers",
    Message("Refused answers"),
    _FEED,
    Shape.NUMBERS,
    (f.REFUSED,),
    note=Message("Incomplete or unreadable; they are in quarantine."),
)
LONGEST_GAP = Panel(
    "longest-gap",
    Message("Longest gap within an hour"),
    _FEED,
    Shape.NUMBERS,
    (f.LONGEST_GAP,),
    note=_RUNNING_HOUR,
)
TIME_OBSERVED_OVER_TIME = Panel(
    "time-observed-over-time",
    Message("Time observed, hour by hour"),
    _FEED,
    Shape.BARS,
    (f.TIME_OBSERVED,),
    (Hour(),),
    filters=SETTLED,
    note=Message("An hour without a bar was not observed."),
)
POLLS_OVER_TIME = Panel(
    "polls-over-time",
    Message("Snapshots stored, expected and refused, hour by hour"),
    _FEED,
    Shape.LINES,
    (f.SNAPSHOTS, f.SNAPSHOTS_EXPECTED, f.REFUSED),
    (Hour(),),
    filters=SETTLED,
    note=Message(
        "Refused answers have the axis on the right; an hour without a line was not polled."
    ),
)
LONGEST_GAP_OVER_TIME = Panel(
    "longest-gap-over-time",
    Message("Longest gap, hour by hour"),
    _FEED,
    Shape.BARS,
    (f.LONGEST_GAP,),
    (Hour(),),
    note=_RUNNING_HOUR,
)
POLLS_BY_DAY = Panel(
    "polls-by-day",
    Message("What was polled, by day"),
    _FEED,
    Shape.TABLE,
    (
        f.TIME_OBSERVED,
        f.HOURS,
        f.SNAPSHOTS,
        f.SNAPSHOTS_EXPECTED,
        f.REFUSED,
        f.LONGEST_GAP,
    ),
    (Day(),),
    filters=SETTLED,
    note=Message("Of hours that are over; expected by the cadence of the last poll."),
)
