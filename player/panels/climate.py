"""Between which temperatures a panel may be drawn on, and what a controller's word about them is worth.

Cold ink is slow: a waveform ends before the ink is where it should be. Waveshare states 0 to 50 °C for
drawing on its panels behind an IT8951, and -25 to 70 °C for storing them. The sensor sits on the controller's
board and not in the glass, so a board in a warm box may say too much; whoever knows better can tell the
controller a temperature, and then that one counts.

A sensor that is not there must not stop a panel that works. So what no panel could have survived, or says
nothing, is taken for no answer: the panel is drawn on, and its temperature is unknown.
"""

from __future__ import annotations

from player.errors import LongtakeError

LOWEST, HIGHEST = 0, 50
"""Degrees Celsius between which a panel may be drawn on."""
COLDEST, HOTTEST = -25, 70
"""Degrees Celsius between which it may be stored; beyond them the sensor is wrong, or the panel is lost."""


class TemperatureError(LongtakeError, RuntimeError):
    """A panel that is too cold or too warm to be drawn on for now."""


def celsius(word: int) -> int | None:
    """The temperature that a controller's 16-bit word tells; None for a word that tells none.

    Below zero some drivers read the word as signed, others only its low byte; both are understood. All bits
    set, in the word or in its low byte, is what a bus gives on which nobody answers, and not -1 °C.
    """
    high, low = word >> 8, word & 0xFF
    if low == 0xFF or high not in (0, 0xFF):
        return None
    degrees = low - 256 if low >= 0x80 else low
    return degrees if COLDEST <= degrees <= HOTTEST else None


def check(degrees: int | None) -> None:
    """See that a panel of this temperature may be drawn on; one of which nobody knows it may.

    Raises:
        TemperatureError: it may not.
    """
    if degrees is not None and not LOWEST <= degrees <= HIGHEST:
        raise TemperatureError(
            f"the panel is at {degrees} °C; it may be drawn on between {LOWEST} and {HIGHEST} °C"
        )
