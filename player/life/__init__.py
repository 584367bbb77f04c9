"""Conway's Game of Life, and the other rules that count eight neighbours: values, steps, files of patterns.

A `Board` of cells is stepped by a `Stepper` after a `Rule`; a `Watch` says when the world has nothing new to
show; a `Pattern` comes from a file or from the library, a `Soup` from three numbers.
"""

from player.life.board import Board, LifeError
from player.life.cells import read_cells
from player.life.library import named, names
from player.life.pattern import Pattern
from player.life.rle import read_rle, write_rle
from player.life.rule import NAMED, Bounds, Rule
from player.life.soup import Soup
from player.life.stagnation import Kind, Stagnation, Watch
from player.life.stepper import Stepper

__all__ = [
    "NAMED",
    "Board",
    "Bounds",
    "Kind",
    "LifeError",
    "Pattern",
    "Rule",
    "Soup",
    "Stagnation",
    "Stepper",
    "Watch",
    "named",
    "names",
    "read_cells",
    "read_pattern",
    "read_rle",
    "write_rle",
]


def read_pattern(data: bytes | str) -> Pattern:
    """Read a pattern file of either kind.

    Raises:
        LifeError: it is neither; the text says line and column.
    """
    head = data[:1000].lstrip()
    plain = head[:1] in (b"!", b".", b"O", b"*", "!", ".", "O", "*")
    return read_cells(data) if plain else read_rle(data)
