"""The IT8951's picture memory: a byte for each pixel in rows as wide as the panel, or a bit in 1-bit mode."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from player.frame import Box, Size
from player.panels.sim.eink import Greys
from player.panels.sim.framing import Words

BYTES = 1 << 25


class ImageBuffer:
    """Picture memory of a controller.

    Args:
        size: of the panel.
        note: called when a driver breaks a rule.
    """

    def __init__(self, size: Size, note: Callable[[str], None]) -> None:
        self._size = size
        self._note = note
        self._memory: Greys = np.zeros(BYTES, dtype=np.uint8)
        self._how, self._box = 0, Box(0, 0, *size)
        self._coming: list[Words] | None = None

    def forget(self) -> None:
        """Power is gone."""
        self._memory[:] = 0

    @property
    def loading(self) -> bool:
        """Whether a load has begun and not ended."""
        return self._coming is not None

    def reset(self) -> None:
        """A load that has begun is off; the memory is kept."""
        self._coming = None

    def begin(self, arguments: list[int]) -> None:
        """LD_IMG, with one argument, or LD_IMG_AREA with five."""
        if self.loading:
            self._note("a load inside a load")
        x, y, width, height = arguments[1:] or [0, 0, self._size.width, self._size.height]
        self._how, self._box = arguments[0], Box(x, y, x + width, y + height)
        self._coming = []

    def take(self, words: Words) -> None:
        """Pixels of the load that has begun."""
        assert self._coming is not None
        self._coming.append(words)

    def end(self, base: int) -> None:
        """LD_IMG_END: store what came, at the address of the image buffer."""
        if self._coming is None:
            self._note("the end of a load that never began")
            return
        words = np.concatenate(self._coming) if self._coming else np.zeros(0, dtype=np.uint16)
        self._coming = None
        self._load(self._how, self._box, words, base)

    def _load(self, how: int, box: Box, words: Words, base: int) -> None:
        """Store what LD_IMG or LD_IMG_AREA brought.

        Args:
            how: the command's first argument: endian << 8 | format << 4 | rotation.
            box: the area, in the pixels of the image that comes.
            words: all that came.
            base: address of the image buffer.
        """
        rotation, depth, big = how & 3, {0: 2, 1: 3, 2: 4, 3: 8}[how >> 4 & 3], bool(how >> 8 & 1)
        if depth == 3:
            self._note("3 bits a pixel, which nobody knows how to send")
            return
        width, height, each = box.right - box.left, box.bottom - box.top, 16 // depth
        if box.left % each or width % each:
            self._note(f"load of x {box.left}, width {width} not aligned to {each} pixels")
        wanted = -(-width // each) * height
        if len(words) != wanted:
            self._note(f"a load of {len(words)} words, where {width}×{height} take {wanted}")
        words = np.append(words, np.zeros(max(0, wanted - len(words)), dtype=np.uint16))[:wanted]
        order = range(each - 1, -1, -1) if big else range(each)
        parts = [(words >> (depth * index)) & ((1 << depth) - 1) for index in order]
        pixels = np.stack(parts, axis=1).reshape(height, -1)[:, :width]
        self._store((pixels << (8 - depth)).astype(np.uint8), box, rotation, base)

    def greys(self, box: Box, base: int, one_bit: bool, pair: int) -> Greys:
        """What DPY_AREA shows of a box.

        Args:
            box: on the panel.
            base: address of the image buffer.
            one_bit: whether rows are read as bits, the lowest of a byte leftmost.
            pair: the register BGVR: grey of bit 0 in the high byte, of bit 1 in the low one.
        """
        rows = base % (BYTES // 2) + (np.arange(box.top, box.bottom) * self._size.width)[:, None]
        if not one_bit:
            whole: Greys = self._memory[rows + np.arange(box.left, box.right)] & np.uint8(0xF0)
            return whole
        first = box.left // 8
        packed = self._memory[rows + np.arange(first, -(-box.right // 8))]
        bits = np.unpackbits(packed, axis=1, bitorder="little").reshape(box.bottom - box.top, -1)
        colours: Greys = np.array([pair >> 8 & 0xF0, pair & 0xF0], dtype=np.uint8)
        return np.take(colours, bits[:, box.left - first * 8 :][:, : box.right - box.left])

    def _store(self, pixels: Greys, box: Box, rotation: int, base: int) -> None:
        size = self._size
        rows, columns = np.mgrid[box.top : box.bottom, box.left : box.right]
        across, down = {
            0: (columns, rows),
            1: (rows, size.height - 1 - columns),
            2: (size.width - 1 - columns, size.height - 1 - rows),
            3: (size.width - 1 - rows, columns),
        }[rotation]
        inside = (across >= 0) & (across < size.width) & (down >= 0) & (down < size.height)
        if not inside.all():
            self._note("a load outside the panel")
        places = base + down * size.width + across
        if places.max(initial=0) >= BYTES:
            self._note("a load outside the memory")
            return
        self._memory[places[inside]] = pixels[inside]
