"""The Waveshare 6" HD HAT and its relatives: a panel behind an IT8951.

The image goes over in 1 bit a pixel where the firmware can address it, 32 pixels at a time; on a panel of
1448 that leaves 8 columns at the right edge, which go over in 4 bits. The controller reads 1-bit rows from
the first eighth of the same memory in which it keeps a byte for each pixel, so the two never meet, and what
was sent before stays good: only what changed is sent, in tight rectangles, and one waveform brings it up.

A partial redraw is DU, which moves only the pixels that changed; a full one is GC16; after a day, INIT
first, which clears the panel as its maker asks. Between two frames the controller stands by. If it does not
answer in time it is reset once and the frame is drawn in full; if that fails too, the error is the caller's.

Before each redraw the controller is asked for its temperature, at the cost of 16 bytes in three transfers. A
panel that is too cold or too warm is left alone: see `climate`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import numpy as np

from player.errors import LongtakeError
from player.frame import Box, Frame, FrameError, Size
from player.panels import climate
from player.panels.areas import boxes, changed_cells
from player.panels.bus import Bus, BusTimeoutError
from player.panels.it8951_chip import DU, GC16, INIT, It8951, It8951Error
from player.refresh import Redraw

CELL = 32
"""Pixels that x and width are multiples of in 1-bit mode."""
RECTANGLE = 40
"""What one more rectangle costs, in cells of 32 pixels: 160 bytes for nine short transfers."""
DAY = 86_400.0


class It8951Panel:
    """A panel behind an IT8951. See `player.panels.Panel`.

    Args:
        bus: to the controller.
        size: that the panel must have.
        vcom: volts, as printed on the panel's cable, such as -2.14.
        temperature: °C to go by instead of what the controller's sensor says.

    Raises:
        It8951Error: no sane VCOM, another panel, or a firmware that is not known.
        BusTimeoutError: no answer.
    """

    most_partials = 0

    def __init__(self, bus: Bus, size: Size, vcom: float, temperature: int | None = None) -> None:
        self._chip = It8951(bus, vcom, temperature)
        self._bus = bus
        self.size = size
        self._ready = False
        self._shown: Frame | None = None
        self._cleared_at: float | None = None
        self.resets = 0
        """Times that the controller had to be set up anew because it did not do what it should."""
        self.temperature: int | None = None
        """See `Thermometer`."""
        self._start()

    @property
    def chip(self) -> It8951:
        """The controller."""
        return self._chip

    @property
    def bus(self) -> Bus:
        """The wire to it."""
        return self._bus

    def show(self, frame: Frame, redraw: Redraw) -> Redraw:
        """See `Panel`."""
        self._fits(frame)
        if redraw is Redraw.NONE:
            return redraw
        if redraw is Redraw.PARTIAL and self._ready and self._shown is None:
            raise It8951Error("the first redraw of a panel is a full one")
        return self._try(frame, lambda: self._show(frame, redraw))

    def flash(self, frame: Frame, areas: tuple[Box, ...]) -> Redraw:
        """See `RegionalPanel`."""
        self._fits(frame)
        return self._try(frame, lambda: self._flash(frame, areas))

    def clear(self) -> None:
        """Clear the panel to white, with flashes, as its maker asks once a day and before storing it.

        Raises:
            TemperatureError: it is too cold or too warm for that.
        """
        if not self._ready:
            self._start()
        self._wake()
        self._clear()
        self._chip.rest()
        self._shown = None

    def close(self) -> None:
        """Put the controller to sleep; the picture stays. One that does not answer is left as it is."""
        with contextlib.suppress(LongtakeError):
            self._chip.sleep()
        self._bus.close()

    def _fits(self, frame: Frame) -> None:
        if frame.size != self.size:
            raise FrameError(f"a {frame.size} frame does not fit a {self.size} panel")

    def _try(self, frame: Frame, draw: Callable[[], Redraw]) -> Redraw:
        """Draw; if that fails, or did the last time, start the controller anew and draw the frame in full."""
        if self._ready:
            try:
                return draw()
            except (BusTimeoutError, It8951Error):
                self._lose()
        try:
            self._start()
            return self._show(frame, Redraw.FULL)
        except (BusTimeoutError, It8951Error):
            self._lose()
            raise

    def _start(self) -> None:
        info = self._chip.start()
        if info.size != self.size:
            raise It8951Error(f"the controller has a panel of {info.size}, and {self.size} was expected")
        self._ready = True
        self.temperature = self._chip.temperature()

    def _wake(self) -> None:
        """Leave standby, if the panel may be drawn on.

        Raises:
            TemperatureError: it may not.
        """
        self._chip.wake()
        self.temperature = self._chip.temperature()
        try:
            climate.check(self.temperature)
        except climate.TemperatureError:
            self._chip.rest()
            raise

    def _lose(self) -> None:
        self._ready, self._shown = False, None
        self.resets += 1

    def _clear(self) -> None:
        self._bring_up(INIT, Box(0, 0, *self.size))
        self._cleared_at = self._bus.clock.ticks()

    def _show(self, frame: Frame, redraw: Redraw) -> Redraw:
        self._wake()
        cleared = self._cleared_at
        if redraw is Redraw.FULL and (cleared is None or self._bus.clock.ticks() - cleared >= DAY):
            self._clear()
        before = self._shown if redraw is Redraw.PARTIAL else None
        self._shown = None
        self._show_cells(before, frame, DU if before else GC16)
        self._show_edge(before, frame, DU if before else GC16)
        self._chip.rest()
        self._shown = frame
        return redraw

    def _show_cells(self, before: Frame | None, frame: Frame, mode: int) -> None:
        """Send what changed in the columns that 1-bit mode reaches, and bring it up at once."""
        width = self.size.width // CELL
        if before is None:
            found = [Box(0, 0, width, self.size.height)]
        else:
            found = boxes(changed_cells(before, frame, CELL)[:, :width], RECTANGLE)
        if not found:
            return
        for box in found:
            self._load(frame, Box(box.left * CELL, box.top, box.right * CELL, box.bottom))
        left, right = min(box.left for box in found) * CELL, max(box.right for box in found) * CELL
        top, bottom = min(box.top for box in found), max(box.bottom for box in found)
        self._chip.set_one_bit(True)
        self._bring_up(mode, Box(left, top, right, bottom))

    def _load(self, frame: Frame, box: Box) -> None:
        self._chip.load_bits(
            box.left, box.top, frame.bits[box.top : box.bottom, box.left // 8 : box.right // 8]
        )

    def _show_edge(self, before: Frame | None, frame: Frame, mode: int) -> None:
        """The same for the columns beyond, in 4 bits."""
        left = self.size.width // CELL * CELL
        if left == self.size.width:
            return
        rows = slice(0, self.size.height)
        if before is not None:
            differs = before.bits[:, left // 8 :] ^ frame.bits[:, left // 8 :]
            changed = np.flatnonzero(differs.any(axis=1))
            if not changed.size:
                return
            rows = slice(int(changed[0]), int(changed[-1]) + 1)
        self._show_edge_rows(frame, rows, mode)

    def _show_edge_rows(self, frame: Frame, rows: slice, mode: int) -> None:
        left = self.size.width // CELL * CELL
        self._chip.set_one_bit(False)
        self._chip.load_greys(left, rows.start, frame.mask()[rows, left:])
        self._bring_up(mode, Box(left, rows.start, self.size.width, rows.stop))

    def _flash(self, frame: Frame, areas: tuple[Box, ...]) -> Redraw:
        self._wake()
        self._shown = None
        edge = self.size.width // CELL * CELL
        inner = [area._replace(right=min(area.right, edge)) for area in areas if area.left < edge]
        for area in inner:
            self._load(frame, area)
        if inner:
            self._chip.set_one_bit(True)
            self._bring_up(GC16, *inner)
        for area in areas:
            if area.right > edge:
                self._show_edge_rows(frame, slice(area.top, area.bottom), GC16)
        self._shown = frame
        return Redraw.PARTIAL

    def _bring_up(self, mode: int, *areas: Box) -> None:
        """Run waveforms, on a controller that is what we think it is, and is so still afterwards."""
        self._chip.check()
        for area in areas:
            self._chip.display(area, mode)
        self._chip.settle()
        self._chip.check()
