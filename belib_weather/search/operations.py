"""Operations of an index: which of them were ours, by their sequence numbers.

Elasticsearch numbers every write and delete of an index without a gap. A publisher that knows the
number before its own writes, and theirs, sees every operation of another program.
Concept: https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-stats
"""

from dataclasses import dataclass


@dataclass
class Operations:
    """Sequence numbers that the server gave to operations of one publisher.

    Attributes:
        first: the lowest; None before the first operation.
        last: the highest.
        count: how many.
    """

    first: int | None = None
    last: int = -1
    count: int = 0

    @classmethod
    def of(cls, numbers: list[int]) -> "Operations":
        """Operations by their numbers, in any order."""
        if not numbers:
            return cls()
        return cls(min(numbers), max(numbers), len(numbers))

    def __add__(self, other: "Operations") -> "Operations":
        firsts = [first for first in (self.first, other.first) if first is not None]
        return Operations(
            min(firsts, default=None), max(self.last, other.last), self.count + other.count
        )

    def follow(self, last_known: int) -> bool:
        """Whether they are exactly the operations after `last_known`: nobody else wrote."""
        return self.first is None or (
            self.first == last_known + 1 and self.count == self.last - last_known
        )


@dataclass(frozen=True)
class IndexState:
    """What distinguishes states of a physical index, and an index from another of the same name.

    Attributes:
        uuid: given when the index was created.
        history_uuid: given to the line of its operations; another after a restore.
        max_seq_no: number of its newest operation, -1 before the first.
    """

    name: str
    uuid: str
    history_uuid: str
    max_seq_no: int
