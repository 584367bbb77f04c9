"""A sheet of e-ink under an IT8951: what the controller believes, and where the ink really stands.

The controller remembers the grey that it drove last, and moves in the quick modes only the pixels that
differ. The ink lags behind: see `player.ink` for how far, and why that is what the eye calls a ghost.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from player.frame import Box, Frame, Size
from player.ink import Ink

Greys: TypeAlias = npt.NDArray[np.uint8]

GREY_WHITE = 0xF0
"""Greys are the upper half of a byte, 0x00 to 0xF0."""
UNKNOWN = 0x80
QUICK_FRAMES, FULL_FRAMES = 17, 21
"""Net drive frames of a swing in DU or A2 and in GC16, in the one public vendor waveform."""


class Eink:
    """A panel.

    Args:
        size: in pixels.
        reach: share of the way that a quick mode moves a pixel.
    """

    def __init__(self, size: Size, reach: float) -> None:
        shape = (size.height, size.width)
        self.reach = reach
        self.believed: Greys = np.full(shape, UNKNOWN, dtype=np.uint8)
        """Greys that the controller drove last; a guess after power came."""
        self.position: Greys = np.full(shape, UNKNOWN, dtype=np.uint8)
        """Where the ink stands: 0 black to 255 white."""
        self.charge: npt.NDArray[np.int16] = np.zeros(shape, dtype=np.int16)
        """Drive frames towards white minus those towards black: what stresses a pixel if it stays."""

    def nudge(self, box: Box, target: Greys) -> int:
        """A quick mode: pixels that differ move by `reach`. Returns how many."""
        believed, position, charge = self._within(box)
        step = round(self.reach * 255)
        up = (believed != target) & (target >= 0x80)
        down = (believed != target) & (target < 0x80)
        position[up] = np.minimum(position[up].astype(np.int16) + step, 255)
        position[down] = np.maximum(position[down].astype(np.int16) - step, 0)
        charge[up] += QUICK_FRAMES
        charge[down] -= QUICK_FRAMES
        believed[:] = target
        return int(np.count_nonzero(up) + np.count_nonzero(down))

    def drive(self, box: Box, target: Greys) -> int:
        """A full mode: every pixel to where it belongs. Returns how many."""
        believed, position, charge = self._within(box)
        charge += (np.sign(target.astype(np.int16) - believed) * FULL_FRAMES).astype(np.int16)
        position[:] = np.round(target * (255 / GREY_WHITE))
        believed[:] = target
        return box.area

    def forget(self) -> None:
        """The controller lost its memory; the ink did not."""
        self.believed[:] = UNKNOWN

    def picture(self) -> Frame:
        """What the controller believes to show, as black and white."""
        return Frame.of(self.believed >= 0x80)

    def ink(self) -> Ink:
        """What is to be seen."""
        return Ink(self.picture(), self.position.copy(), self.reach)

    def _within(self, box: Box) -> tuple[Greys, Greys, npt.NDArray[np.int16]]:
        area = np.s_[box.top : box.bottom, box.left : box.right]
        return self.believed[area], self.position[area], self.charge[area]
