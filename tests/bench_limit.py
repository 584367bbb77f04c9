"""The limit: the best that could be done for each tile by itself if the whole film were known.

Areas would be free, and nothing would have to rest. It comes of dynamic programming over every frame and
every picture that could lie under it, for one tile in sixteen.
"""

from __future__ import annotations

import numpy as np
from bench_film import Film
from bench_hat import Outcome

from player.ghosts import TILE, look, strength
from player.ink import REACH

PRICES = (64.0, 32.0, 16.0, 8.0, 4.0, 2.0, 1.0, 0.5, 0.25)


def limit(film: Film) -> list[Outcome]:
    """What could be had if every frame were known: the cheapest way through the film for each tile."""
    tones, slopes = [], []
    cells = TILE // 8
    for frame in film.frames:
        seen = look(frame)
        rows, columns = (length // cells for length in seen.tone.shape)
        for plane, into in ((seen.tone, tones), (seen.slope, slopes)):
            whole = plane[: rows * cells, : columns * cells].reshape(rows, cells, columns, cells)
            into.append(whole.swapaxes(1, 2).reshape(rows * columns, -1)[5::16])
    tone, slope = np.array(tones), np.array(slopes) * np.float32(strength(REACH))
    bill = np.empty((len(tone), *tone.shape[:2]), np.float16)  # frame, picture below, tile
    for number in range(len(tone)):
        bill[number] = np.sqrt((((tone - tone[number]) * slope[number]) ** 2).mean(axis=-1))
    return [cheapest(bill, price) for price in PRICES]


def cheapest(bill: np.ndarray, price: float) -> Outcome:
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
    return Outcome(flashes[best, at].mean() / shown, ghost[best, at].mean() / shown / 1000)
