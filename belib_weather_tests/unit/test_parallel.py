"""Works that go on in another thread: their order, and what a failure of one does to the next."""

from collections.abc import Generator, Iterator
from threading import Event, get_ident

import pytest

from belib_weather.parallel import pipelined, read_ahead

PATIENCE_SECONDS = 10


def test_a_task_is_finished_while_the_next_starts_and_results_keep_their_order() -> None:
    begun = [Event() for _ in range(4)]

    def work(number: int) -> Generator[None, None, tuple[int, bool, bool]]:
        begun[number].set()
        first = get_ident()
        yield
        is_with_next = number == 3 or begun[number + 1].wait(PATIENCE_SECONDS)
        return number, is_with_next, get_ident() != first

    found = list(pipelined(work(number) for number in range(4)))
    assert found == [(number, True, True) for number in range(4)]
    assert list(pipelined(iter(()))) == []


@pytest.mark.parametrize(
    ("fails_at", "results", "closed"),
    [("begin", [0], [0, 1]), ("end", [0], [0, 1, 2])],
)
def test_tasks_before_a_failure_are_finished_and_later_ones_closed(
    fails_at: str, results: list[int], closed: list[int]
) -> None:
    left: list[int] = []
    finished: list[int] = []

    def work(number: int) -> Generator[None, None, int]:
        try:
            if (number, fails_at) == (1, "begin"):
                raise ValueError(number)
            yield
            if (number, fails_at) == (1, "end"):
                raise ValueError(number)
            finished.append(number)
            return number
        finally:
            left.append(number)

    found: list[int] = []
    with pytest.raises(ValueError, match="1"):
        found.extend(pipelined(work(number) for number in range(4)))
    assert found == results
    assert finished == results
    assert left == closed


def test_the_next_item_is_read_while_one_is_worked_on() -> None:
    taken = [Event() for _ in range(3)]

    def items() -> Iterator[int]:
        for number, event in enumerate(taken):
            event.set()
            yield number

    found = []
    for number in read_ahead(items()):
        assert number == 2 or taken[number + 1].wait(PATIENCE_SECONDS)
        found.append(number)
    assert found == [0, 1, 2]
    assert list(read_ahead([])) == []


def test_items_before_one_that_cannot_be_read_are_given() -> None:
    found: list[float] = []
    with pytest.raises(ZeroDivisionError):
        found.extend(read_ahead(1 / number for number in (1, 2, 0, 3)))
    assert found == [1, 0.5]
