"""A Solomon Systech SSD16xx controller with its glass, at the level of the wire: lines, power, and faults.

Modelled after the SSD1680 datasheet (rev. 0.14) and what public drivers of five Waveshare panels show of its
relatives. BUSY high is busy. A byte that comes while the chip is busy or asleep is lost, and noted.
"""

from __future__ import annotations

from dataclasses import dataclass

from player.clock import Clock
from player.frame import Frame
from player.panels.sim.ssd168x_ink import Pixels
from player.panels.sim.ssd168x_logic import Logic
from player.panels.sim.ssd168x_memory import Memory
from player.panels.sim.ssd168x_profiles import Profile

SHORTEST_RESET = 100e-6
"""Seconds of low on RST that the chip takes for a reset (assumed)."""


@dataclass(frozen=True)
class Fault:
    """Something that is broken.

    Args:
        stuck: BUSY stays high.
        silent: nothing arrives and nothing answers, as with a loose cable.
        slow: everything takes so many times as long.
        brown_out: bytes until the supply dips: memory and registers are lost, and the chip is deaf until a
            reset.
    """

    stuck: bool = False
    silent: bool = False
    slow: float = 1.0
    brown_out: int | None = None


class Ssd168xChip:
    """The chip; see `Chip`.

    It comes with noise in its memory and somebody else's picture in its ink.

    Args:
        profile: which one it is.
        clock: by which its BUSY goes.
        reach: of a waveform that pulls one way, see `player.ink`.
    """

    def __init__(self, profile: Profile, clock: Clock, reach: float = 0.9) -> None:
        self.profile = profile
        self.violations: list[str] = []
        self._clock = clock
        self._logic = Logic(profile, clock, self._note, reach)
        self._fault, self._bytes_left = Fault(), -1
        self._selected = self._data_high = False
        self._powered, self._deaf = True, False
        self._reset_low_since: float | None = None

    # --- what a test looks at and sets -------------------------------------------------------------------

    @property
    def care(self) -> list[str]:
        """What was done against the maker's advice, in order; one sentence each."""
        return self._logic.engine.care.notes

    @property
    def waveforms(self) -> int:
        """Waveforms begun so far."""
        return self._logic.engine.waveforms

    @property
    def asleep(self) -> bool:
        """Whether it is in deep sleep."""
        return self._logic.asleep

    @property
    def memory(self) -> Memory:
        """The two planes."""
        return self._logic.memory

    @property
    def pixels(self) -> Pixels:
        """The ink."""
        return self._logic.engine.pixels(self._clock.ticks())

    def picture(self) -> Frame:
        """What each pixel was pulled to last."""
        return Frame.of(self.pixels.target)

    def set_temperature(self, celsius: float) -> None:
        """Warm or cool the room."""
        self._logic.engine.temperature = celsius

    def fail(self, fault: Fault) -> None:
        """Break, or with `Fault()` be whole again."""
        self._fault = fault
        self._logic.slow = fault.slow
        self._bytes_left = -1 if fault.brown_out is None else fault.brown_out

    def lose_power(self) -> None:
        """The supply dips: memory and registers are lost, and the chip is deaf until a reset."""
        self._logic.restart(frozenset())
        self._logic.memory.forget()
        self._deaf = True

    # --- lines -------------------------------------------------------------------------------------------

    def select(self, low: bool) -> None:
        """See `Chip`. On this chip an edge ends no command."""
        self._selected = low

    def set_data(self, high: bool) -> None:
        """See `Chip`."""
        self._data_high = high

    def set_reset(self, high: bool) -> None:
        """See `Chip`."""
        now, since = self._clock.ticks(), self._reset_low_since
        if not high:
            self._reset_low_since = now if since is None else since
            return
        self._reset_low_since = None
        if since is None or self._fault.silent or not self._powered:
            return
        if now - since < SHORTEST_RESET:
            self._note(f"a reset pulse of {1e6 * (now - since):.0f} µs is too short")
            return
        if self._logic.engine.moving(now):
            self._note("a reset while the ink moved")
        self._deaf = False
        self._logic.restart(frozenset() if self.asleep else self.profile.survives)
        self._logic.busy_until = now + self.profile.wake * self._fault.slow

    def set_power(self, high: bool) -> None:
        """The level of the line that switches the supply, on boards that have one."""
        if self._powered != high:
            self.lose_power()
            self._deaf = False
        self._powered = high

    def is_high(self) -> bool:
        """See `Chip`."""
        if self._fault.stuck:
            return True
        if self._fault.silent or self._deaf or not self._powered:
            return False
        if self.asleep:
            return self.profile.busy_in_sleep
        return self._clock.ticks() < self._logic.busy_until

    def shift(self, data: bytes) -> bytes:
        """See `Chip`."""
        if 0 <= self._bytes_left < len(data):
            before, self._bytes_left = data[: self._bytes_left], -1
            self.shift(before)
            self.lose_power()
        elif self._bytes_left >= 0:
            self._bytes_left -= len(data)
        if not self._selected or self._fault.silent or self._deaf or not self._powered:
            return bytes(len(data))
        if self._reset_low_since is not None:
            self._note("a transfer while RST was low")
        elif self.asleep:
            self._note("a transfer in deep sleep")
        elif self._clock.ticks() < self._logic.busy_until:
            self._note("a transfer while BUSY was high")
        elif self._data_high:
            return self._logic.take(data)
        else:
            for code in data:
                self._logic.begin(code)
        return bytes(len(data))

    def _note(self, what: str) -> None:
        if not self.violations or self.violations[-1] != what:
            self.violations.append(what)
