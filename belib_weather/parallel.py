"""Work on all cores: results in order, a few at a time.

What belongs here: threads. What does not: what they do; only what leaves the interpreter (parsing,
packing, hashing) gains by them.
"""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TypeVar

CORES = os.cpu_count() or 1
Item = TypeVar("Item")
Result = TypeVar("Result")
_END = object()


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


def read_ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The items in order; a thread takes the next one while this one is worked on."""
    following = iter(items)
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(next, following, _END)
        while (item := waiting.result()) is not _END:
            waiting = thread.submit(next, following, _END)
            yield item  # type: ignore[misc]  # it is no end


def pipelined(works: Iterable[Generator[None, None, Result]]) -> Iterator[Result]:
    """The results of works in their order; one is finished while the next is begun.

    A work yields once, where another thread goes on with it. Where one fails, the next is closed.
    """
    going_on: Future[Result] | None = None
    with ThreadPoolExecutor(1) as another:
        for work in works:
            with ExitStack() as held:
                held.callback(work.close)
                try:
                    next(work)
                finally:
                    if going_on:
                        yield going_on.result()
                held.pop_all()
            going_on = another.submit(_finished, work)
        if going_on:
            yield going_on.result()


def _finished(work: Generator[None, None, Result]) -> Result:
    try:
        next(work)
    except StopIteration as end:
        result: Result = end.value
        return result
    raise RuntimeError("a work yields once")
