"""docs/accuracy.md: how often each interval covers the truth, as tables."""

from collections.abc import Iterable, Sequence

from belib_weather.transform.comparisons import FEWEST_DAYS, FULL_DAYS
from belib_weather.transform.weather_association import PROVISIONAL_DAYS
from belib_weather_tests.coverage import intervals as i
from belib_weather_tests.coverage.recovery import Recovered
from belib_weather_tests.coverage.repairs import Repairs
from belib_weather_tests.coverage.study import Covered

AIM = (0.92, 0.97)
"""Of a stated 95 %, from 28 days on."""
PRINTED = (
    *(i.HOURS, i.ADVICE, i.WEATHER_CHANCE, i.WEATHER_OCCUPANCY),
    *(i.ASSOCIATION, i.RATE, i.PROFILE),
)
_TEXT = """\
# How sure the figures are

`make coverage` simulates a city many times and writes this page; do not edit it. The city keeps its
{stations} stations; its days, weather and outages are drawn anew in each of {courses} courses for
each correlation of neighbouring days (r: AR(1) of demand, of the city and of each station).
Outages last hours, days and weeks; modems fall silent for days. The truth is the simulator's own
where it is a parameter (time to repair), measured by brute force where weather acts (below),
otherwise the mean over all courses of the longest period.
Facts are exact here: what polls miss is in the last table. Behind ± is how far a share may be off
because courses are few (95 %; the intervals of one course resemble each other).

## Intervals that are printed

Share of the intervals that cover the truth. Stated are 95 %, where nothing else is said; the aim
from {full} days on is {low:.0%} to {high:.0%}. Below {fewest} days a difference within days has no
interval; from {fewest} to {full_less_one} it is called approximate and marked ≈, as what goes with
the weather is below {reported} days (`provisional`).

{printed}

{outside}

Within days an interval is a little too wide where days do not resemble each other, since a negative
estimate of r counts as 0. That of the typical week states 90 % and is conservative: it allows for
outages that last.

Time to repair, by the number of outages that begin in a quarter. Where the curve's band does not
reach the share, the interval has no upper end: it says "at least", and then the lower end alone is
stated with 97.5 %.

{repairs}

## What is not printed

{not_printed}

Days resemble their neighbours, so a level is said of the observed days, without an interval.

## What is recovered

Weather acts on the simulator's arrivals, and occupancy follows them by hours, so its true effect is
no parameter. It is measured: the same courses at a temperature that is held and at 15 °C, and with
rain that keeps drivers away and rain that does not. Behind ± is how far a mean may be off because
courses are few (95 %). The estimated curve over the temperature is smooth and the simulated one has
a kink at 15 °C, so a difference from there is found about a third too small: less than a fifth of
the width of its interval.

{recovered}
"""


def page(
    covered: Sequence[Covered],
    repairs: Sequence[Repairs],
    recovered: Sequence[Recovered],
    courses: int,
    stations: int,
) -> str:
    """The page."""
    outside = [c for c in covered if c.kind in PRINTED and is_outside(c)]
    named = "\n".join(
        f"- {_word(c)}: {c.kind}, {c.days} days, correlation {c.correlation:g}: {_share(c)}"
        for c in outside
    )
    return _TEXT.format(
        stations=stations,
        courses=courses,
        fewest=FEWEST_DAYS,
        full=FULL_DAYS,
        full_less_one=FULL_DAYS - 1,
        low=AIM[0],
        high=AIM[1],
        printed=_table(covered, PRINTED),
        reported=PROVISIONAL_DAYS,
        outside=f"Outside the aim by more than the courses may be off:\n\n{named}"
        if outside
        else "None that is not marked ≈ lies outside the aim by more than the courses may be off.",
        repairs=_repairs(repairs),
        not_printed=_table(covered, (i.LEVEL,)),
        recovered="\n".join(
            [
                "| figure | truth | mean of the estimates | from |",
                "|---|---|---|---|",
                *(
                    f"| {r.what} | {_with_margin(r.truth, r.truth_margin)}"
                    f" | {_with_margin(r.estimate, r.estimate_margin)} | {r.how} |"
                    for r in recovered
                ),
            ]
        ),
    )


def is_outside(covered: Covered) -> bool:
    """Whether a share misses the aim by more than its margin."""
    low, high = AIM
    is_off = covered.share + covered.margin < low or covered.share - covered.margin > high
    return is_off and not _is_approximate(covered.kind, covered.days) and covered.kind != i.PROFILE


def _word(covered: Covered) -> str:
    return "conservative" if covered.share > AIM[1] else "too narrow"


def _is_approximate(kind: str, days: int) -> bool:
    return days < (PROVISIONAL_DAYS if kind == i.ASSOCIATION else FULL_DAYS)


def _share(covered: Covered) -> str:
    return f"{covered.share:.3f} ± {covered.margin:.3f}"


def _with_margin(value: float, margin: float) -> str:
    return f"{value:.4f} ± {margin:.4f}" if margin else f"{value:.4g}"


def _repairs(repairs: Sequence[Repairs]) -> str:
    lines = [
        "| outages | median | of these with an upper end | 90th percentile | with an upper end |",
        "|---|---|---|---|---|",
    ]
    for number in sorted({each.outages for each in repairs}):
        own = [each for each in repairs if each.outages == number]
        cells = (f"{each.covered:.3f} | {each.with_end:.0%}" for each in own)
        lines.append(f"| {number} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _table(covered: Iterable[Covered], kinds: Sequence[str]) -> str:
    own = [c for c in covered if c.kind in kinds]
    correlations = sorted({c.correlation for c in own})
    lines = [
        "| interval | days | " + " | ".join(f"r = {r:g}" for r in correlations) + " | intervals |",
        "|---|---|" + "---|" * len(correlations) + "---|",
    ]
    for kind in kinds:
        for days in sorted({c.days for c in own if c.kind == kind}):
            cells = {c.correlation: c for c in own if (c.kind, c.days) == (kind, days)}
            shares = [_share(cells[r]) if r in cells else "" for r in correlations]
            number = sum(c.intervals for c in cells.values())
            mark = "≈ " if _is_approximate(kind, days) else ""
            lines.append(f"| {mark}{kind} | {days} | " + " | ".join(shares) + f" | {number:,} |")
    return "\n".join(lines)
