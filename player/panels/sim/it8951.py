"""An IT8951 at the end of a wire: commands, registers, waveforms and what goes wrong.

What is modelled is what a driver can notice. `framing` makes words of the wire's bytes; arguments count
since the last command, however they are framed. `image_buffer` is the picture memory, `it8951_engines` runs
the waveforms, and `eink` is what the panel makes of them.
"""

from __future__ import annotations

import numpy as np

from player.clock import Clock
from player.frame import Box
from player.panels.sim.framing import Framing, Words
from player.panels.sim.image_buffer import ImageBuffer
from player.panels.sim.it8951_engines import Engines
from player.panels.sim.it8951_profiles import Faults, Profile

SYS_RUN, STANDBY, SLEEP = 0x0001, 0x0002, 0x0003
REG_RD, REG_WR = 0x0010, 0x0011
LD_IMG, LD_IMG_AREA, LD_IMG_END = 0x0020, 0x0021, 0x0022
DPY_AREA, DPY_BUF_AREA = 0x0034, 0x0037
VCOM, FORCE_TEMP, GET_DEV_INFO = 0x0039, 0x0040, 0x0302
ARGUMENTS = {
    SYS_RUN: 0, STANDBY: 0, SLEEP: 0, REG_RD: 1, REG_WR: 2, LD_IMG: 1, LD_IMG_AREA: 5, LD_IMG_END: 0,
    DPY_AREA: 5, DPY_BUF_AREA: 7, VCOM: 1, FORCE_TEMP: 1, GET_DEV_INFO: 0,
}  # fmt: skip

LISAR_LOW, LISAR_HIGH = 0x0208, 0x020A
UP1SR_HIGH, ONE_BIT = 0x113A, 1 << 2
BGVR, LUTAFSR = 0x1250, 0x1224
GET, SET = 0, 1
"""Selectors of VCOM and FORCE_TEMP. There is 2 as well: it sets VCOM on some boards, and ends FORCE_TEMP."""


