"""The inner loop of error diffusion, compiled by numba when it is first used."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from export.stages.tone import Grey


@numba.njit(nogil=True, cache=True)
def diffuse(grey: Grey, white: npt.NDArray[np.bool_], lean: int) -> None:  # pragma: no cover
    """Dither in place: `white` comes in as the previous frame and goes out as the new one.

    Errors are carried in sixteenths and divided with truncation towards zero, as C does.
    """
    height, width = grey.shape
    below = np.zeros(width + 1, dtype=np.int32)
    for y in range(height):
        right = 0  # 7/16 of the error of the pixel to the left
        beside = 0  # 1/16 and
        under = 0  # 5/16 of errors on their way to the row below
        for x in range(width):
            sum16 = right + below[x + 1]
            value = grey[y, x] + (sum16 // 16 if sum16 >= 0 else -(-sum16 // 16))
            value = min(255, max(0, value))
            threshold = 128 - lean if white[y, x] else 128 + lean
            on = value > threshold
            white[y, x] = on
            error = value - 255 if on else value
            below[x] = 3 * error + beside
            beside = under + 5 * error
            under = error
            right = 7 * error
        below[width] = beside


@numba.njit(nogil=True, cache=True)
def diffuse_freely(grey: Grey, white: npt.NDArray[np.uint8], lean: int) -> None:  # pragma: no cover
    """The same without Pillow's clamp: no error is lost but at the edges, in all ink and in all paper.

    Near black and white the clamp eats errors, and with them the mean tone; what a search starts from has to
    have that right, for it mends only what is near.
    """
    height, width = grey.shape
    line = np.zeros(width + 2, dtype=np.int32)
    below = np.zeros(width + 2, dtype=np.int32)
    for y in range(height):
        right = 0
        below[:] = 0
        for x in range(width):
            level = np.int32(grey[y, x])
            value = 16 * level + line[x + 1] + right
            on = value > 16 * (128 - lean if white[y, x] else 128 + lean)
            if level == 0 or level == 255:
                on = level == 255
            white[y, x] = on
            error = min(4080, max(-4080, value - 4080 if on else value))
            part = error >> 4
            right = 7 * part
            below[x] += 3 * part
            below[x + 1] += 5 * part
            below[x + 2] += error - 15 * part
        line, below = below, line
