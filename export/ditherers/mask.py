"""Ditherers that hold each pixel against a fixed threshold of its own.

They are the fastest, and the stillest: a pixel changes only when its own grey crosses its own threshold. The
price is a picture some 4 dB worse than error diffusion's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from PIL import Image

from export.stages.tone import Grey
from player.frame import Frame


@dataclass(frozen=True)
class Threshold:
    """White where the grey is above one level: no dither at all, to show what dither does.

    Args:
        level: 0 to 254.
    """

    level: int = 127
    remembers = False
    memory = 0

    def settings(self) -> dict[str, str | float]:
        """See `Ditherer`."""
        return {"level": self.level}

    def dither(self, grey: Grey, previous: Frame | None, before: Sequence[Grey] = ()) -> Frame:
        """See `Ditherer`."""
        return Frame.of(grey > self.level)


@dataclass(frozen=True)
class Bayer:
    """The ordered matrix of Bayer (1973), 8×8."""

    remembers = False
    memory = 0

    def settings(self) -> dict[str, str | float]:
        """See `Ditherer`."""
        return {"order": 8}

    def dither(self, grey: Grey, previous: Frame | None, before: Sequence[Grey] = ()) -> Frame:
        """See `Ditherer`."""
        return _compare(grey, _bayer())


@dataclass(frozen=True)
class BlueNoise:
    """A 128×128 blue-noise mask made by void-and-cluster (Ulichney 1993), see `void_and_cluster`."""

    remembers = False
    memory = 0

    def settings(self) -> dict[str, str | float]:
        """See `Ditherer`."""
        return {"mask": "void-and-cluster 128"}

    def dither(self, grey: Grey, previous: Frame | None, before: Sequence[Grey] = ()) -> Frame:
        """See `Ditherer`."""
        return _compare(grey, _blue_noise())


def thresholds(ranks: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> Grey:
    """Ranks 0 to n-1 as thresholds 0 to 254: a grey of g exceeds g/255 of them, to the nearest n-th."""
    return ((2 * ranks + 1) * 255 // (2 * ranks.size)).astype(np.uint8)


def _compare(grey: Grey, mask: Grey) -> Frame:
    height, width = grey.shape
    rows, columns = mask.shape
    tiled = np.tile(mask, (-(-height // rows), -(-width // columns)))
    return Frame.of(grey > tiled[:height, :width])


@cache
def _bayer() -> Grey:
    ranks = np.zeros((1, 1), dtype=np.int64)
    while len(ranks) < 8:
        ranks = np.block([[4 * ranks, 4 * ranks + 2], [4 * ranks + 3, 4 * ranks + 1]])
    return thresholds(ranks)


@cache
def _blue_noise() -> Grey:
    with files(__package__).joinpath("blue-noise-128.png").open("rb") as file:
        return np.asarray(Image.open(file))
