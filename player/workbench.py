"""What a person at the workbench wants of a panel: what it says of itself, and a test to photograph.

Nobody knows a panel's waveforms but the panel. The self-test measures what can be measured over the wire
(is HRDY low during a waveform, how long do waveforms take, does the board keep its VCOM) and shows what must
be seen: which way is up, whether the last columns are reached, and how grey a quick black is beside a full
one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from player.cards import card
from player.frame import Box, Frame, Mask
from player.panels import climate
from player.panels.bus import wait_for_level
from player.panels.it8951 import It8951Panel
from player.panels.it8951_chip import DU, GC16, INIT, It8951
from player.panels.it8951_words import READY
from player.refresh import Redraw

MODES = {"INIT": INIT, "GC16": GC16, "DU": DU}


def describe(panel: It8951Panel) -> list[str]:
    """What the controller says of itself, and what it was told; one line each."""
    chip = panel.chip
    chip.wake()
    info = chip.read_info()
    before = "unknown" if chip.vcom_before is None else f"{chip.vcom_before:g} V"
    lines = [
        f"panel {info.size}, firmware {info.firmware}, waveforms {info.lut}",
        f"image buffer at 0x{info.buffer:06x}",
        f"VCOM {chip.read_vcom():g} V, {before} before it was set",
        _warmth(chip),
    ]
    for asked, got in sorted(panel.bus.obtained().items()):
        lines.append(f"clock {asked / 1e6:g} MHz asked for, {got / 1e6:.2f} Mbit/s obtained")
    return lines


def _warmth(chip: It8951) -> str:
    """What the sensor says, or the word that it gave if that is no temperature, and what was told instead."""
    sensor, told = chip.read_temperatures()
    degrees = climate.celsius(sensor)
    said = f"the sensor's word 0x{sensor:04x} is none" if degrees is None else f"{degrees} °C by the sensor"
    goes_by = "goes by the sensor" if chip.forced is None else f"was told to go by {chip.forced} °C"
    return f"temperature: {said}; the controller {goes_by} (second word 0x{told:04x})"


@dataclass(frozen=True)
class Timing:
    """How long a waveform took, in seconds: until HRDY was high, and until no LUT engine was at work."""

    hrdy: float
    engines: float


def time_waveform(panel: It8951Panel, box: Box, mode: int) -> Timing:
    """Run a waveform over what is in the controller's memory, and watch."""
    clock = panel.bus.clock
    panel.chip.wake()
    panel.chip.display(box, mode)
    begin = clock.ticks()
    wait_for_level(panel.bus, True, READY, "refreshing")
    hrdy = clock.ticks() - begin
    panel.chip.settle()
    return Timing(hrdy, clock.ticks() - begin)


def selftest(panel: It8951Panel, pause: float, tell: Callable[[str], None]) -> None:
    """Run the whole test. Takes about five minutes with a pause of 30 s.

    Args:
        panel: to test.
        pause: seconds in which each picture can be photographed.
        tell: called with each line of the report.
    """
    clock = panel.bus.clock
    for line in describe(panel):
        tell(line)
    for number, (what, frame, redraw) in enumerate(_pictures(panel), 1):
        done = panel.show(frame, redraw)
        tell(f"picture {number} ({done.value}): {what}")
        clock.wait(pause)
    whole = Box(0, 0, panel.size.width // 32 * 32, panel.size.height)
    for name, mode in MODES.items():
        timing = time_waveform(panel, whole, mode)
        tell(f"{name}: HRDY low for {timing.hrdy:.3f} s, engines busy for {timing.engines:.3f} s")
    panel.clear()
    tell(f"the panel was cleared; resets on the way: {panel.resets}")


def _pictures(panel: It8951Panel) -> Iterator[tuple[str, Frame, Redraw]]:
    size = panel.size
    rows, columns = np.mgrid[0 : size.height, 0 : size.width]
    yield "which way is up: the text must read", card(size, "This side up", f"{size}"), Redraw.FULL
    ruler = np.ones((size.height, size.width), dtype=bool)
    ruler[:, ::32] = False
    ruler[::32] = False
    ruler[:, -8:] = (rows[:, -8:] // 8) % 2 == 0
    yield "a grid every 32 pixels, and a ladder in the last 8 columns", Frame.of(ruler), Redraw.FULL
    left = columns < size.width // 2
    board: Mask = (rows // 64 + columns // 64) % 2 == 0
    yield "left: a chess board drawn in full; right: white", Frame.of(board | ~left), Redraw.FULL
    yield (
        "right: the same board drawn quickly; how much greyer is its black?",
        Frame.of(board),
        Redraw.PARTIAL,
    )
    yield (
        "the right half quickly turned round; is a trace of the first board left?",
        Frame.of(np.where(left, board, ~board)),
        Redraw.PARTIAL,
    )
    yield (
        "the same, drawn in full: no trace may be left",
        Frame.of(np.where(left, board, ~board)),
        Redraw.FULL,
    )
