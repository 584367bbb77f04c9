"""How unlike two pictures are when what only moved, and what only grew lighter or darker, is not counted.

It looks at thumbnails of 32×18 in whole numbers, so that the same film gives the same answer everywhere, and
at 16×9 sums of those where only light and dark matter.

Motion is followed block by block, as a video coder does: each block of the one picture is held against the
other all around its place, and what differs at the best place is what motion does not explain. (So for shots
first Shahraray, Scene change detection and content-based sampling of video sequences, 1995.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

Thumbnail = npt.NDArray[np.uint8]
Small = npt.NDArray[np.int16]
Coarse = npt.NDArray[np.int64]

WIDTH, HEIGHT = 32, 18
REACH_X, REACH_Y = 6, 3
"""Thumbnail pixels that a block may move from frame to frame: 19 and 17 % of the picture."""
BLOCK_X, BLOCK_Y = 4, 3
OUTSIDE = 2000
"""A level that matches nothing, and of which 12 still add up in 16 bits."""
FAINT, BARE = 4.0, 25.0
"""Levels that differences are held against at the least: if there is something in a picture, and if not."""
BLANK = 2.0
"""Levels of contrast in a picture with nothing in it; one line of small white text on black has more."""
EVEN = 32
"""Levels of contrast that pictures are brought to where only their shapes are compared."""


@dataclass(frozen=True, eq=False)
class Sight:
    """What is kept of a frame.

    Args:
        small: levels, of shape ``(18, 32)``.
        coarse: the same in 16×9, times 4, flat.
        contrast: mean absolute difference from the mean, in levels.
    """

    small: Small
    coarse: Coarse
    contrast: float

    @classmethod
    def of(cls, thumbnail: Thumbnail) -> Sight:
        """Of a thumbnail, ``(36, 64)``."""
        whole = _halved(thumbnail.astype(np.int64))
        small = ((whole + 2) // 4).astype(np.int16)
        return cls(small, _halved(small.astype(np.int64)).ravel(), _contrast(small))

    @property
    def blank(self) -> bool:
        """Whether there is nothing in it, as between a fade out and a fade in."""
        return self.contrast < BLANK


def unlike(one: Sight, other: Sight) -> float:
    """What motion does not explain, as a share of the contrast: 0 for the same picture, or 1 for another."""
    least = BARE if one.blank and other.blank else FAINT
    return _moved(one.small, other.small) / max(one.contrast, other.contrast, least)


def unlike_in_shape(one: Sight, other: Sight) -> float:
    """The same with both at one mean and one contrast, so that a fade of a picture is like the picture."""
    return _moved(_evened(one), _evened(other)) / EVEN


def _halved(levels: Coarse) -> Coarse:
    sums: Coarse = levels[::2, ::2] + levels[::2, 1::2] + levels[1::2, ::2] + levels[1::2, 1::2]
    return sums


def _contrast(small: Small) -> float:
    levels = small.astype(np.int64)
    return float(np.abs(levels * levels.size - levels.sum()).sum()) / levels.size**2


def _evened(sight: Sight) -> Small:
    levels = sight.small.astype(np.int64)
    gain = round(256 * EVEN / max(sight.contrast, 1))
    evened = ((levels * levels.size - levels.sum()) * gain) // (256 * levels.size)
    small: Small = np.clip(evened, -4 * EVEN, 4 * EVEN).astype(np.int16)
    return small


def _moved(one: Small, other: Small) -> float:
    """Mean absolute difference at the best places, in levels; the worse of looking there and looking back."""
    return max(_found(one, other), _found(other, one)) / (WIDTH * HEIGHT)


def _found(where: Small, what: Small) -> int:
    around = np.full((HEIGHT + 2 * REACH_Y, WIDTH + 2 * REACH_X), OUTSIDE, np.int16)
    around[REACH_Y:-REACH_Y, REACH_X:-REACH_X] = where
    difference = np.abs(sliding_window_view(around, (HEIGHT, WIDTH)) - what)
    blocks = difference.reshape(-1, HEIGHT // BLOCK_Y, BLOCK_Y, WIDTH // BLOCK_X, BLOCK_X)
    rows = sum(blocks[:, :, row] for row in range(1, BLOCK_Y)) + blocks[:, :, 0]
    sums = sum(rows[..., column] for column in range(1, BLOCK_X)) + rows[..., 0]
    return int(sums.min(axis=0).astype(np.int64).sum())
