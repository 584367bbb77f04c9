"""An IT8951 at the end of a wire: frames, commands, registers, memory and waveforms.

What is modelled is what a driver can notice. A frame begins with a preamble (0x6000 command, 0x0000 data,
0x1000 read) and ends when chip select rises; arguments count since the last command, however they are
framed. The image buffer holds a byte for each pixel in rows as wide as the panel; in 1-bit mode the same rows
are read as bits. What the panel makes of it is in `eink`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from player.clock import Clock
from player.frame import Box
from player.panels.sim.eink import GREY_WHITE, Eink, Greys
from player.panels.sim.it8951_profiles import Profile

COMMAND, DATA, READ = 0x6000, 0x0000, 0x1000

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
MEMORY = 1 << 25

Words: TypeAlias = npt.NDArray[np.uint16]


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
        self.memory = np.zeros(MEMORY, dtype=np.uint8)
        self.panel = Eink(profile.size, profile.reach)
        self._garbled = 0
        self._reset_low_at: float | None = None
        self._power_on()

    # --- the wire ----------------------------------------------------------------------------------------

    def select(self, low: bool) -> None:
        """Chip select falls or rises."""
        if low:
            if not self.is_high():
                self._note("transfer while HRDY is low")
            self._selected, self._begun, self._half, self._preamble, self._words = True, b"", b"", -1, 0
        elif self._selected:
            self._selected = False
            if self._begun or self._half:
                self._note("an odd number of bytes in a frame")
            if self._preamble >= 0 and not self._words:
                self._note("a frame that ends after its preamble")

    def shift(self, data: bytes) -> bytes:
        """Bytes in, bytes out."""
        if not self._selected:
            self._note("bytes without chip select")
            return bytes(len(data))
        if self.faults.power_fails_after >= 0:
            self.faults.power_fails_after -= len(data)
            if self.faults.power_fails_after < 0:
                self._power_fails()
        if self.faults.silent or not self._powered:
            return bytes(len(data))
        if self._preamble < 0:
            head = (self._begun + data)[:2]
            rest = data[len(head) - len(self._begun) :]
            self._begun = head if len(head) < 2 else b""
            if len(head) == 2:
                self._open_frame(int.from_bytes(head))
        else:
            rest = data
        if self._preamble == READ:
            return bytes(len(data) - len(rest)) + bytes(self._read_byte() for _ in rest)
        stream = self._half + rest
        whole = len(stream) // 2 * 2
        self._half = stream[whole:]
        self._take(np.frombuffer(stream[:whole], dtype=">u2").astype(np.uint16))
        return bytes(len(data))

    def set_reset(self, high: bool) -> None:
        """The reset line; the chip starts on its rising edge."""
        now = self.clock.ticks()
        if not high:
            self._reset_low_at = now
        elif self._reset_low_at is not None:
            if now - self._reset_low_at < 0.0001:
                self._note("a reset pulse of less than 0.1 ms")
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

    def _power_on(self) -> None:
        self._reset_low_at = None
        self._selected = False
        self._begun, self._half, self._out, self._preamble, self._words = b"", b"", b"", -1, 0
        self._start()

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
        self._begin_command(0)
        self._loading: list[Words] | None = None
        self._load_arguments: list[int] = []
        self._be_busy(self.profile.times.reset)

    def _power_fails(self) -> None:
        """Everything is lost but the ink."""
        self._powered = False
        self.faults.power_fails_after = -1
        self.memory[:] = 0
        self.panel.forget()
        if self.faults.comes_back:
            self._start()

    # --- words -------------------------------------------------------------------------------------------

    def _open_frame(self, preamble: int) -> None:
        self._preamble = preamble
        self._out = b""
        if preamble not in (COMMAND, DATA, READ):
            self._note(f"unknown preamble 0x{preamble:04x}")

    def _read_byte(self) -> int:
        """The next byte that goes out: a dummy word once a frame, then the reply."""
        if not self._out:
            word = self._garbled_word(self._reply.pop(0)) if self._words and self._reply else 0
            self._out = word.to_bytes(2)
            self._words += 1
        byte, self._out = self._out[0], self._out[1:]
        return byte

    def _take(self, words: Words) -> None:
        self._words += len(words)
        if self._preamble == COMMAND:
            if self._words > 1:
                self._note("more than one word in a command's frame")
            for word in words:
                self._begin_command(int(word))
        elif self._preamble == DATA:
            self._data(words)

    def _garbled_word(self, word: int) -> int:
        if self.faults.garble:
            self._garbled += 1
            if self._garbled % self.faults.garble == 0:
                return word ^ 0x8421
        return word

    def _begin_command(self, command: int) -> None:
        self._command = command
        self._arguments: list[int] = []
        self._reply: list[int] = []
        if command == 0:
            return
        if command not in ARGUMENTS:
            self._note(f"unknown command 0x{command:04x}")
        elif not self._awake and command != SYS_RUN:
            self._note(f"command 0x{command:04x} while asleep")
        if command in (DPY_AREA, DPY_BUF_AREA):
            self._be_busy(self.profile.times.command)
        if ARGUMENTS.get(command) == 0:
            self._execute()

    def _data(self, words: Words) -> None:
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
                self._note(f"a word too many after command 0x{self._command:04x}")

    def _execute(self) -> None:
        command, arguments, times = self._command, self._arguments, self.profile.times
        if command == SYS_RUN:
            self._awake = True
            self._be_busy(times.run)
        elif command in (STANDBY, SLEEP):
            if self._active():
                self._note("put to rest during a refresh")
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
                self._note(f"VCOM of -{self.vcom} mV is out of range")
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
            self._note("1-bit mode was switched during a refresh")
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
            self._note("a load inside a load")
        size = self.profile.size
        area = arguments[1:] or [0, 0, size.width, size.height]
        self._load_arguments = [arguments[0], *area]
        self._loading = []

    def _end_load(self) -> None:
        if self._loading is None:
            self._note("the end of a load that never began")
            return
        words = np.concatenate(self._loading) if self._loading else np.zeros(0, dtype=np.uint16)
        self._loading = None
        how, x, y, width, height = self._load_arguments
        rotate, depth, big = how & 3, {0: 2, 1: 3, 2: 4, 3: 8}[how >> 4 & 3], bool(how >> 8 & 1)
        each = 16 // depth
        if depth == 3:
            self._note("3 bits a pixel, which nobody knows how to send")
            return
        if x % each or width % each:
            self._note(f"load of x {x}, width {width} not aligned to {each} pixels")
        wanted = -(-width // each) * height
        if len(words) != wanted:
            self._note(f"a load of {len(words)} words, where {width}×{height} take {wanted}")
        words = np.resize(np.append(words, np.zeros(max(0, wanted - len(words)), np.uint16)), wanted)
        order = range(each - 1, -1, -1) if big else range(each)
        parts = [(words >> (depth * index)) & ((1 << depth) - 1) for index in order]
        pixels = np.stack(parts, axis=1).reshape(height, -1)[:, :width]
        self._store((pixels << (8 - depth)).astype(np.uint8), x, y, rotate)

    def _store(self, pixels: Greys, x: int, y: int, rotate: int) -> None:
        size = self.profile.size
        rows, columns = np.mgrid[y : y + pixels.shape[0], x : x + pixels.shape[1]]
        across, down = {
            0: (columns, rows),
            1: (rows, size.height - 1 - columns),
            2: (size.width - 1 - columns, size.height - 1 - rows),
            3: (size.width - 1 - rows, columns),
        }[rotate]
        inside = (across >= 0) & (across < size.width) & (down >= 0) & (down < size.height)
        if not inside.all():
            self._note("a load outside the panel")
        places = self._target() + down * size.width + across
        if places.max(initial=0) >= MEMORY:
            self._note("a load outside the memory")
            return
        self.memory[places[inside]] = pixels[inside]

    # --- showing -----------------------------------------------------------------------------------------

    def _display(self, box: Box, mode: int, base: int) -> None:
        size, profile = self.profile.size, self.profile
        if box.right > size.width or box.bottom > size.height or box.area <= 0:
            self._note(f"display of {tuple(box)} outside the panel")
            return
        if self._loading is not None:
            self._note("display in the middle of a load")
        if self.vcom is None:
            self._note("display with VCOM never set")
        if mode not in (INIT, DU, GC16, profile.a2):
            self._note(f"display in mode {mode}, which LUT {profile.lut} has for something else")
        active = self._active()
        if any(_overlap(box, other) for other, _ in active):
            self._note("display over an area that is still being refreshed")
        if len(active) >= ENGINES:
            self._note("more refreshes at once than there are engines")
        align = profile.one_bit_alignment
        if self._one_bit() and (box.left % align or (box.right - box.left) % align):
            self._note(f"1-bit display of x {box.left} to {box.right} not aligned to {align}")
        target = self._target_greys(box, base)
        self._move(box, mode, target)

    def _target_greys(self, box: Box, base: int) -> Greys:
        pitch, height = self.profile.size.width, box.bottom - box.top
        base %= MEMORY // 2
        rows = base + (np.arange(box.top, box.bottom) * pitch)[:, None]
        if not self._one_bit():
            whole: Greys = self.memory[rows + np.arange(box.left, box.right)] & np.uint8(0xF0)
            return whole
        first, last = box.left // 8, -(-box.right // 8)
        packed = self.memory[rows + np.arange(first, last)]
        bits = np.unpackbits(packed, axis=1, bitorder="little").reshape(height, -1)
        bits = bits[:, box.left - first * 8 :][:, : box.right - box.left]
        greys = self._registers.get(BGVR, 0)
        pair: Greys = np.array([greys >> 8 & 0xF0, greys & 0xF0], dtype=np.uint8)
        return np.take(pair, bits)

    def _move(self, box: Box, mode: int, target: Greys) -> None:
        profile, times = self.profile, self.profile.times
        quick = mode in (DU, profile.a2)
        if quick and ((target != 0) & (target != GREY_WHITE)).any():
            self._note("grey pixels in a black-and-white mode")
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

    def _note(self, sentence: str) -> None:
        if len(self.violations) < 1000:
            self.violations.append(sentence)


def _overlap(one: Box, other: Box) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )
