"""Small panels: our driver on simulated chips, with and without faults, and wrong drivers on them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

import golden
import gpiozero
import numpy as np
import pytest
from wires import Wires, pin_factory, spidev

from player.frame import Frame, FrameError, Size, difference
from player.ink import WHITE
from player.panels.bus import BusTimeoutError, LinuxBus, Wiring
from player.panels.sim import SimBus, VirtualClock
from player.panels.sim import ssd168x_profiles as profiles
from player.panels.sim.ssd168x import Fault, Ssd168xChip
from player.panels.sim.ssd168x_ink import decode
from player.panels.sim.ssd168x_memory import Memory
from player.panels.sim.ssd168x_profiles import LUT_70, LUT_153, Profile
from player.panels.ssd168x import FULL_WITHIN, READY_WITHIN, Ssd168xError, Ssd168xPanel
from player.panels.ssd168x_facts import PANELS, Ssd168x, partial_waveform
from player.refresh import Redraw

V2, V3, V4, V2_9, V2_4 = (
    profiles.EPD_2IN13_V2,
    profiles.EPD_2IN13_V3,
    profiles.EPD_2IN13_V4,
    profiles.EPD_2IN9_V2,
    profiles.EPD_4IN2_V2,
)
KINDS = dict(zip(PANELS, (V2, V3, V4, V2_9, V2_4), strict=True))
DEVIATIONS = {
    "no ping-pong": {"ping_pong": False},
    "ping-pong copies": {"ping_pong": True},
    "ping-pong swaps": {"ping_pong": True, "ping_pong_swaps": True},
    "a reset leaves no register": {"survives": frozenset()},
    "busy after a reset": {"wake": 0.2},
    "no busy in deep sleep": {"busy_in_sleep": False},
}
"""What nobody knows for sure of these chips, and our driver must not depend on."""
QUICK = {"full": 0.65, "partial": 0.01, "power_on": 0.001, "power_off": 0.001}
"""Times of a glass that takes next to none."""
everywhere = pytest.mark.parametrize("kind", KINDS)


@dataclass
class Bench:
    """A panel at the end of a simulated wire."""

    facts: Ssd168x
    clock: VirtualClock
    chip: Ssd168xChip
    bus: SimBus
    panel: Ssd168xPanel
    random: np.random.Generator

    @property
    def size(self) -> Size:
        return self.chip.profile.size

    def picture(self) -> Frame:
        return Frame.of(self.random.random((self.size.height, self.size.width)) < self.random.random())

    def changed(self, frame: Frame) -> Frame:
        """The frame with another picture in some rectangle, whose corner changes for certain."""
        width, height = self.size
        left, top = int(self.random.integers(0, width)), int(self.random.integers(0, height))
        right = int(self.random.choice([left + 1, width, self.random.integers(left + 1, width + 1)]))
        bottom = int(self.random.choice([top + 1, height, self.random.integers(top + 1, height + 1)]))
        mask = frame.mask()
        corner = not mask[top, left]
        mask[top:bottom, left:right] = self.random.random((bottom - top, right - left)) < 0.5
        mask[top, left] = corner
        return Frame.of(mask)

    def is_right(self, frame: Frame) -> None:
        """The glass shows the frame, both memories hold it, and no rule was broken."""
        assert self.chip.picture() == frame
        assert self.chip.violations == []
        for plane in (self.chip.memory.new, self.chip.memory.old):
            visible = plane[: self.size.height, : self.size.stride]
            assert np.array_equal(np.unpackbits(visible, axis=1, count=self.size.width), frame.mask())
        assert self.chip.asleep


def bench(kind: str, largest: int = 4096, **deviation) -> Bench:
    clock = VirtualClock()
    chip = Ssd168xChip(replace(KINDS[kind], **deviation), clock)
    bus = SimBus(chip, clock, largest)
    return Bench(PANELS[kind], clock, chip, bus, Ssd168xPanel(bus, PANELS[kind]), np.random.default_rng(5))


# --- pictures --------------------------------------------------------------------------------------------


@everywhere
def test_a_full_redraw_brings_every_pixel_to_its_rail(kind):
    b = bench(kind)
    for _ in range(3):
        frame = b.picture()
        assert b.panel.show(frame, Redraw.FULL) is Redraw.FULL
        b.is_right(frame)
        assert np.array_equal(b.chip.pixels.position, frame.mask() * WHITE)


@everywhere
def test_ten_thousand_random_rectangles_without_a_violation(kind):
    """At each panel's own size, on glass that is quick: there is no need to watch it wait."""
    b = bench(kind, **QUICK)
    frame = b.picture()
    b.panel.show(frame, Redraw.FULL)
    for _ in range(10_000):
        before, frame = frame, b.changed(frame)
        assert b.panel.show(frame, Redraw.PARTIAL) is Redraw.PARTIAL
        b.is_right(frame)
        assert np.array_equal(b.chip.pixels.driven, before.mask() != frame.mask())


