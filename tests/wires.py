"""Wires from other people's drivers to simulated chips: stand-ins for spidev, gpiozero's pins and RPi.GPIO.

A driver is loaded unmodified. What it imports to reach hardware is replaced while it is imported, and its
`time` is the chips' virtual clock, so that two seconds of its sleeping take no time.

    wires = Wires(VirtualClock())
    wires.connect(chip, spi=(0, 0), reset=17, data=25, ready=24, power=18)
    with wires.drivers(root, "somebodys.driver") as (driver,):
        driver.Display().show()

A chip whose select line is a GPIO pin gets its edges from that pin (`select=8`), and none from the kernel.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import sys
import time
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from player.panels.sim import Chip, VirtualClock

SPIDEV_LARGEST = 4096
"""Bytes that py-spidev's writebytes and xfer take, whatever the kernel's buffer."""
KERNEL_HERTZ = 125_000_000
"""The clock that a device tree allows when a driver asks for none."""


@dataclass(frozen=True)
class Connection:
    """A chip and the Pi's pins that lead to it, by their BCM numbers."""

    chip: Chip
    spi: tuple[int, int]
    ready: int | None
    select: int | None
    outputs: dict[int, str]
    """By pin, the chip's method that takes its level."""


class Wires:
    """A Pi's headers. Any number of chips, on any buses and pins."""

    def __init__(self, clock: VirtualClock, bufsiz: int = 4096) -> None:
        self.clock = clock
        self.bufsiz = bufsiz
        """Bytes that the kernel takes in one message."""
        self.hertz: set[int] = set()
        """Clocks that were used."""
        self.largest = 0
        """Bytes in the longest frame."""
        self._connections: list[Connection] = []
        self._levels: dict[int, bool] = {}

    def connect(
        self,
        chip: Chip,
        spi: tuple[int, int] = (0, 0),
        *,
        ready: int | None = None,
        reset: int | None = None,
        data: int | None = None,
        power: int | None = None,
        select: int | None = None,
    ) -> None:
        methods = {reset: "set_reset", data: "set_data", power: "set_power"}
        outputs = {pin: name for pin, name in methods.items() if pin is not None}
        self._connections.append(Connection(chip, spi, ready, select, outputs))

    def transfer(self, spi: tuple[int, int], data: bytes, hertz: int, no_cs: bool = False) -> bytes:
        """One message on an SPI bus: chip select falls, bytes pass both ways, and it rises."""
        self.hertz.add(hertz)
        self.largest = max(self.largest, len(data))
        answer = bytes(len(data))
        for connection in self._connections:
            if connection.spi == spi:
                by_kernel = connection.select is None and not no_cs
                if by_kernel:
                    connection.chip.select(True)
                answer = connection.chip.shift(data)
                if by_kernel:
                    connection.chip.select(False)
        self.clock.wait(8 * len(data) / hertz)
        return answer

    def has(self, spi: tuple[int, int]) -> bool:
        return any(connection.spi == spi for connection in self._connections)

    def drive(self, pin: int, high: bool) -> None:
        """The Pi sets a pin."""
        self._levels[pin] = high
        for connection in self._connections:
            if pin == connection.select:
                connection.chip.select(not high)
            if pin in connection.outputs:
                getattr(connection.chip, connection.outputs[pin])(high)

    def level(self, pin: int) -> bool:
        """The Pi reads a pin."""
        for connection in self._connections:
            if pin == connection.ready:
                return connection.chip.is_high()
        return self._levels.get(pin, False)

    @property
    def time(self) -> types.SimpleNamespace:
        """In the place of a driver's `time`."""
        clock = self.clock
        return types.SimpleNamespace(
            sleep=clock.wait,
            time=clock.now,
            monotonic=clock.ticks,
            perf_counter=clock.ticks,
            time_ns=lambda: round(clock.now() * 1e9),
        )

    @contextlib.contextmanager
    def drivers(
        self, root: Path, *names: str, **stand_ins: types.ModuleType
    ) -> Iterator[list[types.ModuleType]]:
        """Import modules from a directory, with these wires below them; forget them afterwards.

        Args:
            root: to be looked into for modules.
            names: of the modules.
            stand_ins: more modules for the time of the import, a dot in their names as two underscores.
        """
        from gpiozero import Device

        given = {"spidev": spidev(self), **rpi_gpio(self)}
        given |= {name.replace("__", "."): module for name, module in stand_ins.items()}
        factory, Device.pin_factory = Device.pin_factory, pin_factory(self)
        before, path, bytecode = dict(sys.modules), list(sys.path), sys.dont_write_bytecode
        try:
            sys.modules.update(given)
            sys.path.insert(0, str(root))
            sys.dont_write_bytecode = True
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                modules = [importlib.import_module(name) for name in names]
            for module in [sys.modules[name] for name in sys.modules.keys() - before.keys() - given.keys()]:
                if Path(getattr(module, "__file__", None) or "/").is_relative_to(root):
                    _give_time(module, self.time)
            self.clock.wait(0.1)  # as long as a person's next line of code takes at least
            yield modules
        finally:
            for name in sys.modules.keys() - before.keys():
                module = sys.modules[name]
                ours = Path(getattr(module, "__file__", None) or "/").is_relative_to(root)
                if ours or name in given:
                    del sys.modules[name]
            sys.modules.update({name: before[name] for name in given if name in before})
            sys.path[:], sys.dont_write_bytecode = path, bytecode
            _close_devices(Device.pin_factory)
            Device.pin_factory = factory


