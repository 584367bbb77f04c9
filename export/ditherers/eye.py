"""What the search minimises: error as an eye takes it in, in whole numbers.

An eye does not see dots 0.085 mm apart but their blur. Its blur here is three bells, of 0.8, 2 and 3 pixels:
the first two together stand for a panel in the hand (300 dots an inch at 30 cm), the third for one on the
wall, and keeps the mean tone of every neighbourhood. Each is `TAPS` wide, and what the search needs is its
autocorrelation; to window the bell first and correlate it then keeps that positive definite, so that no
descent can raise the true error (Analoui & Allebach 1992, direct binary search, for the method; Näsänen 1984
for the eye).

All of it is integers, so that every machine comes to the same dots.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

BELLS: Final = {
    0.8: (0, 1, 22, 105, 105, 22, 1, 0),
    2.0: (12, 24, 40, 52, 52, 40, 24, 12),
    3.0: (21, 29, 37, 41, 41, 37, 29, 21),
}
"""Gaussian bells by their standard deviation in pixels; each adds up to 256."""
NEAR: Final = {0.8: 6, 2.0: 4}
"""Tenths that the two narrow bells have in the eye that holds the panel in the hand."""
FAR: Final = 2
"""What the error under the widest bell counts, beside that under the two narrow ones."""
DOT: Final = 1024
"""The energy of one lone dot, in the units of `KERNEL`."""
REACH: Final = 7
"""Pixels that a dot is felt to either side."""


def _kernel() -> npt.NDArray[np.int32]:
    def correlation(one: float, other: float) -> npt.NDArray[np.int64]:
        line = np.correlate(np.array(BELLS[one]), np.array(BELLS[other]), "full")
        return np.outer(line, line)

    near = sum(a * b * correlation(s, t) for s, a in NEAR.items() for t, b in NEAR.items())
    total = near + 100 * FAR * correlation(3.0, 3.0)
    centre = int(total[REACH, REACH])
    return np.array([[(2 * DOT * int(v) + centre) // (2 * centre) for v in row] for row in total], np.int32)


KERNEL: Final = _kernel()
"""``int32`` of shape ``(15, 15)``: what an error here adds to the gradient there; `DOT` in the middle."""

FACTORS: Final = np.array(
    [
        (12, 33, 67, 119, 191, 289, 419, 496, 419, 289, 191, 119, 67, 33, 12),
        (-9, -24, -47, -74, -93, -69, 46, 125, 46, -69, -93, -74, -47, -24, -9),
    ],
    np.int32,
)
"""Lines whose outer products add up to 256 `KERNEL`, to 3 in a thousand: to filter a whole picture with."""
