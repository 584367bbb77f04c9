"""Golly's RLE: pattern files as the world's collections of Life hold them.

A header, "x = 3, y = 3, rule = B3/S23", and runs: "bo$2bo$3o!" is a glider; b is dead, o alive, $ ends a row,
! the pattern. Specified in https://golly.sourceforge.io/Help/formats.html. As Golly does, this reader takes
"." for b and "A" for o, an absent "!", comments between the rows and anything after "!"; what the header says
of the size may be too little. Unlike Golly, which passes over them, it refuses letters that mean nothing.
White space may stand anywhere, behind a count too, where newer Gollys refuse it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from player.life.board import Board, LifeError
from player.life.pattern import Canvas, Pattern, lines_of, refused
from player.life.rule import MAX_SIDE, Rule

LINE = 70
"""Characters in a line of runs, at most; Golly writes as many."""

_HEADER = re.compile(
    r"\s*x\s*=\s*(\d+)\s*,\s*y\s*=\s*(\d+)\s*(?:,\s*(?:rule\s*=\s*(.*?))?)?,?\s*", re.IGNORECASE
)
_LONGEST_HEADER = 500
_RUN = re.compile(r"(\d*)\s*([^\d\s]?)")
_CORNER = re.compile(r"#[PR]\s+(-?\d{1,9})\s+(-?\d{1,9})")
_POSITION = re.compile(r"\bPos\s*=\s*(-?\d{1,9}),(-?\d{1,9})(?!\d)")
_GENERATION = re.compile(r"\bGen\s*=\s*(\d{1,9})(?!\d)")


@dataclass
class _Words:
    """What a file's comments say."""

    name: str = ""
    author: str = ""
    comments: list[str] = field(default_factory=list)
    corner: tuple[int, int] | None = None
    generation: int = 0
    rule: Rule | None = None

    def hear(self, number: int, line: str) -> None:
        """Take up a line that begins with "#"."""
        text = line[2 if line[1:2] in "CcDNOr" else 1 :].removeprefix(" ").rstrip(" \t")
        if line.startswith("#CXRLE"):
            if found := _POSITION.search(line):
                self.corner = int(found[1]), int(found[2])
            if found := _GENERATION.search(line):
                self.generation = int(found[1])
        elif line.startswith("#N") and not self.name:
            self.name = text
        elif line.startswith("#O") and not self.author:
            self.author = text
        elif found := _CORNER.fullmatch(line.rstrip(" \t")):
            self.corner = int(found[1]), int(found[2])
        elif line.startswith("#r"):
            self.rule = _rule(text, number, line.index(text, 2) + 1)
        else:
            self.comments.append(text)


def read_rle(data: bytes | str) -> Pattern:
    """Read an RLE file.

    Raises:
        LifeError: it is none, or asks for more than a pattern may have; the text says line and column.
    """
    lines = lines_of(data)
    words = _Words()
    canvas = Canvas()
    rule = None
    number = 0
    for number, line in lines:
        if line.startswith("#"):
            words.hear(number, line)
        elif line.strip():
            rule = _header(number, line, canvas)
            break
    else:
        raise refused(number + 1, 1, 'the file ends before a header like "x = 3, y = 3, rule = B3/S23"')
    header = number
    _draw(lines, canvas, words)
    board, rule = canvas.board(), rule or words.rule or Rule()
    world = rule.bounds.size if rule.bounds else board.size
    if board.size.width > world.width or board.size.height > world.height:
        raise refused(header, 1, f"{board.size} cells do not fit into the world of the rule {rule}")
    comments = tuple(words.comments)
    return Pattern(board, rule, words.name, words.author, comments, words.corner, words.generation)


