"""Plaintext pattern files, ".cells": a picture of letters, O alive and . dead, with "!" before comments.

As https://conwaylife.com/wiki/Plaintext has it; as Golly does, the reader takes * and o for living cells too,
and blanks and commas for dead ones.
"""

from __future__ import annotations

import re

from player.life.board import LifeError
from player.life.pattern import Canvas, Pattern, lines_of, refused

_ALIVE = re.compile(r"[Oo*]+")
_STRANGE = re.compile(r"[^Oo*., \t]")


def read_cells(data: bytes | str) -> Pattern:
    """Read a plaintext pattern; its rule is Life's, for it cannot name another.

    Raises:
        LifeError: it is none, or is larger than a pattern may be; the text says line and column.
    """
    canvas = Canvas()
    name = author = ""
    comments: list[str] = []
    y = 0
    for number, line in lines_of(data):
        if line.startswith("!"):
            text = line[1:].strip()
            if text.startswith("Name:") and not name:
                name = text.removeprefix("Name:").strip()
            elif text.startswith("Author:") and not author:
                author = text.removeprefix("Author:").strip()
            else:
                comments.append(text)
            continue
        if found := _STRANGE.search(line):
            raise refused(number, found.start() + 1, f"{found[0]!r} is neither O nor . in a picture of cells")
        try:
            canvas.grow(len(line.rstrip()), y + 1)
            for run in _ALIVE.finditer(line):
                canvas.draw(run.start(), y, len(run[0]))
        except LifeError as error:
            raise refused(number, 1, str(error)) from None
        y += 1
    return Pattern(canvas.board(), name=name, author=author, comments=tuple(comments))
