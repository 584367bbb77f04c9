"""The part of an SSD16xx that moves ink: oscillator, rails, waveform, and the sequence in 0x22."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from player.frame import Bits, Mask, Size
from player.panels.sim.ssd168x_care import Care
from player.panels.sim.ssd168x_ink import FULL, NOTHING, PARTIAL, Pixels, Waveform, decode
from player.panels.sim.ssd168x_memory import Memory
from player.panels.sim.ssd168x_profiles import Profile

CLOCK_ON, ANALOG_ON, TEMPERATURE, LUT, MODE_2, DISPLAY, ANALOG_OFF, CLOCK_OFF = (
    0x80,
    0x40,
    0x20,
    0x10,
    0x08,
    0x04,
    0x02,
    0x01,
)
"""What each bit of 0x22 asks for, in the order in which it is done."""
VOLTAGES = {0x03, 0x04, 0x2C}
"""Registers that set the gates', the sources' and the common electrode's."""
LOAD = 0.004
"""Seconds to fetch the temperature or a waveform (assumed)."""
INTERNAL_SENSOR = b"\x80"


class Engine:
    """Moves ink.

    Args:
        profile: of the panel.
        note: takes what a driver did wrong, in a sentence.
        reach: of a waveform that pulls one way, see `player.ink`.
    """

    def __init__(self, profile: Profile, note: Callable[[str], None], reach: float) -> None:
        self._profile, self._note, self._reach = profile, note, reach
        self._pixels = Pixels.clean(_stripes(profile.size))
        self._after: Pixels | None = None
        self._began = self._ends = 0.0
        self.care = Care(profile.most_partials)
        self.temperature = 22.0
        """Of the room, in degrees Celsius."""
        self.waveforms = 0
        """Waveforms begun so far."""
        self._rails = False
        self.restart(0.0)

    def restart(self, now: float) -> None:
        """Everything off, nothing loaded; where a waveform runs, it is cut off."""
        if self.moving(now) and self._after is not None:
            share = (now - self._began) / (self._ends - self._began)
            self._pixels = self._pixels.on_the_way_to(self._after, share)
        self._after = None
        self._oscillates = False
        self._rails_off(now)
        self._waveform: Waveform | None = None
        self._warmth: float | None = None
        self._voltages = False

    def moving(self, now: float) -> bool:
        """Whether a waveform runs."""
        self.pixels(now)
        return self._after is not None and now > self._began

    def pixels(self, now: float) -> Pixels:
        """The ink as the last waveform left it that has come to its end."""
        if self._after is not None and now >= self._ends:
            self._pixels, self._after = self._after, None
        return self._pixels

    def load(self, data: bytes | None) -> None:
        """Take a waveform from the register, or lose it."""
        self._waveform = None
        if data is not None and self._profile.lut.groups:
            self._waveform = decode(self._profile.lut, data)
        elif data is not None:
            self._waveform = FULL
            self._note("this model cannot read the waveform register of this controller")

    def warm(self, register: bytes) -> None:
        """Take the temperature that a driver wrote (0x1A), whole degrees in its first byte."""
        self._warmth = float(int.from_bytes(register[:1], signed=True))

    def run(self, registers: Mapping[int, bytes], memory: Memory, now: float, slow: float) -> float:
        """Run the sequence in 0x22.

        Args:
            registers: by their command.
            memory: with the pictures.
            now: in ticks.
            slow: by how much everything takes longer than it should.

        Returns:
            Seconds that it takes.
        """
        sequence = registers[0x22][0]
        seconds = 0.0
        if sequence & CLOCK_ON:
            self._oscillates = True
        if sequence and not self._oscillates:
            self._note(f"the sequence 0x{sequence:02X} runs with the oscillator off")
            return 0.0
        if sequence & ANALOG_ON and not self._rails:
            self._rails = True
            seconds += self._profile.power_on * slow
            self.care.rails(now + seconds, True)
        if sequence & TEMPERATURE:
            self._measure(registers[0x18])
            seconds += LOAD * slow
        if sequence & LUT:
            self._fetch(bool(sequence & MODE_2))
            seconds += LOAD * slow
        if sequence & DISPLAY:
            seconds += self._display(registers, memory, now + seconds, slow)
            if sequence & MODE_2:
                self._pass_on(registers, memory)
        if sequence & ANALOG_OFF:
            seconds += self._profile.power_off * slow
            self._rails_off(now + seconds)
        if sequence & CLOCK_OFF:
            if self._rails:
                self._note(f"the sequence 0x{sequence:02X} stops the oscillator below standing rails")
            self._oscillates = False
        return seconds

    # --- the steps of the sequence -----------------------------------------------------------------------

    def _rails_off(self, now: float) -> None:
        self._rails = False
        self.care.rails(now, False)

    def _measure(self, sensor: bytes) -> None:
        if sensor == INTERNAL_SENSOR:
            self._warmth = self.temperature
        else:
            self._note("the temperature is asked of a sensor that the panel does not have (0x18)")

    def _fetch(self, mode_2: bool) -> None:
        """Take a waveform from the OTP memory, by temperature."""
        if self._warmth is None:
            self._note("a waveform is chosen without a temperature")
        if mode_2 and not self._profile.otp_partial:
            self._note("this panel has no waveform for mode 2 burnt in")
            self._waveform = None
        elif self._warmth is not None and self._warmth < self._profile.coldest:
            self._waveform = NOTHING
        else:
            self._waveform = PARTIAL if mode_2 else FULL
        self._voltages = True  # they lie in OTP next to the waveform

    def _display(self, registers: Mapping[int, bytes], memory: Memory, now: float, slow: float) -> float:
        waveform = self._waveform
        if not self._rails:
            self._note("a redraw without the rails")
            return 0.0
        if waveform is None:
            self._note("a redraw without a waveform")
            return 0.0
        if not self._voltages and not registers.keys() >= VOLTAGES:
            self.care.notes.append("a waveform ran at the voltages of power-on")
        gates = int.from_bytes(registers[0x01][:2], "little") + 1
        if gates < self._profile.size.height or registers[0x01][2]:
            self._note(f"the gates are scanned as 0x01 {registers[0x01].hex(' ')} says, not as the glass is")
        options, before = registers[0x21][0], self.pixels(now)
        column = first_column(self._profile, registers)
        old = seen_through(memory.old, options >> 4, column, self._profile.size)
        new = seen_through(memory.new, options & 15, column, self._profile.size)
        stale = int(np.count_nonzero(old != before.target)) if waveform.tells_old_from_new else 0
        if stale:
            self._note(f"the old picture (0x26) is not what the glass shows, in {stale} pixels")
        self.waveforms += 1
        if waveform is NOTHING:
            return 0.0
        self.care.redraw(now, waveform.full)
        seconds = slow * (self._profile.full if waveform.full else self._profile.partial)
        self._after = before.after(waveform, old, new, self._reach)
        self._began, self._ends = now, now + seconds
        return seconds

    def _pass_on(self, registers: Mapping[int, bytes], memory: Memory) -> None:
        """Make the new picture the old one, where ping-pong is on (0x37)."""
        if registers[0x37][self._profile.ping_pong_byte] & 0x40:
            if self._profile.ping_pong_swaps:
                memory.new, memory.old = memory.old, memory.new
            else:
                memory.old[:] = memory.new


def first_column(profile: Profile, registers: Mapping[int, bytes]) -> int:
    """The byte of memory in which the leftmost pixel is; 0x21 says to which source byte 0 belongs."""
    from_source_8 = len(registers[0x21]) > 1 and bool(registers[0x21][1] & 0x80)
    return profile.first_source // 8 - from_source_8 if profile.first_source else 0


def seen_through(plane: Bits, option: int, column: int, size: Size) -> Mask:
    """The part of a plane that the glass shows.

    Args:
        plane: as it lies in memory.
        option: of 0x21: 4 reads every bit as 0, 8 inverts them.
        column: byte in which the leftmost pixel is.
        size: of the glass.
    """
    bits = plane[: size.height, column : column + size.stride]
    bits = np.zeros_like(bits) if option & 4 else ~bits if option & 8 else bits
    return np.unpackbits(bits, axis=1, count=size.width).view(np.bool_)


def _stripes(size: Size) -> Mask:
    """Somebody else's picture, which panels come with."""
    white = np.ones((size.height, size.width), bool)
    white[::16] = False
    return white
