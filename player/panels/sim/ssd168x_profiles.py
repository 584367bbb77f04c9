"""How one SSD16xx panel differs from the next, as far as a driver can tell at the wire.

Timings are GxEPD2's measurements of BUSY at room temperature. What nobody has published is marked as
assumed; it is a field here so that a test can ask what a driver does if it is otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from player.frame import Size


@dataclass(frozen=True)
class LutShape:
    """How the bytes of the waveform register (0x32) are laid out.

    Args:
        length: bytes in all.
        groups: of four phases A to D, for each of the five lookup tables; 0 where the layout is not public.
        timing: bytes of frame counts and repeats that each group has.
    """

    length: int
    groups: int
    timing: int


LUT_70 = LutShape(70, 7, 5)
"""IL3897, SSD1675A: TP A, TP B, TP C, TP D, RP."""
LUT_153 = LutShape(153, 12, 7)
"""SSD1680: TP A, TP B, SR AB, TP C, TP D, SR CD, RP; then frame rates and gate scan flags."""
LUT_227 = LutShape(227, 0, 0)
"""SSD1683."""


@dataclass(frozen=True)
class Profile:
    """A controller with its glass.

    Args:
        name: for reading.
        size: of the glass, in pixels; sources lie along x, gates along y.
        ram: sources and gates that the controller has memory for.
        lut: layout of the waveform register.
        otp_partial: a waveform for display mode 2 is burnt in, next to the one for mode 1.
        full: seconds that a waveform lasts which drives every pixel to its rail.
        partial: seconds that any other lasts.
        power_on: seconds until the rails stand.
        power_off: seconds until they are down.
        first_source: the source of the leftmost pixel; 8 where 0x21 must choose sources S8 to S167.
        from_source_8: these are chosen from the start.
        internal_sensor: the temperature sensor on the chip is chosen from the start (0x18).
        ping_pong: after a redraw in mode 2 the new picture becomes the old one without being told to.
        ping_pong_swaps: it does so by exchanging the two memories, not by copying; assumed not to.
        options: bytes of 0x37.
        ping_pong_byte: that one among them whose bit 6 switches ping-pong.
        survives: registers that a pulse on RST leaves alone; as few as the maker's own driver needs.
        busy_in_sleep: BUSY stays high in deep sleep.
        wake: seconds of BUSY after a hardware reset (assumed too short to see).
        coldest: degrees Celsius below which no burnt-in waveform is chosen, and nothing moves (assumed).
        most_partials: partial redraws that the maker allows after a full one.
    """

    name: str
    size: Size
    ram: Size
    lut: LutShape
    otp_partial: bool
    full: float
    partial: float
    power_on: float
    power_off: float
    first_source: int = 0
    from_source_8: bool = False
    internal_sensor: bool = False
    ping_pong: bool = False
    ping_pong_swaps: bool = False
    options: int = 10
    ping_pong_byte: int = 5
    survives: frozenset[int] = frozenset()
    busy_in_sleep: bool = True
    wake: float = 0.0
    coldest: float = 0.0
    most_partials: int = 5


EPD_2IN13_V2 = Profile(
    "2.13″ V2 (IL3897, GDEH0213B72)",
    size=Size(122, 250),
    ram=Size(160, 296),
    lut=LUT_70,
    otp_partial=False,
    full=1.69,
    partial=0.19,
    power_on=0.091,
    power_off=0.173,
    options=7,
    ping_pong_byte=4,
    survives=frozenset({0x01, 0x03, 0x04, 0x11, 0x3A, 0x3B, 0x44, 0x45, 0x4E, 0x4F}),
)
EPD_2IN13_V3 = Profile(
    "2.13″ V3 (SSD1680)",
    size=Size(122, 250),
    ram=Size(176, 296),
    lut=LUT_153,
    otp_partial=False,
    full=4.01,
    partial=0.74,
    power_on=0.096,
    power_off=0.140,
    first_source=8,
    survives=frozenset({0x01, 0x11, 0x18, 0x21}),
)
EPD_2IN13_V4 = Profile(
    "2.13″ V4 (SSD1680)",
    size=Size(122, 250),
    ram=Size(176, 296),
    lut=LUT_153,
    otp_partial=True,
    full=3.50,
    partial=0.46,
    power_on=0.095,
    power_off=0.140,
    first_source=8,
    from_source_8=True,  # as the maker's fast beginning and partial redraw both take for granted
    internal_sensor=True,
    ping_pong=True,
)
EPD_2IN9_V2 = Profile(
    "2.9″ V2 (SSD1680, GDEM029T94)",
    size=Size(128, 296),
    ram=Size(176, 296),
    lut=LUT_153,
    otp_partial=False,
    full=4.01,
    partial=0.74,
    power_on=0.096,
    power_off=0.140,
    first_source=8,
    survives=frozenset({0x01, 0x11, 0x18, 0x21}),
)
EPD_4IN2_V2 = Profile(
    "4.2″ V2 (SSD1683, GDEY042T81)",
    size=Size(400, 300),
    ram=Size(400, 300),
    lut=LUT_227,
    otp_partial=True,
    full=1.14,
    partial=0.36,
    power_on=0.096,
    power_off=0.268,
    internal_sensor=True,
    ping_pong=True,
)

PROFILES = {
    "waveshare-2in13-v2": EPD_2IN13_V2,
    "waveshare-2in13-v3": EPD_2IN13_V3,
    "waveshare-2in13-v4": EPD_2IN13_V4,
    "waveshare-2in9-v2": EPD_2IN9_V2,
    "waveshare-4in2-v2": EPD_4IN2_V2,
}
"""By the names that `open_panel` knows, after `sim:`."""
