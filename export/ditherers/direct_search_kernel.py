"""The inner loops of the direct search, compiled by numba when they are first used.

They keep two pictures of a frame: `states`, see `direct_search_states`, and `gradient`, with a border of
`REACH`: the error under the eye's kernel, which says what turning a pixel would cost. Both are kept exact
while pixels turn, so that a cost is always read and never estimated. Costs are halved, to fit into 16 bits.
"""

from __future__ import annotations

import numba
import numpy as np

from export.ditherers.direct_search_states import FIXED, MOVED, MOVES, PALE, TALL, WHITE, WIDE
from export.ditherers.eye import DOT, KERNEL, REACH
from export.ditherers.felt import SIZE, Bytes, Shorts
from export.ditherers.rest import BLOCK

ROOM = SIZE + 1  # columns of the kernel, rounded up to what a processor adds at once
DOTS = np.zeros((SIZE, ROOM), np.int16)
DOTS[:, :SIZE] = KERNEL
"""What a pixel that turns white adds to `gradient`; all that a whole panel could add fits into 16 bits."""
HALF, BESIDE, ACROSS = (
    DOT // 2,
    int(KERNEL[REACH, REACH + 1]),
    int(KERNEL[REACH + 1, REACH + 1]),
)
"""Half the energy of a lone dot; the energy that two dots share side by side, and corner to corner."""
NEVER = 15_000


@numba.njit(nogil=True, cache=True)
def _costs(
    states: Bytes,
    gradient: Shorts,
    prices: Shorts,
    later: Shorts,
    black: Shorts,
    white: Shorts,
) -> None:  # pragma: no cover
    """Half of what turning each pixel of a line costs, in `black` or `white` by its colour."""
    for x in range(states.size):
        state = states[x]
        cost = HALF - prices[x] if state & MOVED else HALF + prices[x]
        cost = cost - later[x] if state & MOVES else cost + later[x]
        cost = cost - gradient[x] if state & WHITE else cost + gradient[x]
        cost = NEVER if state & FIXED else cost
        black[x] = np.int16(NEVER if state & WHITE else cost)
        white[x] = np.int16(cost if state & WHITE else NEVER)


@numba.njit(nogil=True, cache=True)
def _flags(
    black: Shorts,
    above: Shorts,
    white: Shorts,
    below: Shorts,
    slack: int,
    flags: Shorts,
) -> bool:  # pragma: no cover
    """Mark the pixels of a line that are worth a closer look, below 0; returns whether there is one."""
    straight, diagonal = np.int16(BESIDE - slack), np.int16(ACROSS - slack)
    least = np.int16(slack)
    found = np.int16(0)
    for x in range(flags.size):
        own = black[x + 1]
        near = np.int16(min(min(above[x + 1], below[x + 1]), min(white[x], white[x + 2])) - straight)
        far = np.int16(min(min(above[x], below[x]), min(above[x + 2], below[x + 2])) - diagonal)
        gain = np.int16(min(np.int16(own + min(near, far)), np.int16(min(own, white[x + 1]) + least)))
        flags[x] = gain
        found = min(found, gain)
    return bool(found < 0)


