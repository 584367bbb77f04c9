"""What there is to know about Waveshare's small panels: sizes, settings, and the waveforms that they lack.

Every one of them has a waveform for full redraws burnt into its controller (OTP), chosen by temperature. Not
every one has a partial one; for those it is built here. Settings are what the makers' and GxEPD2's drivers
agree on; none has been tried here on glass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from player.frame import Size
from player.panels.bus import Wiring

HAT = Wiring(bus=0, device=0, reset=17, ready=24, data=25, power=18)
"""How Waveshare's boards plug onto a Pi. Next to another panel that has these pins, any others will do."""

Step: TypeAlias = tuple[int, bytes]
"""A command and its parameters."""


@dataclass(frozen=True)
class Way:
    """One way to move ink.

    Args:
        steps: to be sent before it.
        sequence: the value of 0x22.
    """

    steps: tuple[Step, ...]
    sequence: int


@dataclass(frozen=True)
class Ssd168x:
    """What there is to know about a panel.

    Args:
        size: in pixels; sources lie along x.
        begin: steps after each reset.
        full: drives every pixel, with the waveform burnt in.
        partial: drives the pixels in which the two pictures differ.
    """

    size: Size
    begin: tuple[Step, ...]
    full: Way
    partial: Way


def partial_waveform(groups: int, timing: int, frames: int) -> bytes:
    """Build a waveform that pulls changed pixels to their new side, and the others not at all.

    The register (0x32) has for each of five tables and each group of four phases a byte of levels, phase A
    in its highest bits; then for each group the frames of its phases and its repeats less one. Tables 0 to 3
    are black to black, black to white, white to black and white to white; 4 is the common electrode. Level
    01 is VSH1, towards black; 10 is VSL, towards white; 00 is none. Only phase A of group 0 is used here. As
    many frames one way as the other leave no charge behind when a pixel has come back.

    Args:
        groups: that the controller has.
        timing: bytes of frames and repeats that each of them has.
        frames: to pull, of 20 ms.
    """
    levels, times = bytearray(5 * groups), bytearray(timing * groups)
    levels[1 * groups], levels[2 * groups] = 0b10_00_00_00, 0b01_00_00_00
    times[0] = frames
    return bytes(levels + times)


# 0x01 gates less one; 0x11 both counters upwards; 0x18 the sensor on the chip; 0x21 (2) sources S8 to S167.
# 0x3C the border: 05 like a pixel that turns white, 80 at the level of the common electrode, so it stays.
# 0x22: F7 fetches temperature and waveform of mode 1, and displays; FF the same of mode 2. C7 and CF display
# with the waveform in the register. All of them begin with oscillator and rails on and end with both off.
_FULL = Way(((0x3C, b"\x05"),), 0xF7)
_BORDER_STAYS = (0x3C, b"\x80")
_SSD1680_LUT = (
    # Six bytes of frame rates, two groups each: 2 is 50 a second. Three bytes of gate scan flags.
    (0x32, partial_waveform(12, 7, 20) + b"\x22" * 6 + bytes(3)),
    (0x3F, b"\x22"),  # what the source does after the last phase: as usual
    (0x03, b"\x17"),  # gates at 20 V
    (0x04, b"\x41\x00\x32"),  # VSH1 15 V, VSH2 unused, VSL -15 V
    (0x2C, b"\x36"),  # VCOM
)
_IL3897_LUT = (
    (0x32, partial_waveform(7, 5, 10)),
    (0x03, b"\x15"),  # gates at 19 V
    (0x04, b"\x41\xa8\x32"),  # VSH1 15 V, VSH2 5 V, VSL -15 V
    (0x2C, b"\x26"),  # VCOM
    (0x3A, b"\x30"),  # dummy lines and
    (0x3B, b"\x0a"),  # gate line width, together for 50 frames a second
)


def _ssd1680(size: Size, partial: Way) -> Ssd168x:
    begin = ((0x01, _gates(size)), (0x11, b"\x03"), (0x18, b"\x80"), (0x21, b"\x00\x80"))
    return Ssd168x(size, begin, _FULL, partial)


def _gates(size: Size) -> bytes:
    return (size.height - 1).to_bytes(2, "little") + b"\0"


_OWN_PARTIAL = Way((_BORDER_STAYS, *_SSD1680_LUT), 0xCF)

PANELS = {
    # 74 and 7E open the analog and digital blocks of this older chip. Its 0x22 has no mode 2: with the
    # waveform in the register, C7 tells old from new.
    "waveshare-2in13-v2": Ssd168x(
        Size(122, 250),
        (
            (0x74, b"\x54"),
            (0x7E, b"\x3b"),
            (0x01, _gates(Size(122, 250))),
            (0x11, b"\x03"),
            (0x18, b"\x80"),
        ),
        Way(((0x3C, b"\x03"),), 0xF7),
        Way((_BORDER_STAYS, *_IL3897_LUT), 0xC7),
    ),
    "waveshare-2in13-v3": _ssd1680(Size(122, 250), _OWN_PARTIAL),
    "waveshare-2in13-v4": _ssd1680(Size(122, 250), Way((_BORDER_STAYS,), 0xFF)),
    "waveshare-2in9-v2": _ssd1680(Size(128, 296), _OWN_PARTIAL),
    # 0x21: in a full redraw the old picture, which stands for red on other glass, reads as 0.
    "waveshare-4in2-v2": Ssd168x(
        Size(400, 300),
        ((0x01, _gates(Size(400, 300))), (0x11, b"\x03"), (0x18, b"\x80")),
        Way(((0x3C, b"\x05"), (0x21, b"\x40\x00")), 0xF7),
        Way((_BORDER_STAYS, (0x21, b"\x00\x00")), 0xFF),
    ),
}
"""By the name that `open_panel` knows."""
