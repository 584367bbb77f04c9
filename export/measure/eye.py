"""An eye that looks at the panel, as a filter, and the canvas on which it is applied.

The eye's contrast sensitivity to a pattern of f cycles a degree falls as exp(-f / (0.525 ln L + 3.91)), with
L the luminance in cd/m² (R. Näsänen, "Visibility of halftone dot textures", IEEE Trans. SMC 14:6, 1984). At
100 cd/m², a page in a lit room, that is exp(-f / 6.328): one at f = 0, so that grey stays grey. It is what
the literature on direct binary search measures with. A panel of 300 dots an inch has 300·D dots to the radian
at a distance of D inches.

Filtering is done by Fourier's transform. The transform takes a picture for a tile of an endless floor, where
its right edge meets its left one; so a picture is laid on a canvas with a margin. In the margin halftone and
picture are the same, and both run out evenly into the mean grey of the border: no error, and no seam.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import fft

from player.errors import LongtakeError
from player.frame import Size

DOTS_PER_INCH = 300.0
FALL = 6.328
"""Cycles a degree over which sensitivity falls to 1/e, at 100 cd/m²."""
MARGIN = 32
"""Pixels of canvas more than picture, at least: the filter's skirts at 24 inches are gone by then."""

Plane: TypeAlias = npt.NDArray[np.float32]
"""A picture, of shape ``(height, width)``."""
Spectrum: TypeAlias = npt.NDArray[np.complex64]
"""Its transform on the canvas: the right half, of shape ``(rows, columns // 2 + 1)``."""


class MeasureError(LongtakeError, ValueError):
    """Pictures of which this cannot be measured."""


@dataclass(frozen=True)
class Eye:
    """An eye.

    Args:
        inches: from the panel.
    """

    inches: float

    def passes(self, frequency: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """How much of a pattern reaches the mind: 1 for all.

        Args:
            frequency: in cycles a pixel.
        """
        dots_per_degree = DOTS_PER_INCH * self.inches * np.pi / 180
        falls: npt.NDArray[np.float64] = np.exp(-frequency * dots_per_degree / FALL)
        return falls


NEAR, FAR = Eye(12.0), Eye(24.0)
"""In the hand, and on a shelf."""


@dataclass(frozen=True)
class Canvas:
    """Where pictures of one size are transformed.

    Args:
        size: of the pictures.
    """

    size: Size

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns: what the transform is quick with, and a margin."""
        return (
            int(fft.next_fast_len(self.size.height + MARGIN, real=True)),
            int(fft.next_fast_len(self.size.width + MARGIN, real=True)),
        )

    def error(self, error: Plane) -> Spectrum:
        """Transform an error, which is nil in the margin."""
        return self._transform(np.pad(error, self._margins))

    def picture(self, picture: Plane) -> Spectrum:
        """Transform a picture, which runs out into the mean of its border."""
        border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]]).mean()
        return self._transform(
            np.pad(picture, self._margins, "linear_ramp", end_values=((border, border), (border, border)))
        )

    def seen(self, spectrum: Spectrum, eye: Eye) -> Plane:
        """What the eye makes of something, without the margin."""
        return self._plane(spectrum * passes(self, eye))

    def slopes(self, spectrum: Spectrum, eye: Eye) -> tuple[Plane, Plane]:
        """By how much what the eye makes of it grows from pixel to pixel, to the right and down."""
        down, across = self.frequencies()
        seen = spectrum * passes(self, eye)
        right, under = (seen * (2j * np.pi * axis).astype(np.complex64) for axis in (across, down))
        return self._plane(right), self._plane(under)

    def frequencies(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Down, of shape ``(rows, 1)``, and across, ``(1, columns // 2 + 1)``, in cycles a pixel."""
        rows, columns = self.shape
        down, across = np.fft.fftfreq(rows), np.fft.rfftfreq(columns)
        return down[:, None].astype(np.float64), across[None, :].astype(np.float64)

    @property
    def _margins(self) -> tuple[tuple[int, int], tuple[int, int]]:
        (rows, columns), (width, height) = self.shape, self.size
        top, left = (rows - height) // 2, (columns - width) // 2
        return (top, rows - height - top), (left, columns - width - left)

    def _plane(self, spectrum: Spectrum) -> Plane:
        whole: Plane = fft.irfft2(spectrum, s=self.shape)
        (top, _), (left, _) = self._margins
        return np.ascontiguousarray(whole[top : top + self.size.height, left : left + self.size.width])

    def _transform(self, plane: Plane) -> Spectrum:
        spectrum: Spectrum = fft.rfft2(plane.astype(np.float32, copy=False))
        return spectrum


@lru_cache(maxsize=8)
def passes(canvas: Canvas, eye: Eye) -> Plane:
    """The eye's filter on a canvas."""
    down, across = canvas.frequencies()
    return eye.passes(np.hypot(down, across)).astype(np.float32)
