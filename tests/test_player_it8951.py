"""The IT8951 driver on the simulated chip: exact pictures, clean wire, and every fault survived."""

from __future__ import annotations

from dataclasses import replace

import golden
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.errors import LongtakeError
from player.frame import Box, Frame, FrameError, Size, difference
from player.panels import areas
from player.panels.bus import BusError, BusTimeoutError
from player.panels.it8951 import It8951Panel
from player.panels.it8951_chip import It8951Error
from player.panels.sim import SimBus, VirtualClock
from player.panels.sim.it8951 import It8951Chip
from player.panels.sim.it8951_engines import DU, GC16, INIT
from player.panels.sim.it8951_profiles import PROFILES
from player.refresh import Redraw

FULL, PARTIAL, NONE = Redraw.FULL, Redraw.PARTIAL, Redraw.NONE
HD = PROFILES["6-inch-hd"]
EVERY = pytest.mark.parametrize("name", PROFILES)


class Bench:
    """A driver, a chip, and the virtual time between them."""

    def __init__(
        self, profile=HD, size: Size | None = None, vcom: float = -2.14, largest: int = 4096
    ) -> None:
        self.clock = VirtualClock()
        self.chip = It8951Chip(profile if size is None else replace(profile, size=size), self.clock)
        self.bus = SimBus(self.chip, self.clock, largest)
        self.size = self.chip.profile.size
        self.random = np.random.default_rng(8951)
        self.panel = It8951Panel(self.bus, self.size, vcom)
        self.frame = Frame.of(self.random.random((self.size.height, self.size.width)) < 0.5)

    def change(self, share: float = 0.2) -> Frame:
        """Turn some pixels of a random rectangle, odd edges and all."""
        height, width = self.size.height, self.size.width
        left, right = sorted(self.random.integers(0, width + 1, 2))
        top, bottom = sorted(self.random.integers(0, height + 1, 2))
        mask = self.frame.mask()
        mask[top:bottom, left:right] ^= self.random.random((bottom - top, right - left)) < share
        self.frame = Frame.of(mask)
        return self.frame

    def right(self) -> bool:
        """Whether the ink, whatever the chip believes, shows the frame."""
        return Frame.of(self.chip.panel.position >= 128) == self.frame


@EVERY
def test_whole_frames_and_odd_rectangles_are_exact_at_every_board(name):
    bench = Bench(PROFILES[name])
    assert bench.panel.show(bench.frame, FULL) is FULL
    assert bench.right() and bench.chip.panel.ink().ghosts() == 0
    for _ in range(12):
        assert bench.panel.show(bench.change(), PARTIAL) is PARTIAL
        assert bench.right()
    assert bench.chip.violations == [] and bench.panel.resets == 0


@EVERY
def test_ten_thousand_random_rectangles_without_a_violation(name):
    """10,000 at each of five boards, on a narrow panel that has an edge beyond the last 32 columns."""
    bench = Bench(PROFILES[name], Size(104, 40))
    bench.panel.show(bench.frame, FULL)
    for _ in range(10_000):
        bench.panel.show(bench.change(), PARTIAL)
        assert bench.right()
    assert bench.chip.violations == []


def test_a_partial_redraw_moves_only_what_changed_and_leaves_ghosts_a_full_one_does_not():
    bench = Bench()
    bench.panel.show(bench.frame, FULL)
    before = bench.frame
    bench.chip.refreshes.clear()
    bench.panel.show(bench.change(), PARTIAL)
    changes = difference(before, bench.frame)
    assert {refresh.mode for refresh in bench.chip.refreshes} <= {DU}
    assert sum(refresh.moved for refresh in bench.chip.refreshes) == changes.changed
    assert bench.chip.panel.ink().ghosts() == changes.darkened
    bench.panel.show(bench.frame, FULL)
    assert bench.chip.panel.ink().ghosts() == 0
    assert bench.chip.refreshes[-1].mode == GC16


