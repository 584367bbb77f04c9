"""From a rule to a few Boolean operations on whole words.

The stepper counts for 64 cells at once how many of a cell's block of nine are alive, the cell itself among
them: four words, a binary digit each. What is left is a function of those four and of the cell. It is split
after one of them, or after whether two of them differ, then its halves likewise, and so on (Shannon's
expansion), in every order, and the cheapest is kept; counts that do not occur may come out either way. Life
itself takes five.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, TypeAlias

from player.life.rule import Rule

Table: TypeAlias = tuple[int | None, ...]
"""A truth table of 2 ** variables entries, the first variable changing fastest; None does not matter."""

EIGHTS, CELL = 3, 4
"""Two inputs: the count's digit for 8, and whether the cell is alive; 0 to 2 are the other digits."""
INPUTS = 5


class Op(NamedTuple):
    """One operation: "and", "or", "xor", or "not" of `a` alone.

    `a` and `b` are numbers: of an input, or, from `INPUTS` on, of an operation before.
    """

    name: str
    a: int
    b: int = -1


Tree: TypeAlias = tuple[object, ...]
"""("0",), ("1",), ("input", number), ("not", tree), or ("and" and so on, tree, tree)."""


@lru_cache(maxsize=64)
def operations(rule: Rule) -> tuple[Op, ...]:
    """What makes, of the inputs, the next state of the cells: the last operation's result."""
    _, tree = _cheapest(_table(rule), tuple(range(INPUTS)))
    ops: list[Op] = []
    if tree[0] in ("0", "input"):  # these need an operation, to have a result
        return (Op("xor", CELL, CELL),) if tree[0] == "0" else (Op("or", _number(tree), _number(tree)),)
    _emit(tree, ops)
    return tuple(ops)


def _table(rule: Rule) -> Table:
    births, survivals = set(map(int, rule.births)), set(map(int, rule.survivals))
    dead = [int(count in births) if count <= 8 else None for count in range(16)]
    alive = [int(count - 1 in survivals) if 1 <= count <= 9 else None for count in range(16)]
    return (*dead, *alive)


@lru_cache(maxsize=20_000)
def _cheapest(table: Table, inputs: tuple[int, ...]) -> tuple[int, Tree]:
    """The least number of operations found, and the tree of them."""
    if 1 not in table:
        return 0, ("0",)
    if 0 not in table:
        return 0, ("1",)
    places = range(len(inputs))
    splits = [_split(table, inputs, place, None) for place in places]
    splits += [_split(table, inputs, place, other) for place in places for other in places if place != other]
    return min(splits, key=lambda one: one[0])


def _split(table: Table, inputs: tuple[int, ...], place: int, other: int | None) -> tuple[int, Tree]:
    """The function after an input, or after whether two differ: its two halves, joined."""
    rest = inputs[:place] + inputs[place + 1 :]
    this: Tree = ("input", inputs[place])
    low_at = [number for number in range(len(table)) if not number >> place & 1]
    high_at = [number | 1 << place for number in low_at]
    cost = 0
    if other is not None:
        this, cost = ("xor", this, ("input", inputs[other])), 1
        swapped = [(b, a) if a >> other & 1 else (a, b) for a, b in zip(low_at, high_at, strict=True)]
        low_at, high_at = [a for a, _ in swapped], [b for _, b in swapped]
    zero, one = tuple(table[number] for number in low_at), tuple(table[number] for number in high_at)
    if (both := _merged(zero, one)) is not None:
        return _cheapest(both, rest)
    if (both := _merged(zero, tuple(None if value is None else 1 - value for value in one))) is not None:
        more, tree = _cheapest(both, rest)
        if tree == ("0",):
            return cost, this
        return (cost + 1, ("not", this)) if tree == ("1",) else (cost + more + 1, ("xor", this, tree))
    (low_cost, low), (high_cost, high) = _cheapest(zero, rest), _cheapest(one, rest)
    joined, tree = _joined(this, low, high)
    return cost + low_cost + high_cost + joined, tree


def _joined(this: Tree, low: Tree, high: Tree) -> tuple[int, Tree]:
    """What is `low` where `this` is 0 and else `high`, and how many operations more than these it takes."""
    if low == ("0",):
        return 1, ("and", this, high)
    if high == ("1",):
        return 1, ("or", this, low)
    if low == ("1",):
        return 2, ("or", ("not", this), high)
    if high == ("0",):
        return 2, ("and", ("not", this), low)
    return 3, ("xor", low, ("and", this, ("xor", low, high)))


def _merged(first: Table, second: Table) -> Table | None:
    """A table that is good for both, where there is one."""
    if any(a is not None and b is not None and a != b for a, b in zip(first, second, strict=True)):
        return None
    return tuple(b if a is None else a for a, b in zip(first, second, strict=True))


def _number(tree: Tree) -> int:
    number = tree[1]
    assert isinstance(number, int)
    return number


def _emit(tree: Tree, ops: list[Op]) -> int:
    """Put a tree's operations behind those there are, none of them twice, and say its result's number."""
    if tree[0] == "input":
        return _number(tree)
    numbers = [_emit(branch, ops) for branch in tree[1:] if isinstance(branch, tuple)]
    op = Op(str(tree[0]), *numbers)
    if op not in ops:
        ops.append(op)
    return INPUTS + ops.index(op)