def _give_time(module: types.ModuleType, virtual: types.SimpleNamespace) -> None:
    for name, value in list(vars(module).items()):
        if value is time:
            setattr(module, name, virtual)
        elif callable(value) and value in (time.sleep, time.time, time.monotonic, time.perf_counter):
            setattr(module, name, getattr(virtual, value.__name__))


# --- spidev ----------------------------------------------------------------------------------------------


def spidev(wires: Wires) -> types.ModuleType:
    """A module that behaves as py-spidev 3.8 does, to the letter of its errors."""

    def flag(name: str) -> property:
        def get(self) -> bool:
            return self._flags.get(name, False)

        def put(self, value: bool) -> None:
            if not isinstance(value, bool):
                raise TypeError(f"The {name} attribute must be boolean")
            self._is_open()
            self._flags[name] = value

        return property(get, put)

    class SpiDev:
        cshigh, threewire, lsbfirst, loop, no_cs, read0 = map(
            flag, ("cshigh", "threewire", "lsbfirst", "loop", "no_cs", "read0")
        )

        def __init__(self, bus: int = -1, client: int = -1) -> None:
            self._forget()
            if bus >= 0:
                self.open(bus, client)

        def open(self, bus: int, device: int) -> None:
            self.open_path(f"/dev/spidev{bus}.{device}")

        def open_path(self, path: str) -> None:
            bus, _, device = str(path).removeprefix("/dev/spidev").partition(".")
            if not wires.has((int(bus), int(device))):
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            self._spi = int(bus), int(device)
            self._hertz, self._bits = KERNEL_HERTZ, 8

        def close(self) -> None:
            self._forget()

        def fileno(self) -> int:
            return -1 if self._spi is None else 3

        def __enter__(self):
            return self

        def __exit__(self, *_: object) -> bool:
            self.close()
            return False

        @property
        def mode(self) -> int:
            return self._mode

        @mode.setter
        def mode(self, mode: int) -> None:
            if not isinstance(mode, int) or not 0 <= mode <= 3:
                raise TypeError("The mode attribute must be an integer between 0 and 3.")
            self._is_open()
            self._mode = mode

        @property
        def bits_per_word(self) -> int:
            return self._bits

        @bits_per_word.setter
        def bits_per_word(self, bits: int) -> None:
            if not isinstance(bits, int) or not 8 <= bits <= 32:
                raise TypeError("invalid bits_per_word (8 to 32)")
            self._is_open()
            self._bits = bits

        @property
        def max_speed_hz(self) -> int:
            return self._hertz

        @max_speed_hz.setter
        def max_speed_hz(self, hertz: int) -> None:
            if not isinstance(hertz, int):
                raise TypeError("The max_speed_hz attribute must be an integer")
            self._is_open()
            self._hertz = hertz

        def writebytes(self, values) -> None:
            self._message(_octets(_few(values)))

        def writebytes2(self, values) -> None:
            try:
                data = bytes(memoryview(values))
            except TypeError:
                values = _sequence(values)
                if not values:
                    raise TypeError("Empty argument list.") from None
                for begin in range(0, len(values), wires.bufsiz):
                    self._message(_octets(values[begin : begin + wires.bufsiz]))
            else:
                for begin in range(0, len(data), wires.bufsiz):
                    self._message(data[begin : begin + wires.bufsiz])

        def readbytes(self, count: int) -> list[int]:
            return list(self._message(bytes(min(max(count, 1), SPIDEV_LARGEST))))

        def xfer(self, values, speed_hz: int = 0, delay_usecs: int = 0, bits_per_word: int = 0):
            return self.xfer2(values, speed_hz, delay_usecs, bits_per_word)

        def xfer2(self, values, speed_hz: int = 0, delay_usecs: int = 0, bits_per_word: int = 0):
            answer = self._message(_octets(_few(values)), speed_hz)
            if isinstance(values, tuple):
                return tuple(answer) + values[len(answer) :]
            result = values if isinstance(values, list) else list(values)
            result[: len(answer)] = answer
            return result

        def xfer3(self, values, speed_hz: int = 0, delay_usecs: int = 0, bits_per_word: int = 0):
            values = _sequence(values)
            if not values:
                raise TypeError("Empty argument list.")
            answer = b""
            for begin in range(0, len(values), wires.bufsiz):
                answer += self._message(_octets(values[begin : begin + wires.bufsiz]), speed_hz)
            return tuple(answer)

        def _message(self, data: bytes, speed_hz: int = 0) -> bytes:
            self._is_open()
            if len(data) > wires.bufsiz:
                raise OSError(errno.EMSGSIZE, os.strerror(errno.EMSGSIZE))
            return wires.transfer(self._spi, data, speed_hz or self._hertz, self.no_cs)

        def _is_open(self) -> None:
            if self._spi is None:
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))

        def _forget(self) -> None:
            self._spi, self._mode, self._bits, self._hertz, self._flags = None, 0, 0, 0, {}

    module = types.ModuleType("spidev")
    module.SpiDev, module.__version__ = SpiDev, "3.8"
    return module


