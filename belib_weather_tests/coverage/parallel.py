"""Courses side by side, in processes of their own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


def in_parallel(work: Callable[[Job], Result], jobs: Sequence[Job], processes: int) -> list[Result]:
    """The result of each job, in order; one process is this one."""
    if processes == 1:
        return [work(job) for job in jobs]
    with ProcessPoolExecutor(processes, mp_context=get_context("forkserver")) as pool:
        return list(pool.map(work, jobs, chunksize=4))
