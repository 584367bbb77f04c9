"""Small Waveshare panels whose controller is of Solomon Systech's SSD16xx family, over a `Bus`.

Each `show` wakes the chip, writes what has changed, lets the ink move, and puts the chip into deep sleep
again: between two frames lie minutes, and high voltage must not stand at the glass for that long. The chip
keeps two pictures, the new one (0x24) and the old one (0x26), and a partial redraw moves the pixels in which
they differ. So both are made equal after every redraw. That holds whether a chip copies one to the other
after a partial redraw, exchanges them, or does neither, which differs by what is burnt into its OTP memory.
"""

from __future__ import annotations

import contextlib

import numpy as np

from player.errors import LongtakeError
from player.frame import Bits, Box, Frame, FrameError, difference
from player.panels.bus import POLL, Bus, BusTimeoutError, wait_for_level
from player.panels.ssd168x_facts import Ssd168x, Step, Way
from player.refresh import Redraw

HERTZ = 4_000_000
"""Waveshare's clock; the chip takes 20 MHz (SSD1680, "Serial Peripheral Interface Timing")."""
RESET_PULSE = 0.002
"""Seconds of low on RST. Some of Waveshare's boards cut the power when it is held down for longer."""
SETTLE = 0.010
"""Seconds after either reset, as the datasheet's flow chart has them."""
READY_WITHIN, PARTIAL_WITHIN, FULL_WITHIN = 1.0, 15.0, 40.0
"""Seconds; waveforms last several times as long near freezing as the 0.2 to 4 s of a warm room."""
STARTS_WITHIN = 0.1
"""Seconds until BUSY rises when ink is to move. A chip that heard nothing never raises it."""
SHORTEST_FULL = 0.6
"""Seconds. Outside the temperatures of its OTP memory a chip says ready after 0.3 s and has moved nothing."""

SLEEP, SOFT_RESET, RUN, SEQUENCE, NEW, OLD = 0x10, 0x12, 0x20, 0x22, 0x24, 0x26
COLUMNS, ROWS, COLUMN, ROW = 0x44, 0x45, 0x4E, 0x4F
KEEP_MEMORY = b"\x01"


class Ssd168xError(LongtakeError, RuntimeError):
    """A panel that was told something impossible, or that did not move its ink."""


