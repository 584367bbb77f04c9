"""Life once more, as plainly as can be, to hold the house's against; a plane as large as a pattern needs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from player.frame import Size
from player.life import Board, Rule, Soup, Stepper

RULES = ("B3/S23", "B36/S23", "B3678/S34678", "B1357/S1357", "B2/S", "B3/S012345678")
SIZES = [
    *(
        (64, 48),
        (62, 40),
        (63, 40),
        (61, 40),
        (65, 40),
        (126, 30),
        (127, 30),
        (128, 30),
        (125, 30),
        (250, 122),
    ),
    *((1, 1), (1, 50), (2, 50), (3, 50), (50, 1), (50, 2), (50, 3), (190, 7), (7, 190), (80, 80)),
]
"""Among them all places where a word may end, and worlds where a cell meets itself round the torus."""
DENSITIES = (0.05, 0.15, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.75, 0.9)


def convolved(alive: np.ndarray, rule: Rule, torus: bool) -> np.ndarray:
    """The next generation of a stack of worlds, (count, height, width): the eight neighbours, added up."""
    _, height, width = alive.shape
    around = np.pad(alive.astype(np.uint8), ((0, 0), (1, 1), (1, 1)), mode="wrap" if torus else "constant")
    count = np.zeros(alive.shape, dtype=np.uint8)
    for down in range(3):
        for right in range(3):
            if (down, right) != (1, 1):
                count += around[:, down : down + height, right : right + width]
    births = np.isin(np.arange(9), [int(digit) for digit in rule.births])
    survivals = np.isin(np.arange(9), [int(digit) for digit in rule.survivals])
    return np.where(alive, survivals[count], births[count])


def disagreements(size: Size, soups: int, generations: int, rule: Rule, torus: bool) -> Iterator[str]:
    """Step soups both ways, and say where they part."""
    boards = [Soup(size, DENSITIES[seed % 10], seed).board() for seed in range(soups)]
    stack = np.array([board.mask() for board in boards])
    stepper = Stepper(size, rule, torus)
    for generation in range(1, generations + 1):
        stack = convolved(stack, rule, torus)
        boards = [stepper.step(board) for board in boards]
        for seed, (board, alive) in enumerate(zip(boards, stack, strict=True)):
            if not np.array_equal(board.mask(), alive):
                yield f"{size}, {rule}, torus {torus}, seed {seed}, generation {generation}"


def on_a_plane(board: Board, rule: Rule, generations: int) -> Iterator[Board]:
    """Generations 0, 1, … of a pattern on a plane that is enlarged before anything meets its edge."""
    every, most = 16, 128
    board = board.centred_on(Size(256, 256))
    stepper = Stepper(board.size, rule, torus=False)
    for generation in range(generations):
        yield board
        if generation % every == 0:
            alive = board.mask()
            alive[every:-every, every:-every] = False
            if alive.any():
                board = board.centred_on(Size(board.size.width + most, board.size.height + most))
                stepper = Stepper(board.size, rule, torus=False)
        board = stepper.step(board)
    yield board


def cropped(board: Board) -> tuple[tuple[int, int], np.ndarray]:
    """Column and row of the rectangle of living cells, from the middle of the board; and the rectangle."""
    alive = board.mask()
    rows, columns = np.flatnonzero(alive.any(axis=1)), np.flatnonzero(alive.any(axis=0))
    left, top = int(columns[0]) - board.size.width // 2, int(rows[0]) - board.size.height // 2
    return (left, top), alive[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