@everywhere
def test_a_partial_redraw_sends_the_box_of_what_changed_and_moves_nothing_else(kind):
    b = bench(kind)
    frame = b.picture()
    b.panel.show(frame, Redraw.FULL)
    begin, partial = b.facts.begin, b.facts.partial
    fixed = sum(1 + len(parameters) for _, parameters in begin + partial.steps)
    fixed += 1 + 3 + 2  # soft reset; sequence and run; sleep
    fixed += 2 * 8 + 3 * 6  # two windows, three times the counters and the command to write
    for number in range(100):
        before, frame = frame, b.changed(frame)
        sent, charge = b.bus.bytes, b.chip.pixels.charge
        assert b.panel.show(frame, Redraw.PARTIAL) is Redraw.PARTIAL
        b.is_right(frame)
        box = difference(before, frame).box
        assert not (b.chip.pixels.charge - charge)[before.mask() == frame.mask()].any()
        columns = -(-box.right // 8) - box.left // 8
        assert b.bus.bytes - sent == fixed + 3 * columns * (box.bottom - box.top)
        if number % 6 == 5:
            b.panel.show(frame, Redraw.FULL)
            b.is_right(frame)


@everywhere
def test_the_wire_is_as_it_was(kind):
    """Byte for byte, what goes over for a full and a partial redraw, and for the end."""
    assert golden.small_wire(kind) == (golden.HERE / f"{kind}.wire").read_text()


@everywhere
@pytest.mark.parametrize("deviation", DEVIATIONS)
def test_nothing_depends_on_what_is_not_known(kind, deviation):
    b = bench(kind, **DEVIATIONS[deviation])
    frame = b.picture()
    b.panel.show(frame, Redraw.FULL)
    for number in range(40):
        frame = b.changed(frame)
        b.panel.show(frame, Redraw.FULL if number == 20 else Redraw.PARTIAL)
        b.is_right(frame)


@everywhere
def test_a_pixel_that_has_come_back_keeps_no_charge(kind):
    b = bench(kind)
    frame = b.picture()
    b.panel.show(frame, Redraw.FULL)
    charge = b.chip.pixels.charge
    for _ in range(3):
        b.panel.show(b.changed(frame), Redraw.PARTIAL)
        b.panel.show(frame, Redraw.PARTIAL)
    assert np.array_equal(b.chip.pixels.charge, charge)


def test_a_partial_redraw_leaves_darkened_pixels_short_of_black():
    b = bench("waveshare-2in13-v3")
    b.panel.show(Frame.white(b.size), Redraw.FULL)
    b.panel.show(Frame.black(b.size), Redraw.PARTIAL)
    assert np.unique(b.chip.pixels.position).tolist() == [WHITE - round(0.9 * WHITE)]
    b.panel.show(Frame.white(b.size), Redraw.PARTIAL)
    assert np.unique(b.chip.pixels.position).tolist() == [WHITE]


@everywhere
def test_frames_fit_a_narrow_bus(kind):
    b = bench(kind, largest=100)
    frame = b.picture()
    b.panel.show(frame, Redraw.FULL)
    frame = b.changed(frame)
    b.panel.show(frame, Redraw.PARTIAL)
    b.is_right(frame)


@everywhere
def test_a_day_of_care_gives_the_maker_nothing_to_say(kind):
    b = bench(kind)
    for number in range(432):
        frame = b.picture()
        b.panel.show(frame, Redraw.PARTIAL if number % 6 else Redraw.FULL)
        assert b.panel.partials_since_full == number % 6
        b.clock.wait(200)
    b.is_right(frame)
    assert b.chip.care == []


def test_bits_beyond_the_right_edge_are_white():
    b = bench("waveshare-2in13-v4")
    b.panel.show(Frame.black(b.size), Redraw.FULL)
    assert np.unique(b.chip.memory.new[:250, 15]).tolist() == [0b00111111]


# --- what is asked of a panel ----------------------------------------------------------------------------


def test_the_first_redraw_is_a_full_one():
    b = bench("waveshare-2in13-v4")
    with pytest.raises(Ssd168xError, match="first redraw"):
        b.panel.show(b.picture(), Redraw.PARTIAL)
    assert b.bus.bytes == 0


def test_a_frame_of_another_size_is_refused():
    b = bench("waveshare-2in13-v4")
    with pytest.raises(FrameError, match="122×250"):
        b.panel.show(Frame.white(Size(250, 122)), Redraw.FULL)


def test_nothing_is_sent_when_nothing_is_to_be_done():
    b = bench("waveshare-2in13-v4")
    frame = b.picture()
    assert b.panel.show(frame, Redraw.NONE) is Redraw.NONE
    assert b.bus.bytes == 0
    b.panel.show(frame, Redraw.FULL)
    sent = b.bus.bytes
    assert b.panel.show(b.picture(), Redraw.NONE) is Redraw.NONE
    assert b.panel.show(frame, Redraw.PARTIAL) is Redraw.NONE
    assert b.bus.bytes == sent and b.panel.partials_since_full == 0


@everywhere
def test_a_closed_panel_sleeps_and_keeps_its_picture(kind):
    b = bench(kind)
    b.panel.close()
    assert b.chip.asleep
    b = bench(kind)
    frame = b.picture()
    b.panel.show(frame, Redraw.FULL)
    b.panel.close()
    b.clock.wait(3600)
    b.is_right(frame)


def test_a_panel_that_does_not_answer_can_be_closed():
    b = bench("waveshare-2in13-v4")
    b.chip.fail(Fault(stuck=True))
    b.panel.close()


@everywhere
def test_it_runs_on_the_bus_of_the_pi(kind, monkeypatch):
    b = bench(kind)
    wires = Wires(b.clock)
    wires.connect(b.chip, (0, 1), reset=5, data=13, ready=6)
    monkeypatch.setitem(sys.modules, "spidev", spidev(wires))
    monkeypatch.setattr(gpiozero.Device, "pin_factory", pin_factory(wires))
    bus = LinuxBus(Wiring(bus=0, device=1, reset=5, ready=6, data=13))
    bus.clock = b.clock
    panel = Ssd168xPanel(bus, b.facts)
    frame = b.picture()
    panel.show(frame, Redraw.FULL)
    frame = b.changed(frame)
    panel.show(frame, Redraw.PARTIAL)
    b.is_right(frame)
    panel.close()


# --- faults ----------------------------------------------------------------------------------------------


class Saboteur:
    """A chip to which something happens when its n-th frame has gone over."""

    def __init__(self, chip: Ssd168xChip, frames: int, act: Callable[[], None]) -> None:
        self.chip, self.frames, self.act = chip, frames, act

    def __getattr__(self, name: str):
        return getattr(self.chip, name)

    def select(self, low: bool) -> None:
        self.chip.select(low)
        if not low:
            self.frames -= 1
            if self.frames == 0:
                self.act()


@everywhere
@pytest.mark.parametrize("redraw", [Redraw.FULL, Redraw.PARTIAL])
def test_wherever_the_power_dips_the_picture_is_right(kind, redraw):
    b = bench(kind)
    frame = b.picture()
    b.panel.show(frame, Redraw.FULL)
    begun = b.bus.frames
    b.panel.show(b.changed(frame), redraw)
    assert b.bus.frames - begun > 20
    for number in range(1, b.bus.frames - begun + 1):
        b = bench(kind)
        frame = b.picture()
        b.panel.show(frame, Redraw.FULL)
        b.bus.chip = Saboteur(b.chip, number, b.chip.lose_power)
        frame = b.changed(frame)
        assert b.panel.show(frame, redraw) is Redraw.FULL
        assert b.panel.resets == 1
        b.is_right(frame)
        assert np.array_equal(b.chip.pixels.position, frame.mask() * WHITE)


@everywhere
def test_a_dip_while_the_ink_moves_is_mended_by_a_full_redraw(kind):
    b = bench(kind)
    frame = b.picture()
    b.panel.show(frame, Redraw.FULL)
    for share in (0.3, 0.6, 0.9):
        frame = b.changed(b.picture())
        clock, wait = b.clock, b.clock.wait
        dips = clock.ticks() + 0.05 + share * (0.1 + b.chip.profile.partial)

        def passing(seconds: float, wait=wait, clock=clock, dips=dips) -> None:
            before = clock.ticks()
            wait(seconds)
            if before < dips <= clock.ticks():
                b.chip.lose_power()

        clock.wait = passing
        assert b.panel.show(frame, Redraw.PARTIAL) is Redraw.FULL
        clock.wait = wait
        b.is_right(frame)
        assert np.array_equal(b.chip.pixels.position, frame.mask() * WHITE)


@everywhere
def test_power_lost_in_deep_sleep_costs_only_bytes(kind):
    b = bench(kind)
    frame = b.picture()
    b.panel.show(frame, Redraw.FULL)
    b.chip.lose_power()
    frame = b.changed(frame)
    assert b.panel.show(frame, Redraw.PARTIAL) is Redraw.PARTIAL
    b.is_right(frame)


@everywhere
def test_a_brown_out_at_any_byte_is_survived(kind):
    for after in (0, 1, 17, 500, 4_500):
        b = bench(kind)
        b.chip.fail(Fault(brown_out=after))
        frame = b.picture()
        b.panel.show(frame, Redraw.FULL)
        b.is_right(frame)


@everywhere
def test_a_stuck_busy_line_ends_at_a_deadline(kind):
    b = bench(kind)
    b.panel.show(b.picture(), Redraw.FULL)
    b.chip.fail(Fault(stuck=True))
    begun = b.clock.ticks()
    with pytest.raises(BusTimeoutError, match="within 1 s"):
        b.panel.show(b.picture(), Redraw.FULL)
    assert b.clock.ticks() - begun < 2 * (READY_WITHIN + 0.1)
    b.chip.fail(Fault())
    frame = b.picture()
    assert b.panel.show(frame, Redraw.PARTIAL) is Redraw.FULL  # for nobody knows what is on the glass
    b.is_right(frame)


@everywhere
def test_busy_that_sticks_while_ink_moves_ends_at_a_deadline(kind):
    b = bench(kind)
    ran = len(b.facts.begin) + 3
    b.bus.chip = Saboteur(b.chip, 2 * ran, lambda: b.chip.fail(Fault(stuck=True)))
    begun = b.clock.ticks()
    with pytest.raises(BusTimeoutError, match="did not become ready"):
        b.panel.show(b.picture(), Redraw.FULL)
    assert b.clock.ticks() - begun < FULL_WITHIN + 3 * READY_WITHIN
    b.chip.fail(Fault())
    frame = b.picture()
    b.panel.show(frame, Redraw.FULL)
    assert b.chip.picture() == frame


@everywhere
def test_a_silent_chip_is_not_taken_for_a_quick_one(kind):
    b = bench(kind)
    before = b.chip.picture()
    b.chip.fail(Fault(silent=True))
    with pytest.raises(BusTimeoutError, match="beginning to move"):
        b.panel.show(b.picture(), Redraw.FULL)
    assert b.clock.ticks() < 1
    assert b.chip.picture() == before
    b.chip.fail(Fault())
    frame = b.picture()
    b.panel.show(frame, Redraw.FULL)
    b.is_right(frame)


@everywhere
def test_a_slow_chip_is_waited_for_and_a_much_slower_one_is_not(kind):
    b = bench(kind)
    b.chip.fail(Fault(slow=5))
    frame = b.picture()
    b.panel.show(frame, Redraw.FULL)
    frame = b.changed(frame)
    b.panel.show(frame, Redraw.PARTIAL)
    b.is_right(frame)
    b.chip.fail(Fault(slow=60))
    with pytest.raises(BusTimeoutError, match="within 40 s while redrawing in full"):
        b.panel.show(frame, Redraw.FULL)
    b.chip.fail(Fault())
    b.panel.show(frame, Redraw.PARTIAL)
    assert set(b.chip.violations) == {"a reset while the ink moved"}  # there is no other way out
    b.chip.violations.clear()
    b.is_right(frame)


@everywhere
def test_a_panel_too_cold_to_move_is_an_error(kind):
    b = bench(kind)
    b.chip.set_temperature(-5)
    with pytest.raises(Ssd168xError, match="too cold"):
        b.panel.show(b.picture(), Redraw.FULL)
    b.chip.set_temperature(5)
    frame = b.picture()
    b.panel.show(frame, Redraw.FULL)
    b.is_right(frame)


# --- wrong drivers ---------------------------------------------------------------------------------------


class Script:
    """A driver that sends what it is told."""

    def __init__(self, profile: Profile) -> None:
        self.clock = VirtualClock()
        self.chip = Ssd168xChip(profile, self.clock)
        self.bus = SimBus(self.chip, self.clock)
        self.size = profile.size

    def send(self, code: int, *data: int | bytes) -> None:
        self.bus.set_data(False)
        self.bus.write(bytes([code]), 4_000_000)
        joined = b"".join(d if isinstance(d, bytes) else bytes([d]) for d in data)
        self.bus.set_data(True)
        for begin in range(0, len(joined), 4096):
            self.bus.write(joined[begin : begin + 4096], 4_000_000)

    def reset(self, seconds: float = 0.002) -> None:
        self.bus.set_reset(False)
        self.clock.wait(seconds)
        self.bus.set_reset(True)
        self.clock.wait(0.01)

    def begin(self) -> None:
        self.reset()
        self.send(0x12)
        self.clock.wait(0.01)
        last = (self.size.height - 1).to_bytes(2, "little")
        self.send(0x01, last, 0)
        self.send(0x11, 3)
        self.send(0x18, 0x80)
        self.send(0x21, 0, 0x80)
        self.send(0x44, 0, self.size.stride - 1)
        self.send(0x45, 0, 0, last)
        self.send(0x4E, 0)
        self.send(0x4F, 0, 0)

    def write(self, code: int, value: int = 0xFF, more: int = 0) -> None:
        self.send(code, bytes([value]) * (self.size.stride * self.size.height + more))

    def run(self, sequence: int, wait: bool = True) -> None:
        self.send(0x22, sequence)
        self.send(0x20)
        if wait:
            self.clock.wait(10)

    def base(self) -> None:
        self.begin()
        self.write(0x24)
        self.write(0x26)
        self.run(0xF7)


def not_waiting(s: Script) -> None:
    s.begin()
    s.run(0xC0, wait=False)
    s.write(0x24)


def talking_to_a_sleeper(s: Script) -> None:
    s.begin()
    s.send(0x10, 1)
    s.send(0x12)


def a_short_write(s: Script) -> None:
    s.begin()
    s.write(0x24, more=-1)
    s.send(0x7F)


def a_long_write(s: Script) -> None:
    s.begin()
    s.write(0x26, more=16)
    s.run(0xF7)


def a_window_too_wide(s: Script) -> None:
    s.begin()
    s.send(0x44, 0, 16)
    s.send(0x24)


def a_window_too_high(s: Script) -> None:
    s.begin()
    s.send(0x45, 0, 0, 250, 0)
    s.send(0x24)


def a_window_backwards(s: Script) -> None:
    s.begin()
    s.send(0x45, 249, 0, 0, 0)
    s.send(0x4F, 249, 0)
    s.send(0x24)


def a_window_for_other_sources(s: Script) -> None:
    s.begin()
    s.send(0x21, 0, 0)
    s.send(0x24)


def counters_left_behind(s: Script) -> None:
    s.begin()
    s.send(0x44, 4, 8)
    s.write(0x24)


def somebody_elses_waveform(s: Script) -> None:
    s.begin()
    s.send(0x32, bytes(70))
    s.run(0xC7)


def no_waveform(s: Script) -> None:
    s.base()
    s.begin()
    s.run(0xCF)


def a_waveform_that_otp_lacks(s: Script) -> None:
    s.base()
    s.run(0xFF)


def an_old_picture_forgotten(s: Script) -> None:
    s.base()
    s.write(0x24, 0)
    s.run(0xFF)
    s.send(0x37, bytes(10))
    s.write(0x24, 0xFF)
    s.run(0xFF)
    s.write(0x24, 0xF0)
    s.run(0xFF)


def no_oscillator(s: Script) -> None:
    s.base()
    s.run(0x04)


def no_rails(s: Script) -> None:
    s.base()
    s.run(0x94)


def the_oscillator_stopped_too_soon(s: Script) -> None:
    s.begin()
    s.run(0xC0)
    s.run(0x01)


def too_short_a_reset(s: Script) -> None:
    s.reset(20e-6)


def an_impatient_reset(s: Script) -> None:
    s.begin()
    s.write(0x24)
    s.run(0xF7, wait=False)
    s.clock.wait(1)
    s.reset()


def talking_during_reset(s: Script) -> None:
    s.begin()
    s.bus.set_reset(False)
    s.send(0x12)


def an_unknown_command(s: Script) -> None:
    s.begin()
    s.send(0x0E)


def too_few_parameters(s: Script) -> None:
    s.begin()
    s.send(0x01, 0xF9, 0)
    s.send(0x7F)


def too_many_parameters(s: Script) -> None:
    s.begin()
    s.send(0x3C, 5, 5)
    s.send(0x7F)


def no_such_sensor(s: Script) -> None:
    s.begin()
    s.send(0x18, 0x48)
    s.run(0xF7)


def no_temperature(s: Script) -> None:
    s.begin()
    s.run(0x91)


def too_few_gates(s: Script) -> None:
    s.begin()
    s.send(0x01, 0x7F, 0, 0)
    s.run(0xF7)


def a_waveform_nobody_can_read(s: Script) -> None:
    s.begin()
    s.send(0x32, bytes(227))


WRONG = [
    (not_waiting, V4, "a transfer while BUSY was high"),
    (talking_to_a_sleeper, V4, "a transfer in deep sleep"),
    (a_short_write, V4, "0x24 takes 4000 bytes and got 3999"),
    (a_long_write, V4, "0x26 takes 4000 bytes and got 4016"),
    (a_window_too_wide, V4, "the window 0 to 16 in x is outside the panel's 0 to 15"),
    (a_window_too_high, V4, "the window 0 to 250 in y is outside the panel's 0 to 249"),
    (a_window_backwards, V4, "the window 249 to 0 in y runs against the data entry mode"),
    (a_window_for_other_sources, V4, "the window 0 to 15 in x is outside the panel's 1 to 16"),
    (counters_left_behind, V4, "a write begins at 0, 0, not where the window does, at 4, 0"),
    (somebody_elses_waveform, V3, "0x32 takes 153 bytes and got 70"),
    (somebody_elses_waveform, V3, "a redraw without a waveform"),
    (no_waveform, V4, "a redraw without a waveform"),
    (a_waveform_that_otp_lacks, V3, "this panel has no waveform for mode 2 burnt in"),
    (an_old_picture_forgotten, V4, "the old picture (0x26) is not what the glass shows"),
    (no_oscillator, V4, "the sequence 0x04 runs with the oscillator off"),
    (no_rails, V4, "a redraw without the rails"),
    (the_oscillator_stopped_too_soon, V4, "the sequence 0x01 stops the oscillator below standing rails"),
    (too_short_a_reset, V4, "a reset pulse of 20 µs is too short"),
    (an_impatient_reset, V4, "a reset while the ink moved"),
    (talking_during_reset, V4, "a transfer while RST was low"),
    (an_unknown_command, V4, "there is no command 0x0E"),
    (too_few_parameters, V4, "0x01 takes 3 bytes and got 2"),
    (too_many_parameters, V4, "0x3C takes 1 bytes and got 2"),
    (no_such_sensor, V4, "the temperature is asked of a sensor that the panel does not have"),
    (no_temperature, V4, "a waveform is chosen without a temperature"),
    (too_few_gates, V4, "the gates are scanned as 0x01 7f 00 00 says"),
    (a_waveform_nobody_can_read, V2_4, "this model cannot read the waveform register"),
]


@pytest.mark.parametrize(
    ("script", "profile", "caught"), WRONG, ids=lambda value: getattr(value, "__name__", "")
)
def test_a_wrong_driver_is_caught(script, profile, caught):
    s = Script(profile)
    script(s)
    assert any(caught in violation for violation in s.chip.violations), s.chip.violations


@pytest.mark.parametrize("profile", [V3, V4, V2_9])
def test_a_right_script_breaks_no_rule(profile):
    s = Script(profile)
    s.base()
    s.send(0x10, 1)
    assert s.chip.violations == []


def test_sources_chosen_wrongly_move_the_picture_by_a_byte():
    s = Script(V4)
    s.begin()
    s.send(0x24, b"\x00" + bytes([0xFF]) * (16 * 250 - 1))
    s.run(0xF7)
    assert np.flatnonzero(~s.chip.picture().mask()[0]).tolist() == list(range(8))
    s.send(0x21, 0, 0)
    s.run(0xF7)
    assert s.chip.picture().mask()[0, :8].all()


@pytest.mark.parametrize(("swaps", "new", "old"), [(False, 0x00, 0x00), (True, 0xFF, 0x00)])
def test_ping_pong_makes_the_new_picture_the_old_one(swaps, new, old):
    s = Script(replace(V4, ping_pong_swaps=swaps))
    s.base()
    s.write(0x24, 0)
    s.run(0xFF)
    glass = (slice(250), slice(16))
    assert np.all(s.chip.memory.new[glass] == new) and np.all(s.chip.memory.old[glass] == old)
    s.base()
    s.send(0x37, bytes(10))
    s.write(0x24, 0)
    s.run(0xFF)
    assert not s.chip.memory.new[glass].any() and np.all(s.chip.memory.old[glass] == 0xFF)


def test_a_waveform_cut_off_leaves_ink_on_its_way():
    s = Script(V4)
    s.base()
    s.write(0x24, 0)
    s.run(0xFF, wait=False)
    s.clock.wait(V4.power_on + V4.partial / 2)
    s.reset()
    assert np.all(np.abs(s.chip.pixels.position - WHITE * 0.55) < 5)


def test_options_of_0x21_read_a_picture_as_nothing_or_inverted():
    s = Script(V4)
    s.base()
    s.send(0x21, 0x08, 0x80)
    s.run(0xF7)
    assert s.chip.picture() == Frame.black(s.size)
    s.send(0x21, 0x00, 0x80)
    s.run(0xF7)
    assert s.chip.picture() == Frame.white(s.size)
    s.send(0x21, 0x04, 0x80)
    s.run(0xF7)
    assert s.chip.picture() == Frame.black(s.size)


def test_deep_sleep_of_the_second_kind_loses_memory():
    s = Script(V4)
    s.base()
    kept = s.chip.memory.new.copy()
    s.send(0x10, 1)
    s.reset()
    assert np.array_equal(s.chip.memory.new, kept)
    s.send(0x10, 3)
    s.reset()
    assert not np.array_equal(s.chip.memory.new, kept)


def test_memory_and_status_can_be_read():
    s = Script(V4)
    s.begin()
    s.write(0x24, 0x5A)
    s.send(0x27)
    assert s.bus.exchange(bytes(5), 2_000_000) == b"\0" + b"\x5a" * 4
    s.send(0x2F)
    assert s.bus.exchange(bytes(1), 2_000_000) == b"\x01"


# --- care ------------------------------------------------------------------------------------------------


def test_redraws_in_a_hurry_are_noted():
    s = Script(V4)
    s.base()
    s.run(0xF7)
    assert len(s.chip.care) == 1 and "and not 180 s" in s.chip.care[0]


def test_a_day_without_a_redraw_is_noted():
    s = Script(V4)
    s.base()
    s.clock.wait(25 * 3600)
    s.run(0xF7)
    assert s.chip.care == ["no redraw for 25.0 h"]


def test_too_many_partial_redraws_are_noted_once():
    s = Script(V4)
    s.base()
    for _ in range(12):
        s.clock.wait(200)
        s.run(0xFF)
    assert s.chip.care == ["more than 5 partial redraws without a full one"]


def test_rails_left_standing_are_noted():
    s = Script(V4)
    s.begin()
    s.run(0xC0)
    s.clock.wait(300)
    s.run(0x83)
    assert len(s.chip.care) == 1 and "the high voltages stood for" in s.chip.care[0]
    s.run(0xC0)
    s.send(0x10, 1)
    assert s.chip.care[1:] == ["deep sleep began with the high voltages on"]


def test_a_waveform_at_unset_voltages_is_noted():
    s = Script(V3)
    s.begin()
    s.send(0x32, partial_waveform(12, 7, 20) + bytes(9))
    s.run(0xC7)
    assert s.chip.care == ["a waveform ran at the voltages of power-on"]


# --- parts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("shape", "rest"), [(LUT_70, 0), (LUT_153, 9)])
def test_our_waveform_pulls_changed_pixels_alike_and_others_not(shape, rest):
    data = partial_waveform(shape.groups, shape.timing, 20) + bytes(rest)
    assert len(data) == shape.length
    waveform = decode(shape, data)
    assert waveform.to_black == (0, 0, 20, 0)
    assert waveform.to_white == (0, 20, 0, 0)
    assert waveform.last == (0, 1, -1, 0)
    assert waveform.tells_old_from_new and not waveform.full


def test_repeats_of_a_waveform_count():
    data = bytearray(LUT_153.length)
    data[12] = 0b10_01_00_11  # black to white: A white, B black, D black
    data[60:67] = bytes([2, 3, 1, 5, 7, 4, 2])  # A, B, twice; C, D, five times; all of it three times
    waveform = decode(LUT_153, bytes(data))
    assert waveform.to_white[1] == 2 * 2 * 3
    assert waveform.to_black[1] == 3 * 2 * 3 + 7 * 5 * 3
    assert waveform.last[1] == -1


def test_the_pointer_walks_as_the_entry_mode_says():
    random = np.random.default_rng(3)
    for _ in range(300):
        memory = Memory(Size(80, 12), random)
        memory.entry = int(random.integers(0, 8))
        columns, rows = sorted(random.integers(0, 10, 2)), sorted(random.integers(0, 12, 2))
        xs = list(range(columns[0], columns[1] + 1))[:: 1 if memory.entry & 1 else -1]
        ys = list(range(rows[0], rows[1] + 1))[:: 1 if memory.entry & 2 else -1]
        memory.columns, memory.rows = (xs[0], xs[-1]), (ys[0], ys[-1])
        memory.x, memory.y = xs[0], ys[0]
        walk = [(x, y) for x in xs for y in ys] if memory.entry & 4 else [(x, y) for y in ys for x in xs]
        data = random.integers(0, 256, int(random.integers(1, 2 * len(walk))), np.uint8)
        expected = memory.new.copy()
        for number, byte in enumerate(data):
            x, y = walk[number % len(walk)]
            expected[y, x] = byte
        cut = int(random.integers(0, len(data) + 1))
        memory.write(memory.new, data[:cut].tobytes())
        memory.write(memory.new, data[cut:].tobytes())
        assert np.array_equal(memory.new, expected)
        assert (memory.x, memory.y) == walk[len(data) % len(walk)]
