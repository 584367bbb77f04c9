"""A Frame is a 1-bit picture: the only kind that a reel holds and a panel shows.

Bits are packed as the panels' controllers, PNG and Pillow's mode "1" pack them: rows of whole bytes, the
leftmost pixel in the most significant bit, 1 = white. Bits beyond the right edge are always 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from player.errors import LongtakeError

Bits: TypeAlias = npt.NDArray[np.uint8]
Mask: TypeAlias = npt.NDArray[np.bool_]


class FrameError(LongtakeError, ValueError):
    """A picture that is no frame, or two frames that do not fit each other."""


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def pixels(self) -> int:
        """How many pixels there are in all."""
        return self.width * self.height

    @property
    def stride(self) -> int:
        """Bytes in one packed row."""
        return (self.width + 7) // 8

    def __str__(self) -> str:
        return f"{self.width}×{self.height}"


class Box(NamedTuple):
    """A rectangle of pixels, its right and bottom edges outside it; all zero when nothing is in it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def area(self) -> int:
        """Pixels inside."""
        return (self.right - self.left) * (self.bottom - self.top)


NOWHERE = Box(0, 0, 0, 0)


@dataclass(frozen=True, eq=False)
class Frame:
    """A 1-bit picture.

    Args:
        size: width and height in pixels.
        bits: ``uint8`` of shape ``(height, stride)``, made read-only here; 1 = white.

    Raises:
        FrameError: the array does not have that shape and type, or has bits set beyond the right edge.
    """

    size: Size
    bits: Bits

    def __post_init__(self) -> None:
        expected = (self.size.height, self.size.stride)
        if self.bits.dtype != np.uint8 or self.bits.shape != expected:
            raise FrameError(
                f"a {self.size} frame needs uint8 bits of shape {expected}, "
                f"not {self.bits.dtype} of shape {self.bits.shape}"
            )
        spare = self.size.stride * 8 - self.size.width
        if spare and (self.bits[:, -1] & ((1 << spare) - 1)).any():
            raise FrameError(f"a {self.size} frame has bits set beyond its right edge")
        self.bits.flags.writeable = False

    @classmethod
    def white(cls, size: Size) -> Frame:
        """All paper."""
        return cls.of(np.ones((size.height, size.width), dtype=bool))

    @classmethod
    def black(cls, size: Size) -> Frame:
        """All ink."""
        return cls(size, np.zeros((size.height, size.stride), dtype=np.uint8))

    @classmethod
    def of(cls, white: Mask) -> Frame:
        """Pack a mask of shape ``(height, width)`` in which true is white."""
        height, width = white.shape
        return cls(Size(width, height), np.packbits(white, axis=1))

    @classmethod
    def unpacked_from(cls, size: Size, data: bytes) -> Frame:
        """Read the bytes that `tobytes` wrote.

        Raises:
            FrameError: there are not exactly ``height * stride`` of them.
        """
        if len(data) != size.height * size.stride:
            raise FrameError(f"a {size} frame has {size.height * size.stride} bytes, not {len(data)}")
        return cls(size, np.frombuffer(data, dtype=np.uint8).reshape(size.height, size.stride))

    def tobytes(self) -> bytes:
        """Every row's bytes, top to bottom."""
        return self.bits.tobytes()

    def mask(self) -> Mask:
        """A fresh boolean array of shape ``(height, width)``; true is white."""
        return np.unpackbits(self.bits, axis=1, count=self.size.width).view(np.bool_)

    @property
    def whites(self) -> int:
        """How many pixels are white."""
        return count(self.bits)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Frame):
            return NotImplemented
        return self.size == other.size and np.array_equal(self.bits, other.bits)

    __hash__ = None  # type: ignore[assignment]  # two megabits are nobody's dictionary key


@dataclass(frozen=True)
class Difference:
    """What it takes to turn one frame into another.

    Args:
        darkened: pixels that turn from white to black, the ones that leave ghosts.
        lightened: pixels that turn from black to white.
        box: the smallest rectangle around all of them.
    """

    darkened: int
    lightened: int
    box: Box

    @property
    def changed(self) -> int:
        """Pixels that change at all."""
        return self.darkened + self.lightened


def difference(before: Frame, after: Frame) -> Difference:
    """Compare two frames of one size.

    Raises:
        FrameError: their sizes differ.
    """
    if before.size != after.size:
        raise FrameError(f"a {before.size} frame cannot be compared with a {after.size} one")
    changed = before.bits ^ after.bits
    darkened = count(changed & before.bits)
    return Difference(darkened, count(changed) - darkened, _bounds(changed))


def count(bits: Bits) -> int:
    """How many bits are set."""
    return int(np.bitwise_count(bits).sum(dtype=np.int64))


def _bounds(bits: Bits) -> Box:
    rows = np.flatnonzero(bits.any(axis=1))
    if not rows.size:
        return NOWHERE
    columns = np.flatnonzero(np.unpackbits(np.bitwise_or.reduce(bits, axis=0)))
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
