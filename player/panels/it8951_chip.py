"""The IT8951 itself: how it is started, what it is told, and what it says."""

from __future__ import annotations

from dataclasses import dataclass

from player.errors import LongtakeError
from player.frame import Bits, Box, Mask, Size
from player.panels import climate
from player.panels.bus import Bus, wait_for_level
from player.panels.it8951_words import Words, packed_bits, packed_greys, text

SYS_RUN, STANDBY, SLEEP = 0x0001, 0x0002, 0x0003
LD_IMG_AREA, LD_IMG_END, DPY_AREA = 0x0021, 0x0022, 0x0034
VCOM, FORCE_TEMP, GET_DEV_INFO = 0x0039, 0x0040, 0x0302
GET, SET = 0, 1
"""First argument of VCOM and of FORCE_TEMP."""

I80CPCR, LISAR_LOW, LISAR_HIGH = 0x0004, 0x0208, 0x020A
UP1SR_HIGH, ONE_BIT, BGVR, LUTAFSR = 0x113A, 1 << 2, 0x1250, 0x1224
WHITE_FOR_1 = 0x00F0
"""Of BGVR: grey of bit 1 in the low byte, of bit 0 in the high one."""

INIT, DU, GC16 = 0, 1, 2
"""Waveform modes with the same number in every LUT that is known; A2 and the others move about."""
KNOWN_LUTS = ("M641", "M841")

FOUR_BITS, EIGHT_BITS = 2 << 4, 3 << 4
"""Pixel formats of LD_IMG_AREA, little-endian and not turned."""

