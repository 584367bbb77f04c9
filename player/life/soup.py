"""Soups: random worlds that can be made again, on any machine and by any version, from three numbers.

Cell i, counted along the rows from 0, is alive if the top 53 bits of ``mix(seed + (i + 1) *
0x9E3779B97F4A7C15)`` are, as an integer, less than ``density * 2**53``; `mix` is SplitMix64's, and so the
seed's numbers are SplitMix64's (Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
2014; Vigna's splitmix64.c). No library's random numbers have part in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from player.frame import Size
from player.life.board import Board, LifeError, Words
from player.life.rule import MAX_CELLS, MAX_SIDE

_NUMBER = r"\d(?:\.\d{1,20})?(?:e-\d{1,3})?"
_WRITTEN = re.compile(rf"soup (\d{{1,5}})x(\d{{1,5}}) density ({_NUMBER}) seed (\d{{1,20}})")


@dataclass(frozen=True)
class Soup:
    """A random world, as a recipe; its text, "soup 250x122 density 0.375 seed 7", is the record of it.

    Args:
        size: width and height in cells.
        density: the share of cells that live, 0 to 1.
        seed: 0 to 2**64 - 1.

    Raises:
        LifeError: one of them is not so.
    """

    size: Size
    density: float
    seed: int

    def __post_init__(self) -> None:
        if not all(1 <= side <= MAX_SIDE for side in self.size) or self.size.pixels > MAX_CELLS:
            raise LifeError(
                f"a soup of {self.size} cells is not of 1 to {MAX_SIDE} along a side and {MAX_CELLS} in all"
            )
        if not 0 <= self.density <= 1:
            raise LifeError(f"a soup's density is from 0 to 1, not {self.density}")
        if not 0 <= self.seed < 1 << 64:
            raise LifeError(f"a soup's seed is from 0 to 2**64 - 1, not {self.seed}")

    @classmethod
    def parse(cls, text: str) -> Soup:
        """Read what `str` wrote.

        Raises:
            LifeError: it is something else.
        """
        found = _WRITTEN.fullmatch(text.strip())
        if not found:
            raise LifeError(f'{text[:60]!r} is not like "soup 250x122 density 0.375 seed 7"')
        return cls(Size(int(found[1]), int(found[2])), float(found[3]), int(found[4]))

    def __str__(self) -> str:
        return f"soup {self.size.width}x{self.size.height} density {float(self.density)!r} seed {self.seed}"

    def board(self) -> Board:
        """The world at its beginning."""
        numbers = splitmix64(self.seed, self.size.pixels) >> np.uint64(11)
        alive = numbers < np.uint64(int(self.density * (1 << 53)))
        return Board.of(alive.reshape(self.size.height, self.size.width))


def splitmix64(seed: int, count: int) -> Words:
    """The first numbers that SplitMix64 gives from a seed: ``uint64`` of shape ``(count,)``."""
    state = np.arange(1, count + 1, dtype=np.uint64)
    state *= np.uint64(0x9E3779B97F4A7C15)
    state += np.uint64(seed)
    state ^= state >> np.uint64(30)
    state *= np.uint64(0xBF58476D1CE4E5B9)
    state ^= state >> np.uint64(27)
    state *= np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return state
