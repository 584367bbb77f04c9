"""The IT8951's language: commands, registers, and how pixels are packed.

Every frame on the wire begins with a preamble: 0x6000 before a command word, 0x0000 before data, 0x1000
before a read, whose first word is a dummy. HRDY is high when the next frame may come. Sources: the drivers of
Waveshare and GregDMeyer, LovyanGFX and GxEPD2, which agree on all that is used here.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from player.errors import LongtakeError
from player.frame import Bits, Box, Mask, Size
from player.panels.bus import Bus, wait_for_level

COMMAND, DATA, READ = b"\x60\x00", b"\x00\x00", b"\x10\x00"

SYS_RUN, STANDBY, SLEEP = 0x0001, 0x0002, 0x0003
REG_RD, REG_WR = 0x0010, 0x0011
LD_IMG_AREA, LD_IMG_END, DPY_AREA = 0x0021, 0x0022, 0x0034
VCOM, FORCE_TEMP, GET_DEV_INFO = 0x0039, 0x0040, 0x0302

I80CPCR, LISAR_LOW, LISAR_HIGH = 0x0004, 0x0208, 0x020A
UP1SR_HIGH, ONE_BIT, BGVR, LUTAFSR = 0x113A, 1 << 2, 0x1250, 0x1224
WHITE_FOR_1 = 0x00F0
"""Of BGVR: grey of bit 1 in the low byte, of bit 0 in the high one."""

INIT, DU, GC16 = 0, 1, 2
"""Waveform modes with the same number in every LUT that is known; A2 and the others move about."""
KNOWN_LUTS = ("M641", "M841")

FOUR_BITS, EIGHT_BITS = 2 << 4, 3 << 4
"""Pixel formats of LD_IMG_AREA, little-endian and not turned."""

COMMAND_HERTZ, PIXEL_HERTZ = 2_000_000, 12_000_000
"""Clocks that every board is reported to take; the chip's own limit is 24 MHz."""

READY, AFTER_RESET, SETTLED = 5.0, 10.0, 10.0
"""Deadlines in seconds: HRDY, HRDY after a reset, and the end of a waveform. The longest known: 2.3 s."""
LOOK = 0.02
"""Seconds between two looks at the waveform's end."""


class It8951Error(LongtakeError, RuntimeError):
    """A controller that answers, but not what it should."""


@dataclass(frozen=True)
class DeviceInfo:
    """What GET_DEV_INFO says: panel size, address of the image buffer, and versions of firmware and LUT."""

    size: Size
    buffer: int
    firmware: str
    lut: str