@numba.njit(nogil=True, cache=True)
def _cost(
    states: Bytes, gradient: Shorts, prices: Shorts, later: Shorts, y: int, x: int
) -> int:  # pragma: no cover
    state = states[y + 1, x + 1]
    slope = gradient[y + REACH, x + REACH]
    price = prices[y // BLOCK, x // BLOCK]
    cost = HALF - price if state & MOVED else HALF + price
    price = later[y // BLOCK, x // BLOCK]
    cost = cost - price if state & MOVES else cost + price
    return int(cost - slope if state & WHITE else cost + slope)


@numba.njit(nogil=True, cache=True)
def _turn(states: Bytes, gradient: Shorts, y: int, x: int) -> None:  # pragma: no cover
    sign = -1 if states[y + 1, x + 1] & WHITE else 1
    for i in range(SIZE):
        line = gradient[y + i, x : x + ROOM]
        for j in range(ROOM):
            line[j] += sign * DOTS[i, j]
    states[y + 1, x + 1] ^= WHITE | MOVED | MOVES


@numba.njit(nogil=True, cache=True)
def _best(
    states: Bytes,
    gradient: Shorts,
    prices: Shorts,
    later: Shorts,
    slack: int,
    y: int,
    x: int,
) -> tuple[bool, int, int]:  # pragma: no cover
    """The best of turning a pixel alone and of swapping it with one of its eight neighbours, if any pays."""
    state = states[y + 1, x + 1]
    own = _cost(states, gradient, prices, later, y, x)
    best, best_y, best_x = -slack if state & PALE else min(-slack, own), y, x
    for dy in range(-1, 2):
        for dx in range(-1, 2):
            other = states[y + 1 + dy, x + 1 + dx]
            if other & FIXED or not (state ^ other) & WHITE:
                continue
            both = own + _cost(states, gradient, prices, later, y + dy, x + dx) - DOTS[REACH + dy, REACH + dx]
            if both < best:
                best, best_y, best_x = both, y + dy, x + dx
    return best < -slack, best_y, best_x


@numba.njit(nogil=True, cache=True)
def search(
    states: Bytes,
    gradient: Shorts,
    prices: Shorts,
    later: Shorts,
    slack: int,
    rounds: int,
    dirty: Bytes,
) -> None:  # pragma: no cover
    """Turn pixels, alone or in pairs, until no turn pays, or `rounds` times over the picture.

    Args:
        states: see `begin`; comes in as the seed and goes out as the result.
        gradient: see `filtered`.
        prices: of a pixel that differs from the frame before, halved, in units of `DOT`, for each block of
            `BLOCK` × `BLOCK` pixels.
        later: the same of one that differs from the frame after.
        slack: half of what a turn must gain at least.
        rounds: over the tiles that something turned in or near.
        dirty: the tiles to begin with, not 0; all 0 in the end if there were rounds enough.
    """
    height, width = states.shape[0] - 2, states.shape[1] - 2
    down, across = dirty.shape
    black = np.empty((TALL + 2, WIDE + 2), dtype=np.int16)
    white = np.empty((TALL + 2, WIDE + 2), dtype=np.int16)
    flags = np.empty(WIDE, dtype=np.int16)
    line, next_line = (
        np.empty(WIDE + 2, dtype=np.int16),
        np.empty(WIDE + 2, dtype=np.int16),
    )
    ys, xs = (
        np.empty(TALL * WIDE, dtype=np.int32),
        np.empty(TALL * WIDE, dtype=np.int32),
    )
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
                    line[x], next_line[x] = (
                        prices[top // BLOCK, block],
                        later[top // BLOCK, block],
                    )
                for y in range(tall + 2):
                    _costs(
                        states[top + y, left : left + wide + 2],
                        gradient[top + y + REACH - 1, left + REACH - 1 : left + REACH + wide + 1],
                        line[: wide + 2], next_line[: wide + 2], black[y], white[y],
                    )  # fmt: skip
                count = 0
                for y in range(tall):
                    if _flags(
                        black[y + 1],
                        white[y],
                        white[y + 1],
                        white[y + 2],
                        slack,
                        flags[:wide],
                    ):
                        for x in range(wide):
                            if flags[x] < 0:
                                ys[count], xs[count] = top + y, left + x
                                count += 1
                for i in range(count):
                    y, x = ys[i], xs[i]
                    pays, other_y, other_x = _best(states, gradient, prices, later, slack, y, x)
                    if not pays:
                        continue
                    _turn(states, gradient, y, x)
                    if other_y != y or other_x != x:
                        _turn(states, gradient, other_y, other_x)
                    reach = REACH + 2
                    for r in range(
                        max(0, y - reach) // TALL,
                        min(down - 1, (y + reach) // TALL) + 1,
                    ):
                        for c in range(
                            max(0, x - reach) // WIDE,
                            min(across - 1, (x + reach) // WIDE) + 1,
                        ):
                            dirty[r, c] = 1
        if calm:
            return
