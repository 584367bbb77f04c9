"""The IT8951's language: words on the wire, and how pixels are packed into them.

Every frame on the wire begins with a preamble: 0x6000 before a command word, 0x0000 before data, 0x1000
before a read, whose first word is a dummy. HRDY is high when the next frame may come. Sources: the drivers of
Waveshare and GregDMeyer, LovyanGFX and GxEPD2, which agree on all that is used here.
"""

from __future__ import annotations

import struct

import numpy as np

from player.frame import Bits, Mask
from player.panels.bus import Bus, wait_for_level

COMMAND, DATA, READ = b"\x60\x00", b"\x00\x00", b"\x10\x00"
REG_RD, REG_WR = 0x0010, 0x0011

COMMAND_HERTZ, PIXEL_HERTZ = 2_000_000, 12_000_000
"""Clocks that every board is reported to take; the chip's own limit is 24 MHz."""
READY = 5.0
"""Deadline in seconds for HRDY. The longest known: 2.3 s."""


class Words:
    """A controller on a bus, as a speaker hears it: words out, words in.

    Every method raises `BusTimeoutError` if HRDY does not come in time.

    Args:
        bus: that leads there.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def command(self, command: int, *arguments: int) -> None:
        """Send a command and its arguments, of 16 bits each, a frame for each."""
        self._send(COMMAND + struct.pack(">H", command), COMMAND_HERTZ)
        for argument in arguments:
            self._send(DATA + struct.pack(">H", argument), COMMAND_HERTZ)

    def read(self, count: int) -> tuple[int, ...]:
        """Read so many words of the answer to the command that went before."""
        self._wait()
        answer = self._bus.exchange(READ + bytes(2 + 2 * count), COMMAND_HERTZ)
        return struct.unpack(f">{count}H", answer[4:])

    def read_register(self, address: int) -> int:
        """Read a register."""
        self.command(REG_RD, address)
        return self.read(1)[0]

    def write_register(self, address: int, value: int) -> None:
        """Write a register."""
        self.command(REG_WR, address, value)

    def pixels(self, data: bytes) -> None:
        """Send pixel words; chip select rises after each transfer, so each begins with its own preamble."""
        most = (self._bus.largest - len(DATA)) // 2 * 2
        for start in range(0, len(data), most):
            self._send(DATA + data[start : start + most], PIXEL_HERTZ)

    def _send(self, data: bytes, hertz: int) -> None:
        self._wait()
        self._bus.write(data, hertz)

    def _wait(self) -> None:
        wait_for_level(self._bus, True, READY, "waiting for HRDY")


def packed_bits(bits: Bits) -> bytes:
    """Pixel words for 1-bit mode: the leftmost pixel in the lowest bit of a little-endian word.

    Args:
        bits: packed rows, 1 for white, the leftmost pixel in the highest bit; a multiple of 2 bytes wide.
    """
    turned = _REVERSED[bits]
    return turned.reshape(len(bits), -1, 2)[:, :, ::-1].tobytes()


def packed_greys(white: Mask) -> bytes:
    """Pixel words of 4 bits a pixel, black and white: the leftmost pixel in the lowest bits of each word.

    Args:
        white: of shape ``(rows, columns)``, a multiple of 4 columns.
    """
    nibbles = white.reshape(len(white), -1, 4)[:, :, ::-1].astype(np.uint8) * 15
    return (nibbles[:, :, ::2] << 4 | nibbles[:, :, 1::2]).astype(np.uint8).tobytes()


def text(words: tuple[int, ...]) -> str:
    """A string with its first character in the low byte of each word, up to the first zero."""
    data = struct.pack(f"<{len(words)}H", *words)
    return data.split(b"\0")[0].decode("ascii", "replace").strip()


_REVERSED = np.packbits(np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)[:, ::-1], axis=1)[:, 0]
