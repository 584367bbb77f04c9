"""Time as a parameter: the player is given a clock, and a test gives it one on which a year is short."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> float:
        """Time of day, in seconds since 1970; may be wrong and may jump."""

    def ticks(self) -> float:
        """Seconds on a clock that only goes forward."""

    def wait(self, seconds: float) -> None:
        """Let so much time pass, or less if there is a reason to go on."""


class SystemClock:
    """The machine's own time."""

    def __init__(self) -> None:
        self._woken = threading.Event()

    def now(self) -> float:
        """See `Clock`."""
        return time.time()

    def ticks(self) -> float:
        """See `Clock`."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """See `Clock`."""
        self._woken.wait(seconds)

    def wake(self) -> None:
        """End the current wait, and every later one, at once: the program is about to stop."""
        self._woken.set()
