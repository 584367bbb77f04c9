"""How an IT8951 makes words of what comes over the wire between two edges of chip select."""

from __future__ import annotations

from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Words: TypeAlias = npt.NDArray[np.uint16]

COMMAND, DATA, READ = 0x6000, 0x0000, 0x1000


class Listener(Protocol):
    """Who the words are for."""

    def note(self, sentence: str) -> None:
        """A rule of the wire was broken."""

    def command(self, code: int) -> None:
        """A command word."""

    def data(self, words: Words) -> None:
        """Words of data, arguments or pixels."""

    def reply(self) -> int:
        """The next word to read."""


class Framing:
    """One frame after another. A frame's first word is its preamble; the first word of a read is a dummy."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._selected = False
        self._preamble, self._words = -1, 0
        self._half = self._out = b""

    def select(self, low: bool) -> None:
        """Chip select falls or rises."""
        if low:
            self._selected = True
            self._open()
        elif self._selected:
            self._selected = False
            if self._half:
                self._listener.note("an odd number of bytes in a frame")
            if self._preamble >= 0 and not self._words:
                self._listener.note("a frame that ends after its preamble")

    def shift(self, data: bytes) -> bytes:
        """Bytes in, as many out."""
        if not self._selected:
            self._listener.note("bytes without chip select")
            return bytes(len(data))
        rest = data
        if self._preamble < 0:
            head, rest = (self._half + data)[:2], data[2 - len(self._half) :]
            self._half = head if len(head) < 2 else b""
            if len(head) == 2:
                self._preamble = int.from_bytes(head)
                if self._preamble not in (COMMAND, DATA, READ):
                    self._listener.note(f"unknown preamble 0x{self._preamble:04x}")
        if self._preamble == READ:
            return bytes(len(data) - len(rest)) + bytes(self._next_byte() for _ in rest)
        stream = self._half + rest
        whole = len(stream) // 2 * 2
        self._half = stream[whole:]
        self._take(np.frombuffer(stream[:whole], dtype=">u2").astype(np.uint16))
        return bytes(len(data))

    def _open(self) -> None:
        self._preamble, self._words, self._half, self._out = -1, 0, b"", b""

    def _next_byte(self) -> int:
        if not self._out:
            word = self._listener.reply() if self._words else 0
            self._out = word.to_bytes(2)
            self._words += 1
        byte, self._out = self._out[0], self._out[1:]
        return byte

    def _take(self, words: Words) -> None:
        self._words += len(words)
        if self._preamble == COMMAND:
            if self._words > 1:
                self._listener.note("more than one word in a command's frame")
            for word in words:
                self._listener.command(int(word))
        elif self._preamble == DATA and len(words):
            self._listener.data(words)
