"""The stand-ins through which other people's drivers reach a simulated chip."""

from __future__ import annotations

import sys
import time

import gpiozero
import numpy as np
import pytest
from wires import KERNEL_HERTZ, Wires, pin_factory, rpi_gpio, spidev

from player.panels.sim import VirtualClock


class Recorder:
    """A chip that answers every byte by its complement and remembers everything."""

    def __init__(self) -> None:
        self.violations: list[str] = []
        self.seen: list[object] = []
        self.high = False

    def select(self, low: bool) -> None:
        self.seen.append("low" if low else "high")

    def shift(self, data: bytes) -> bytes:
        self.seen.append(data)
        return bytes(255 - byte for byte in data)

    def set_reset(self, high: bool) -> None:
        self.seen.append(("reset", high))

    def set_data(self, high: bool) -> None:
        self.seen.append(("data", high))

    def is_high(self) -> bool:
        return self.high


@pytest.fixture
def chip():
    return Recorder()


@pytest.fixture
def wires(chip):
    wires = Wires(VirtualClock(), bufsiz=5000)
    wires.connect(chip, (0, 1), reset=17, data=25, ready=24)
    return wires


@pytest.fixture
def spi(wires):
    spi = spidev(wires).SpiDev(0, 1)
    spi.max_speed_hz = 1_000_000
    return spi


def frames(chip: Recorder) -> list[bytes]:
    """Bytes between edges of chip select; there is one pair of edges for each."""
    data = [seen for seen in chip.seen if isinstance(seen, bytes)]
    assert chip.seen == [part for frame in data for part in ("low", frame, "high")]
    return data


def test_short_messages_take_up_to_4096_bytes(chip, spi):
    spi.writebytes([1] * 4096)
    assert frames(chip) == [b"\1" * 4096]
    for method in (spi.writebytes, spi.xfer, spi.xfer2):
        with pytest.raises(OverflowError, match="exceeds 4096 bytes"):
            method([0] * 4097)


def test_lengths_are_counted_in_sixteen_bits(chip, spi):
    with pytest.raises(TypeError, match="Empty"):
        spi.writebytes([7] * 65536)
    spi.writebytes([7] * 65538)
    assert frames(chip) == [b"\7\7"]


@pytest.mark.parametrize("method", ["writebytes", "writebytes2", "xfer", "xfer2", "xfer3"])
@pytest.mark.parametrize("values", [[], [1.0], [np.uint8(1)], ["a"], 5])
def test_what_is_no_list_of_ints_is_refused(chip, spi, method, values):
    with pytest.raises(TypeError):
        getattr(spi, method)(values)
    assert chip.seen == []


def test_ints_are_cut_to_eight_bits(chip, spi):
    spi.writebytes([-1, 256, 0x1234, True])
    spi.writebytes2([-2])
    assert frames(chip) == [b"\xff\x00\x34\x01", b"\xfe"]


@pytest.mark.parametrize(
    "values", [[9] * 12000, bytes([9]) * 12000, bytearray([9] * 12000), np.full(12000, 9, np.uint8)]
)
def test_long_messages_go_in_pieces_each_with_its_own_edges(chip, spi, values):
    spi.writebytes2(values)
    assert [len(frame) for frame in frames(chip)] == [5000, 5000, 2000]


def test_xfer_edits_lists_in_place_and_returns_tuples_for_tuples(spi):
    values = [0, 1, 2]
    assert spi.xfer2(values) is values
    assert values == [255, 254, 253]
    assert spi.xfer((0, 1)) == (255, 254)
    assert spi.xfer2(b"\0\1") == [255, 254]
    assert spi.readbytes(2) == [255, 255]


def test_xfer3_takes_any_length_and_returns_a_tuple(chip, spi):
    assert spi.xfer3([1] * 6000) == (254,) * 6000
    assert [len(frame) for frame in frames(chip)] == [5000, 1000]


