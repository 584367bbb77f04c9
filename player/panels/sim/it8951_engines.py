"""The engines by which an IT8951 runs waveforms over areas of its panel, several at once if they are apart.

Waveform times do not depend on temperature here: that they do is certain, by how much nobody has published.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from player.clock import Clock
from player.frame import Box
from player.panels.sim.eink import GREY_WHITE, Eink, Greys
from player.panels.sim.it8951_profiles import Profile

INIT, DU, GC16 = 0, 1, 2
ENGINES = 16


@dataclass(frozen=True)
class Refresh:
    """One waveform: its mode, the pixels it covered and moved, and when it began and ended."""

    mode: int
    box: Box
    moved: int
    begin: float
    end: float


class Engines:
    """The engines of one controller, and the panel that they drive.

    Args:
        profile: which board.
        clock: its time.
        note: called when a driver breaks a rule.
    """

    def __init__(self, profile: Profile, clock: Clock, note: Callable[[str], None]) -> None:
        self._profile = profile
        self._clock = clock
        self._note = note
        self._running: list[tuple[Box, float]] = []
        self.panel = Eink(profile.size, profile.reach)
        self.done: list[Refresh] = []
        """Every waveform so far, running ones too."""

    def stop(self) -> None:
        """A reset, or no power."""
        self._running = []

    def running(self) -> list[tuple[Box, float]]:
        """Areas that are being refreshed, and when each is done."""
        now = self._clock.ticks()
        self._running = [engine for engine in self._running if engine[1] > now]
        return self._running

    def check(self, box: Box, mode: int, one_bit: bool, temperature: int) -> None:
        """Note what is wrong with a refresh that is about to begin."""
        profile, running = self._profile, self.running()
        if not profile.coldest <= temperature <= profile.hottest:
            self._note(f"display at {temperature} °C")
        if mode not in (INIT, DU, GC16, profile.a2):
            self._note(f"display in mode {mode}, which LUT {profile.lut} has for something else")
        if any(_overlap(box, other) for other, _ in running):
            self._note("display over an area that is still being refreshed")
        if len(running) >= ENGINES:
            self._note("more refreshes at once than there are engines")
        align = profile.one_bit_alignment
        if one_bit and (box.left % align or (box.right - box.left) % align):
            self._note(f"1-bit display of x {box.left} to {box.right} not aligned to {align}")

    def begin(self, box: Box, mode: int, target: Greys, slow: float) -> float:
        """Begin to bring an area to these greys.

        Args:
            box: the area.
            mode: of the waveform.
            target: of the area's shape.
            slow: factor on the time that it takes.

        Returns:
            Seconds that it takes by rights.
        """
        profile, times = self._profile, self._profile.times
        quick = mode in (DU, profile.a2)
        if quick and ((target != 0) & (target != GREY_WHITE)).any():
            self._note("grey pixels in a black-and-white mode")
        if mode == INIT:
            target = np.full_like(target, GREY_WHITE)
        moved = self.panel.nudge(box, target) if quick else self.panel.drive(box, target)
        usual = {INIT: times.init, DU: times.partial, profile.a2: times.fast}.get(mode, times.full)
        now = self._clock.ticks()
        until = now + usual * slow
        self._running.append((box, until))
        self.done.append(Refresh(mode, box, moved, now, until))
        return usual


def _overlap(one: Box, other: Box) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )
