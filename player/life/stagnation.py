"""When a world has nothing new to show any more.

A world's next state follows from its state, so that a state seen before is proof: from there on it goes
round. The last `bound` states are known by their digests. One older state is kept besides, and replaced at
generations 1, 2, 4, 8, … (R. P. Brent, "An improved Monte Carlo factorization algorithm", 1980), so that a
longer round is found too, only later.

On a torus a world may also come back somewhere else, as when only gliders are left that fly one way. So there
each state is also known by the digest of what it looks like from an origin that moves with it.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum
from itertools import product
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from player.life.board import Board

T = TypeVar("T")

BOUND = 2_000
"""Generations back that are remembered by default, at about 150 bytes each."""
MOST_ORIGINS = 64
"""A world so regular that it has more origins is not looked at for flight; it still can come round."""


class Kind(Enum):
    """How a world has come to its end."""

    DEAD = "dead"
    STILL = "still"
    OSCILLATING = "oscillating"
    FLYING = "flying"


@dataclass(frozen=True)
class Stagnation:
    """What a world does for ever from now on.

    Args:
        kind: how.
        period: generations after which it is the same again; where it flies, the same elsewhere.
        since: a generation from which on it does so; it may have begun earlier.
        right: cells that it flies to the right in a period, the shorter way round; negative to the left.
        down: likewise.
    """

    kind: Kind
    period: int
    since: int
    right: int = 0
    down: int = 0


class Watch:
    """Sees the generations of one world, one after another, and says when there is nothing new.

    Args:
        torus: whether opposite edges meet.
        bound: oscillators of a period up to this are found as soon as they have gone round once.
    """

    def __init__(self, torus: bool, bound: int = BOUND) -> None:
        self._torus = torus
        self._bound = bound
        self._generation = -1
        self._seen: OrderedDict[bytes, int] = OrderedDict()
        self._shapes: OrderedDict[bytes, tuple[int, int, int]] = OrderedDict()
        self._landmark, self._landmark_at = b"", -1

    def see(self, board: Board) -> Stagnation | None:
        """What the world does for ever, if that is sure now; it is to be shown each generation."""
        self._generation += 1
        now = self._generation
        digest = board.digest
        before = self._landmark_at if digest == self._landmark else self._seen.get(digest)
        if before is not None:
            if not board.population:
                return Stagnation(Kind.DEAD, 1, before)
            return Stagnation(Kind.STILL if now - before == 1 else Kind.OSCILLATING, now - before, before)
        if not now & (now - 1):  # 0 and the powers of two
            self._landmark, self._landmark_at = digest, now
        _remember(self._seen, digest, now, self._bound)
        return self._flight(board) if self._torus and board.population else None

    def _flight(self, board: Board) -> Stagnation | None:
        found = shape(board)
        if found is None:
            return None
        digest, left, top = found
        before = self._shapes.get(digest)
        _remember(self._shapes, digest, (self._generation, left, top), self._bound)
        if before is None:
            return None
        width, height = board.size
        right, down = _shorter(left - before[1], width), _shorter(top - before[2], height)
        return Stagnation(Kind.FLYING, self._generation - before[0], before[0], right, down)


def shape(board: Board) -> tuple[bytes, int, int] | None:
    """What a world on a torus looks like wherever it lies there, and column and row of the origin for that.

    Returns:
        A digest that two worlds share if one is the other moved, and as good as surely no others; the column;
        the row. None if the world is so regular that more than `MOST_ORIGINS` places may be the origin.
    """
    alive = board.mask()
    columns, rows = _origins(alive.sum(axis=0)), _origins(alive.sum(axis=1))
    if len(columns) * len(rows) > MOST_ORIGINS:
        return None
    return min(
        (Board.of(np.roll(alive, (-int(row), -int(column)), (0, 1))).digest, int(column), int(row))
        for row, column in product(rows, columns)
    )


def _origins(sums: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    """Where to begin round a ring of numbers so that it reads the same however it is turned.

    Each beginning has a number, a polynomial in what follows it; the least is taken, wherever it occurs.
    """
    powers = np.full(sums.size, 0x9E3779B97F4A7C15, dtype=np.uint64)
    powers[0] = 1
    np.multiply.accumulate(powers, out=powers)
    ring = np.concatenate([sums, sums[:-1]]).astype(np.uint64)
    numbers = np.lib.stride_tricks.sliding_window_view(ring, sums.size) @ powers
    return np.flatnonzero(numbers == numbers.min())


def _shorter(distance: int, around: int) -> int:
    """A distance round a ring, the shorter way."""
    return (distance + (around - 1) // 2) % around - (around - 1) // 2


def _remember(known: OrderedDict[bytes, T], digest: bytes, value: T, bound: int) -> None:
    known[digest] = value
    known.move_to_end(digest)
    if len(known) > bound:
        known.popitem(last=False)
