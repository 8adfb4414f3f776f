"""How far the outbox was sent: a record in Kafka, written in the producer's own transaction."""

import json
from dataclasses import asdict, dataclass

KEY = b"outbox"


@dataclass(frozen=True)
class Progress:
    """The last change that was sent.

    Attributes:
        position: in the outbox.
        change_id: of it: another id at this position means that the outbox is another one.
        has_present: whether the stations were sent as they were when sending began.
    """

    position: int
    change_id: str
    has_present: bool = False

    def encoded(self) -> bytes:
        """As the value of the record."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def decoded(cls, value: bytes) -> "Progress":
        """From the value of the record."""
        read = json.loads(value)
        return cls(
            int(read["position"]), str(read["change_id"]), bool(read.get("has_present", False))
        )