class Ssd168xPanel:
    """A panel; see `Panel`.

    Args:
        bus: with RST, DC and BUSY connected; closed with the panel.
        facts: which panel it is, one of `ssd168x_facts.PANELS`.
    """

    most_partials = 5

    def __init__(self, bus: Bus, facts: Ssd168x) -> None:
        self.size = facts.size
        self.partials_since_full = 0
        """Waveshare asks for a full redraw after five; whoever calls sees to that, by `most_partials`."""
        self.resets = 0
        """Times that the chip was reset because it did not do what it should."""
        self._bus, self._facts = bus, facts
        self._shown: Frame | None = None
        self._asleep = self._lost = self._holds_busy = False

    def show(self, frame: Frame, redraw: Redraw) -> Redraw:
        """See `Panel`. A chip that does not answer in time is reset once, and the frame drawn in full.

        Returns:
            What was done: more than asked after an error, and nothing when the picture is there already.

        Raises:
            FrameError: the frame has another size.
            Ssd168xError: a partial redraw of a panel of which nothing is known, or nothing moved.
            BusTimeoutError: the chip was not ready in time.
            BusError: the bus did not take it.
        """
        if frame.size != self.size:
            raise FrameError(f"a {frame.size} frame does not fit a {self.size} panel")
        if redraw is Redraw.NONE:
            return redraw
        if not self._lost:
            if redraw is Redraw.PARTIAL and self._shown is None:
                raise Ssd168xError("the first redraw of a panel is a full one")
            try:
                return self._draw(frame, redraw)
            except (BusTimeoutError, Ssd168xError):
                self.resets += 1
        self._draw(frame, Redraw.FULL)
        return Redraw.FULL

    def close(self) -> None:
        """See `Panel`. A chip that does not answer is left as it is."""
        with contextlib.suppress(LongtakeError):
            if not self._asleep:
                self._wake()
                self._sleep()
        self._bus.close()

    def _draw(self, frame: Frame, redraw: Redraw) -> Redraw:
        before, self._shown = self._shown, None
        self._lost = True  # until the end is reached, whatever happens on the way
        if redraw is Redraw.FULL or before is None:
            self._wake()
            self._write(frame, _everything(frame))
            self._run(self._facts.full, FULL_WITHIN, SHORTEST_FULL, "redrawing in full")
            self.partials_since_full = 0
        elif difference(before, frame).changed:
            box = _whole_bytes(difference(before, frame).box)
            if not self._wake():
                self._write(before, _everything(before))
            self._write(frame, box, planes=(NEW,))
            self._run(self._facts.partial, PARTIAL_WITHIN, 0.0, "redrawing partially")
            self._write(frame, box)
            self.partials_since_full += 1
        else:
            redraw = Redraw.NONE
        self._sleep()
        self._shown, self._lost = frame, False
        return redraw

    def _wake(self) -> bool:
        """Reset the chip and begin; false if it cannot have kept its memory.

        Deep sleep ends by no other way, and after an error there is no other way to know where a chip is.
        """
        kept = self._asleep and (self._bus.is_high() or not self._holds_busy)
        self._asleep = False
        for high, seconds in ((True, SETTLE), (False, RESET_PULSE), (True, SETTLE)):
            self._bus.set_reset(high)
            self._bus.clock.wait(seconds)
        wait_for_level(self._bus, False, READY_WITHIN, "coming out of reset")
        self._command(SOFT_RESET)
        self._bus.clock.wait(SETTLE)
        wait_for_level(self._bus, False, READY_WITHIN, "beginning")
        self._send(self._facts.begin)
        return kept

    def _sleep(self) -> None:
        """Begin deep sleep, in which a chip holds BUSY high.

        Raises:
            Ssd168xError: it did so before and does not now: it lost its power on the way here, and nobody
                knows where the ink stands.
        """
        if self._asleep:
            return
        self._command(SLEEP, KEEP_MEMORY)
        self._bus.clock.wait(POLL)
        if self._holds_busy and not self._bus.is_high():
            raise Ssd168xError("the panel lost its power while it redrew")
        self._holds_busy = self._bus.is_high()
        self._asleep = True

    def _write(self, frame: Frame, box: Box, planes: tuple[int, ...] = (NEW, OLD)) -> None:
        """Write a part of a frame, whole bytes wide, to one or both of the chip's pictures."""
        data = _white_beyond_the_edge(frame)[box.top : box.bottom, box.left // 8 : box.right // 8].tobytes()
        top, bottom = box.top.to_bytes(2, "little"), (box.bottom - 1).to_bytes(2, "little")
        self._command(COLUMNS, bytes([box.left // 8, box.right // 8 - 1]))
        self._command(ROWS, top + bottom)
        for plane in planes:
            self._command(COLUMN, bytes([box.left // 8]))
            self._command(ROW, top)
            self._command(plane, data)

    def _run(self, way: Way, within: float, at_least: float, what: str) -> None:
        """Move ink, and wait until it is still."""
        clock = self._bus.clock
        self._send((*way.steps, (SEQUENCE, bytes([way.sequence]))))
        began = clock.ticks()
        self._command(RUN)
        if clock.ticks() - began < STARTS_WITHIN:
            wait_for_level(self._bus, True, STARTS_WITHIN, f"beginning to move ({what})")
        wait_for_level(self._bus, False, within, what)
        if clock.ticks() - began < at_least:
            raise Ssd168xError(f"the panel moved nothing ({what}); is it too cold or too warm?")

    def _send(self, steps: tuple[Step, ...]) -> None:
        for code, parameters in steps:
            self._command(code, parameters)

    def _command(self, code: int, data: bytes = b"") -> None:
        self._bus.set_data(False)
        self._bus.write(bytes([code]), HERTZ)
        if data:
            self._bus.set_data(True)
            for begin in range(0, len(data), self._bus.largest):
                self._bus.write(data[begin : begin + self._bus.largest], HERTZ)


def _everything(frame: Frame) -> Box:
    return Box(0, 0, frame.size.stride * 8, frame.size.height)


def _whole_bytes(box: Box) -> Box:
    return Box(box.left // 8 * 8, box.top, -(-box.right // 8) * 8, box.bottom)


def _white_beyond_the_edge(frame: Frame) -> Bits:
    """The frame as the chip keeps it: bits beyond the right edge belong to no pixel, and are white."""
    bits = frame.bits.copy()
    bits[:, -1] |= np.uint8((1 << (frame.size.stride * 8 - frame.size.width)) - 1)
    return bits
