"""Other people's drivers on our chips: Waveshare's, unmodified, draw what they mean to.

Set LONGTAKE_WAVESHARE to `RaspberryPi_JetsonNano/python/lib` of a checkout of waveshareteam/e-Paper. Where
their drivers are known to be wrong, the model must notice.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from wires import Wires, raspberry_pi

from player.panels.sim import VirtualClock
from player.panels.sim import ssd168x_profiles as profiles
from player.panels.sim.ssd168x import Ssd168xChip
from player.panels.sim.ssd168x_profiles import Profile

WHERE = os.environ.get("LONGTAKE_WAVESHARE", "")
pytestmark = pytest.mark.skipif(
    not (Path(WHERE) / "waveshare_epd" / "epdconfig.py").exists(),
    reason="LONGTAKE_WAVESHARE does not name python/lib of a checkout of waveshareteam/e-Paper",
)


@dataclass(frozen=True)
class Driver:
    """What Waveshare calls things in one of its modules."""

    module: str
    profile: Profile
    base: str = "displayPartBaseImage"
    partial: str = "displayPartial"


V2 = Driver("epd2in13_V2", profiles.EPD_2IN13_V2)
V3 = Driver("epd2in13_V3", profiles.EPD_2IN13_V3)
V4 = Driver("epd2in13_V4", profiles.EPD_2IN13_V4)
V2_9 = Driver("epd2in9_V2", profiles.EPD_2IN9_V2, "display_Base", "display_Partial")
V2_4 = Driver("epd4in2_V2", profiles.EPD_4IN2_V2, "display", "display_Partial")
DRIVERS = [V2, V3, V4, V2_9, V2_4]
RIGHT_AS_THEY_ARE = [V3, V4, V2_9, V2_4]


@dataclass
class Bench:
    """A driver at work, and the chip that it works on."""

    driver: Driver
    epd: object
    chip: Ssd168xChip
    wires: Wires
    random: np.random.Generator

    def image(self, landscape: bool = False) -> tuple[Image.Image, np.ndarray]:
        """A picture for the driver, and the same as the chip should show it."""
        width, height = self.chip.profile.size
        white = self.random.random((height, width)) < 0.5
        return Image.fromarray(np.rot90(white, -1) if landscape else white), white

    def do(self, name: str, landscape: bool = False) -> np.ndarray:
        image, white = self.image(landscape)
        getattr(self.epd, name)(self.epd.getbuffer(image))
        return white

    def shows(self, white: np.ndarray) -> float:
        """Share of pixels that are right."""
        return float(np.mean(self.chip.picture().mask() == white))


@contextlib.contextmanager
def working(driver: Driver, **other) -> Iterator[Bench]:
    clock = VirtualClock()
    chip, wires = Ssd168xChip(replace(driver.profile, **other), clock), Wires(clock)
    wires.connect(chip, (0, 0), reset=17, data=25, ready=24, power=18)
    name = f"waveshare_epd.{driver.module}"
    with wires.drivers(Path(WHERE), name, subprocess=raspberry_pi()) as (module,):
        yield Bench(driver, module.EPD(), chip, wires, np.random.default_rng(7))


def named(driver: Driver) -> str:
    return driver.module


@pytest.mark.parametrize("driver", RIGHT_AS_THEY_ARE, ids=named)
def test_clear_full_base_and_four_partial_redraws(driver):
    with working(driver) as bench:
        assert bench.epd.init() == 0
        bench.epd.Clear()
        assert bench.chip.picture().mask().all()
        assert bench.shows(bench.do("display")) == 1
        assert bench.shows(bench.do(driver.base)) == 1
        for _ in range(4):
            assert bench.shows(bench.do(driver.partial)) == 1
        bench.epd.sleep()
        assert bench.chip.violations == []


@pytest.mark.parametrize("driver", [V4, V2_4], ids=named)
def test_a_waveform_from_otp_moves_only_what_changed(driver):
    with working(driver) as bench:
        bench.epd.init()
        before = bench.do(driver.base)
        after = bench.do(driver.partial)
        assert np.array_equal(bench.chip.pixels.driven, before != after)


@pytest.mark.parametrize("driver", [V3, V2_9], ids=named)
def test_the_makers_own_partial_waveform_moves_every_pixel(driver):
    with working(driver) as bench:
        bench.epd.init()
        bench.do(driver.base)
        bench.do(driver.partial)
        assert bench.chip.pixels.driven.all()


@pytest.mark.parametrize("driver", [V4, V2_4], ids=named)
def test_partial_redraws_lean_on_ping_pong(driver):
    with working(driver, ping_pong=False) as bench:
        bench.epd.init()
        bench.do(driver.base)
        right = [bench.shows(bench.do(driver.partial)) for _ in range(4)]
        assert right[0] == 1
        assert right[1:] == pytest.approx([0.75, 0.625, 0.5625], abs=0.01)
        assert [v for v in bench.chip.violations if "old picture" in v]


def test_v4_forgets_the_old_picture_in_a_full_redraw_between_partial_ones():
    with working(V4) as bench:
        bench.epd.init()
        bench.do(V4.base)
        bench.do(V4.partial)
        assert bench.shows(bench.do("display")) == 1
        right = [bench.shows(bench.do(V4.partial)) for _ in range(2)]
        assert right == pytest.approx([0.75, 0.875], abs=0.01)
        assert all("old picture" in violation for violation in bench.chip.violations)
        assert len(bench.chip.violations) == 2
        bench.do(V4.base)
        assert bench.shows(bench.do(V4.partial)) == 1


def test_v4s_fast_beginning_sends_a_parameter_as_a_command():
    with working(V4) as bench:
        bench.epd.init_fast()
        assert bench.shows(bench.do("display_fast")) == 1
        assert bench.chip.violations == [
            "0x18 takes 1 bytes and got 0",
            "there is no command 0x80",
        ]


def test_v2_draws_landscapes_right():
    with working(V2) as bench:
        bench.epd.init(bench.epd.FULL_UPDATE)
        bench.epd.Clear(0xFF)
        assert bench.chip.picture().mask().all()
        assert bench.shows(bench.do("display", landscape=True)) == 1
        assert bench.shows(bench.do(V2.base, landscape=True)) == 1
        assert bench.chip.violations == []
        bench.epd.init(bench.epd.PART_UPDATE)
        for _ in range(4):
            assert bench.shows(bench.do(V2.partial, landscape=True)) == 1
            assert bench.chip.pixels.driven.all()
        bench.epd.sleep()
        # It claims that the old picture was the new one's negative, so that every pixel is pulled.
        assert len(bench.chip.violations) == 4
        assert all("old picture" in violation for violation in bench.chip.violations)


def test_v2_turns_portraits_upside_down_and_loses_a_column():
    with working(V2) as bench:
        bench.epd.init(bench.epd.FULL_UPDATE)
        upside_down = bench.do("display")[::-1, ::-1]
        shown = bench.chip.picture().mask()
        assert np.array_equal(shown[:, 1:], upside_down[:, :-1])
        assert shown[:, 0].all()


def test_v2_relies_on_registers_that_a_reset_may_wipe_out():
    with working(V2, survives=frozenset()) as bench:
        bench.epd.init(bench.epd.FULL_UPDATE)
        bench.do(V2.base, landscape=True)
        bench.epd.init(bench.epd.PART_UPDATE)
        assert bench.shows(bench.do(V2.partial, landscape=True)) < 0.9
        assert any("outside the panel" in violation for violation in bench.chip.violations)


@pytest.mark.parametrize("driver", RIGHT_AS_THEY_ARE, ids=named)
def test_they_send_short_frames_at_four_megahertz(driver):
    with working(driver) as bench:
        bench.epd.init()
        bench.do(driver.base)
        assert bench.wires.hertz == {4_000_000}
        assert bench.wires.largest <= bench.wires.bufsiz


@pytest.mark.parametrize("driver", DRIVERS, ids=named)
def test_a_second_panel_on_other_pins_is_left_alone(driver):
    with working(driver) as bench:
        other = Ssd168xChip(profiles.EPD_2IN13_V4, bench.wires.clock)
        before = other.picture()
        bench.wires.connect(other, (0, 1), reset=5, data=13, ready=6)
        bench.epd.init(*[bench.epd.FULL_UPDATE] if driver is V2 else [])
        bench.do(driver.base, landscape=driver is V2)
        assert other.picture() == before
        assert other.violations == [] and other.waveforms == 0
