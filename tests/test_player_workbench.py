"""The commands for the workbench, on the simulated chip."""

from __future__ import annotations

import importlib.util
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from player.cli import main
from player.frame import Size
from player.panels.it8951 import It8951Panel
from player.panels.sim import SimBus, VirtualClock
from player.panels.sim.it8951 import It8951Chip
from player.panels.sim.it8951_profiles import PROFILES
from player.workbench import describe, selftest


def bench(profile: str = "6-inch-hd") -> tuple[It8951Panel, It8951Chip]:
    clock = VirtualClock()
    chip = It8951Chip(replace(PROFILES[profile], size=Size(360, 200)), clock)
    return It8951Panel(SimBus(chip, clock), chip.profile.size, -2.14), chip


def test_the_controller_describes_itself():
    panel, chip = bench()
    chip.temperature = 31
    said = "\n".join(describe(panel))
    for words in ("360×200", "SWv_0.6.", "M841_TFAB512", "0x122480", "VCOM -2.14 V, 0 V before", "31 °C"):
        assert words in said


@pytest.mark.parametrize("profile", ["6-inch-hd", "6-inch-hd-early-ready"])
def test_the_self_test_settles_whether_hrdy_is_low_during_a_waveform(profile):
    panel, chip = bench(profile)
    told: list[str] = []
    begin = panel.bus.clock.ticks()
    selftest(panel, 30, told.append)
    assert 180 < panel.bus.clock.ticks() - begin < 300, "five minutes at the most"
    assert sum(line.startswith("picture") for line in told) == 6
    gc16 = next(line for line in told if line.startswith("GC16"))
    low = float(gc16.split("HRDY low for ")[1].split(" ")[0])
    busy = float(gc16.split("busy for ")[1].split(" ")[0])
    assert busy == pytest.approx(0.608, abs=0.05)
    assert (low > 0.5) == (profile == "6-inch-hd")
    assert chip.violations == []
    assert (chip.panel.position == 255).all(), "the panel is left white"


def test_the_self_tests_pictures_show_the_ghost_and_its_end():
    panel, chip = bench()
    ghosts = []
    selftest(panel, 0, lambda line: ghosts.append(chip.panel.ink().ghosts()) if "picture" in line else None)
    assert ghosts[0] == ghosts[1] == ghosts[2] == 0 < ghosts[3]
    assert ghosts[4] > 0 == ghosts[5]


def test_a_picture_is_drawn_from_a_file(tmp_path):
    path = tmp_path / "picture.png"
    Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (64, 1))).save(path)
    assert main(["draw", str(path), "--panel", "sim:it8951", "--vcom", "-2.1"]) == 0
    assert main(["draw", str(path), "--panel", "paper"]) == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["draw", "no-such.png", "--panel", "paper"], "no-such.png cannot be read as a picture"),
        (["clear", "--panel", "paper"], 'the panel "paper" has no controller'),
        (["info", "--panel", "sim:it8951"], "printed on the panel's cable"),
        (["info", "--panel", "cinema"], 'there is no panel "cinema"'),
        (["info"], "a real panel needs spidev and gpiozero"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(arguments, sentence, caplog):
    if arguments == ["info"] and importlib.util.find_spec("spidev"):
        pytest.skip("spidev is installed here")
    assert main(arguments) == 1
    assert sentence in caplog.records[-1].message and "\n" not in caplog.records[-1].message


def test_the_self_test_writes_its_report(tmp_path, capsys):
    report = tmp_path / "report.txt"
    assert (
        main(["selftest", "--panel", "sim:it8951", "--vcom", "-2.1", "--pause", "0", "--report", str(report)])
        == 0
    )
    assert "GC16: HRDY low for" in report.read_text()
    assert report.read_text() == capsys.readouterr().out
