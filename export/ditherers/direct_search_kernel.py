"""The inner loops of the direct search, compiled by numba when they are first used.

They keep two pictures of a frame. `states` has a byte for each pixel, with a border of one: is it `WHITE`,
does it differ from the frame before (`MOVED`) or from the one after (`MOVES`), may it not turn at all
(`FIXED`), or only change places with another (`PALE`)? `gradient` has, with a border of `REACH`, the error
under the eye's kernel, which says what turning a pixel would cost. Both are kept exact while pixels turn, so
that a cost is always read and never estimated.
"""

from __future__ import annotations

import numba
import numpy as np

from export.ditherers.eye import REACH
from export.ditherers.felt import SIZE, Bytes, Ints
from export.ditherers.rest import BLOCK
from export.stages.tone import Grey

WHITE, MOVED, FIXED, MOVES, PALE = 1, 2, 4, 8, 16
TALL, WIDE = 8, 64
"""Size of a tile: what is looked at anew together after something turned nearby."""
ROOM = SIZE + 1  # columns of the kernel, rounded up to what a processor adds at once
NEVER = 1 << 29
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


@numba.njit(nogil=True, cache=True)
def _costs(
    states: Bytes, gradient: Ints, dot: int, prices: Ints, later: Ints, black: Ints, white: Ints
) -> None:  # pragma: no cover
    """What turning each pixel of a line costs, in `black` or `white` by its colour."""
    for x in range(states.size):
        state = states[x]
        slope = 2 * gradient[x]
        cost = dot - prices[x] if state & MOVED else dot + prices[x]
        cost = cost - later[x] if state & MOVES else cost + later[x]
        cost = cost - slope if state & WHITE else cost + slope
        cost = NEVER if state & FIXED else cost
        black[x] = NEVER if state & WHITE else cost
        white[x] = cost if state & WHITE else NEVER


@numba.njit(nogil=True, cache=True)
def _flags(
    black: Ints, above: Ints, white: Ints, below: Ints, alone: int, beside: int, across: int, flags: Ints
) -> int:  # pragma: no cover
    """Mark the pixels of a line that are worth a closer look; returns whether there is one."""
    found = 0
    for x in range(flags.size):
        near = min(min(above[x + 1], below[x + 1]), min(white[x], white[x + 2]))
        far = min(min(above[x], below[x]), min(above[x + 2], below[x + 2]))
        flag = int(min(black[x + 1], white[x + 1]) < alone)
        flag |= int(black[x + 1] + near < beside) | int(black[x + 1] + far < across)
        flags[x] = flag
        found |= flag
    return found


