"""Work on all cores: results in order, a few at a time.

What belongs here: threads. What does not: what they do; only what leaves the interpreter (parsing,
packing, hashing) gains by them.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

CORES = os.cpu_count() or 1
Item = TypeVar("Item")
Result = TypeVar("Result")


def on_all_cores(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """The results of items in their order, computed while the next items are read.

    At most one item per core is worked on, and one result waits; items are taken in this thread.
    """
    running: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(CORES) as threads:
        for item in items:
            running.append(threads.submit(work, item))
            if len(running) > CORES:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