class It8951:
    """A controller on a bus.

    Args:
        bus: that leads there.
        vcom: volts, as printed on the panel's cable.

    Raises:
        It8951Error: VCOM is not between -0.2 and -3.5 V. A wrong one spoils the panel in time, so there is no
            usual value to fall back to.
    """

    def __init__(self, bus: Bus, vcom: float) -> None:
        if not -3.5 <= vcom <= -0.2:
            raise It8951Error(
                f"VCOM of {vcom:g} V is outside -3.5 to -0.2 V; the right one is printed on the panel's cable"
            )
        self._bus = bus
        self.vcom = vcom
        self.info: DeviceInfo | None = None
        self.vcom_before: float | None = None
        """VCOM as it was after the reset, before it was set: tells whether a board keeps it."""
        self._one_bit = False
        self._awake = False

    # --- states ------------------------------------------------------------------------------------------

    def start(self) -> DeviceInfo:
        """Reset the controller and set it up; all that it was told before is gone.

        Raises:
            BusTimeoutError: no answer.
            It8951Error: an answer that cannot be, or an unknown firmware.
        """
        self._bus.set_reset(False)
        self._bus.clock.wait(0.1)
        self._bus.set_reset(True)
        wait_for_level(self._bus, True, AFTER_RESET, "starting")
        self._command(SYS_RUN)
        self._awake = True
        self.info = self.read_info()
        if self.read_info() != self.info:
            raise It8951Error("the controller says two things about itself: look at the cable")
        self._write_register(I80CPCR, 1)
        self._write_register(LISAR_HIGH, self.info.buffer >> 16)
        self._write_register(LISAR_LOW, self.info.buffer & 0xFFFF)
        self._write_register(BGVR, WHITE_FOR_1)
        self._one_bit = True
        self.set_one_bit(False)
        self._set_vcom()
        return self.info

    def wake(self) -> None:
        """Leave standby or sleep."""
        if not self._awake:
            self._command(SYS_RUN)
            self._awake = True

    def rest(self) -> None:
        """Stand by until the next frame: 0.3 W less, and no high voltage at the panel."""
        self._command(STANDBY)
        self._awake = False

    def sleep(self) -> None:
        """Sleep for a long time."""
        self.wake()
        self._command(SLEEP)
        self._awake = False

    def check(self) -> None:
        """See that the controller still knows what it was told: a dip in its supply makes it forget.

        Raises:
            It8951Error: it does not.
        """
        if self._read_register(BGVR) != WHITE_FOR_1 or self._read_register(I80CPCR) != 1:
            raise It8951Error("the controller has forgotten how it was set up")

    # --- what it says ------------------------------------------------------------------------------------

    def read_info(self) -> DeviceInfo:
        """Ask the controller what it is.

        Raises:
            It8951Error: nothing sensible comes back.
        """
        self._command(GET_DEV_INFO)
        words = self._read(20)
        width, height, low, high = words[:4]
        if len(set(words)) == 1 or not (1 <= width <= 8192 and 1 <= height <= 8192):
            raise It8951Error(
                "the controller does not answer: look at SPI, the DIP switch on SPI, and the supply"
            )
        lut = _text(words[12:20])
        if not lut.startswith(KNOWN_LUTS):
            raise It8951Error(f'the waveforms "{lut}" are not known, so none of them is used')
        return DeviceInfo(Size(width, height), high << 16 | low, _text(words[4:12]), lut)

    def read_vcom(self) -> float:
        """VCOM as the controller has it, in volts."""
        self._command(VCOM, 0)
        return -self._read(1)[0] / 1000

    def read_temperature(self) -> int:
        """Temperature by which the controller chooses its waveforms, in degrees Celsius."""
        self._command(FORCE_TEMP, 0)
        return self._read(2)[0]

    # --- pixels ------------------------------------------------------------------------------------------

    def load_bits(self, x: int, y: int, bits: Bits) -> None:
        """Load a rectangle for 1-bit mode.

        Args:
            x: of its left edge, a multiple of 32.
            y: of its top edge.
            bits: packed rows, 1 for white, of shape ``(rows, width / 8)``, a multiple of 4 bytes wide.
        """
        rows, width = bits.shape
        self._command(LD_IMG_AREA, EIGHT_BITS, x // 8, y, width, rows)
        turned = _REVERSED[bits]
        self._pixels(turned.reshape(rows, -1, 2)[:, :, ::-1].tobytes())
        self._command(LD_IMG_END)

    def load_greys(self, x: int, y: int, white: Mask) -> None:
        """Load a rectangle in 4 bits a pixel, black and white.

        Args:
            x: of its left edge, a multiple of 4.
            y: of its top edge.
            white: of shape ``(rows, columns)``, a multiple of 4 columns.
        """
        rows, columns = white.shape
        self._command(LD_IMG_AREA, FOUR_BITS, x, y, columns, rows)
        nibbles = white.reshape(rows, -1, 4)[:, :, ::-1].astype(np.uint8) * 15
        self._pixels((nibbles[:, :, ::2] << 4 | nibbles[:, :, 1::2]).astype(np.uint8).tobytes())
        self._command(LD_IMG_END)

    def set_one_bit(self, on: bool) -> None:
        """Choose how the memory is read by the next `display`. Only when no waveform runs."""
        if on != self._one_bit:
            value = self._read_register(UP1SR_HIGH)
            self._write_register(UP1SR_HIGH, value | ONE_BIT if on else value & ~ONE_BIT)
            self._one_bit = on

    def display(self, box: Box, mode: int) -> None:
        """Begin to bring a rectangle of the memory onto the panel."""
        self._command(DPY_AREA, box.left, box.top, box.right - box.left, box.bottom - box.top, mode)

    def settle(self) -> None:
        """Wait until no waveform runs.

        Raises:
            BusTimeoutError: HRDY stays low.
            It8951Error: the waveform does not end.
        """
        deadline = self._bus.clock.ticks() + SETTLED
        while self._read_register(LUTAFSR):
            if self._bus.clock.ticks() >= deadline:
                raise It8951Error(f"a refresh did not end within {SETTLED:g} s")
            self._bus.clock.wait(LOOK)

    # --- words -------------------------------------------------------------------------------------------

    def _set_vcom(self) -> None:
        self.vcom_before = self.read_vcom()
        self._command(VCOM, 1, round(-1000 * self.vcom))
        kept = self.read_vcom()
        if abs(kept - self.vcom) > 0.011:
            raise It8951Error(f"VCOM was set to {self.vcom:g} V and reads back as {kept:g} V")

    def _read_register(self, address: int) -> int:
        self._command(REG_RD, address)
        return self._read(1)[0]

    def _write_register(self, address: int, value: int) -> None:
        self._command(REG_WR, address, value)

    def _command(self, command: int, *arguments: int) -> None:
        self._send(COMMAND + struct.pack(">H", command), COMMAND_HERTZ)
        for argument in arguments:
            self._send(DATA + struct.pack(">H", argument), COMMAND_HERTZ)

    def _read(self, count: int) -> tuple[int, ...]:
        self._wait()
        answer = self._bus.exchange(READ + bytes(2 + 2 * count), COMMAND_HERTZ)
        return struct.unpack(f">{count}H", answer[4:])

    def _pixels(self, data: bytes) -> None:
        """Send pixel words; chip select rises after each transfer, so each begins with its own preamble."""
        most = (self._bus.largest - len(DATA)) // 2 * 2
        for start in range(0, len(data), most):
            self._send(DATA + data[start : start + most], PIXEL_HERTZ)

    def _send(self, data: bytes, hertz: int) -> None:
        self._wait()
        self._bus.write(data, hertz)

    def _wait(self) -> None:
        wait_for_level(self._bus, True, READY, "waiting for HRDY")


def _text(words: tuple[int, ...]) -> str:
    """A string with its first character in the low byte of each word."""
    data = struct.pack(f"<{len(words)}H", *words)
    return data.split(b"\0")[0].decode("ascii", "replace").strip()


_REVERSED = np.packbits(np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)[:, ::-1], axis=1)[:, 0]
