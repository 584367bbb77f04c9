"""What an eye sees of a halftone's error, and the one shift by which a halftone lies beside its picture.

"HVS-filtered PSNR" is 10 log10 of one over the mean square of h∗(b − g): halftone less picture, 0 to 1, as
the eye's filter h leaves it. Means are over the pixels of the panel and over the frames of a clip.

Error diffusion puts its dots a fraction of a pixel beside the picture that they stand for. Nobody sees that,
but the difference of the two does, and rates error diffusion too low by up to some dB (S. Hocevar and G.
Niger, "Reinstating Floyd–Steinberg: improved metrics for quality assessment of error diffusion algorithms",
ICISP 2008). So one shift d is taken out of each clip. What the eye sees is smooth over a pixel, so that there
h∗(b − g shifted by d) is e + d·∇(h∗g), and the best d comes of least squares: of five sums over all frames,
which take no memory, and over the panel alone, so that what lies beyond its edges has no say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from export.measure.eye import MeasureError, Plane

FARTHEST = 1.0
"""Pixels. A halftone that lies beside its picture by more has something else the matter with it."""
WORTH_IT = 1e-4
"""Share of the visible error that a shift must take away: flat pictures look alike under any."""


class Shift(NamedTuple):
    """Of a halftone against its picture, in pixels, and what is gained by taking it out.

    Args:
        right: it lies so far to the right.
        down: and so far down.
        gain: by how much less the mean square of the visible error is.
    """

    right: float
    down: float
    gain: float


@dataclass(frozen=True)
class Visible:
    """What one eye saw of a clip: sums over its frames of means over the panel.

    Args:
        frames: seen.
        error: square of the error e.
        slopes: of the picture's slopes to the right r and down s: r², r·s, s².
        along: of e·r and e·s.
    """

    frames: int = 0
    error: float = 0.0
    slopes: tuple[float, float, float] = (0.0, 0.0, 0.0)
    along: tuple[float, float] = (0.0, 0.0)

    def add(self, error: Plane, right: Plane, down: Plane) -> Visible:
        """With one frame more.

        Args:
            error: as the eye sees it, of shape ``(height, width)``.
            right: by how much the picture, as the eye sees it, gets lighter from pixel to pixel to the right.
            down: and down.
        """
        new = [_mean(error, error), *(_mean(one, other) for one, other in (
            (right, right), (right, down), (down, down), (error, right), (error, down),
        ))]  # fmt: skip
        old = (self.error, *self.slopes, *self.along)
        squares, rr, rs, ss, er, es = (before + now for before, now in zip(old, new, strict=True))
        return Visible(self.frames + 1, squares, (rr, rs, ss), (er, es))

    @property
    def mean_square(self) -> float:
        """Of the error as it is.

        Raises:
            MeasureError: no frame was seen.
        """
        if not self.frames:
            raise MeasureError("no frame was measured")
        return self.error / self.frames

    def shift(self) -> Shift:
        """The shift, within a pixel right or left and up or down, that leaves the least error to be seen.

        Raises:
            MeasureError: no frame was seen.
        """
        least = WORTH_IT * self.mean_square
        rr, rs, ss = (value / self.frames for value in self.slopes)
        slopes = np.array([[rr, rs], [rs, ss]])
        along = np.array(self.along) / self.frames
        choices = _edges(slopes, along)
        free = np.linalg.lstsq(slopes, -along, rcond=1e-9)[0]
        if np.abs(free).max() <= FARTHEST:
            choices = [free]
        gains = [float(-2 * along @ one - one @ slopes @ one) for one in choices]
        best = int(np.argmax(gains))
        if gains[best] <= least:
            return Shift(0.0, 0.0, 0.0)
        return Shift(float(choices[best][0]), float(choices[best][1]), min(gains[best], self.mean_square))


def decibels(mean_square: float) -> float:
    """Ten times the logarithm of one over a mean square; infinite for none."""
    return float(-10 * np.log10(mean_square)) if mean_square > 0 else float("inf")


def _edges(slopes: npt.NDArray[np.float64], along: npt.NDArray[np.float64]) -> list[npt.NDArray[np.float64]]:
    """The best shift on each edge of the square of those that are not too far."""
    best = []
    for axis in (0, 1):
        for fixed in (-FARTHEST, FARTHEST):
            other = 1 - axis
            one = np.full(2, fixed)
            pull, stiff = -along[other] - slopes[0, 1] * fixed, slopes[other, other]
            one[other] = np.clip(pull / stiff, -FARTHEST, FARTHEST) if stiff > 0 else 0.0
            best.append(one)
    return best


def _mean(one: Plane, other: Plane) -> float:
    return float(np.vdot(one, other)) / one.size
