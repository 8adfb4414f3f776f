"""The figures that the simulated city is drawn from.

Shares and curves are those of recorded exports of the real feed (2022 to 2026) and of published
studies of the network, rounded. The two weather effects are ASSUMPTIONS: no figure is published
for Paris, papers give directions only (cold lengthens charging, rain lowers use).
"""

CITY_WEEKDAY = (
    *(0.270, 0.275, 0.280, 0.285, 0.290, 0.295, 0.290, 0.285, 0.295, 0.315, 0.330, 0.355),
    *(0.375, 0.380, 0.370, 0.345, 0.335, 0.320, 0.285, 0.262, 0.265, 0.290, 0.285, 0.272),
)
"""Share of working points that are occupied at each full hour in Paris, Monday to Friday."""

CITY_WEEKEND = (
    *(0.275, 0.275, 0.270, 0.262, 0.255, 0.250, 0.243, 0.235, 0.230, 0.232, 0.240, 0.260),
    *(0.285, 0.305, 0.320, 0.332, 0.340, 0.340, 0.330, 0.315, 0.305, 0.300, 0.290, 0.280),
)
"""The same for Saturday and Sunday."""

FIFTEENTH_WEEKDAY = (
    *(0.270, 0.285, 0.300, 0.310, 0.320, 0.330, 0.330, 0.325, 0.330, 0.345, 0.360, 0.420),
    *(0.450, 0.480, 0.520, 0.470, 0.450, 0.370, 0.290, 0.260, 0.270, 0.350, 0.320, 0.260),
)
"""Weekdays in the 15th arrondissement, whose afternoon peak is higher and falls faster."""

DWELL_MU = 0.544
DWELL_SIGMA = 1.016
"""Dwell of an occupied point: lognormal, mu and sigma of ln(hours); median 1.7 h, mean 2.9 h."""
DWELL_LIMITS_HOURS = (0.025, 60.0)

OCCUPANCY_OF_POWER = {3.0: 0.13, 4.0: 0.19, 7.0: 0.40, 22.0: 0.26, 50.0: 0.04}
"""Mean share occupied by rated power (kW)."""

OCCUPANCY_OF_ARRONDISSEMENT = {
    1: 0.36,
    2: 0.34,
    3: 0.33,
    4: 0.35,
    5: 0.33,
    6: 0.37,
    7: 0.40,
    8: 0.50,
    9: 0.36,
    10: 0.32,
    11: 0.32,
    12: 0.30,
    13: 0.29,
    14: 0.32,
    15: 0.38,
    16: 0.50,
    17: 0.38,
    18: 0.29,
    19: 0.20,
    20: 0.20,
}
"""Mean share occupied of a typical point by arrondissement."""

FULL_LEVEL = 3.4
IDLE_LEVEL = -4.0
"""Level of every point of a station that is nearly always full, or nearly never used, in logits."""

LEVEL_SPREAD_STATION = 0.75
LEVEL_SPREAD_POINT = 0.55
"""Standard deviation of a station's and a point's own level, in logits."""

POINTS_OF_ARRONDISSEMENT = {
    1: 35,
    2: 42,
    3: 28,
    4: 70,
    5: 78,
    6: 70,
    7: 115,
    8: 121,
    9: 63,
    10: 80,
    11: 101,
    12: 117,
    13: 127,
    14: 94,
    15: 226,
    16: 220,
    17: 144,
    18: 112,
    19: 120,
    20: 129,
}
"""Charge points per arrondissement in the export of 2023-01-28."""

COLD_C = 0.0
COLD_DWELL_FACTOR = 1.12
"""ASSUMPTION: a session that starts at or below 0 °C lasts 12 % longer."""
WET_ARRIVAL_FACTOR = 0.96
"""ASSUMPTION: arrivals are 4 % fewer in an hour with precipitation."""

OUTAGE_POINT_SHARE = 0.93
"""Share of a station's points hit when it loses communication."""
CITY_OUTAGE_STATION_SHARE = 0.07
"""Stations silent in the city-wide outage that comes once in 28 days."""

ZOMBIE_SHARE = 0.040
"""Share of records that froze before the model's origin and never move again;
half of them are whole stations that went silent."""
ZOMBIE_LABELS = (0.44, 0.05, 0.0, 0.33, 0.08, 0.0, 0.10)
"""How single frozen records are reported, in the order of `vocabulary.STATUSES`."""
SILENCE_LABELS = (0.62, 0.32, 0.0, 0.03, 0.0, 0.0, 0.03)
"""How the records of a station whose modem fell silent are reported, in the same order."""
SILENCE_SIGMA = 0.7
SILENCE_DAYS = (1.2, 14.0)
"""Spread of ln(length) of such silences, and their shortest and longest length in days."""
FREEZES_PER_BLOCK = 6
FREEZE_DAYS = (10.0, 90.0)
"""New zombies in 28 days per 2,000 points, and for how long they stay frozen."""