@numba.njit(nogil=True, cache=True)
def _cost(
    states: Bytes, gradient: Ints, dot: int, prices: Ints, later: Ints, y: int, x: int
) -> int:  # pragma: no cover
    state = states[y + 1, x + 1]
    slope = 2 * gradient[y + REACH, x + REACH]
    price = prices[y // BLOCK, x // BLOCK]
    cost = dot - price if state & MOVED else dot + price
    price = later[y // BLOCK, x // BLOCK]
    cost = cost - price if state & MOVES else cost + price
    return int(cost - slope if state & WHITE else cost + slope)


@numba.njit(nogil=True, cache=True)
def _turn(
    states: Bytes, gradient: Ints, lighter: Ints, darker: Ints, y: int, x: int
) -> None:  # pragma: no cover
    change = darker if states[y + 1, x + 1] & WHITE else lighter
    for i in range(SIZE):
        for j in range(ROOM):
            gradient[y + i, x + j] += change[i, j]
    states[y + 1, x + 1] ^= WHITE | MOVED | MOVES


@numba.njit(nogil=True, cache=True)
def _best(
    states: Bytes,
    gradient: Ints,
    lighter: Ints,
    dot: int,
    prices: Ints,
    later: Ints,
    slack: int,
    y: int,
    x: int,
) -> tuple[bool, int, int]:  # pragma: no cover
    """The best of turning a pixel alone and of swapping it with one of its eight neighbours, if any pays."""
    state = states[y + 1, x + 1]
    own = _cost(states, gradient, dot, prices, later, y, x)
    best, best_y, best_x = -slack if state & PALE else min(-slack, own), y, x
    for dy in range(-1, 2):
        for dx in range(-1, 2):
            other = states[y + 1 + dy, x + 1 + dx]
            if other & FIXED or not (state ^ other) & WHITE:
                continue
            both = own + _cost(states, gradient, dot, prices, later, y + dy, x + dx)
            both -= 2 * lighter[REACH + dy, REACH + dx]
            if both < best:
                best, best_y, best_x = both, y + dy, x + dx
    return best < -slack, best_y, best_x


@numba.njit(nogil=True, cache=True)
def search(
    states: Bytes,
    gradient: Ints,
    lighter: Ints,
    prices: Ints,
    later: Ints,
    slack: int,
    rounds: int,
    dirty: Bytes,
) -> None:  # pragma: no cover  # fmt: skip
    """Turn pixels, alone or in pairs, until no turn pays, or `rounds` times over the picture.

    Args:
        states: see `begin`; comes in as the seed and goes out as the result.
        gradient: see `filtered`.
        lighter: the kernel, times 255, in `ROOM` columns: what a pixel turning white adds to `gradient`.
        prices: of a pixel that differs from the frame before, in units of `lighter`, for each block of
            `BLOCK` × `BLOCK` pixels.
        later: the same of one that differs from the frame after.
        slack: what a turn must gain at least.
        rounds: over the tiles that something turned in or near.
        dirty: the tiles to begin with, not 0; all 0 in the end if there were rounds enough.
    """
    height, width = states.shape[0] - 2, states.shape[1] - 2
    down, across = dirty.shape
    darker = -lighter
    dot = lighter[REACH, REACH]
    straight = 2 * lighter[REACH, REACH + 1] - slack
    diagonal = 2 * lighter[REACH + 1, REACH + 1] - slack
    black = np.empty((TALL + 2, WIDE + 2), dtype=np.int32)
    white = np.empty((TALL + 2, WIDE + 2), dtype=np.int32)
    flags = np.empty(WIDE, dtype=np.int32)
    line, next_line = np.empty(WIDE + 2, dtype=np.int32), np.empty(WIDE + 2, dtype=np.int32)
    ys, xs = np.empty(TALL * WIDE, dtype=np.int32), np.empty(TALL * WIDE, dtype=np.int32)
    for _ in range(rounds):
        calm = True
        for row in range(down):
            top = row * TALL
            tall = min(TALL, height - top)
            for column in range(across):
                if not dirty[row, column]:
                    continue
                dirty[row, column] = 0
                calm = False
                left = column * WIDE
                wide = min(WIDE, width - left)
                for x in range(wide + 2):
                    block = min(max(left + x - 1, 0), width - 1) // BLOCK
                    line[x], next_line[x] = prices[top // BLOCK, block], later[top // BLOCK, block]
                for y in range(tall + 2):
                    _costs(
                        states[top + y, left : left + wide + 2],
                        gradient[top + y + REACH - 1, left + REACH - 1 : left + REACH + wide + 1],
                        dot, line[: wide + 2], next_line[: wide + 2], black[y], white[y],
                    )  # fmt: skip
                count = 0
                for y in range(tall):
                    if _flags(
                        black[y + 1],
                        white[y],
                        white[y + 1],
                        white[y + 2],
                        -slack,
                        straight,
                        diagonal,
                        flags[:wide],
                    ):
                        for x in range(wide):
                            if flags[x]:
                                ys[count], xs[count] = top + y, left + x
                                count += 1
                for i in range(count):
                    y, x = ys[i], xs[i]
                    pays, other_y, other_x = _best(states, gradient, lighter, dot, prices, later, slack, y, x)
                    if not pays:
                        continue
                    _turn(states, gradient, lighter, darker, y, x)
                    if other_y != y or other_x != x:
                        _turn(states, gradient, lighter, darker, other_y, other_x)
                    reach = REACH + 2
                    for r in range(max(0, y - reach) // TALL, min(down - 1, (y + reach) // TALL) + 1):
                        for c in range(max(0, x - reach) // WIDE, min(across - 1, (x + reach) // WIDE) + 1):
                            dirty[r, c] = 1
        if calm:
            return
