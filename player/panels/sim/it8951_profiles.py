"""Boards with an IT8951: what the same controller says and does with different firmware, and when it fails.

Sizes, addresses and strings are as owners of the boards report them. Times were measured on a 6" HD board by
the author of GxEPD2, except those of INIT and A2, which E Ink declares. Nobody has seen them all on one
panel, so every one is a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from player.frame import Size

SIX_INCH_HD = Size(1448, 1072)


@dataclass(frozen=True)
class Times:
    """How long things take, in seconds.

    Args:
        reset: from the rising edge of the reset line to ready.
        run, standby, vcom: HRDY low after the command.
        command, argument: HRDY low after DPY_AREA and after each of its arguments.
        init, full, partial, fast: the waveforms INIT, GC16, DU and A2.
    """

    reset: float = 1.689
    run: float = 0.0031
    standby: float = 0.214
    vcom: float = 0.408
    command: float = 0.0061
    argument: float = 0.0019
    init: float = 2.0
    full: float = 0.608
    partial: float = 0.331
    fast: float = 0.120


@dataclass(frozen=True)
class Profile:
    """One board.

    Args:
        size: of the panel.
        buffer: address of the image buffer.
        firmware, lut: version strings of GET_DEV_INFO, at most 16 characters.
        a2: number of the mode A2, which moves about.
        hrdy_blocks_on_refresh: whether HRDY is low for the whole waveform; reports differ.
        one_bit_alignment: pixels that x and width are multiples of in 1-bit mode.
        coldest, hottest: °C between which the maker allows it to be drawn on.
        reach: share of the way that DU and A2 move a pixel, see `player.ink`.
    """

    size: Size = SIX_INCH_HD
    buffer: int = 0x122480
    firmware: str = "SWv_0.6."
    lut: str = "M841_TFAB512"
    a2: int = 6
    hrdy_blocks_on_refresh: bool = True
    one_bit_alignment: int = 32
    coldest: int = 0
    hottest: int = 50
    reach: float = 0.9
    times: Times = field(default_factory=Times)

    def info(self, size: tuple[int, int] | None = None) -> list[int]:
        """The words of GET_DEV_INFO, for another size if need be."""
        words = [*(size or self.size), self.buffer & 0xFFFF, self.buffer >> 16]
        for text in (self.firmware, self.lut):
            padded = text.encode().ljust(16, b"\0")
            words += [padded[index] | padded[index + 1] << 8 for index in range(0, 16, 2)]
        return words


@dataclass
class Faults:
    """What can go wrong, switched on by a test at any time.

    Args:
        stuck: HRDY stays low.
        silent: nothing answers, and nothing is done: the chip is not there.
        garble: every so manieth word that is read has bits turned; 0 for none.
        power_fails_after: bytes until the supply breaks down; -1 for never.
        comes_back: whether the chip then starts again by itself, with all that it was told forgotten.
        slow: factor on all times.
        wrong_size: what GET_DEV_INFO says instead of the panel's size.
        sensor: the word that the temperature sensor gives instead of the temperature.
        sets_temperature: whether FORCE_TEMP is obeyed.
    """

    stuck: bool = False
    silent: bool = False
    garble: int = 0
    power_fails_after: int = -1
    comes_back: bool = False
    slow: float = 1.0
    wrong_size: tuple[int, int] | None = None
    sensor: int | None = None
    sets_temperature: bool = True


PROFILES = {
    "6-inch-hd": Profile(),
    "6-inch-hd-early-ready": Profile(hrdy_blocks_on_refresh=False),
    "6-inch-hd-m641": Profile(firmware="SWv_0.1.", lut="M641", a2=4),
    "6-inch": Profile(
        Size(800, 600), 0x11A1E0, "SWv_0.1.", "M641", a2=4, times=Times(full=0.574, partial=0.247)
    ),
    "7.8-inch": Profile(
        Size(1872, 1404),
        0x119F00,
        "SWv_0.1.",
        "M841_TFA2812",
        one_bit_alignment=16,
        times=Times(full=0.629, partial=0.287),
    ),
}
"""By name, as `--panel sim:it8951` and the tests use them."""
