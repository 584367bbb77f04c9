"""Somebody else's driver on our chip: GregDMeyer/IT8951, unmodified, draws right and breaks no rule.

Set LONGTAKE_IT8951 to the `src` directory of a checkout of it. Its transport is a compiled module that talks
to the kernel; in its place stands a class of the same methods that talks to the simulated chip, and in the
place of its second compiled module the one function that it holds.
"""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from player.panels.sim import SimBus, VirtualClock
from player.panels.sim.it8951 import It8951Chip
from player.panels.sim.it8951_profiles import PROFILES

WHERE = os.environ.get("LONGTAKE_IT8951", "")
pytestmark = pytest.mark.skipif(
    not (Path(WHERE) / "IT8951" / "display.py").exists(),
    reason="LONGTAKE_IT8951 does not name the src directory of a checkout of GregDMeyer/IT8951",
)


class Spi:
    """The methods of the driver's own transport, on a simulated bus."""

    bus: SimBus

    def __init__(self, bus=0, device=0, cmd_hz=1_000_000, data_hz=24_000_000, timeout_secs=5):
        self.cmd_hz, self.data_hz = cmd_hz, data_hz
        self.bus.set_reset(False)
        self.bus.clock.wait(0.1)
        self.bus.set_reset(True)

    def wait_ready(self):
        deadline = self.bus.clock.ticks() + 5
        while not self.bus.is_high():
            if self.bus.clock.ticks() > deadline:
                raise TimeoutError
            self.bus.clock.wait(0.001)

    def write_cmd(self, cmd, *args):
        self._write(0x6000, [cmd])
        for argument in args:
            self.write_data([argument])

    def write_data(self, ary):
        self._write(0x0000, ary)

    def read_data(self, n):
        self.wait_ready()
        answer = self.bus.exchange(b"\x10\x00" + bytes(2 * n + 2), self.cmd_hz)
        return [int.from_bytes(answer[4 + 2 * i : 6 + 2 * i]) for i in range(n)]

    def read_int(self):
        return self.read_data(1)[0]

    def pack_and_write_pixels(self, pixbuf, bpp):
        values = np.frombuffer(bytes(pixbuf), dtype=np.uint8) >> (8 - bpp)
        each = 8 // bpp
        packed = np.zeros(len(values) // each, dtype=np.uint8)
        for index in range(each):
            packed |= values[index::each] << (bpp * (each - 1 - index))
        data = packed.tobytes()
        for start in range(0, len(data), 4094):
            self.wait_ready()
            self.bus.exchange(b"\0\0" + data[start : start + 4094], self.data_hz)

    def _write(self, preamble, ary):
        self.wait_ready()
        self.bus.exchange(preamble.to_bytes(2) + b"".join(int(w).to_bytes(2) for w in ary), self.cmd_hz)


def make_changes_bw(before: Image.Image, after: Image.Image) -> None:
    old, new = np.asarray(before), np.asarray(after)
    changed = np.where(old != new, np.where(new > 0xB0, 0xF0, 0), new).astype(np.uint8)
    after.paste(Image.fromarray(changed))


@pytest.fixture(params=["6-inch-hd", "6-inch-hd-early-ready", "6-inch", "7.8-inch"])
def stage(request, monkeypatch):
    """The chip, the driver's constants, and its display."""
    monkeypatch.syspath_prepend(WHERE)
    for name in [name for name in sys.modules if name.split(".")[0] == "IT8951"]:
        monkeypatch.delitem(sys.modules, name)
    clock = VirtualClock()
    chip = It8951Chip(PROFILES[request.param], clock)
    transport, helper = types.ModuleType("IT8951.spi"), types.ModuleType("IT8951.img_manip")
    transport.SPI = type("SPI", (Spi,), {"bus": SimBus(chip, clock)})
    helper.make_changes_bw = make_changes_bw
    monkeypatch.setitem(sys.modules, "IT8951.spi", transport)
    monkeypatch.setitem(sys.modules, "IT8951.img_manip", helper)
    from IT8951 import constants, display, interface

    monkeypatch.setattr(interface, "sleep", clock.wait)
    return chip, constants.DisplayModes, display.AutoEPDDisplay(vcom=-2.06)


def shown(chip: It8951Chip) -> np.ndarray:
    return chip.panel.believed


def test_it_initialises_and_clears(stage):
    chip, _, display = stage
    display.clear()
    display.epd.wait_display_ready()
    assert (display.width, display.height) == chip.profile.size
    assert chip.vcom == 2060
    assert (shown(chip) == 0xF0).all() and chip.violations == []


def test_full_grey_pictures_and_partial_ones_are_exact(stage):
    chip, modes, display = stage
    random = np.random.default_rng(3)
    picture = random.integers(0, 256, (display.height, display.width), dtype=np.uint8)
    display.frame_buf.paste(Image.fromarray(picture))
    display.draw_full(modes.GC16)
    assert np.array_equal(shown(chip), picture & 0xF0)
    for _ in range(6):
        left, top = random.integers(0, display.width - 120), random.integers(0, display.height - 90)
        patch = random.integers(0, 256, (83, 117), dtype=np.uint8)
        picture[top : top + 83, left : left + 117] = patch
        display.frame_buf.paste(Image.fromarray(patch), (int(left), int(top)))
        display.draw_partial(modes.GC16)
        assert np.array_equal(shown(chip), picture & 0xF0)
    assert chip.violations == []


def test_black_and_white_partial_updates_are_exact_and_leave_ghosts(stage):
    chip, modes, display = stage
    display.clear()
    display.epd.wait_display_ready()
    display.frame_buf.paste(0, (101, 57, 160, 99))
    display.draw_partial(modes.DU)
    display.epd.wait_display_ready()
    expected = np.full((display.height, display.width), 0xF0, dtype=np.uint8)
    expected[57:99, 101:160] = 0
    assert np.array_equal(shown(chip), expected)
    assert chip.panel.ink().ghosts() == 42 * 59
    assert chip.violations == []


def test_a_driver_that_does_not_wait_is_caught(stage):
    chip, modes, display = stage
    type(display.epd.spi).wait_ready = lambda self: None
    display.draw_full(modes.GC16)
    display.draw_full(modes.GC16)
    assert "transfer while HRDY is low" in chip.violations
