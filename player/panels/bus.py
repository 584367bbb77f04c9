"""The wire to a controller: bytes out and in, a few lines, and a clock.

This is the seam below which either Linux stands or a simulated chip. Everything above it (`it8951`,
`ssd168x`) is the controllers' language; everything below knows no word of it. It is the only place that
imports spidev and gpiozero, and only when a real panel is opened.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from player.clock import Clock, SystemClock
from player.errors import LongtakeError

BUFSIZ = Path("/sys/module/spidev/parameters/bufsiz")
POLL = 0.001
"""Seconds between two looks at a line that is waited for."""


class BusError(LongtakeError, OSError):
    """A bus that cannot be opened, or lines that it does not have."""


class BusTimeoutError(LongtakeError, TimeoutError):
    """A controller that was not ready in time."""


class Bus(Protocol):
    """One controller on an SPI bus (mode 0, most significant bit first), with its lines."""

    @property
    def largest(self) -> int:
        """Bytes that fit between one falling and one rising edge of chip select."""

    @property
    def clock(self) -> Clock:
        """The time by which this wire goes."""

    def write(self, data: bytes, hertz: int) -> None:
        """Send bytes in one frame, chip select low around them.

        Raises:
            BusError: there are more than `largest`.
        """

    def exchange(self, data: bytes, hertz: int) -> bytes:
        """Send bytes in one frame, and return as many that came back meanwhile."""

    def set_reset(self, high: bool) -> None:
        """Drive the reset line; low resets."""

    def set_data(self, high: bool) -> None:
        """Drive the data/command line, which some controllers have: high for data."""

    def is_high(self) -> bool:
        """Read the level of the line by which the controller says ready or busy (HRDY, BUSY)."""

    def obtained(self) -> dict[int, float]:
        """By the clock asked for, in hertz: the bits a second that really went out."""

    def close(self) -> None:
        """Let go of bus and lines."""


def wait_for_level(bus: Bus, high: bool, within: float, what: str) -> None:
    """Wait until the ready or busy line has a level.

    Args:
        bus: whose line.
        high: the level to wait for.
        within: seconds.
        what: the chip is doing, for the error.

    Raises:
        BusTimeoutError: it did not come in time.
    """
    deadline = bus.clock.ticks() + within
    while bus.is_high() != high:
        if bus.clock.ticks() >= deadline:
            raise BusTimeoutError(f"the panel did not become ready within {within:g} s while {what}")
        bus.clock.wait(POLL)


@dataclass(frozen=True)
class Wiring:
    """Where a controller is connected on the Pi. Pins are BCM numbers.

    Args:
        bus: number of the SPI bus.
        device: chip enable on it.
        reset: pin of the reset line.
        ready: pin of HRDY or BUSY.
        data: pin of the data/command line; None where there is none.
        power: pin that switches the panel's supply; None where there is none.
    """

    bus: int = 0
    device: int = 0
    reset: int = 17
    ready: int = 24
    data: int | None = None
    power: int | None = None


class LinuxBus:
    """SPI by spidev, lines by gpiozero.

    Chip select is the kernel's: it falls and rises around each message, so whoever wants more than `largest`
    bytes sends several frames.

    Args:
        wiring: where the controller is connected.

    Raises:
        BusError: SPI is not switched on, a pin is taken, or the libraries are not installed.
    """

    def __init__(self, wiring: Wiring) -> None:
        self.clock: Clock = SystemClock()
        self._moved: dict[int, tuple[int, float]] = {}
        self._lines: list[Any] = []
        try:
            import gpiozero
            import spidev
        except ImportError as error:
            raise BusError(f"a real panel needs spidev and gpiozero ({error})") from error
        try:
            self._spi: Any = spidev.SpiDev()
            self._spi.open(wiring.bus, wiring.device)
            self._spi.mode = 0
            self._reset = self._line(gpiozero.DigitalOutputDevice(wiring.reset, initial_value=True))
            self._ready = self._line(gpiozero.DigitalInputDevice(wiring.ready, pull_up=False))
            self._data = (
                self._line(gpiozero.DigitalOutputDevice(wiring.data)) if wiring.data is not None else None
            )
            if wiring.power is not None:
                self._line(gpiozero.DigitalOutputDevice(wiring.power, initial_value=True))
        except Exception as error:  # gpiozero's pin drivers raise errors of their own, of many kinds
            self.close()
            where = f"/dev/spidev{wiring.bus}.{wiring.device}"
            raise BusError(f"{where} or its pins cannot be opened: {error}") from error
        self.largest = _bufsiz()

    def write(self, data: bytes, hertz: int) -> None:
        """See `Bus`."""
        self._fits(data)
        self._spi.max_speed_hz = hertz
        begin = time.perf_counter()
        self._spi.writebytes2(data)
        count, taken = self._moved.get(hertz, (0, 0.0))
        self._moved[hertz] = (count + len(data), taken + time.perf_counter() - begin)

    def exchange(self, data: bytes, hertz: int) -> bytes:
        """See `Bus`."""
        self._fits(data)
        self._spi.max_speed_hz = hertz
        return bytes(self._spi.xfer2(list(data)))

    def set_reset(self, high: bool) -> None:
        """See `Bus`."""
        self._reset.value = high

    def set_data(self, high: bool) -> None:
        """See `Bus`."""
        if self._data is None:
            raise BusError("this panel is wired without a data/command line")
        self._data.value = high

    def is_high(self) -> bool:
        """See `Bus`."""
        return bool(self._ready.value)

    def obtained(self) -> dict[int, float]:
        """By the clock asked for, the bits a second that went out, waits in the kernel included.

        The Pi divides its core clock by an even number and rounds down, so a clock is seldom what was asked.
        """
        return {hertz: 8 * count / taken for hertz, (count, taken) in self._moved.items() if taken}

    def close(self) -> None:
        """See `Bus`."""
        for line in self._lines:
            line.close()
        self._lines = []
        if getattr(self, "_spi", None) is not None:
            self._spi.close()

    def _line(self, line: Any) -> Any:
        self._lines.append(line)
        return line

    def _fits(self, data: bytes) -> None:
        if len(data) > self.largest:
            raise BusError(f"{len(data)} bytes do not fit into one frame of {self.largest}")


def _bufsiz() -> int:
    """Bytes in one message to spidev; xfer2 takes no more than 4096 whatever the kernel allows."""
    try:
        return min(4096, int(BUFSIZ.read_text()))
    except (OSError, ValueError):
        return 4096
