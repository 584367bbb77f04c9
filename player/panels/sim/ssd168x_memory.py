"""The two picture memories of an SSD16xx, and the pointer that walks through a window in them."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from player.frame import Bits, Size

Places: TypeAlias = npt.NDArray[np.int64]


class Memory:
    """Two planes of one bit a pixel, 1 = white: the new picture (0x24) and the old one (0x26).

    Args:
        size: sources and gates.
        noise: where the random bits come from that memory holds after power-on.
    """

    def __init__(self, size: Size, noise: np.random.Generator) -> None:
        self._size = size
        self._noise = noise
        self.columns = (0, size.stride - 1)
        """First and last byte of the window (0x44)."""
        self.rows = (0, size.height - 1)
        """First and last line of the window (0x45)."""
        self.entry = 3
        """Bit 0: x counts up; bit 1: y counts up; bit 2: y goes first (0x11)."""
        self.x = 0
        """Address counter (0x4E)."""
        self.y = 0
        """Address counter (0x4F)."""
        self.forget()

    def forget(self) -> None:
        """What loss of power leaves: noise."""
        shape = (self._size.height, self._size.stride)
        self.new: Bits = self._noise.integers(0, 256, shape, np.uint8)
        self.old: Bits = self._noise.integers(0, 256, shape, np.uint8)

    @property
    def window(self) -> Size:
        """Bytes and lines of the window."""
        return Size(
            abs(self.columns[1] - self.columns[0]) + 1,
            abs(self.rows[1] - self.rows[0]) + 1,
        )

    def trouble(self, columns: range, height: int) -> str:
        """What is wrong with the window, for a write to the columns and lines that the glass shows."""
        for name, (first, last), up, allowed in (
            ("x", self.columns, self.entry & 1, columns),
            ("y", self.rows, self.entry & 2, range(height)),
        ):
            if (first <= last) != bool(up) and first != last:
                return f"the window {first} to {last} in {name} runs against the data entry mode"
            if min(first, last) not in allowed or max(first, last) not in allowed:
                return f"the window {first} to {last} in {name} is outside the panel's {_span(allowed)}"
        if (self.x, self.y) != (self.columns[0], self.rows[0]):
            return (
                f"a write begins at {self.x}, {self.y}, not where the window does, "
                f"at {self.columns[0]}, {self.rows[0]}"
            )
        return ""

    def write(self, plane: Bits, data: bytes) -> None:
        """Put bytes where the counters stand, and move these on; they wrap inside the window."""
        plane[self._walk(len(data))] = np.frombuffer(data, np.uint8)

    def read(self, plane: Bits, count: int) -> bytes:
        """Take bytes from where the counters stand, and move these on."""
        return plane[self._walk(count)].tobytes()

    def _walk(self, count: int) -> tuple[Places, Places]:
        """The next lines and columns; afterwards the counters stand behind them."""
        window = self.window
        rightwards = 1 if self.columns[1] >= self.columns[0] else -1
        downwards = 1 if self.rows[1] >= self.rows[0] else -1
        column = min(max((self.x - self.columns[0]) * rightwards, 0), window.width - 1)
        row = min(max((self.y - self.rows[0]) * downwards, 0), window.height - 1)
        y_first = bool(self.entry & 4)
        begin = column * window.height + row if y_first else row * window.width + column
        steps = (begin + np.arange(count + 1)) % window.pixels
        if y_first:
            columns, rows = np.divmod(steps, window.height)
        else:
            rows, columns = np.divmod(steps, window.width)
        columns = (self.columns[0] + rightwards * columns) % self._size.stride
        rows = (self.rows[0] + downwards * rows) % self._size.height
        self.x, self.y = int(columns[-1]), int(rows[-1])
        return rows[:-1], columns[:-1]


def _span(allowed: range) -> str:
    return f"{allowed[0]} to {allowed[-1]}"