@EVERY
def test_areas_flash_by_themselves_and_nothing_else_moves(name):
    """The ghosts inside are gone, those outside stay, and the picture is the one that was asked for."""
    bench = Bench(PROFILES[name], Size(104, 40))
    bench.panel.show(bench.frame, FULL)
    for _ in range(200):
        bench.panel.show(bench.change(0.5), PARTIAL)
        ghosts = bench.chip.panel.position.copy()
        left, right = sorted(bench.random.choice(5, 2, replace=False) * 32)
        top, bottom = sorted(bench.random.choice(41, 2, replace=False))
        areas_ = (Box(int(left), int(top), min(int(right), 104), int(bottom)),)
        if bottom < 40:
            areas_ += (Box(64, int(bottom), 104, 40),)
        under = bench.frame.mask()
        inside = np.zeros(under.shape, dtype=bool)
        for area in areas_:
            part = np.s_[area.top : area.bottom, area.left : area.right]
            inside[part] = True
            under[part] ^= bench.random.random(under[part].shape) < 0.3
        bench.frame = Frame.of(under)
        assert bench.panel.flash(bench.frame, areas_) is PARTIAL
        assert bench.right()
        position = bench.chip.panel.position
        assert set(np.unique(position[inside])) <= {0, 255}
        assert np.array_equal(position[~inside], ghosts[~inside])
    assert bench.chip.violations == []


def test_nothing_is_sent_for_nothing():
    bench = Bench(size=Size(104, 40))
    bench.panel.show(bench.frame, FULL)
    sent = bench.bus.bytes
    assert bench.panel.show(bench.change(), NONE) is NONE
    assert bench.bus.bytes == sent


