"""How plain a ghost is: what an eye at arm's length makes of ink that is not quite where it should be.

A pixel that a partial redraw has turned stops a little short of its rail, and comes back to it when it is
turned back (`player.ink`). So a pixel shows its old colour through exactly where the frame differs from what
the last full-quality redraw put there, and the whole panel is a faint double exposure: some 97 parts of the
frame, and 3 of the picture *under* it. Single dots of that nobody sees. What is seen is its mean over the
few dots that the eye takes together, and it is seen the better the darker the place.

All is done on cells of 8×8 pixels, one byte by eight rows of a packed frame, so that a cell's tone is a count
of bits. A blur of 1-2-1 cells both ways then stands for the eye: Näsänen's filter, exp(-f / 6.328 cycles a
degree) at 60 cm and 300 dots an inch. On pairs of frames of three films, 1 to 25 frames apart, it and the
exact filter by Fourier's transform give tiles' ghosts that correlate by 0.96 to 0.995, with means that agree
to 16 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from player.frame import Box, Frame, Size
from player.ink import CONTRAST, LIGHT, WHITE, Ink

Plane: TypeAlias = npt.NDArray[np.float32]
"""Numbers by cell or by tile, shape ``(rows, columns)``; or several such planes, one behind the other."""

CELL = 8
"""Pixels along a cell's edge."""
TILE = 32
"""Pixels along a tile's edge: what controllers want a rectangle's left edge and width to be multiples of."""
_CELLS = TILE // CELL
_DARK = 1 / CONTRAST


@dataclass(frozen=True, eq=False)
class Look:
    """A frame as the eye takes it in.

    Args:
        tone: by cell, the light in it between black (0) and white (1).
        slope: by cell, how many steps of lightness (CIE L*, 100 for paper) one of tone makes there.
    """

    tone: Plane
    slope: Plane


def look(frame: Frame) -> Look:
    """What the eye takes in of a frame in clean ink."""
    counts = _summed(np.bitwise_count(frame.bits), CELL, 0)
    tone = _blurred(counts.astype(np.float32) / _pixels(frame.size))
    return Look(tone, _slope(tone))


def ghosts(under: Plane, seen: Look, strength: float) -> Plane:
    """By tile, how far lightness is off: root mean square over its cells, in steps of L*.

    Args:
        under: tone of the picture that shows through; or of several, then as many planes come back.
        seen: the picture that is asked for.
        strength: share of the picture below in what is seen, see `strength`.
    """
    off = under - seen.tone
    off *= seen.slope * np.float32(strength)
    off *= off
    height, width = seen.tone.shape
    plain: Plane = _summed(_summed(off, _CELLS, -2), _CELLS, -1)
    plain /= np.outer(_lengths(height, _CELLS), _lengths(width, _CELLS)).astype(np.float32)
    return np.sqrt(plain, out=plain)


def strength(reach: float) -> float:
    """Share of the picture below in what is seen after partial redraws of that reach."""
    short = WHITE - round(reach * WHITE)
    return float((LIGHT[short] - LIGHT[0]) / (LIGHT[WHITE] - LIGHT[0]))


def visible(ink: Ink) -> Plane:
    """By tile, how plain the ghosts in this ink are, whatever brought them about; in steps of L*."""
    size = ink.frame.size
    light = (np.take(LIGHT, ink.position) - LIGHT[0]) / (LIGHT[WHITE] - LIGHT[0])
    cells = _summed(_summed(light, CELL, 0), CELL, 1)
    return ghosts(_blurred(cells.astype(np.float32) / _pixels(size)), look(ink.frame), 1.0)


def shares(size: Size) -> Plane:
    """By tile, its share of the panel's pixels."""
    pixels = np.outer(_lengths(size.height, TILE), _lengths(size.width, TILE))
    return (pixels / size.pixels).astype(np.float32)


def tiles(size: Size, top: int, bottom: int, left: int, right: int) -> Box:
    """The pixels of a rectangle of tiles, the far edges outside it."""
    return Box(left * TILE, top * TILE, min(right * TILE, size.width), min(bottom * TILE, size.height))


def _slope(tone: Plane) -> Plane:
    """Derivative of L* = 116 Y^(1/3) - 16, where Y goes from 1/contrast in black to 1 in white."""
    light = np.float32(_DARK) + np.float32(1 - _DARK) * tone
    slope: Plane = np.float32(116 / 3 * (1 - _DARK)) / np.cbrt(light) ** 2
    return slope


def _blurred(cells: Plane) -> Plane:
    wide = np.pad(cells, 1, mode="edge")
    rows = wide[:-2] + 2 * wide[1:-1] + wide[2:]
    blurred: Plane = (rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / np.float32(16)
    return blurred


def _pixels(size: Size) -> Plane:
    """By cell, how many pixels it has: fewer at the far edges of an odd panel."""
    return np.outer(_lengths(size.height, CELL), _lengths(size.width, CELL)).astype(np.float32)


def _summed(values: npt.NDArray[Any], step: int, axis: int) -> npt.NDArray[Any]:
    """Sums of so many values each along an axis; the last of them may be of fewer.

    Slice on slice: that is quicker here than `np.add.reduceat` or a product of matrices, and it keeps to one
    thread. The threads of a product spin while they wait for each other: with other work on the cores,
    decisions of 20 ms were seen to take 3 s.
    """
    along = np.moveaxis(values, axis, 0)
    sums = along[::step].copy(order="K")
    for nth in range(1, step):
        more = along[nth::step]
        sums[: len(more)] += more
    return np.moveaxis(sums, 0, axis)


def _lengths(length: int, step: int) -> npt.NDArray[np.intp]:
    return np.diff(np.append(np.arange(0, length, step), length))
