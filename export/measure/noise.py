"""What the dots of a flat grey are like: grain by frequency, and whether it has a direction.

Source: R. Ulichney, "Dithering with blue noise", Proc. IEEE 76:1 (1988). The power spectrum is estimated by
the mean of K periodograms of squares of the frame, and averaged over rings of equal frequency. Divided by g(1
− g), white noise of any grey g has the power 1 everywhere; blue noise has none below the frequency of its
dots. In a ring whose K-fold mean has no direction the variance of its terms is 1/K of their mean squared: the
anisotropy is how far it is above that, in dB. Worms and lattices stick out of it; so does a mask that
repeats, since its squares are one and the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from export.measure.eye import MeasureError
from player.frame import Frame

SQUARE = 64
"""Pixels along the edge of a square."""
LOW = 1 / 16
"""Cycles a pixel: what is slower than that is seen as a stain."""
FEWEST = 8
"""Terms in a ring whose variance can be told."""
Rings = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Noise:
    """The dots of a flat grey.

    Args:
        frequency: of each ring, in cycles a pixel, ``(rings,)``.
        power: in it, 1 for white noise.
        anisotropy: in it, in dB; about 0 if it has no direction.
        grey_error: mean of the frame less the grey that was asked for, 0 to 1.
    """

    frequency: Rings
    power: Rings
    anisotropy: Rings
    grey_error: float

    @property
    def low(self) -> float:
        """Mean power below `LOW`, in dB of white noise."""
        return float(10 * np.log10(max(self.power[self.frequency < LOW].mean(), 1e-12)))

    @property
    def direction(self) -> float:
        """Mean anisotropy of all rings, weighted by the power in them, in dB."""
        excess = 10 ** (self.anisotropy / 10)
        return float(10 * np.log10(max((excess * self.power).sum() / self.power.sum(), 1e-12)))


def noise(frame: Frame, grey: float, square: int = SQUARE) -> Noise:
    """Look at the dither of a flat grey.

    Args:
        frame: the dither.
        grey: asked for, between 0 and 1.
        square: pixels along the edge of a square; what lies beyond the last whole one is left out.

    Raises:
        MeasureError: the frame has fewer than two squares, or the grey is black or white.
    """
    mask = frame.mask()
    down, across = (side // square for side in mask.shape)
    if down * across < 2 or not 0 < grey < 1:
        raise MeasureError(f"a {frame.size} frame of grey {grey:g} has no spectrum of {square}-pixel squares")
    dots = mask[: down * square, : across * square].astype(np.float64) - grey
    squares = dots.reshape(down, square, across, square).swapaxes(1, 2).reshape(-1, square, square)
    squares -= squares.mean()  # a grey that is a little off is told apart
    window = np.outer(np.hanning(square), np.hanning(square))  # or what is beyond the edges leaks in
    periodograms = np.abs(np.fft.fft2(squares * window)) ** 2 / (window**2).sum() / (grey * (1 - grey))
    terms = periodograms.mean(axis=0)
    frequencies = np.fft.fftfreq(square)
    y, x = np.meshgrid(frequencies, frequencies, indexing="ij")
    half = (y > 0) | ((y == 0) & (x > 0))  # the other half is the same again
    radius, terms = np.hypot(y, x)[half], terms[half]
    ring = np.round(radius * square).astype(int)
    counts = np.bincount(ring)
    kept = np.flatnonzero(counts >= FEWEST)
    mean = np.bincount(ring, terms)[kept] / counts[kept]
    square_of = np.bincount(ring, terms**2)[kept] / counts[kept]
    variance = (square_of - mean**2) * counts[kept] / (counts[kept] - 1)
    ratio = np.maximum(variance, 0) / np.maximum(mean, 1e-12) ** 2 * len(squares)
    return Noise(kept / square, mean, 10 * np.log10(np.maximum(ratio, 1e-3)), float(mask.mean() - grey))