AFTER_RESET, SETTLED = 10.0, 10.0
"""Deadlines in seconds: HRDY after a reset, and the end of a waveform."""
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
        temperature: °C by which it is to choose its waveforms; None for what its own sensor says.

    Raises:
        It8951Error: VCOM is not between -0.2 and -3.5 V. A wrong one spoils the panel in time, so there is no
            usual value to fall back to. Or the temperature is one at which nothing may be drawn.
    """

    def __init__(self, bus: Bus, vcom: float, temperature: int | None = None) -> None:
        if not -3.5 <= vcom <= -0.2:
            raise It8951Error(
                f"VCOM of {vcom:g} V is outside -3.5 to -0.2 V; the right one is printed on the panel's cable"
            )
        if temperature is not None and not climate.LOWEST <= temperature <= climate.HIGHEST:
            raise It8951Error(f"{temperature} °C is outside {climate.LOWEST} to {climate.HIGHEST} °C")
        self._bus = bus
        self._words = Words(bus)
        self.vcom = vcom
        self.forced = temperature
        """°C that it was told to go by, or None."""
        self.info: DeviceInfo | None = None
        self.vcom_before: float | None = None
        """VCOM as it was after the reset, before it was set: tells whether a board keeps it."""
        self._one_bit = False
        self._awake = False

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
        self._words.command(SYS_RUN)
        self._awake = True
        self.info = self.read_info()
        if self.read_info() != self.info:
            raise It8951Error("the controller says two things about itself: look at the cable")
        self._words.write_register(I80CPCR, 1)
        self._words.write_register(LISAR_HIGH, self.info.buffer >> 16)
        self._words.write_register(LISAR_LOW, self.info.buffer & 0xFFFF)
        self._words.write_register(BGVR, WHITE_FOR_1)
        self._one_bit = True
        self.set_one_bit(False)
        self._set_vcom()
        self._set_temperature()
        return self.info

    def wake(self) -> None:
        """Leave standby or sleep."""
        if not self._awake:
            self._words.command(SYS_RUN)
            self._awake = True

    def rest(self) -> None:
        """Stand by until the next frame: 0.3 W less, and no high voltage at the panel."""
        self._words.command(STANDBY)
        self._awake = False

    def sleep(self) -> None:
        """Sleep for a long time."""
        self.wake()
        self._words.command(SLEEP)
        self._awake = False

    def check(self) -> None:
        """See that the controller still knows what it was told: a dip in its supply makes it forget.

        Raises:
            It8951Error: it does not.
        """
        if self._words.read_register(BGVR) != WHITE_FOR_1 or self._words.read_register(I80CPCR) != 1:
            raise It8951Error("the controller has forgotten how it was set up")

    def read_info(self) -> DeviceInfo:
        """Ask the controller what it is.

        Raises:
            It8951Error: nothing sensible comes back.
        """
        self._words.command(GET_DEV_INFO)
        words = self._words.read(20)
        width, height, low, high = words[:4]
        if len(set(words)) == 1 or not (1 <= width <= 8192 and 1 <= height <= 8192):
            raise It8951Error(
                "the controller does not answer: look at SPI, the DIP switch on SPI, and the supply"
            )
        lut = text(words[12:20])
        if not lut.startswith(KNOWN_LUTS):
            raise It8951Error(f'the waveforms "{lut}" are not known, so none of them is used')
        return DeviceInfo(Size(width, height), high << 16 | low, text(words[4:12]), lut)

    def read_vcom(self) -> float:
        """VCOM as the controller has it, in volts."""
        self._words.command(VCOM, GET)
        return -self._words.read(1)[0] / 1000

    def read_temperatures(self) -> tuple[int, ...]:
        """The two words with which FORCE_TEMP answers: first the sensor's, then what it was told to go by."""
        self._words.command(FORCE_TEMP, GET)
        return self._words.read(2)

    def temperature(self) -> int | None:
        """In °C, the one that it was told, else the sensor's; None if that says nothing."""
        return climate.celsius(self.read_temperatures()[0]) if self.forced is None else self.forced

    def load_bits(self, x: int, y: int, bits: Bits) -> None:
        """Load a rectangle for 1-bit mode.

        Args:
            x: of its left edge, a multiple of 32.
            y: of its top edge.
            bits: packed rows, 1 for white, of shape ``(rows, width / 8)``, a multiple of 4 bytes wide.
        """
        rows, width = bits.shape
        self._words.command(LD_IMG_AREA, EIGHT_BITS, x // 8, y, width, rows)
        self._words.pixels(packed_bits(bits))
        self._words.command(LD_IMG_END)

    def load_greys(self, x: int, y: int, white: Mask) -> None:
        """Load a rectangle in 4 bits a pixel, black and white.

        Args:
            x: of its left edge, a multiple of 4.
            y: of its top edge.
            white: of shape ``(rows, columns)``, a multiple of 4 columns.
        """
        rows, columns = white.shape
        self._words.command(LD_IMG_AREA, FOUR_BITS, x, y, columns, rows)
        self._words.pixels(packed_greys(white))
        self._words.command(LD_IMG_END)

    def set_one_bit(self, on: bool) -> None:
        """Choose how the memory is read by the next `display`. Only when no waveform runs."""
        if on != self._one_bit:
            value = self._words.read_register(UP1SR_HIGH)
            self._words.write_register(UP1SR_HIGH, value | ONE_BIT if on else value & ~ONE_BIT)
            self._one_bit = on

    def display(self, box: Box, mode: int) -> None:
        """Begin to bring a rectangle of the memory onto the panel."""
        width, height = box.right - box.left, box.bottom - box.top
        self._words.command(DPY_AREA, box.left, box.top, width, height, mode)

    def settle(self) -> None:
        """Wait until no waveform runs.

        Raises:
            BusTimeoutError: HRDY stays low.
            It8951Error: the waveform does not end.
        """
        deadline = self._bus.clock.ticks() + SETTLED
        while self._words.read_register(LUTAFSR):
            if self._bus.clock.ticks() >= deadline:
                raise It8951Error(f"a refresh did not end within {SETTLED:g} s")
            self._bus.clock.wait(LOOK)

    def _set_vcom(self) -> None:
        self.vcom_before = self.read_vcom()
        self._words.command(VCOM, SET, round(-1000 * self.vcom))
        kept = self.read_vcom()
        if abs(kept - self.vcom) > 0.011:
            raise It8951Error(f"VCOM was set to {self.vcom:g} V and reads back as {kept:g} V")

    def _set_temperature(self) -> None:
        """Tell it what to go by instead of its sensor. A reset has made it forget what it was told before."""
        if self.forced is None:
            return
        self._words.command(FORCE_TEMP, SET, self.forced)
        kept = self.read_temperatures()
        if self.forced not in kept:  # the one programming guide leaves open in which order the two come
            raise It8951Error(
                f"the temperature was set to {self.forced} °C and reads back as {kept[0]} and {kept[1]} °C"
            )
