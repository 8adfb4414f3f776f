"""The figures as tables, each beside its limit."""

from rich.table import Table

from belib_weather_tests.benchmark.cases import Case
from belib_weather_tests.benchmark.clock import Figures
from belib_weather_tests.benchmark.tick import Ticked

RATIOS = (
    ("raw to facts", ("reading", "parsing", "bare COPY"), 2.0),
    ("episodes on top", ("raw to facts",), 0.5),
    ("publishing", ("bare COPY",), 2.5),
    ("publishing again", ("bare COPY",), None),
    ("indexing", ("bare bulk",), 1.4),
    ("indexing again", ("bare bulk again",), None),
)


def case_table(case: Case, figures: Figures) -> Table:
    """A case's stages, sizes and exactness."""
    table = Table(
        *("stage", "took", "limit", "ratio", "aim"),
        title=f"{case.name}: {figures['observations']:,.0f} observations,"
        f" {figures['rows']:,.0f} facts",
        title_justify="left",
    )
    for name, parts, aim in RATIOS:
        limit = sum(figures[part] for part in parts)
        sum_of_parts = " + ".join(f"{part} {figures[part]:.2f}" for part in parts)
        table.add_row(
            name,
            f"{figures[name]:.2f} s",
            sum_of_parts,
            f"{figures[name] / limit:.2f}",
            f"≤ {aim}" if aim else "",
        )
    _add_peer(table, figures)
    table.add_row("landing", f"{figures['landing']:.2f} s", "", "", "")
    table.add_row(
        "bytes in MongoDB",
        f"{figures['bytes'] / 1e6:.1f} MB",
        f"a document per record {figures['bytes as records'] / 1e6:.1f}",
        f"1/{figures['bytes as records'] / figures['bytes']:.1f}",
        "≤ 1/15",
    )
    table.add_row("peak memory, raw to facts", f"{figures['peak memory']:.0f} MB", "", "", "< 1 GB")
    table.add_row(
        "observations a second, raw to facts",
        f"{figures['observations'] / figures['raw to facts']:,.0f}",
        *("", "", ""),
    )
    table.add_section()
    _add_exactness(table, figures)
    return table


def _add_peer(table: Table, figures: Figures) -> None:
    if "peer's SQL" not in figures:
        return
    load, query, differ = (
        figures[f"peer's {name}"] for name in ("load", "SQL", "rows that differ")
    )
    table.add_row(
        "the peer's build, beside raw to facts",
        f"{load + query:.2f} s",
        f"load by dlt {load:.2f} + SQL {query:.2f}; {differ:,.0f} rows differ",
        f"{(load + query) / figures['raw to facts']:.1f}",
        "≥ 8",
    )


def _add_exactness(table: Table, figures: Figures) -> None:
    table.add_row(
        "differs from the truth",
        f"{figures['seconds off']:,.0f} s",
        f"of {figures['seconds']:,.0f} point-seconds observed",
        f"{figures['seconds off'] / figures['seconds']:.3%}",
        "",
    )
    table.add_row(
        "… where polls can know it",
        f"{figures['knowable seconds off']:,.0f} s",
        f"{figures['knowable station-hours']:,.0f} of {figures['station-hours']:,.0f}"
        " station-hours",
        "",
        "0",
    )
    table.add_row(
        "differs from the slow reading",
        f"{figures['values read otherwise']:,.0f}",
        f"of {figures['values read again']:,.0f} values",
        "",
        "0",
    )


def import_table(figures: Figures) -> Table:
    """Importing recorded files beside the least that it takes."""
    parts = ("one read", "compress and hash", "insert in batches")
    limit = sum(figures[part] for part in parts)
    table = Table("recorded bodies", "took", "limit", "ratio", "aim")
    table.add_row(
        f"import of {figures['files']:.0f} files",
        f"{figures['import']:.2f} s",
        " + ".join(f"{part} {figures[part]:.2f}" for part in parts),
        f"{figures['import'] / limit:.2f}",
        "≤ 1.3",
    )
    return table


def growth_table(small: Figures, large: Figures) -> Table:
    """Ten times the points beside the first case."""
    table = Table("ten times the points", "took", "first case", "ratio", "aim")
    took, first = large["raw to facts"], small["raw to facts"]
    table.add_row("raw to facts", f"{took:.2f} s", f"{first:.2f} s", f"{took / first:.1f}", "≤ 8")
    return table


def month_table(rebuilt: dict[int, Figures], history: Figures, marts: Figures) -> Table:
    """What rebuilds of several lengths cost, a day of them, and what is derived from a month."""
    table = Table(
        *("of 5-minute polls", "took", "a day of it", "beside the shortest", "peak memory", "aim")
    )
    first = min(rebuilt)
    for days, figures in rebuilt.items():
        a_day = figures["raw to facts"] / days
        table.add_row(
            f"facts of {days} days",
            f"{figures['raw to facts']:.2f} s",
            f"{a_day:.3f} s",
            f"{a_day / (rebuilt[first]['raw to facts'] / first):.2f}",
            f"{figures['peak memory']:.0f} MB",
            "≤ 1.15, < 1 GB" if days > first else "",
        )
    days, took = max(rebuilt), history["raw to history"]
    table.add_row(
        f"charge points of {days} days",
        *(f"{took:.2f} s", f"{took / days:.3f} s", "", f"{history['peak memory']:.0f} MB", ""),
    )
    for name, aim in (("episodes", ""), ("outages", ""), ("marts", "≤ 10 s")):
        took = marts[name]
        table.add_row(
            f"{name} of {days} days", f"{took:.2f} s", f"{took / days:.3f} s", "", "", aim
        )
    return table


def tick_table(ticked: Ticked) -> Table:
    """A live tick beside as many steps that do nothing."""
    table = Table("live tick, a whole process", "took", "limit", "ratio", "aim")
    table.add_row(
        f"{ticked.assets} assets, {ticked.checks} checks",
        f"{ticked.live:.2f} s",
        f"as many that do nothing {ticked.idle:.2f}",
        f"{ticked.live / ticked.idle:.2f}",
        "≤ 1.5",
    )
    return table