class It8951Chip:
    """A controller with its panel. See `player.panels.sim.Chip`.

    Args:
        profile: which board.
        clock: its time.
    """

    def __init__(self, profile: Profile, clock: Clock) -> None:
        self.profile = profile
        self.clock = clock
        self.faults = Faults()
        self.violations: list[str] = []
        self.temperature = 25
        """Of the panel, in °C."""
        self._buffer = ImageBuffer(profile.size, self.note)
        self._framing = Framing(self)
        self._engines = Engines(profile, clock, self.note)
        self.panel = self._engines.panel
        self.refreshes = self._engines.done
        self._read = 0
        self._reset_low_at: float | None = None
        self._start()

    def select(self, low: bool) -> None:
        """Chip select falls or rises."""
        if low and not self.is_high():
            self.note("transfer while HRDY is low")
        self._framing.select(low)

    def shift(self, data: bytes) -> bytes:
        """Bytes in, bytes out."""
        if self.faults.power_fails_after >= 0:
            self.faults.power_fails_after -= len(data)
            if self.faults.power_fails_after < 0:
                self._power_fails()
        if self.faults.silent or not self._powered:
            return bytes(len(data))
        return self._framing.shift(data)

    def set_reset(self, high: bool) -> None:
        """The reset line; the chip starts on its rising edge."""
        now = self.clock.ticks()
        if not high:
            self._reset_low_at = now
        elif self._reset_low_at is not None:
            if now - self._reset_low_at < 0.0001:
                self.note("a reset pulse of less than 0.1 ms")
            self._reset_low_at = None
            self._start()

    def set_data(self, high: bool) -> None:
        """There is no such line."""

    def is_high(self) -> bool:
        """HRDY: high for ready."""
        if self.faults.stuck or self.faults.silent or not self._powered or self._reset_low_at is not None:
            return False
        return self.clock.ticks() >= self._busy_until

    def _start(self) -> None:
        """As after a reset: registers as they come up, VCOM gone, the picture memory kept."""
        self._powered = True
        self._registers: dict[int, int] = {
            LISAR_LOW: self.profile.buffer & 0xFFFF,
            LISAR_HIGH: self.profile.buffer >> 16,
        }
        self._awake = True
        self.vcom: int | None = None
        """Minus millivolts, or None if nobody has set it since power came."""
        self.forced: int | None = None
        """°C by which the waveforms are chosen instead of the sensor's; None if nobody has set it."""
        self._engines.stop()
        self._buffer.reset()
        self._busy_until = 0.0
        self._forget_command()
        self._be_busy(self.profile.times.reset)

    def _power_fails(self) -> None:
        """Everything is lost but the ink."""
        self._powered = False
        self.faults.power_fails_after = -1
        self._buffer.forget()
        self.panel.forget()
        if self.faults.comes_back:
            self._start()

    def reply(self) -> int:
        """See `Listener`."""
        word = self._reply.pop(0) if self._reply else 0
        self._read += 1
        return word ^ 0x8421 if self.faults.garble and self._read % self.faults.garble == 0 else word

    def command(self, code: int) -> None:
        """See `Listener`."""
        self._forget_command(code)
        if code not in ARGUMENTS:
            self.note(f"unknown command 0x{code:04x}")
        elif not self._awake and code != SYS_RUN:
            self.note(f"command 0x{code:04x} while asleep")
        if code in (DPY_AREA, DPY_BUF_AREA):
            self._be_busy(self.profile.times.command)
        if ARGUMENTS.get(code) == 0:
            self._execute()

    def _forget_command(self, following: int = 0) -> None:
        self._command = following
        self._arguments: list[int] = []
        self._reply: list[int] = []

    def data(self, words: Words) -> None:
        """See `Listener`."""
        for index, word in enumerate(words):
            if len(self._arguments) < self._wanted():
                self._arguments.append(int(word))
                if self._command in (DPY_AREA, DPY_BUF_AREA):
                    self._be_busy(self.profile.times.argument)
                if len(self._arguments) == self._wanted():
                    self._execute()
            elif self._buffer.loading:
                self._buffer.take(words[index:].astype(np.uint16))
                return
            else:
                self.note(f"a word too many after command 0x{self._command:04x}")

    def _wanted(self) -> int:
        """Arguments of the command, as far as the ones that came tell."""
        selector = self._arguments[0] if self._arguments else GET
        more = (self._command == VCOM and selector in (1, 2)) or (
            self._command == FORCE_TEMP and selector == SET
        )
        return ARGUMENTS.get(self._command, 0) + more

    def _execute(self) -> None:
        command, arguments, times = self._command, self._arguments, self.profile.times
        if command == SYS_RUN:
            self._awake = True
            self._be_busy(times.run)
        elif command in (STANDBY, SLEEP):
            if self._engines.running():
                self.note("put to rest during a refresh")
            self._awake = False
            self._be_busy(times.standby)
        elif command == REG_RD:
            self._reply = [self._read_register(arguments[0])]
        elif command == REG_WR:
            self._write_register(arguments[0], arguments[1])
        elif command == GET_DEV_INFO:
            self._reply = self.profile.info(self.faults.wrong_size)
        elif command == VCOM and arguments[0] == GET:
            self._reply = [self.vcom or 0]
        elif command == VCOM:
            self.vcom = arguments[1]
            if not 200 <= self.vcom <= 3500:
                self.note(f"VCOM of -{self.vcom} mV is out of range")
            self._be_busy(times.vcom)
        elif command == FORCE_TEMP and arguments[0] == GET:
            self._reply = self._temperatures()
        elif command == FORCE_TEMP:
            self.forced = arguments[1] if arguments[0] == SET and self.faults.sets_temperature else None
        elif command in (LD_IMG, LD_IMG_AREA):
            self._buffer.begin(arguments)
        elif command == LD_IMG_END:
            self._buffer.end(self._target())
        elif command in (DPY_AREA, DPY_BUF_AREA):
            base = arguments[5] | arguments[6] << 16 if command == DPY_BUF_AREA else self._target()
            x, y, width, height, mode = arguments[:5]
            self._display(Box(x, y, x + width, y + height), mode, base)

    def _read_register(self, address: int) -> int:
        if address == LUTAFSR:
            return (1 << len(self._engines.running())) - 1
        return self._registers.get(address, 0)

    def _write_register(self, address: int, value: int) -> None:
        switched = address == UP1SR_HIGH and (value ^ self._registers.get(address, 0)) & ONE_BIT
        if switched and self._engines.running():
            self.note("1-bit mode was switched during a refresh")
        self._registers[address] = value

    def _target(self) -> int:
        return self._registers[LISAR_HIGH] << 16 | self._registers[LISAR_LOW]

    def _one_bit(self) -> bool:
        return bool(self._registers.get(UP1SR_HIGH, 0) & ONE_BIT)

    def _temperatures(self) -> list[int]:
        sensor = self.temperature & 0xFFFF if self.faults.sensor is None else self.faults.sensor
        return [sensor, sensor if self.forced is None else self.forced]

    def _display(self, box: Box, mode: int, base: int) -> None:
        size, one_bit = self.profile.size, self._one_bit()
        if box.right > size.width or box.bottom > size.height or box.area <= 0:
            self.note(f"display of {tuple(box)} outside the panel")
            return
        if self._buffer.loading:
            self.note("display in the middle of a load")
        if self.vcom is None:
            self.note("display with VCOM never set")
        self._engines.check(box, mode, one_bit, self.temperature)
        greys = self._buffer.greys(box, base, one_bit, self._registers.get(BGVR, 0))
        usual = self._engines.begin(box, mode, greys, self.faults.slow)
        if self.profile.hrdy_blocks_on_refresh:
            self._be_busy(usual)

    def _be_busy(self, seconds: float) -> None:
        now = self.clock.ticks()
        self._busy_until = max(self._busy_until, now) + seconds * self.faults.slow

    def note(self, sentence: str) -> None:
        """See `Listener`."""
        if len(self.violations) < 1000:
            self.violations.append(sentence)
