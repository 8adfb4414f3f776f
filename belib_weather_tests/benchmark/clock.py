"""Seconds and memory of this process."""

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

Figures = dict[str, float]


@contextmanager
def timed(figures: Figures, name: str) -> Iterator[None]:
    """Add the seconds of a block to a figure."""
    start = time.perf_counter()
    yield
    figures[name] = figures.get(name, 0.0) + time.perf_counter() - start


def fastest(passes: list[Figures]) -> Figures:
    """Each figure's least value: what other work on the machine disturbed least."""
    return {name: min(figures[name] for figures in passes) for name in passes[0]}


def peak_memory_mb() -> float:
    """Largest resident size of this process so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
