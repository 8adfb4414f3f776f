"""The server's clock: the real one, or one that starts elsewhere and runs at another speed."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Clock:
    """Gives the simulated second.

    Args:
        start: simulated second at which it starts; the real time when None.
        speed: simulated seconds per real second.
    """

    start: float | None = None
    speed: float = 1.0
    _started: float = field(default_factory=time.monotonic, init=False)
    _began: float = field(default_factory=time.time, init=False)

    def now(self) -> int:
        """The simulated UTC second."""
        if self.start is None and self.speed == 1.0:
            return int(time.time())
        begin = self._began if self.start is None else self.start
        return int(begin + (time.monotonic() - self._started) * self.speed)