def test_bytes_on_the_wire_are_few():
    """A full frame is a bit a pixel; a changed corner costs little more than its own bits."""
    bench = Bench()
    bench.panel.show(bench.frame, FULL)
    sent = bench.bus.bytes
    bench.panel.show(bench.frame, FULL)
    assert bench.bus.bytes - sent < bench.size.pixels / 8 + 8 * 1072 / 2 + 2_000
    mask = bench.frame.mask()
    mask[100:164, 320:384] ^= True
    mask[900:932, 1000:1010] ^= True
    sent = bench.bus.bytes
    bench.panel.show(Frame.of(mask), PARTIAL)
    assert bench.bus.bytes - sent < (64 * 64 + 32 * 64) / 8 + 500


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6), cost=st.sampled_from([1, 10, 60]), share=st.sampled_from([0.001, 0.01, 0.3])
)
def test_boxes_cover_what_changed_and_do_not_overlap(seed, cost, share):
    random = np.random.default_rng(seed)
    cells = random.random((50, 12)) < share
    covered = np.zeros(cells.shape, dtype=int)
    found = areas.boxes(cells, cost)
    for box in found:
        covered[box.top : box.bottom, box.left : box.right] += 1
    assert (covered[cells] == 1).all() and covered.max(initial=0) <= 1
    rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
    if rows.size:
        whole = Box(columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
        assert sum(box.area + cost for box in found) <= whole.area + cost


def test_the_wire_is_as_it_was():
    """Byte for byte, what goes over for a start, a full and a partial redraw on a small panel."""
    assert golden.wire() == (golden.HERE / "it8951.wire").read_text()


@pytest.mark.parametrize("largest", [64, 4096, 65536])
def test_any_size_of_transfer_will_do(largest):
    bench = Bench(size=Size(104, 40), largest=largest)
    bench.panel.show(bench.frame, FULL)
    bench.panel.show(bench.change(), PARTIAL)
    assert bench.right() and bench.chip.violations == []


@pytest.mark.parametrize("vcom", [0.0, 2.14, -0.1, -21.4, float("nan")])
def test_without_a_sane_vcom_nothing_is_drawn(vcom):
    with pytest.raises(It8951Error, match="printed on the panel's cable"):
        Bench(vcom=vcom)


def test_vcom_is_set_at_every_start_and_read_back():
    bench = Bench(size=Size(104, 40))
    assert bench.chip.vcom == 2140 and bench.panel.chip.read_vcom() == -2.14


def test_the_first_redraw_must_be_full_and_frames_must_fit():
    bench = Bench(size=Size(104, 40))
    with pytest.raises(It8951Error, match="full"):
        bench.panel.show(bench.frame, PARTIAL)
    with pytest.raises(FrameError, match="8×8 frame does not fit a 104×40 panel"):
        bench.panel.show(Frame.black(Size(8, 8)), FULL)


def test_the_panel_is_cleared_once_a_day_and_rests_between_frames():
    bench = Bench(size=Size(104, 40))
    for _ in range(3 * 480 + 1):  # three days of a full redraw every three minutes
        bench.panel.show(bench.frame, FULL)
        bench.clock.wait(180 - bench.clock.ticks() % 180)
        assert not bench.chip._awake
    inits = [refresh.begin for refresh in bench.chip.refreshes if refresh.mode == INIT]
    assert 3 <= len(inits) <= 4 and min(np.diff(inits)) >= 86_400
    assert bench.chip.violations == []


def test_another_panel_or_unknown_waveforms_are_refused():
    clock = VirtualClock()
    bus = SimBus(It8951Chip(HD, clock), clock)
    with pytest.raises(It8951Error, match="has a panel of 1448×1072, and 800×600 was expected"):
        It8951Panel(bus, Size(800, 600), -2.0)
    strange = SimBus(It8951Chip(replace(HD, lut="M999_X"), clock), clock)
    with pytest.raises(It8951Error, match='waveforms "M999_X" are not known'):
        It8951Panel(strange, HD.size, -2.0)


def test_too_large_a_transfer_is_refused():
    clock = VirtualClock()
    with pytest.raises(BusError, match="4097 bytes do not fit"):
        SimBus(It8951Chip(HD, clock), clock).write(bytes(4097), 1_000_000)


# --- faults -----------------------------------------------------------------------------------------------


def stuck(chip, random):
    chip.faults.stuck = True


def silent(chip, random):
    chip.faults.silent = True


def garbled(chip, random):
    chip.faults.garble = int(random.integers(1, 12))


def power_cut(chip, random):
    chip.faults.power_fails_after = int(random.integers(0, 900))


def power_dip(chip, random):
    chip.faults.comes_back = True
    chip.faults.power_fails_after = int(random.integers(0, 900))


def slow(chip, random):
    chip.faults.slow = float(random.uniform(1, 40))


def another(chip, random):
    chip.faults.wrong_size = (800, 600)
    chip.faults.power_fails_after = int(random.integers(0, 900))


FAULTS = (stuck, silent, garbled, power_cut, power_dip, slow, another)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_after_any_fault_the_picture_is_right_or_the_error_is_clear(fault):
    """150 of each kind, over 1,000 in all: the right frame or a sentence, within a bounded time."""
    bench = Bench(size=Size(104, 40))
    bench.panel.show(bench.frame, FULL)
    shown = 0
    for _ in range(150):
        fault(bench.chip, bench.random)
        begin = bench.clock.ticks()
        try:
            bench.panel.show(bench.change(), PARTIAL)
            assert bench.right()
            shown += 1
        except LongtakeError as error:
            assert "\n" not in str(error)
            assert bench.chip.faults.slow == 1 or isinstance(error, BusTimeoutError | It8951Error)
        assert bench.clock.ticks() - begin < 120
        bench.chip.faults = type(bench.chip.faults)()
        bench.clock.wait(60)
        redraw = bench.panel.show(bench.change(), FULL)
        assert redraw is FULL and bench.right(), "when the fault is gone, the next frame is right"
    assert bench.panel.resets or fault is slow
    if fault in (power_cut, power_dip):
        assert shown > 100, "a cut in the middle is survived at once"


def test_a_hung_panel_is_reset_and_the_frame_drawn_in_full():
    bench = Bench(size=Size(104, 40))
    bench.panel.show(bench.frame, FULL)
    bench.chip.faults.power_fails_after = 40
    assert bench.panel.show(bench.change(), PARTIAL) is FULL
    assert bench.right() and bench.panel.resets == 1
    assert bench.panel.show(bench.change(), PARTIAL) is PARTIAL and bench.right()


def test_a_dead_panel_is_given_up_by_a_deadline_with_a_sentence():
    bench = Bench(size=Size(104, 40))
    bench.panel.show(bench.frame, FULL)
    bench.chip.faults.stuck = True
    begin = bench.clock.ticks()
    with pytest.raises(BusTimeoutError, match="did not become ready within 10 s while starting"):
        bench.panel.show(bench.change(), PARTIAL)
    assert bench.clock.ticks() - begin < 20


# --- the chip itself notices what a driver does wrong -----------------------------------------------------


def raw(chip, clock, *frames: bytes) -> None:
    for frame in frames:
        for _ in range(10_000):
            if chip.is_high():
                break
            clock.wait(0.001)
        chip.select(True)
        chip.shift(frame)
        chip.select(False)


def words(*values: int) -> bytes:
    return b"".join(value.to_bytes(2) for value in values)


def command(code: int, *arguments: int) -> list[bytes]:
    return [words(0x6000, code), *(words(0, argument) for argument in arguments)]


VCOM_SET = command(0x39, 1, 2140)
WRONG = {
    "transfer while HRDY is low": None,
    "unknown preamble 0x7000": [words(0x7000, 1)],
    "an odd number of bytes in a frame": [words(0x6000, 1) + b"\0"],
    "a frame that ends after its preamble": [words(0x6000)],
    "more than one word in a command's frame": [words(0x6000, 1, 2)],
    "unknown command 0x0777": [words(0x6000, 0x777)],
    "command 0x0010 while asleep": [*command(3), *command(0x10, 0x1224)],
    "a word too many after command 0x0010": [*command(0x10, 4, 5)],
    "display with VCOM never set": command(0x34, 0, 0, 32, 8, 0),
    "VCOM of -21400 mV is out of range": command(0x39, 1, 21400),
    "outside the panel": [*VCOM_SET, *command(0x34, 1440, 0, 32, 8, 0)],
    "display in mode 4": [*VCOM_SET, *command(0x34, 0, 0, 32, 8, 4)],
    "a load of 1 words, where 8×2 take 4": [
        *command(0x21, 0x20, 0, 0, 8, 2), words(0, 0xFFFF), *command(0x22),
    ],
    "not aligned to 4 pixels": [*command(0x21, 0x20, 2, 0, 8, 1), words(0, 1, 2), *command(0x22)],
    "the end of a load that never began": command(0x22),
    "a load inside a load": [*command(0x21, 0x20, 0, 0, 4, 1), *command(0x21, 0x20, 0, 0, 4, 1)],
    "grey pixels in a black-and-white mode": [
        *VCOM_SET, *command(0x21, 0x20, 0, 0, 4, 1), words(0, 0x7777), *command(0x22),
        *command(0x34, 0, 0, 4, 1, 1),
    ],
    "1-bit display of x 16 to 48 not aligned to 32": [
        *VCOM_SET, *command(0x11, 0x113A, 4), *command(0x34, 16, 0, 32, 8, 0),
    ],
    "1-bit mode was switched during a refresh": [
        *VCOM_SET, *command(0x34, 0, 0, 32, 8, 0), *command(0x11, 0x113A, 4),
    ],
    "display over an area that is still being refreshed": [
        *VCOM_SET, *command(0x34, 0, 0, 32, 8, 0), *command(0x34, 16, 4, 32, 8, 0),
    ],
    "put to rest during a refresh": [*VCOM_SET, *command(0x34, 0, 0, 32, 8, 0), *command(2)],
}  # fmt: skip


@pytest.mark.parametrize("sentence", WRONG)
def test_the_chip_notices(sentence):
    clock = VirtualClock()
    chip = It8951Chip(PROFILES["6-inch-hd-early-ready"], clock)
    script = WRONG[sentence]
    if script is None:
        chip.select(True)
        chip.select(False)
    else:
        raw(chip, clock, *script)
    assert any(sentence in violation for violation in chip.violations), chip.violations


def test_a_power_cut_makes_the_chip_forget_and_the_ink_remember():
    bench = Bench(size=Size(104, 40))
    bench.panel.show(bench.frame, FULL)
    ink = bench.chip.panel.position.copy()
    bench.chip.faults.power_fails_after = 0
    bench.bus.write(b"\0\0", 1_000_000)
    bench.bus.set_reset(False)
    bench.clock.wait(0.01)
    bench.bus.set_reset(True)
    assert bench.chip.vcom is None
    assert np.array_equal(bench.chip.panel.position, ink)
