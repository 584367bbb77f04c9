"""An IT8951 at the end of a wire: commands, registers, waveforms and what goes wrong.

What is modelled is what a driver can notice. `framing` makes words of the wire's bytes; arguments count
since the last command, however they are framed. `image_buffer` is the picture memory, and `eink` what the
panel makes of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from player.clock import Clock
from player.frame import Box
from player.panels.sim.eink import GREY_WHITE, Eink, Greys
from player.panels.sim.framing import Framing, Words
from player.panels.sim.image_buffer import ImageBuffer
from player.panels.sim.it8951_profiles import Profile

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

INIT, DU, GC16 = 0, 1, 2
ENGINES = 16


@dataclass
class Faults:
    """What can go wrong, switched on by a test at any time.

    Args:
        stuck: HRDY stays low.
        silent: nothing answers, and nothing is done: the chip is not there.
        garble: every so manieth word that is read has bits turned; 0 for none.
        power_fails_after: bytes until the supply breaks down; -1 for never.
        comes_back: whether the chip then starts again by itself, with all that it was told forgotten.
        slow: factor on all times.
        wrong_size: what GET_DEV_INFO says instead of the panel's size.
    """

    stuck: bool = False
    silent: bool = False
    garble: int = 0
    power_fails_after: int = -1
    comes_back: bool = False
    slow: float = 1.0
    wrong_size: tuple[int, int] | None = None


@dataclass(frozen=True)
class Refresh:
    """One waveform: its mode, the pixels it covered and moved, and when it began and ended."""

    mode: int
    box: Box
    moved: int
    begin: float
    end: float


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
        self.refreshes: list[Refresh] = []
        self._buffer = ImageBuffer(profile.size, self.note)
        self._framing = Framing(self)
        self.panel = Eink(profile.size, profile.reach)
        self._read = 0
        self._reset_low_at: float | None = None
        self._start()

    # --- the wire ----------------------------------------------------------------------------------------

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

    # --- power -------------------------------------------------------------------------------------------

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
        self.temperature = 25
        self._engines: list[tuple[Box, float]] = []
        self._busy_until = 0.0
        self._forget_command()
        self._loading: list[Words] | None = None
        self._load_arguments: list[int] = []
        self._be_busy(self.profile.times.reset)

    def _power_fails(self) -> None:
        """Everything is lost but the ink."""
        self._powered = False
        self.faults.power_fails_after = -1
        self._buffer.forget()
        self.panel.forget()
        if self.faults.comes_back:
            self._start()

    # --- words -------------------------------------------------------------------------------------------

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
        wanted = ARGUMENTS.get(self._command, 0)
        if self._command == VCOM and self._arguments and self._arguments[0] in (1, 2):
            wanted = 2
        if self._command == FORCE_TEMP and self._arguments and self._arguments[0] == 1:
            wanted = 2
        for index, word in enumerate(words):
            if len(self._arguments) < wanted:
                self._arguments.append(int(word))
                if self._command in (DPY_AREA, DPY_BUF_AREA):
                    self._be_busy(self.profile.times.argument)
                selector = self._command in (VCOM, FORCE_TEMP) and len(self._arguments) == 1
                if selector and self._arguments[0] in (1, 2):
                    wanted = 2
                    continue
                if len(self._arguments) == wanted:
                    self._execute()
            elif self._loading is not None:
                self._loading.append(words[index:].astype(np.uint16))
                return
            else:
                self.note(f"a word too many after command 0x{self._command:04x}")

    def _execute(self) -> None:
        command, arguments, times = self._command, self._arguments, self.profile.times
        if command == SYS_RUN:
            self._awake = True
            self._be_busy(times.run)
        elif command in (STANDBY, SLEEP):
            if self._active():
                self.note("put to rest during a refresh")
            self._awake = False
            self._be_busy(times.standby)
        elif command == REG_RD:
            self._reply = [self._read_register(arguments[0])]
        elif command == REG_WR:
            self._write_register(arguments[0], arguments[1])
        elif command == GET_DEV_INFO:
            self._reply = self._device_info()
        elif command == VCOM and arguments[0] == 0:
            self._reply = [self.vcom or 0]
        elif command == VCOM:
            self.vcom = arguments[1]
            if not 200 <= self.vcom <= 3500:
                self.note(f"VCOM of -{self.vcom} mV is out of range")
            self._be_busy(times.vcom)
        elif command == FORCE_TEMP and arguments[0] == 1:
            self.temperature = arguments[1]
        elif command == FORCE_TEMP:
            self._reply = [self.temperature, self.temperature]
        elif command in (LD_IMG, LD_IMG_AREA):
            self._begin_load(arguments)
        elif command == LD_IMG_END:
            self._end_load()
        elif command in (DPY_AREA, DPY_BUF_AREA):
            base = arguments[5] | arguments[6] << 16 if command == DPY_BUF_AREA else self._target()
            x, y, width, height, mode = arguments[:5]
            self._display(Box(x, y, x + width, y + height), mode, base)

    # --- registers ---------------------------------------------------------------------------------------

    def _read_register(self, address: int) -> int:
        if address == LUTAFSR:
            return (1 << len(self._active())) - 1
        return self._registers.get(address, 0)

    def _write_register(self, address: int, value: int) -> None:
        if address == UP1SR_HIGH and (value ^ self._registers.get(address, 0)) & ONE_BIT and self._active():
            self.note("1-bit mode was switched during a refresh")
        self._registers[address] = value

    def _target(self) -> int:
        return self._registers[LISAR_HIGH] << 16 | self._registers[LISAR_LOW]

    def _one_bit(self) -> bool:
        return bool(self._registers.get(UP1SR_HIGH, 0) & ONE_BIT)

    def _device_info(self) -> list[int]:
        width, height = self.faults.wrong_size or self.profile.size
        words = [width, height, self.profile.buffer & 0xFFFF, self.profile.buffer >> 16]
        for text in (self.profile.firmware, self.profile.lut):
            padded = text.encode().ljust(16, b"\0")
            words += [padded[index] | padded[index + 1] << 8 for index in range(0, 16, 2)]
        return words

    # --- loading -----------------------------------------------------------------------------------------

    def _begin_load(self, arguments: list[int]) -> None:
        if self._loading is not None:
            self.note("a load inside a load")
        size = self.profile.size
        area = arguments[1:] or [0, 0, size.width, size.height]
        self._load_arguments = [arguments[0], *area]
        self._loading = []

    def _end_load(self) -> None:
        if self._loading is None:
            self.note("the end of a load that never began")
            return
        words = np.concatenate(self._loading) if self._loading else np.zeros(0, dtype=np.uint16)
        self._loading = None
        how, x, y, width, height = self._load_arguments
        self._buffer.load(how, Box(x, y, x + width, y + height), words, self._target())

    # --- showing -----------------------------------------------------------------------------------------

    def _display(self, box: Box, mode: int, base: int) -> None:
        size, profile = self.profile.size, self.profile
        if box.right > size.width or box.bottom > size.height or box.area <= 0:
            self.note(f"display of {tuple(box)} outside the panel")
            return
        if self._loading is not None:
            self.note("display in the middle of a load")
        if self.vcom is None:
            self.note("display with VCOM never set")
        if mode not in (INIT, DU, GC16, profile.a2):
            self.note(f"display in mode {mode}, which LUT {profile.lut} has for something else")
        active = self._active()
        if any(_overlap(box, other) for other, _ in active):
            self.note("display over an area that is still being refreshed")
        if len(active) >= ENGINES:
            self.note("more refreshes at once than there are engines")
        align = profile.one_bit_alignment
        if self._one_bit() and (box.left % align or (box.right - box.left) % align):
            self.note(f"1-bit display of x {box.left} to {box.right} not aligned to {align}")
        pair = self._registers.get(BGVR, 0)
        self._move(box, mode, self._buffer.greys(box, base, self._one_bit(), pair))

    def _move(self, box: Box, mode: int, target: Greys) -> None:
        profile, times = self.profile, self.profile.times
        quick = mode in (DU, profile.a2)
        if quick and ((target != 0) & (target != GREY_WHITE)).any():
            self.note("grey pixels in a black-and-white mode")
        if mode == INIT:
            target = np.full_like(target, GREY_WHITE)
        moved = self.panel.nudge(box, target) if quick else self.panel.drive(box, target)
        usual = {INIT: times.init, DU: times.partial, profile.a2: times.fast}.get(mode, times.full)
        now = self.clock.ticks()
        until = now + usual * self.faults.slow
        self._engines.append((box, until))
        self.refreshes.append(Refresh(mode, box, moved, now, until))
        if profile.hrdy_blocks_on_refresh:
            self._be_busy(usual)

    def _active(self) -> list[tuple[Box, float]]:
        now = self.clock.ticks()
        self._engines = [engine for engine in self._engines if engine[1] > now]
        return self._engines

    def _be_busy(self, seconds: float) -> None:
        now = self.clock.ticks()
        self._busy_until = max(self._busy_until, now) + seconds * self.faults.slow

    def note(self, sentence: str) -> None:
        """See `Listener`."""
        if len(self.violations) < 1000:
            self.violations.append(sentence)


def _overlap(one: Box, other: Box) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )
