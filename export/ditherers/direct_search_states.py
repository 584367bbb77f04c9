"""What the direct search keeps of each pixel, and of each tile of pixels; compiled by numba when first used.

A byte for each pixel, with a border of one: is it `WHITE`, does it differ from the frame before (`MOVED`) or
from the one after (`MOVES`), may it not turn at all (`FIXED`), or only change places with another (`PALE`)?
"""

from __future__ import annotations

import numba
import numpy as np

from export.ditherers.felt import Bytes
from export.stages.tone import Grey

WHITE, MOVED, FIXED, MOVES, PALE = 1, 2, 4, 8, 16
TALL, WIDE = 8, 64
"""Size of a tile: what is looked at anew together after something turned nearby."""
FAINT = 8
"""Levels from black and from white in which dots are out of each other's reach. Alone a dot costs its own
energy, and pays for itself only from 255 / 2 / 29.6 = 4.3 levels on, where 29.6 is the kernel's weight beside
its middle; up to twice that it does so barely."""


@numba.njit(nogil=True, cache=True)
def begin(grey: Grey, previous: Bytes, white: Bytes, states: Bytes) -> None:  # pragma: no cover
    """Fill `states`. All ink and all paper stay what they are; near them the seed says how many dots."""
    height, width = grey.shape
    for y in range(height):
        for x in range(width):
            level = grey[y, x]
            now = 0 if level == 0 else 1 if level == 255 else white[y, x]
            fixed = FIXED if level == 0 or level == 255 else 0
            if level < FAINT or level > 255 - FAINT:
                fixed |= PALE
            white[y, x] = now
            states[y + 1, x + 1] = now | (now ^ previous[y, x]) << 1 | fixed


@numba.njit(nogil=True, cache=True)
def relate(before: Bytes, states: Bytes, after: Bytes) -> None:  # pragma: no cover
    """Tell `states` anew how the frame differs from the one before it and from the one after it."""
    height, width = states.shape
    for y in range(1, height - 1):
        for x in range(1, width - 1):
            state = states[y, x] & (WHITE | FIXED | PALE)
            moved = (state ^ before[y, x]) & WHITE
            moves = (state ^ after[y, x]) & WHITE
            states[y, x] = state | moved << 1 | moves << 3


def everywhere(states: Bytes) -> Bytes:
    """All tiles, dirty."""
    height, width = states.shape[0] - 2, states.shape[1] - 2
    return np.ones((-(-height // TALL), -(-width // WIDE)), dtype=np.uint8)


@numba.njit(nogil=True, cache=True)
def stirred(states: Bytes) -> Bytes:  # pragma: no cover
    """The tiles in which something may pay that did not before `relate`: dots at hand that move on."""
    height, width = states.shape[0] - 2, states.shape[1] - 2
    dirty = np.zeros(((height + TALL - 1) // TALL, (width + WIDE - 1) // WIDE), dtype=np.uint8)
    for row in range(dirty.shape[0]):
        for column in range(dirty.shape[1]):
            found = 0
            for y in range(row * TALL, min(row * TALL + TALL, height) + 2):
                for x in range(column * WIDE, min(column * WIDE + WIDE, width) + 2):
                    found |= states[y, x]
            dirty[row, column] = found & MOVES
    return dirty
