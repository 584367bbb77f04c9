"""Where a full-quality redraw pays, and when: the arithmetic below `player.refresh`.

Every tile of the panel has a bill: the ghost that it shows, added up over the frames to come, and a price for
each full-quality redraw. `worth` looks for the cheapest way through those frames, with a redraw now and
without, and says what now would save. `rectangles` gathers the tiles where that is something into a few
rectangles, since that is what controllers draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from player.frame import Frame
from player.ghosts import TILE, Look, Plane, ghosts


@dataclass(frozen=True, eq=False)
class Worth:
    """What a full-quality redraw now would save.

    Args:
        saved: by tile, in steps of L* times frames; below zero where a redraw costs more than it saves.
        under: by tile, which of the frames to come it had best put there, counted from the one that is due.
    """

    saved: Plane
    under: npt.NDArray[np.intp]


def worth(
    now: Plane,
    looks: Sequence[Look],
    strength: float,
    price: float,
    lasts: Sequence[float],
    whole: Plane | None = None,
) -> Worth:
    """What a full-quality redraw now would save, by tile.

    Args:
        now: tone of the picture that shows through now.
        looks: the frame that is due, and those to come as far as they are known.
        strength: share of the picture below in what is seen.
        price: of a redraw, in steps of L* times frames.
        lasts: for how many frames each of them counts.
        whole: share of the panel in each tile, if the panel can only be redrawn as a whole. Then there is but
            one tile, and a redraw puts there the frame that is due; else it may be one yet to come.
    """
    count = len(looks)
    pictures = np.stack([now, *(one.tone for one in looks)])
    bill = np.stack([ghosts(pictures, one, strength) for one in looks])  # frame, picture below, tile
    if whole is not None:
        bill = (bill * whole).sum(axis=(2, 3), keepdims=True)
    bill *= np.array(lasts, np.float32)[:, None, None, None]
    rest = np.zeros_like(bill[0])
    for frame in range(count - 1, 0, -1):
        rest += bill[frame]  # from this frame on, with this picture below it
        best = rest[1 + frame :].min(axis=0) if whole is None else rest[1 + frame]
        np.minimum(rest, best + price, out=rest)
    rest += bill[0]
    choices = rest[1:] if whole is None else rest[1:2]
    under = choices.argmin(axis=0)
    return Worth(rest[0] - choices.min(axis=0) - price, under)


def mosaic(frames: Sequence[Frame], which: npt.NDArray[np.intp]) -> Frame:
    """Of several frames of one size, in each tile the one of that number."""
    bits = frames[0].bits.copy()
    height, stride = bits.shape
    of_pixel = np.repeat(np.repeat(which, TILE, axis=0), TILE // 8, axis=1)[:height, :stride]
    for number in np.unique(which):
        np.copyto(bits, frames[number].bits, where=of_pixel == number)
    return Frame(frames[0].size, bits)


TABOO = 1e12
"""More than all that there is to be saved."""


def rectangles(saved: Plane, most: int) -> list[tuple[int, int, int, int]]:
    """Rectangles of tiles, none over another, each with the greatest sum that is still to be had.

    Args:
        saved: by tile, what a redraw saves.
        most: rectangles there may be.

    Returns:
        Of each its top, bottom, left and right in tiles; the far edges lie outside it.
    """
    left_over = saved.astype(np.float64)
    found: list[tuple[int, int, int, int]] = []
    height, width = saved.shape
    tops, bottoms = np.triu_indices(height)
    bands = np.arange(tops.size)
    while len(found) < most:
        down = np.vstack([np.zeros(width), left_over.cumsum(axis=0)])
        across = (down[bottoms + 1] - down[tops]).cumsum(axis=1)
        before = np.hstack([np.zeros((bands.size, 1)), across[:, :-1]])
        lowest = np.minimum.accumulate(before, axis=1)
        gains = across - lowest
        band, right = np.unravel_index(gains.argmax(), gains.shape)
        if gains[band, right] <= 1e-9:
            break
        left = int(before[band, : right + 1].argmin())
        found.append((int(tops[band]), int(bottoms[band]) + 1, left, int(right) + 1))
        top, bottom, left, right = found[-1]
        left_over[top:bottom, left:right] = -TABOO
    return found
