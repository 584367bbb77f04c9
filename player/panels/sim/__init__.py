"""Simulated controllers, at the level of the wire, and the bus that leads to them.

A chip here is as dumb as a real one: it sees edges of chip select, bytes and lines, and keeps time by a
clock that it is given. So any driver runs on it, ours through `SimBus`, other people's through adapters that
stand in for their libraries. What a driver does wrong the chip notes down as a violation, and goes on, as
silicon would.
"""

from __future__ import annotations

from typing import Protocol

from player.clock import Clock
from player.panels.bus import BusError


class VirtualClock:
    """A clock that stands still until somebody waits or bytes pass."""

    def __init__(self) -> None:
        self._ticks = 0.0

    def now(self) -> float:
        """See `Clock`."""
        return 1_700_000_000.0 + self._ticks

    def ticks(self) -> float:
        """See `Clock`."""
        return self._ticks

    def wait(self, seconds: float) -> None:
        """See `Clock`."""
        self._ticks += max(0.0, seconds)


class Chip(Protocol):
    """A simulated controller."""

    @property
    def violations(self) -> list[str]:
        """What a driver did that it must not, in order; one sentence each."""

    def select(self, low: bool) -> None:
        """Chip select falls (true) or rises."""

    def shift(self, data: bytes) -> bytes:
        """Bytes in while selected; as many come out."""

    def set_reset(self, high: bool) -> None:
        """The level of the reset line."""

    def set_data(self, high: bool) -> None:
        """The level of the data/command line, for chips that have one."""

    def is_high(self) -> bool:
        """The level of HRDY or BUSY now."""


class SimBus:
    """The wire to a simulated chip.

    Args:
        chip: at its end.
        clock: by which the chip goes too; bytes take their time on a virtual one.
        largest: bytes in one frame.
    """

    def __init__(self, chip: Chip, clock: Clock, largest: int = 4096) -> None:
        self.chip = chip
        self.clock = clock
        self.largest = largest
        self.frames = 0
        """Frames sent so far."""
        self.bytes = 0
        """Bytes in them."""

    def write(self, data: bytes, hertz: int) -> None:
        """See `Bus`."""
        self.exchange(data, hertz)

    def exchange(self, data: bytes, hertz: int) -> bytes:
        """See `Bus`."""
        if len(data) > self.largest:
            raise BusError(f"{len(data)} bytes do not fit into one frame of {self.largest}")
        self.frames += 1
        self.bytes += len(data)
        self.chip.select(True)
        answer = self.chip.shift(data)
        if isinstance(self.clock, VirtualClock):
            self.clock.wait(8 * len(data) / hertz)
        self.chip.select(False)
        return answer

    def set_reset(self, high: bool) -> None:
        """See `Bus`."""
        self.chip.set_reset(high)

    def set_data(self, high: bool) -> None:
        """See `Bus`."""
        self.chip.set_data(high)

    def is_high(self) -> bool:
        """See `Bus`."""
        return self.chip.is_high()

    def obtained(self) -> dict[int, float]:
        """Nothing is measured where nothing moves."""
        return {}

    def close(self) -> None:
        """Nothing to let go of."""
