"""A Pattern: cells with a rule and a few words about them, as pattern files hold them.

Files come from strangers. So a file's length is looked at before its text, and what its text asks for before
it is made: no more than `MAX_BYTES` and `MAX_CELLS` are ever held.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from player.frame import Size
from player.life.board import Board, LifeError
from player.life.rule import MAX_CELLS, MAX_SIDE, Rule

MAX_BYTES = 4 << 20
MAX_LINES = 100_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Pattern:
    """Cells, and what is known about them.

    Args:
        board: the rectangle of them.
        rule: by which they are meant to live.
        name: "" where there is none, as for the others.
        author: who found it, and when.
        comments: lines.
        corner: where a file says that column and row of the first cell are, with 0, 0 in the world's middle.
        generation: how old the pattern is, where a file says so.

    Raises:
        LifeError: a text is more than a line, or ends with blanks; a number is longer than files hold them.
    """

    board: Board
    rule: Rule = Rule()  # noqa: RUF009  # frozen
    name: str = ""
    author: str = ""
    comments: tuple[str, ...] = ()
    corner: tuple[int, int] | None = None
    generation: int = 0

    def __post_init__(self) -> None:
        for text in (self.name, self.author, *self.comments):
            if _CONTROL.search(text) or "\n" in text or text != text.rstrip(" \t"):
                raise LifeError(
                    f"a pattern's words are lines with no blanks at the end, unlike {text[:60]!r}"
                )
        for number in (self.generation, *(abs(number) for number in self.corner or ())):
            if not 0 <= number < 10**9:
                raise LifeError(f"a pattern's numbers have up to nine digits, unlike {number}")

    def on(self, size: Size) -> Board:
        """A world of that size with the pattern where Golly puts it: at its corner, else in the middle.

        Raises:
            LifeError: it does not lie on it.
        """
        if self.corner is None:
            return self.board.centred_on(size)
        left, top = self.corner[0] + size.width // 2, self.corner[1] + size.height // 2
        return Board.empty(size).stamped(self.board, left, top)


def refused(line: int, column: int, why: str) -> LifeError:
    """The error for a place in a file; both are counted from 1."""
    return LifeError(f"line {line}, column {column}: {why}")


def lines_of(data: bytes | str) -> Iterator[tuple[int, str]]:
    """The lines of a file, counted from 1, however they end.

    Raises:
        LifeError: it is longer than `MAX_BYTES` or `MAX_LINES`, is not UTF-8, or has control characters.
    """
    if len(data) > MAX_BYTES:
        raise LifeError(f"a pattern file of {len(data)} bytes is longer than {MAX_BYTES}")
    for number, line in enumerate(io.StringIO(_decoded(data), newline=None), 1):
        text = line.rstrip("\n")
        if number > MAX_LINES:
            raise refused(number, 1, f"no pattern file has more than {MAX_LINES} lines")
        if found := _CONTROL.search(text):
            why = f"the character U+{ord(found[0]):04X} has no place in a pattern file"
            raise refused(number, found.start() + 1, why)
        yield number, text


def _decoded(data: bytes | str) -> str:
    if isinstance(data, str):
        return data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        raise refused(line, column, f"the byte 0x{data[error.start]:02x} is not of UTF-8 text") from None


class Canvas:
    """Cells on their way from a file to a board, drawn row by row downwards; it never grows too large."""

    def __init__(self) -> None:
        self._rows: dict[int, bytearray] = {}
        self._width = self._height = 0

    def draw(self, x: int, y: int, count: int) -> None:
        """Bring a run of cells to life, to the right of those in its row.

        Raises:
            LifeError: the pattern would be larger than patterns may be.
        """
        self.grow(x + count, y + 1)
        row = self._rows.setdefault(y, bytearray())
        row.extend(bytes(x - len(row)))
        row.extend(b"\1" * count)

    def grow(self, width: int, height: int) -> None:
        """See to it that the pattern is at least so large.

        Raises:
            LifeError: that is larger than patterns may be.
        """
        width, height = max(width, self._width), max(height, self._height)
        if max(width, height) > MAX_SIDE or width * height > MAX_CELLS:
            raise LifeError(
                f"a pattern of {width}×{height} cells has over {MAX_SIDE} along a side or {MAX_CELLS} in all"
            )
        self._width, self._height = width, height

    def board(self) -> Board:
        """What has been drawn."""
        alive = np.zeros((self._height, self._width), dtype=np.bool_)
        for y, row in self._rows.items():
            alive[y, : len(row)] = np.frombuffer(row, dtype=np.bool_)
        return Board.of(alive)
