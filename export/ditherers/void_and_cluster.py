"""Makes the blue-noise mask that the package ships: `python -m export.ditherers.void_and_cluster FILE`.

Source: R. Ulichney, "The void-and-cluster method for dither array generation", SPIE 1913 (1993). Points are
ranked one by one: the next is always put into the largest void, or taken from the tightest cluster, as a
Gaussian on a torus measures them. The Gaussian is in whole numbers, so the mask is the same on any machine.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from export.ditherers.mask import thresholds

SIGMA = 1.5
"""Of the Gaussian, in pixels, as the paper recommends."""
SEED = 1993
DENSITY = 0.1
"""Share of points in the first pattern."""


def ranks(side: int) -> npt.NDArray[np.int64]:
    """Rank of each pixel of a square mask, 0 to ``side**2 - 1``, of shape ``(side, side)``."""
    energies = _Energies(side)
    random = np.random.Generator(np.random.PCG64(SEED))
    first = random.choice(side * side, size=int(DENSITY * side * side), replace=False)
    for point in first:
        energies.put(int(point))
    _relax(energies)
    rank = np.zeros(side * side, dtype=np.int64)
    start = int(energies.points.sum())
    prototype = energies.copy()
    for number in range(start - 1, -1, -1):
        point = energies.tightest_cluster()
        energies.take(point)
        rank[point] = number
    energies = prototype
    for number in range(start, side * side):
        point = energies.largest_void()
        energies.put(point)
        rank[point] = number
    return rank.reshape(side, side)


class _Energies:
    def __init__(self, side: int) -> None:
        self.side = side
        self.points = np.zeros(side * side, dtype=bool)
        self.energy = np.zeros((side, side), dtype=np.int64)
        offset = np.minimum(np.arange(side), side - np.arange(side)).astype(float)
        squares = offset[:, None] ** 2 + offset[None, :] ** 2
        self.kernel = np.round(np.exp(-squares / (2 * SIGMA**2)) * 2**40).astype(np.int64)

    def copy(self) -> _Energies:
        other = _Energies(self.side)
        other.points, other.energy = self.points.copy(), self.energy.copy()
        return other

    def put(self, point: int) -> None:
        self.points[point] = True
        self.energy += self._around(point)

    def take(self, point: int) -> None:
        self.points[point] = False
        self.energy -= self._around(point)

    def tightest_cluster(self) -> int:
        return int(np.where(self.points, self.energy.ravel(), -1).argmax())

    def largest_void(self) -> int:
        return int(np.where(self.points, np.iinfo(np.int64).max, self.energy.ravel()).argmin())

    def _around(self, point: int) -> npt.NDArray[np.int64]:
        return np.roll(self.kernel, divmod(point, self.side), axis=(0, 1))


def _relax(energies: _Energies) -> None:
    """Move points from clusters to voids until moving one does not pay."""
    for _ in range(energies.points.size):
        cluster = energies.tightest_cluster()
        energies.take(cluster)
        void = energies.largest_void()
        energies.put(void)
        if void == cluster:
            return


def main(path: Path) -> None:
    """Write the mask as an 8-bit PNG of thresholds 0 to 254."""
    Image.fromarray(thresholds(ranks(128))).save(path, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
