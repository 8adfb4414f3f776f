"""Which faults happen in which order: drawn from a seed."""

import random

from belib_weather_tests.chaos import process_faults, world_faults
from belib_weather_tests.chaos.faults import FAULTS

__all__ = ["drawn", "full_run", "process_faults", "world_faults"]


def full_run() -> int:
    """How many faults a full run has."""
    return sum(fault.times for fault in FAULTS.values())


def drawn(seed: int, count: int, only: frozenset[str] = frozenset()) -> list[str]:
    """Kinds of faults in their order; the same for the same arguments.

    Args:
        seed: of the drawing.
        count: how many; more than a full run has are drawn again from all.
        only: parts of names of the kinds to draw from; empty for all.
    """
    rng = random.Random(seed)  # noqa: S311 - no secret
    kinds = [kind for kind in FAULTS if not only or any(part in kind for part in only)]
    pool: list[str] = []
    while len(pool) < count:
        whole = [kind for kind in kinds for _ in range(FAULTS[kind].times)]
        rng.shuffle(whole)
        pool += whole
    return pool[:count]