def write_rle(pattern: Pattern) -> str:
    """The RLE file of a pattern; `read_rle` makes the same pattern of it."""
    lines = [f"#N {pattern.name}"] if pattern.name else []
    lines += [f"#O {pattern.author}"] if pattern.author else []
    lines += [f"#C {comment}" for comment in pattern.comments]
    if pattern.corner is not None or pattern.generation:
        position = "" if pattern.corner is None else f" Pos={pattern.corner[0]},{pattern.corner[1]}"
        lines.append(f"#CXRLE{position}" + (f" Gen={pattern.generation}" if pattern.generation else ""))
    width, height = pattern.board.size
    lines.append(f"x = {width}, y = {height}, rule = {pattern.rule}")
    return "\n".join([*lines, *_folded(_runs(pattern.board)), ""])


def _header(number: int, line: str, canvas: Canvas) -> Rule | None:
    found = _HEADER.fullmatch(line) if len(line) <= _LONGEST_HEADER else None
    if not found:
        raise refused(number, 1, 'this is not a header like "x = 3, y = 3, rule = B3/S23"')
    for group in (1, 2):
        if len(found[group]) > 9:
            column = found.start(group) + 1
            raise refused(number, column, f"no pattern has more than {MAX_SIDE} cells along a side")
    try:
        canvas.grow(int(found[1]), int(found[2]))
    except LifeError as error:
        raise refused(number, found.start(1) + 1, str(error)) from None
    return _rule(found[3], number, found.start(3) + 1) if found[3] else None


def _rule(text: str, line: int, column: int) -> Rule:
    try:
        return Rule.parse(text)
    except LifeError as error:
        raise refused(line, column, str(error)) from None


def _draw(lines: Iterable[tuple[int, str]], canvas: Canvas, words: _Words) -> None:
    """Draw the rows of runs, up to "!" or the end."""
    x = y = 0
    for number, column, count, letter in _counted(lines, words):
        if letter == "!":
            return
        if letter == "$":
            x, y = 0, y + count
        elif letter in "oA":
            try:
                canvas.draw(x, y, count)
            except LifeError as error:
                raise refused(number, column, str(error)) from None
            x += count
        elif letter in "b.":
            x += count
        else:
            raise refused(number, column, f"{letter!r} is none of b, o, $ and !, nor . and A")
        if x > MAX_SIDE or y > MAX_SIDE:
            raise refused(number, column, f"no pattern has more than {MAX_SIDE} cells along a side")


def _counted(lines: Iterable[tuple[int, str]], words: _Words) -> Iterator[tuple[int, int, int, str]]:
    """The runs: line and column where one begins, how often, and its letter."""
    waiting = ""
    number = column = 1
    for number, line in lines:
        if line.startswith("#"):
            words.hear(number, line)
            continue
        for found in _RUN.finditer(line):
            digits, letter = found.groups()
            if not digits and not letter:
                continue
            if not waiting:
                column = found.start() + 1
            if digits:
                if waiting or digits[0] == "0" or len(digits) > 9:
                    raise refused(
                        number, column, f"{(waiting + ' ' + digits[:20]).strip()!r} is no count of cells"
                    )
                waiting = digits
            if letter:
                yield number, column, int(waiting or 1), letter
                waiting = ""
    if waiting:
        raise refused(number, column, f"the count {waiting} has nothing behind it")


def _runs(board: Board) -> Iterator[str]:
    """The runs of a board, as Golly writes them: without the dead cells at the end of a row."""
    last = 0
    for y, row in enumerate(board.mask()):
        edges = np.flatnonzero(np.diff(row.view(np.int8), prepend=0, append=0))
        if not edges.size:
            continue
        if y > last:
            yield _run(y - last, "$")
            last = y
        at = 0
        for begin, end in edges.reshape(-1, 2).tolist():
            if begin > at:
                yield _run(begin - at, "b")
            yield _run(end - begin, "o")
            at = end
    yield "!"


def _run(count: int, letter: str) -> str:
    return f"{count if count > 1 else ''}{letter}"


def _folded(runs: Iterable[str]) -> Iterator[str]:
    """Runs in lines, none of them torn."""
    line: list[str] = []
    length = 0
    for run in runs:
        if length + len(run) > LINE:
            yield "".join(line)
            line, length = [], 0
        line.append(run)
        length += len(run)
    yield "".join(line)
