"""How far the outbox was sent: a record in Kafka, written in the producer's own transaction."""

import json
from dataclasses import dataclass

KEY = b"outbox"


@dataclass(frozen=True)
class Progress:
    """The last change that was sent.

    Attributes:
        position: in the outbox.
        change_id: of it: another id at this position means that the outbox is another one.
    """

    position: int
    change_id: str

    def encoded(self) -> bytes:
        """As the value of the record."""
        return json.dumps({"position": self.position, "change_id": self.change_id}).encode()

    @classmethod
    def decoded(cls, value: bytes) -> "Progress":
        """From the value of the record."""
        read = json.loads(value)
        return cls(int(read["position"]), str(read["change_id"]))
