"""The grey picture that a dither stands for, and what of it changed since the one before."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from export.measure.eye import Canvas, Eye, MeasureError, Plane, Spectrum
from export.stages.tone import Grey
from player.frame import Size

BLOCK = 8
"""Pixels along the edge of a block whose mean must be kept."""
CUT = 0.08
"""Of the mean absolute change of grey, as a share of the range: above it a new shot begins."""


@dataclass(frozen=True, eq=False)
class Contone:
    """A grey picture, measured once for all the dithers of it.

    Args:
        plane: density of white dots, 0 to 1.
        spectrum: its transform.
        moved: transform of its change since the picture before; None if it is the first.
        changed: mean absolute change of grey, 0 to 1; exactly so many pixels a fixed mask changes.
        bound: share of all pixels that must change if the mean of every 8×8 block is to be kept: the mean
            absolute change of the blocks' means. Nothing that follows the picture changes fewer.
        cut: whether so much changed that a new shot begins; so it does with the first.
    """

    plane: Plane
    spectrum: Spectrum
    moved: Spectrum | None
    changed: float
    bound: float
    cut: bool
    _seen: dict[Eye, Plane] = field(default_factory=dict, repr=False)
    _slopes: dict[Eye, tuple[Plane, Plane]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, grey: Grey, before: Contone | None = None) -> Contone:
        """Measure a picture.

        Args:
            grey: ``uint8`` of shape ``(height, width)``.
            before: the one before it.

        Raises:
            MeasureError: the one before has another size.
        """
        plane = grey.astype(np.float32) / np.float32(255)
        canvas = Canvas(_size(plane))
        spectrum = canvas.picture(plane)
        if before is None:
            return cls(plane, spectrum, None, 0.0, 0.0, True)
        if before.size != canvas.size:
            raise MeasureError(f"a {before.size} picture cannot come before a {canvas.size} one")
        change = plane - before.plane
        changed = float(np.abs(change).mean(dtype=np.float64))
        moved = canvas.error(change)
        return cls(plane, spectrum, moved, changed, block_bound(change), changed > CUT)

    @property
    def size(self) -> Size:
        """In pixels."""
        return _size(self.plane)

    def seen(self, eye: Eye) -> Plane:
        """What an eye makes of it; worked out once."""
        if eye not in self._seen:
            self._seen[eye] = Canvas(self.size).seen(self.spectrum, eye)
        return self._seen[eye]

    def slopes(self, eye: Eye) -> tuple[Plane, Plane]:
        """By how much what the eye makes of it grows from pixel to pixel, to the right and down."""
        if eye not in self._slopes:
            self._slopes[eye] = Canvas(self.size).slopes(self.spectrum, eye)
        return self._slopes[eye]


def block_bound(change: npt.NDArray[np.float32]) -> float:
    """Mean over all pixels of the absolute change of the mean of their 8×8 block."""
    height, width = change.shape
    rows, columns = np.arange(0, height, BLOCK), np.arange(0, width, BLOCK)
    sums = np.add.reduceat(np.add.reduceat(change, rows, axis=0), columns, axis=1)
    return float(np.abs(sums).sum(dtype=np.float64) / change.size)


def _size(plane: Plane) -> Size:
    height, width = plane.shape
    return Size(width, height)
