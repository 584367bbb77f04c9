"""Where a picture has just come to rest, and a change is cheap for a moment.

While a picture moves, dots stay behind where moving them would not pay before the next frame; when it comes
to rest they would stay there for good. So the price of a change halves with each of the first frames after a
movement, which polishes the place, and is then what it was, so that noise does not make it boil.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numba
import numpy as np
import numpy.typing as npt

from export.stages.tone import Grey

BLOCK: Final = 16
"""Pixels to a side of what moves or rests together."""
POLISH: Final = 4
"""Frames after a movement in which a change is cheaper."""
STRIDE: Final = 4
"""Frames over which a movement is measured, so that a slow fade is one as well."""
MEMORY: Final = POLISH + STRIDE
"""Earlier pictures that this looks at."""
MOVED: Final = 2 * BLOCK * BLOCK
"""A block moved if its mean grey changed by two levels over `STRIDE` frames; as a sum over its pixels."""
STILL: Final = 3 * BLOCK * BLOCK // 8
"""It rests if that changed by no more than three eighths of a level in a frame,"""
SLOWER: Final = 16
"""or by a sixteenth of the movement before, which is a quarter of what that was in a frame."""

Sums = npt.NDArray[np.int32]


def halvings(sums: Sequence[Sums]) -> npt.NDArray[np.uint8]:
    """How many times the price of a change is halved in each block.

    Args:
        sums: of the picture that is dithered now and of those of the same shot before it, the newest first;
            one and `MEMORY` of them are looked at.

    Returns:
        ``uint8`` of the same shape, 0 to `POLISH`.
    """
    sums = sums[: MEMORY + 1]
    result = np.zeros(sums[0].shape, np.uint8)
    resting = np.ones(sums[0].shape, bool)
    for rested in range(1, min(POLISH + 1, len(sums) - 2) + 1):
        step = np.abs(sums[rested - 1] - sums[rested])
        movement = np.abs(sums[rested] - sums[min(rested + STRIDE, len(sums) - 1)])
        resting &= step <= np.maximum(STILL, movement // SLOWER)
        result[resting & (movement > MOVED)] = rested if rested <= POLISH else 0
    return result


@numba.njit(nogil=True, cache=True)
def block_sums(grey: Grey) -> Sums:  # pragma: no cover
    """The sum of each block's greys: ``int32`` of shape ``(⌈height / BLOCK⌉, ⌈width / BLOCK⌉)``."""
    height, width = grey.shape
    sums = np.zeros(((height + BLOCK - 1) // BLOCK, (width + BLOCK - 1) // BLOCK), dtype=np.int32)
    for y in range(height):
        row = sums[y // BLOCK]
        for x in range(width):
            row[x // BLOCK] += grey[y, x]
    return sums
