"""The commands of an SSD16xx: bytes to registers, to memory, and to the part that moves ink."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from player.clock import Clock
from player.panels.sim.ssd168x_engine import Engine, first_column
from player.panels.sim.ssd168x_memory import Memory
from player.panels.sim.ssd168x_profiles import Profile

ONE = (0x03, 0x10, 0x11, 0x14, 0x15, 0x18, 0x22, 0x2C, 0x3A, 0x3B, 0x3C, 0x3F, 0x41, 0x4E, 0x74, 0x7E)
PARAMETERS = {
    **dict.fromkeys(ONE, (1, 1)),
    **dict.fromkeys((0x0F, 0x44, 0x4F), (2, 2)),
    **dict.fromkeys((0x1A, 0x21), (1, 2)),
    **dict.fromkeys((0x01, 0x04), (3, 3)),
    **dict.fromkeys((0x0C, 0x45), (4, 4)),
    **dict.fromkeys((0x12, 0x20, 0x7F), (0, 0)),
}
"""How many parameters a command takes at least and at most."""
NOP, SLEEP, SOFT_RESET, RUN, NEW, OLD, LUT, OPTIONS = 0x7F, 0x10, 0x12, 0x20, 0x24, 0x26, 0x32, 0x37
READ_TEMPERATURE, READ_MEMORY, READ_STATUS = 0x1B, 0x27, 0x2F
STREAMS = (NEW, OLD, READ_TEMPERATURE, READ_MEMORY, 0x2D, 0x2E, READ_STATUS)
"""Commands after which bytes come or go as long as the driver likes."""
CHIP_ID = 0b01
SOFT_RESET_TIME = 0.002
"""Seconds of BUSY after 0x12 (assumed)."""


class Logic:
    """Takes commands.

    Args:
        profile: of the panel.
        clock: for how long BUSY is high.
        note: takes what a driver did wrong, in a sentence.
        reach: of a waveform that pulls one way, see `player.ink`.
    """

    def __init__(self, profile: Profile, clock: Clock, note: Callable[[str], None], reach: float) -> None:
        self._profile, self._clock, self._note = profile, clock, note
        self.memory = Memory(profile.ram, np.random.default_rng(1))
        self.engine = Engine(profile, note, reach)
        self.slow = 1.0
        """By how much everything takes longer than it should."""
        self.busy_until = 0.0
        """In ticks."""
        self._registers: dict[int, bytes] = {}
        self.restart(frozenset())

    def begin(self, code: int) -> None:
        """A command byte."""
        self._end()
        self._code, self._count, self._parameters = code, 0, bytearray()
        if code in (NEW, OLD):
            column, size = first_column(self._profile, self._registers), self._profile.size
            trouble = self.memory.trouble(range(column, column + size.stride), size.height)
            if trouble:
                self._note(trouble)
        elif self._takes(code) is None:
            self._note(f"there is no command 0x{code:02X}")
        elif self._takes(code) == (0, 0) and code not in STREAMS:
            self._apply(code, b"")

    def take(self, data: bytes) -> bytes:
        """Data bytes."""
        code, first = self._code, self._count == 0
        self._count += len(data)
        if code in (NEW, OLD):
            self.memory.write(self.memory.new if code == NEW else self.memory.old, data)
        elif code in STREAMS:
            return self._answer(code, len(data), first)
        else:
            least, most = self._takes(code) or (1, 0)
            for byte in data:
                self._parameters.append(byte)
                if least <= len(self._parameters) <= most:
                    self._apply(code, bytes(self._parameters))
        return bytes(len(data))

    def _end(self) -> None:
        """The command before is over: has it got as many bytes as it takes?"""
        code, count = self._code, self._count
        if code in (NEW, OLD) or code not in STREAMS:
            least, most = self._takes(code) or (0, count)
            if code in (NEW, OLD):
                least = most = self.memory.window.pixels
            if not least <= count <= most:
                self._note(f"0x{code:02X} takes {most} bytes and got {count}")
            if code == LUT and count != most:
                self.engine.load(None)
        self._code, self._count = NOP, 0

    def _takes(self, code: int) -> tuple[int, int] | None:
        if code == LUT:
            return self._profile.lut.length, self._profile.lut.length
        if code == OPTIONS:
            return self._profile.options, self._profile.options
        return (0, 0) if code in STREAMS else PARAMETERS.get(code)

    def _apply(self, code: int, parameters: bytes) -> None:
        """A command with all its parameters."""
        memory, now = self.memory, self._clock.ticks()
        self._registers[code] = parameters
        if code == SLEEP and parameters[0] & 3:
            self.asleep = True
            self.engine.care.sleep()
            if parameters[0] & 3 == 3:
                memory.forget()
        elif code == SOFT_RESET:
            self.restart(frozenset())
            self.busy_until = now + SOFT_RESET_TIME * self.slow
        elif code == RUN:
            self.busy_until = now + self.engine.run(self._registers, memory, now, self.slow)
        elif code == LUT:
            self.engine.load(parameters)
        elif code == 0x1A:
            self.engine.warm(parameters)
        elif code == 0x11:
            memory.entry = parameters[0] & 7
        elif code == 0x44:
            memory.columns = (parameters[0], parameters[1])
        elif code == 0x45:
            memory.rows = (int.from_bytes(parameters[:2], "little"), int.from_bytes(parameters[2:], "little"))
        elif code == 0x4E:
            memory.x = parameters[0]
        elif code == 0x4F:
            memory.y = int.from_bytes(parameters, "little")

    def _answer(self, code: int, count: int, first: bool) -> bytes:
        """What a read returns; the first byte out of memory is a dummy."""
        if code == READ_MEMORY:
            plane = self.memory.old if self._registers.get(0x41, b"\0")[0] & 1 else self.memory.new
            return b"\0" + self.memory.read(plane, count - 1) if first else self.memory.read(plane, count)
        if code == READ_STATUS:
            return bytes([CHIP_ID]) * count
        if code == READ_TEMPERATURE:
            return (round(self.engine.temperature * 16) << 4 & 0xFFFF).to_bytes(2, "big")[:count].ljust(count)
        return bytes(count)

    def restart(self, survives: frozenset[int]) -> None:
        """Registers to their power-on values, but for some; memory stays."""
        self._code, self._count, self._parameters = NOP, 0, bytearray()
        self.asleep = False
        self.engine.restart(self._clock.ticks())
        kept = {code: value for code, value in self._registers.items() if code in survives}
        self._registers = {}
        for code, value in {**power_on_values(self._profile), **kept}.items():
            self._apply(code, value)


def power_on_values(profile: Profile) -> dict[int, bytes]:
    """What the registers hold that matter here (SSD1680, "POR")."""
    gates = (profile.ram.height - 1).to_bytes(2, "little")
    options = bytearray(profile.options)
    options[profile.ping_pong_byte] = 0x40 * profile.ping_pong
    return {
        0x01: gates + b"\0",
        0x11: b"\x03",
        0x18: b"\x80" if profile.internal_sensor else b"\x48",
        0x21: b"\0\x80" if profile.from_source_8 else b"\0\0",
        0x22: b"\xff",
        OPTIONS: bytes(options),
        0x44: bytes([0, profile.ram.stride - 1]),
        0x45: b"\0\0" + gates,
        0x4E: b"\0",
        0x4F: b"\0\0",
    }
