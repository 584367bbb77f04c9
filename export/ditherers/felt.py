"""Errors as the eye takes them in, for whole pictures at once; compiled by numba when first used."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from export.ditherers.eye import FACTORS, REACH
from export.stages.tone import Grey

SIZE = 2 * REACH + 1

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]
Shorts = npt.NDArray[np.int16]


def error(grey: Grey, white: Bytes) -> Ints:
    """By how much each pixel is too light, in 255ths of a dot."""
    result = np.empty(grey.shape, np.int32)
    errors(grey, white, result)
    return result


def felt(one: Ints) -> Shorts:
    """An error under the eye's kernel, in units of `KERNEL` for a whole dot.

    Args:
        one: ``int32`` of shape ``(height, width)``, -255 to 255.

    Returns:
        ``int16`` of shape ``(height + 2 REACH, width + 2 REACH + 1)``, with `REACH` empty rows and columns
        before the picture and after it, and one more column for what adds in even numbers.
    """
    height, width = one.shape
    gradient = np.zeros((height + 2 * REACH, width + 2 * REACH + 1), np.int16)
    filtered(one, FACTORS, gradient)
    return gradient


@numba.njit(nogil=True, cache=True)
def _add(line: Ints, other: Ints, weight: int) -> None:  # pragma: no cover
    for x in range(line.size):
        line[x] += weight * other[x]


@numba.njit(nogil=True, cache=True)
def errors(grey: Grey, white: Bytes, error: Ints) -> None:  # pragma: no cover
    """Fill `error`: what each pixel is too light, in 255ths of a dot."""
    height, width = grey.shape
    for y in range(height):
        for x in range(width):
            error[y, x] = (255 if white[y, x] else 0) - np.int32(grey[y, x])


@numba.njit(nogil=True, cache=True)
def filtered(error: Ints, factors: Ints, gradient: Shorts) -> None:  # pragma: no cover
    """Fill `gradient` from scratch: an error under the kernel of these factors."""
    height, width = error.shape
    column = np.empty(width, dtype=np.int32)
    padded = np.zeros(width + 2 * REACH, dtype=np.int32)
    total = np.empty(width, dtype=np.int32)
    for y in range(height):
        total[:] = 0
        for factor in factors:
            column[:] = 0
            for i in range(max(0, REACH - y), min(SIZE, height + REACH - y)):
                _add(column, error[y + i - REACH], factor[i])
            for x in range(width):
                padded[REACH + x] = column[x] >> 4
            for i in range(SIZE):
                _add(total, padded[i : i + width], factor[i])
        line = gradient[y + REACH, REACH : REACH + width]
        for x in range(width):
            line[x] = ((total[x] >> 4) * 257 + 32768) >> 16  # divided by 255


@numba.njit(nogil=True, cache=True)
def product(one: Ints, gradient: Shorts) -> int:  # pragma: no cover
    """The sum of `one` times `gradient` over all pixels; with an error and its own gradient, its energy."""
    total = np.int64(0)
    for y in range(one.shape[0]):
        for x in range(one.shape[1]):
            total += np.int64(one[y, x]) * gradient[y + REACH, x + REACH]
    return int(total)
