"""One generation after another, 64 cells at a time, by adding in binary with whole words.

For each cell the three of its row are added, then the sums of three rows: full adders built of and, or and
xor, as in hardware. The rule makes the next state of that count and the cell, see `player.life.logic`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from player.frame import Size
from player.life.board import Board, LifeError, Words, room, words_across
from player.life.logic import CELL, EIGHTS, operations
from player.life.rule import Rule

TILE = 6_000
"""Words worked on at once: with the scratch words for them they lie in a small cache."""

Program: TypeAlias = list[Callable[[], Any]]
_UFUNC = {"and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor, "not": np.invert}
SCRATCH = 10
"""Sums of a row's three, two words; sums of these, and the digits of the count, eight."""
_ONE = np.array(1, dtype=np.uint64)


class Stepper:
    """Steps boards of one size by one rule; it keeps scratch memory, so it is for one thread at a time.

    Args:
        size: of the boards, in cells, at least 1×1.
        rule: its bounds, where it has some, are those of the boards.
        torus: whether opposite edges meet, where the rule does not say; beyond other edges all is dead.

    Raises:
        LifeError: the size is empty, or is not that of the rule's bounds.
    """

    def __init__(self, size: Size, rule: Rule, torus: bool = True) -> None:
        if min(size) < 1:
            raise LifeError(f"a world of {size} cells has no room for life")
        if rule.bounds and rule.bounds.size != size:
            raise LifeError(f"a board of {size} cells does not fit the rule {rule}")
        self.size = size
        self.rule = rule
        self.torus = rule.bounds.torus if rule.bounds else torus
        shape = (size.height + 2, words_across(size.width) + 2)
        self._now = np.zeros(shape, dtype=np.uint64)
        self._next = np.zeros(shape, dtype=np.uint64)
        there, back = (self._now, self._next), (self._next, self._now)
        self._programs = [
            _edges(one, size.width, self.torus) + _tiles(one, two, rule) for one, two in (there, back)
        ]

    def step(self, board: Board, generations: int = 1) -> Board:
        """The board so many generations on.

        Raises:
            LifeError: the board has another size.
        """
        if board.size != self.size:
            raise LifeError(f"a board of {board.size} cells cannot be stepped as one of {self.size}")
        self._now[1:-1, 1:-1] = board.words
        for generation in range(generations):
            for operation in self._programs[generation % 2]:
                operation()
        last = self._next if generations % 2 else self._now
        return Board(self.size, last[1:-1, 1:-1] & room(self.size.width))


def _edges(cells: Words, width: int, torus: bool) -> Program:
    """What puts into the spare places, rows and words what lies beyond the edges."""
    across = words_across(width)
    inner = cells[1:-1]
    program: Program = []
    scratch = np.zeros(inner.shape[0], dtype=np.uint64)
    for ghost, twin in ((0, width), (width + 1, 1)):
        column = inner[:, 1 + ghost % across]
        mark = np.array(1 << (ghost // across), dtype=np.uint64)
        program.append(partial(np.bitwise_and, column, ~mark, column))
        if torus:
            source = inner[:, 1 + twin % across]
            away = ghost // across - twin // across
            shift = np.left_shift if away > 0 else np.right_shift
            program.append(partial(shift, source, np.array(abs(away), dtype=np.uint64), scratch))
            program.append(partial(np.bitwise_and, scratch, mark, scratch))
            program.append(partial(np.bitwise_or, column, scratch, column))
    # The word before the first holds the places one before those of the last, which are one bit lower there.
    program.append(partial(np.left_shift, inner[:, -2], _ONE, inner[:, 0]))
    program.append(partial(np.right_shift, inner[:, 1], _ONE, inner[:, -1]))
    if torus:
        program.append(partial(np.copyto, cells[0], cells[-2]))
        program.append(partial(np.copyto, cells[-1], cells[1]))
    return program


def _tiles(now: Words, then: Words, rule: Rule) -> Program:
    """What makes the next generation, one band of rows after another, but for its spare places."""
    height, stride = now.shape[0] - 2, now.shape[1]
    bands = -(-height * stride // TILE)
    rows = -(-height // bands)
    scratch = [np.zeros((rows + 2) * stride, dtype=np.uint64) for _ in range(SCRATCH)]
    program: Program = []
    for top in range(0, height, rows):
        deep = min(rows, height - top)
        seen = now.reshape(-1)[top * stride : (top + deep + 2) * stride]
        made = then.reshape(-1)[(top + 1) * stride : (top + 1 + deep) * stride]
        program += _band(seen, made, stride, scratch, rule)
    return program


def _band(seen: Words, made: Words, stride: int, scratch: list[Words], rule: Rule) -> Program:
    """One band: `seen` has a row more than `made` above and below; both are flat."""
    program: Program = []

    def do(name: str, *operands: Words) -> None:
        program.append(partial(_UFUNC[name], *operands))

    def add(a: Words, b: Words, c: Words, total: Words, carry: Words, spare: Words) -> None:
        do("xor", a, b, spare)
        do("and", a, b, carry)
        do("xor", spare, c, total)
        do("and", spare, c, spare)
        do("or", carry, spare, carry)

    ones, twos = scratch[0][: seen.size], scratch[1][: seen.size]
    within = slice(1, seen.size - 1)  # the first and the last word are spare ones
    add(seen[:-2], seen[1:-1], seen[2:], ones[within], twos[within], scratch[2][within])
    above, here, below = slice(0, made.size), slice(stride, -stride), slice(2 * stride, None)
    count1, carry1, sum2, carry2, spare, count2, count4, count8 = (one[: made.size] for one in scratch[2:])
    add(ones[above], ones[here], ones[below], count1, carry1, spare)
    add(twos[above], twos[here], twos[below], sum2, carry2, spare)
    do("xor", sum2, carry1, count2)
    do("and", sum2, carry1, spare)
    do("xor", carry2, spare, count4)
    if any(EIGHTS in (op.a, op.b) for op in operations(rule)):
        do("and", carry2, spare, count8)
    free = [ones[: made.size], twos[: made.size], carry1, sum2, carry2, spare]
    return program + _ruled([count1, count2, count4, count8, seen[here]], made, free, rule)


def _ruled(values: list[Words], made: Words, free: list[Words], rule: Rule) -> Program:
    """What the rule makes of the count's digits and the cell, in as few scratch arrays as can be."""
    ops = operations(rule)
    last_use = {number: at for at, op in enumerate(ops) for number in (op.a, op.b)}
    program: Program = []
    for at, op in enumerate(ops):
        for number in sorted({op.a, op.b} - {CELL, -1}):
            if last_use[number] == at:
                free.append(values[number])
        values.append(made if at == len(ops) - 1 else free.pop())
        operands = [values[number] for number in (op.a, op.b) if number >= 0]
        program.append(partial(_UFUNC[op.name], *operands, values[-1]))
    return program
