"""The limit: the best that could be done for each tile by itself if the whole film were known.

Areas would be free, and nothing would have to rest. It comes of dynamic programming over every frame and
every picture that could lie under it, for every tile.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from bench_film import Film
from bench_hat import Outcome

from player.ghosts import TILE, look, shares, strength
from player.ink import REACH

LOTS = 16
"""Tiles are taken in so many lots, since each takes a square of the film's length."""
PRICES = (1024.0, 724.0, 512.0, 362.0, 256.0, 181.0, 128.0, 64.0, 32.0, 16.0, 8.0, 4.0, 2.0, 1.0, 0.5, 0.25)


def limit(lots: Iterable[np.ndarray]) -> list[Outcome]:
    """What could be had if every frame were known: all lots together."""
    return [Outcome(area, mean) for area, mean in sum(lots)]


def one_lot(film: Film, lot: int) -> np.ndarray:
    """The cheapest way through the film for each tile of a lot: by price, what it adds to area and ghost."""
    parts = shares(film.frames[0].size)
    looks = [look(frame) for frame in film.frames]
    tone, slope = tiled([one.tone for one in looks]), tiled([one.slope for one in looks]) * strength(REACH)
    cells = np.count_nonzero(slope[0], axis=-1)
    mine = np.s_[lot::LOTS]
    bill = bills(tone[:, mine], slope[:, mine], cells[mine])
    return np.array([cheapest(bill, price, parts.ravel()[mine]) for price in PRICES])


def tiled(planes: list[np.ndarray]) -> np.ndarray:
    """Cells by frame, tile, and place in the tile; 0 where the edge cuts a tile."""
    cells = TILE // 8
    height, width = planes[0].shape
    whole = np.pad(np.array(planes), ((0, 0), (0, -height % cells), (0, -width % cells)))
    count, height, width = whole.shape
    split = whole.reshape(count, height // cells, cells, width // cells, cells)
    return split.swapaxes(2, 3).reshape(count, -1, cells * cells)


def bills(tone: np.ndarray, slope: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Visible ghosts: by frame, picture below, tile."""
    bill = np.empty((len(tone), *tone.shape[:2]), np.float16)
    for number in range(len(tone)):
        bill[number] = np.sqrt((((tone - tone[number]) * slope[number]) ** 2).sum(axis=-1) / cells)
    return bill


def cheapest(bill: np.ndarray, price: float, parts: np.ndarray) -> tuple[float, float]:
    """Panels in 1,000 frames that flash, and the mean ghost, of tiles that are such parts of the panel."""
    count, _, tiles = bill.shape
    cost = np.full((count, tiles), np.inf, np.float32)
    cost[0] = 0  # the first picture is clean
    ghost, flashes = np.zeros_like(cost), np.zeros_like(cost)
    at = np.arange(tiles)
    for number in range(1, count):
        best = cost.argmin(axis=0)
        fresh = cost[best, at] + price
        later = np.s_[number:]  # what is put below the frame is this one, or one to come
        better = fresh < cost[later]
        for plane, value in ((flashes, flashes[best, at] + 1), (ghost, ghost[best, at]), (cost, fresh)):
            plane[later] = np.where(better, value, plane[later])
        cost += bill[number]
        ghost += bill[number]
    best = cost.argmin(axis=0)
    shown = (count - 1) / 1000
    return parts @ flashes[best, at] / shown, parts @ ghost[best, at] / shown / 1000