def test_bytes_take_their_time(wires, spi):
    begun = wires.clock.ticks()
    spi.writebytes([0] * 1000)
    spi.xfer2([0] * 1000, 2_000_000)
    assert wires.clock.ticks() - begun == pytest.approx(0.012)
    assert wires.hertz == {1_000_000, 2_000_000}


def test_no_chip_select_means_no_edges(chip, spi):
    spi.no_cs = True
    spi.writebytes([1])
    assert spi.no_cs and chip.seen == [b"\1"]


def test_a_select_pin_replaces_the_kernels_edges(chip):
    wires = Wires(VirtualClock())
    wires.connect(chip, (0, 0), select=8)
    spi = spidev(wires).SpiDev(0, 0)
    wires.drive(8, False)
    spi.writebytes([1])
    spi.writebytes([2])
    wires.drive(8, True)
    assert chip.seen == ["low", b"\1", b"\2", "high"]


def test_devices_that_are_not_there_or_not_open_are_errors(wires):
    module = spidev(wires)
    with pytest.raises(FileNotFoundError):
        module.SpiDev().open(0, 0)
    spi = module.SpiDev()
    with pytest.raises(OSError, match="Bad file descriptor"):
        spi.writebytes([1])
    with pytest.raises(OSError, match="Bad file descriptor"):
        spi.mode = 0
    with module.SpiDev(0, 1) as spi:
        assert spi.max_speed_hz == KERNEL_HERTZ and spi.fileno() >= 0
        for mode in (4, -1, "0"):
            with pytest.raises(TypeError):
                spi.mode = mode
        with pytest.raises(TypeError):
            spi.no_cs = 1
    assert spi.fileno() == -1


def test_the_kernel_refuses_messages_longer_than_its_buffer(chip):
    wires = Wires(VirtualClock(), bufsiz=1024)
    wires.connect(chip)
    with pytest.raises(OSError, match="Message too long"):
        spidev(wires).SpiDev(0, 0).writebytes([0] * 1025)


def test_pins_of_gpiozero_end_at_the_chip(chip, wires, monkeypatch):
    monkeypatch.setattr(gpiozero.Device, "pin_factory", pin_factory(wires))
    reset, ready = gpiozero.LED(17), gpiozero.Button(24, pull_up=False)
    reset.on()
    reset.off()
    assert chip.seen == [("reset", False), ("reset", True), ("reset", False)]
    assert ready.value == 0
    chip.high = True
    assert ready.value == 1
    reset.close()
    ready.close()


def test_pins_of_rpi_gpio_end_at_the_chip(chip, wires):
    gpio = rpi_gpio(wires)["RPi.GPIO"]
    gpio.setmode(gpio.BCM)
    gpio.setup(25, gpio.OUT, initial=gpio.HIGH)
    gpio.setup(24, gpio.IN)
    gpio.output([25, 17], gpio.LOW)
    chip.high = True
    assert gpio.input(24) == 1
    assert chip.seen == [("data", True), ("data", False), ("reset", False)]


def test_a_driver_is_loaded_with_the_wires_and_without_a_trace(chip, wires, tmp_path):
    (tmp_path / "somebody").mkdir()
    (tmp_path / "somebody" / "__init__.py").write_text("")
    (tmp_path / "somebody" / "driver.py").write_text(
        "import time\n"
        "from time import sleep\n"
        "import spidev\n"
        "import RPi.GPIO as GPIO\n"
        "from gpiozero import LED\n"
        "reset = LED(17)\n"
        "def draw():\n"
        "    sleep(3600)\n"
        "    time.sleep(3600)\n"
        "    spidev.SpiDev(0, 1).writebytes([1])\n"
        "    return time.monotonic()\n"
    )
    begun = time.monotonic()
    with wires.drivers(tmp_path, "somebody.driver") as (driver,):
        assert driver.draw() > 7200
    assert time.monotonic() - begun < 60
    assert chip.seen == [("reset", False), "low", b"\1", "high"]
    assert not {"somebody", "somebody.driver", "spidev", "RPi", "RPi.GPIO"} & sys.modules.keys()
    assert not list(tmp_path.rglob("*.pyc"))
