"""A Rule says how many living neighbours bring a cell to life, how many keep it there, and its edges."""

from __future__ import annotations

import re
from dataclasses import dataclass

from player.frame import Size
from player.life.board import LifeError

MAX_SIDE = 16_384
"""Cells along one side of the largest world or pattern."""
MAX_CELLS = 4 << 20
"""Living and dead ones of the largest world or pattern; the largest panel has 1.5 million pixels."""
NAMED = {
    "life": ("3", "23"),
    "highlife": ("36", "23"),
    "day & night": ("3678", "34678"),
    "drylife": ("37", "23"),
    "pedestrian life": ("38", "23"),
    "seeds": ("2", ""),
    "replicator": ("1357", "1357"),
    "life without death": ("3", "012345678"),
    "34 life": ("34", "34"),
    "diamoeba": ("35678", "5678"),
    "2x2": ("36", "125"),
    "morley": ("368", "245"),
    "anneal": ("4678", "35678"),
    "coral": ("3", "45678"),
    "maze": ("3", "12345"),
    "walled cities": ("45678", "2345"),
}
"""Well-known rules: births, survivals. Conway's own is "life"."""

_BIRTHS_FIRST = re.compile(r"b(\d*)/?s(\d*)")
_SURVIVALS_FIRST = re.compile(r"s(\d*)/?b(\d*)|(\d*)/(\d*)")
_BOUNDS = re.compile(r"([a-z])([1-9]\d{0,5})(?:,([1-9]\d{0,5}))?")
_OTHER_KINDS = (
    (r"b?[\d/s]*[vh]", "has another neighbourhood than the eight around a cell"),
    (r"map[\w+/]*|w\d+", "does not go by the number of living neighbours alone"),
    (r"[bs\d/_]*\d[-a-z][-a-z\d/_]*", "does not go by the number of living neighbours alone"),
    (r"[\d/]*/\d+/[\d/]*|.*/[cg]?\d+", "has cells with more states than alive and dead"),
)


@dataclass(frozen=True)
class Bounds:
    """The edges of a world, as in Golly's ":T30,20"; on a torus, opposite edges meet."""

    size: Size
    torus: bool

    def __str__(self) -> str:
        return f":{'T' if self.torus else 'P'}{self.size.width},{self.size.height}"


@dataclass(frozen=True)
class Rule:
    """A rule that counts the eight neighbours of a cell, as in "B3/S23".

    Args:
        births: digits 1 to 8 in rising order: with so many living neighbours a dead cell comes to life.
        survivals: digits 0 to 8 in rising order: with so many a living cell lives on.
        bounds: the edges of the world, where the rule names them.

    Raises:
        LifeError: there are other digits; or births has 0, by which empty space would come to life.
    """

    births: str = "3"
    survivals: str = "23"
    bounds: Bounds | None = None

    def __post_init__(self) -> None:
        for digits in (self.births, self.survivals):
            if list(digits) != sorted(set(digits) & set("012345678")):
                raise LifeError(f"neighbours are counted from 0 to 8, each once and in order, not {digits!r}")
        if "0" in self.births:
            raise LifeError(
                f"the rule {self} has B0: empty space would come alive, and the panel flip each generation"
            )

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Read "B3/S23", "b3s23", "S23/B3", the older "23/3" (survivals first), a name; then maybe ":T30,20".

        Golly's syntax, https://golly.sourceforge.io/Help/bounded.html, less what a panel cannot show.

        Raises:
            LifeError: it is none of those, or is one that this house cannot run.
        """
        head, colon, tail = text.partition(":")
        plain = re.sub(r"\s+", " ", head.strip().lower())
        if len(text) > 100:
            raise LifeError(f"a rule of {len(text)} characters is none of births and survivals")
        births, survivals = _counts(plain, text)
        bounds = _bounds(tail, text) if colon else None
        if "9" in births + survivals:
            raise LifeError(f"the rule {text!r} has a 9, and a cell has eight neighbours")
        return cls("".join(sorted(set(births))), "".join(sorted(set(survivals))), bounds)

    def __str__(self) -> str:
        return f"B{self.births}/S{self.survivals}{self.bounds or ''}"


def _counts(plain: str, text: str) -> tuple[str, str]:
    if plain in NAMED:
        return NAMED[plain]
    if found := _BIRTHS_FIRST.fullmatch(plain):
        return found[1], found[2]
    if found := _SURVIVALS_FIRST.fullmatch(plain):
        return found[2] or found[4] or "", found[1] or found[3] or ""
    for kind, reason in _OTHER_KINDS:
        if re.fullmatch(kind, plain):
            raise LifeError(f"the rule {text!r} {reason}")
    raise LifeError(f'the rule {text!r} is not like "B3/S23" or "23/3", and no name of one')


def _bounds(tail: str, text: str) -> Bounds:
    found = _BOUNDS.fullmatch(tail.strip().lower())
    if not found or found[1] not in "tp":
        raise LifeError(
            f'the rule {text!r} has edges that are not like ":T30,20", a torus, or ":P30,20", a bounded plane'
        )
    width = int(found[2])
    height = int(found[3] or width)
    if max(width, height) > MAX_SIDE or width * height > MAX_CELLS:
        raise LifeError(
            f"the rule {text!r} asks for a world of over {MAX_SIDE} cells along a side or {MAX_CELLS} in all"
        )
    return Bounds(Size(width, height), found[1] == "t")