def _few(values) -> list:
    """At most 4096 of them. py-spidev counts them in 16 bits, so 65536 are none."""
    values = _sequence(values)
    count = len(values) & 0xFFFF
    if not count:
        raise TypeError("Empty argument list.")
    if count > SPIDEV_LARGEST:
        raise OverflowError(f"Argument list size exceeds {SPIDEV_LARGEST} bytes.")
    return values[:count]


def _sequence(values) -> list:
    try:
        return values if isinstance(values, list | tuple) else list(values)
    except TypeError:
        raise TypeError("expected a sequence") from None


def _octets(values) -> bytes:
    for value in values:
        if not isinstance(value, int):
            raise TypeError(f"Non-Int/Long value in arguments: {id(value):x}.")
    return bytes(value & 0xFF for value in values)


# --- pins ------------------------------------------------------------------------------------------------


def pin_factory(wires: Wires):
    """For gpiozero: mock pins of a Pi 3B that end at the chips."""
    from gpiozero.pins.mock import MockFactory, MockPin

    class WiredPin(MockPin):
        def _change_state(self, value):
            if self.function == "output":
                wires.drive(self._number, bool(value))
            return super()._change_state(value)

        def _get_state(self):
            return wires.level(self._number) if self.function == "input" else super()._get_state()

    return MockFactory(pin_class=WiredPin)


def _close_devices(factory) -> None:
    devices = [reference() for references in factory._reservations.values() for reference in references]
    for device in devices:
        if device is not None:
            device.close()
    factory.reset()


def rpi_gpio(wires: Wires) -> dict[str, types.ModuleType]:
    """RPi.GPIO, as far as display drivers use it."""
    gpio = types.ModuleType("RPi.GPIO")
    gpio.BCM, gpio.BOARD, gpio.OUT, gpio.IN, gpio.LOW, gpio.HIGH = 11, 10, 0, 1, 0, 1
    gpio.PUD_OFF, gpio.PUD_DOWN, gpio.PUD_UP = 20, 21, 22

    def output(pins, levels) -> None:
        pins = list(pins) if isinstance(pins, list | tuple) else [pins]
        levels = list(levels) if isinstance(levels, list | tuple) else [levels] * len(pins)
        for pin, level in zip(pins, levels, strict=True):
            wires.drive(pin, bool(level))

    def setup(pins, direction, pull_up_down=20, initial=None) -> None:
        if direction == gpio.OUT and initial is not None:
            output(pins, initial)

    gpio.setmode = gpio.setwarnings = lambda _: None
    gpio.cleanup = lambda pins=None: None
    gpio.setup, gpio.output, gpio.input = setup, output, lambda pin: int(wires.level(pin))
    package = types.ModuleType("RPi")
    package.GPIO, package.__path__ = gpio, []
    return {"RPi": package, "RPi.GPIO": gpio}


def raspberry_pi() -> types.ModuleType:
    """In the place of `subprocess`, for drivers that ask `grep` whether this is a Raspberry Pi: it is."""
    module = types.ModuleType("subprocess")
    module.PIPE = -1
    answer = types.SimpleNamespace(communicate=lambda: ("Model : Raspberry Pi 4 Model B", None))
    module.Popen = lambda *_, **__: answer
    return module
