"""A Board is a field of cells, alive or dead: 64 of them in a word, laid so that neighbours are quickly met.

A row of `width` cells has ``across = (width + 2 + 63) // 64`` words. Cell x is in word ``(x + 1) % across``,
bit ``(x + 1) // across``: the cell to its right is nearly always the same bit of the next word, so that a
step needs no shifts. Places 0 and ``width + 1`` are left free for what lies beyond the edges, see
`player.life.stepper`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from player.errors import LongtakeError
from player.frame import Frame, Mask, Size

Words: TypeAlias = npt.NDArray[np.uint64]


class LifeError(LongtakeError, ValueError):
    """A rule, pattern or board of Life that cannot be had."""


def words_across(width: int) -> int:
    """How many words a row of so many cells has."""
    return (width + 2 + 63) // 64


@dataclass(frozen=True, eq=False)
class Board:
    """A field of cells, alive or dead, without a rule.

    Args:
        size: width and height in cells; either may be 0.
        words: ``uint64`` of shape ``(height, words_across(width))``, made read-only here; 1 = alive, and 0
            wherever there is no cell.

    Raises:
        LifeError: the array does not have that shape and type, or has bits set where there is no cell.
    """

    size: Size
    words: Words

    def __post_init__(self) -> None:
        width, height = self.size
        expected = (height, words_across(width))
        if self.words.dtype != np.uint64 or self.words.shape != expected:
            raise LifeError(
                f"a {self.size} board needs uint64 words of shape {expected}, "
                f"not {self.words.dtype} of shape {self.words.shape}"
            )
        if (self.words & ~room(width)).any():
            raise LifeError(f"a {self.size} board has bits set where there is no cell")
        self.words.flags.writeable = False

    @classmethod
    def empty(cls, size: Size) -> Board:
        """A board on which nothing lives."""
        return cls(size, np.zeros((size.height, words_across(size.width)), dtype=np.uint64))

    @classmethod
    def of(cls, alive: Mask) -> Board:
        """Pack a mask of shape ``(height, width)`` in which true is alive."""
        height, width = alive.shape
        return cls(Size(width, height), _packed(alive))

    def mask(self) -> Mask:
        """A fresh boolean array of shape ``(height, width)``; true is alive."""
        width, height = self.size
        octets = self.words.astype("<u8").view(np.uint8).reshape(height, words_across(width), 8)
        bits = np.unpackbits(octets, axis=2, bitorder="little").transpose(0, 2, 1)
        return bits.reshape(height, 64 * bits.shape[2])[:, 1 : width + 1].astype(np.bool_)

    @property
    def population(self) -> int:
        """How many cells are alive."""
        return int(np.bitwise_count(self.words).sum(dtype=np.int64))

    @property
    def digest(self) -> bytes:
        """16 bytes that differ, as good as surely, from those of any other board of this size."""
        return blake2b(self.words.tobytes(), digest_size=16).digest()

    def stamped(self, other: Board, left: int, top: int) -> Board:
        """This board with another's living cells added, its first cell at column `left` of row `top`.

        Raises:
            LifeError: the other one does not lie on this board.
        """
        (width, height), (across, down) = self.size, other.size
        if not (0 <= left <= width - across and 0 <= top <= height - down):
            raise LifeError(f"{other.size} cells at {left}, {top} do not lie on a board of {self.size}")
        alive = self.mask()
        alive[top : top + down, left : left + across] |= other.mask()
        return Board.of(alive)

    def centred_on(self, size: Size) -> Board:
        """These cells in the middle of a board of that size, rounded as Golly rounds it.

        Raises:
            LifeError: they do not fit on it.
        """
        left, top = size.width // 2 - self.size.width // 2, size.height // 2 - self.size.height // 2
        return Board.empty(size).stamped(self, left, top)

    def frame(self, size: Size, cell: int = 1) -> Frame:
        """A picture of that size with each cell `cell` × `cell` pixels, in its middle: the living are black.

        Raises:
            LifeError: the cells do not fit into it.
        """
        across, down = self.size.width * cell, self.size.height * cell
        if cell < 1 or across > size.width or down > size.height:
            raise LifeError(f"{self.size} cells of {cell} pixels do not fit into a picture of {size}")
        white = np.ones((size.height, size.width), dtype=np.bool_)
        left, top = (size.width - across) // 2, (size.height - down) // 2
        dead = ~self.mask()
        if cell > 1:
            dead = dead.repeat(cell, axis=0).repeat(cell, axis=1)
        white[top : top + down, left : left + across] = dead
        return Frame.of(white)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Board):
            return NotImplemented
        return self.size == other.size and np.array_equal(self.words, other.words)

    __hash__ = None  # type: ignore[assignment]  # `digest` is there for that


@lru_cache(maxsize=64)
def room(width: int) -> Words:
    """The words of a row in which every cell is alive: where there are cells."""
    words: Words = _packed(np.ones((1, width), dtype=np.bool_))[0]
    words.flags.writeable = False
    return words


def _packed(alive: Mask) -> Words:
    height, width = alive.shape
    across = words_across(width)
    places = np.zeros((height, 64 * across), dtype=np.bool_)
    places[:, 1 : width + 1] = alive
    octets = np.packbits(places.reshape(height, 64, across).transpose(0, 2, 1), axis=2, bitorder="little")
    return np.ascontiguousarray(octets).view("<u8").reshape(height, across).astype(np.uint64)
