"""A panel that hangs is noticed, reset, tried again with patience, and given up, never in silence."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from fakes import SMALL, FakeClock, RecordingPanel, film, write_reel

from player.easel import Easel, StuckError
from player.frame import Size
from player.home import Home
from player.panels.it8951 import It8951Panel
from player.panels.sim import SimBus, VirtualClock
from player.panels.sim.it8951 import It8951Chip
from player.panels.sim.it8951_profiles import PROFILES
from player.patience import GIVE_UP
from player.refresh import Redraw
from player.settings import Settings
from player.show import Show
from player.state import Status, Wishes, read_status, save

PACE = 100.0
FRAMES = film(30)


class Stage:
    def __init__(self, root, panel=None, clock=None):
        self.home = Home(root, root / "run").make()
        write_reel(self.home.reels / "a.reel", FRAMES)
        self.panel = panel or RecordingPanel()
        self.clock = clock or FakeClock()
        settings = Settings().with_values({"seconds_per_frame": PACE, "quiet_from": 0, "quiet_until": 0})
        self.show = Show(self.home, Easel(self.panel, self.home), self.clock, settings)

    def play(self, seconds: float) -> None:
        until = self.clock.ticks() + seconds
        while self.clock.ticks() < until:
            self.clock.wait(max(0.01, self.show.tick()))

    @property
    def status(self) -> Status:
        status = read_status(self.home.status)
        assert status is not None
        return status


def test_a_panel_that_comes_back_shows_the_frame_that_it_missed_in_full(tmp_path):
    stage = Stage(tmp_path)
    stage.play(2.5 * PACE)
    stage.panel.broken = True
    stage.play(PACE)
    assert stage.status.state == "stuck"
    assert "does not take the frame: the panel did not answer in time" in stage.status.trouble
    assert stage.status.frame == 2, "what the status says is on the glass is what was last seen to come there"
    stage.panel.broken = False
    stage.play(PACE)
    frame, redraw = stage.panel.shown[3]
    assert frame == FRAMES[3] and redraw is Redraw.FULL
    assert stage.status.state == "playing" and stage.status.trouble == ""
    stage.play(2 * PACE)
    assert [frame for frame, _ in stage.panel.shown[:5]] == FRAMES[:5], "no frame is left out"


def test_it_is_tried_again_with_patience_and_given_up_with_a_word(tmp_path):
    stage = Stage(tmp_path)
    stage.play(PACE / 2)
    stage.panel.broken = True
    tried = []
    stage.panel.while_moving = lambda: tried.append(stage.clock.ticks())
    with pytest.raises(StuckError, match=f"given up after {GIVE_UP} times"):
        stage.play(24 * 3600)
    assert len(tried) == GIVE_UP
    waits = [later - sooner for sooner, later in pairwise(tried)]
    assert waits[0] >= 10 and all(later > 1.5 * sooner for sooner, later in pairwise(waits))
    assert stage.status.state == "stuck", "what is wrong stands in the status when the program ends"


def test_a_panel_that_is_stuck_from_the_start_is_told_about_too(tmp_path):
    stage = Stage(tmp_path)
    stage.panel.broken = True
    stage.play(5)
    assert stage.status.state == "stuck" and stage.status.trouble
    stage.panel.broken = False
    stage.play(60)
    assert stage.status.state == "playing" and stage.panel.shown[0] == (FRAMES[0], Redraw.FULL)


def test_an_empty_shelf_and_a_stuck_panel_together(tmp_path):
    stage = Stage(tmp_path)
    (stage.home.reels / "a.reel").unlink()
    stage.panel.broken = True
    stage.play(5)
    assert stage.status.state == "stuck"
    stage.panel.broken = False
    stage.play(60)
    assert stage.status.state == "empty" and len(stage.panel.shown) == 1


def test_a_picture_that_stands_still_is_redrawn_once_a_day(tmp_path):
    stage = Stage(tmp_path)
    save(stage.home.wishes, Wishes(paused=True))
    stage.play(10)
    stage.show._desk.look()
    for _ in range(4 * 24):
        stage.clock.wait(3600)
        stage.show.tick()
    fulls = [redraw for _, redraw in stage.panel.shown]
    assert fulls == [Redraw.FULL] * 5
    assert all(frame == FRAMES[0] for frame, _ in stage.panel.shown)


def test_a_real_driver_on_a_chip_that_hangs_in_mid_film(tmp_path):
    clock = VirtualClock()
    chip = It8951Chip(replace(PROFILES["6-inch-hd"], size=Size(*SMALL)), clock)
    stage = Stage(tmp_path, It8951Panel(SimBus(chip, clock), SMALL, -2.1), clock)
    stage.play(3 * PACE)
    chip.faults.power_fails_after = 100
    stage.play(3 * PACE)
    assert stage.status.state == "playing" and stage.status.trouble == "", (
        "a reset helps, and nobody need know"
    )
    assert stage.status.resets == 1, "and is counted"
    chip.faults.stuck = True
    stage.play(2 * PACE)
    assert stage.status.state == "stuck" and "did not become ready" in stage.status.trouble
    chip.faults.stuck = False
    stage.play(3 * PACE)
    assert stage.status.state == "playing"
    assert chip.panel.picture() == FRAMES[stage.status.frame]
    assert chip.violations == []


def test_a_panel_whose_maker_allows_five_partial_redraws_gets_a_full_one_after_them(tmp_path):
    panel = RecordingPanel()
    panel.most_partials = 5
    stage = Stage(tmp_path, panel)
    stage.play(20 * PACE)
    fulls = [number for number, (_, redraw) in enumerate(panel.shown) if redraw is Redraw.FULL]
    assert fulls[0] == 0 and max(b - a for a, b in pairwise([*fulls, len(panel.shown)])) <= 6
    assert len(fulls) < 6 and stage.status.resets == 0
