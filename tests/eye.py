"""An eye that takes its time: the one against which the quick one of `player.ghosts` is held."""

from __future__ import annotations

import numpy as np

from player.frame import Size
from player.ghosts import TILE, shares
from player.ink import LIGHT, WHITE, Ink

PIXELS_PER_DEGREE = 300 * 24 * np.pi / 180  # 300 dots an inch at 24 inches


class Eye:
    """Näsänen's filter at full size: exp(-f / 6.328), f in cycles a degree."""

    def __init__(self, size: Size) -> None:
        self.size = size
        across = np.fft.rfftfreq(size.width)[None, :]
        down = np.fft.fftfreq(size.height)[:, None]
        self.passes = np.exp(-np.hypot(across, down) * PIXELS_PER_DEGREE / 6.328)

    def lightness(self, ink: Ink) -> np.ndarray:
        light = np.take(LIGHT, ink.position) / LIGHT[WHITE]
        seen = np.fft.irfft2(np.fft.rfft2(light) * self.passes, s=light.shape)
        return 116 * np.cbrt(np.maximum(seen, 0)) - 16

    def ghosts(self, ink: Ink) -> np.ndarray:
        off = (self.lightness(ink) - self.lightness(Ink.clean(ink.frame))) ** 2
        rows, columns = (np.arange(0, length, TILE) for length in off.shape)
        sums = np.add.reduceat(np.add.reduceat(off, rows, axis=0), columns, axis=1)
        return np.sqrt(sums / (shares(self.size) * self.size.pixels))
