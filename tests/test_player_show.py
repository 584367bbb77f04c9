"""The player's loop: on a clock that a test winds, with panels of paper."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from fakes import (
    FRAME_TIME,
    SMALL,
    FakeClock,
    RecordingPanel,
    add_frames,
    begin_reel,
    damage_frame,
    film,
    reel_id,
    write_reel,
)
from PIL import Image

from player.easel import Easel
from player.frame import Box, Frame, Size
from player.home import Home
from player.panels.paper import PaperPanel
from player.picture import from_image
from player.reel import Chapter, Reel
from player.refresh import Redraw
from player.settings import Settings
from player.show import POLL, Show
from player.state import (
    Bookmark,
    FilmWish,
    SeekWish,
    Status,
    Wishes,
    read_bookmark,
    read_status,
    read_wishes,
    save,
)

PACE = 10.0
DAY = 86_400


class Theatre:
    """A home with a shelf, a player in it, and an owner who wishes."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root, root / "run").make()
        self.clock = FakeClock()
        self.defaults = Settings(seconds_per_frame=PACE)
        self.start()

    def start(self, panel: RecordingPanel | PaperPanel | None = None) -> None:
        self.panel = panel or RecordingPanel()
        self.show = Show(self.home, Easel(self.panel, self.home), self.clock, self.defaults, "recording")

    def restart(self, off: float = 0.0) -> None:
        """Pull the plug, and put it in again after so long; the clock that only goes forward begins anew."""
        self.clock = FakeClock(self.clock.now() + off, ticks=3.0)
        self.start()

    def shelve(self, name: str, frames: list[Frame], **more) -> Path:
        return write_reel(self.home.reels / f"{name}.reel", frames, **more)

    def tick(self, count: int = 1) -> None:
        for _ in range(count):
            self.show.tick()

    def play(self, seconds: float) -> None:
        end = self.clock.ticks() + seconds
        while self.clock.ticks() < end:
            wait = self.show.tick()
            self.clock.wait(max(0.0, min(wait, end - self.clock.ticks())))
        self.show.tick()

    def play_until(self, reached: Callable[[], bool], within: float = 1_000.0) -> None:
        end = self.clock.ticks() + within
        self.show.run(lambda: reached() or self.clock.ticks() >= end)
        assert reached()

    def wish(self, **changes) -> None:
        save(self.home.wishes, replace(read_wishes(self.home.wishes), **changes))

    def wish_film(self, name: str) -> None:
        self.wish(film=FilmWish(read_wishes(self.home.wishes).next_id(), f"{name}.reel"))

    def wish_seek(self, name: str, frame: int) -> None:
        number = read_wishes(self.home.wishes).next_id()
        self.wish(seek=SeekWish(number, reel_id(self.home.reels / f"{name}.reel"), frame))

    def wish_redraw(self) -> None:
        self.wish(redraw=read_wishes(self.home.wishes).next_id())

    @property
    def status(self) -> Status:
        status = read_status(self.home.status)
        assert status is not None
        return status

    @property
    def bookmark(self) -> Bookmark:
        return read_bookmark(self.home.bookmark)

    def picture(self) -> Frame:
        with Image.open(self.home.panel) as image:
            return from_image(image)


@pytest.fixture
def theatre(tmp_path) -> Theatre:
    return Theatre(tmp_path / "home")


FILM = film(20)
AWAKE = {"quiet_from": 0, "quiet_until": 0}


def shots(*lengths: int) -> list[Frame]:
    """Shots of so many frames, dark and light by turns, in each of which some dots turn."""
    random, frames = np.random.default_rng(6), []
    for shot, length in enumerate(lengths):
        mask = random.random((SMALL.height, SMALL.width)) < (0.2, 0.6)[shot % 2]
        for _ in range(length):
            frames.append(Frame.of(mask ^ (random.random(mask.shape) < 0.01)))
    return frames


def scene(number: int, size: Size) -> Frame:
    """A black bar that goes over light grey."""
    mask = np.random.default_rng(4).random((size.height, size.width)) < 0.8
    mask[:, 8 * number : 8 * number + 40] = False
    return Frame.of(mask)


# --- playing ----------------------------------------------------------------------------------------------


def test_the_first_redraw_is_full_and_the_next_ones_are_quiet(theatre):
    theatre.shelve("a", FILM)
    theatre.play(3 * PACE)
    assert theatre.panel.redraws == [Redraw.FULL] + [Redraw.PARTIAL] * 3
    assert theatre.panel.frames == FILM[:4]


def test_frames_advance_at_the_pace_and_not_before(theatre):
    theatre.shelve("a", FILM)
    theatre.tick()
    for number in range(1, 6):
        theatre.play(PACE - 0.25)
        assert theatre.status.frame == number - 1
        theatre.play(0.25)
        assert theatre.status.frame == number
    assert theatre.panel.frames == FILM[:6]


def test_no_wait_is_longer_than_a_look_at_the_wishes_nor_beyond_what_is_due(theatre):
    theatre.shelve("a", FILM)
    waits = []
    for _ in range(60):
        waits.append(theatre.show.tick())
        theatre.clock.wait(waits[-1])
    assert all(0 <= wait <= POLL for wait in waits)
    assert len(theatre.panel.shown) == 3, "60 waits of half a second are two paces and a bit"


def test_slow_ink_does_not_make_the_film_late(theatre):
    theatre.shelve("a", FILM)
    theatre.panel.while_moving = lambda: theatre.clock.wait(2.75)
    theatre.tick()
    began = theatre.clock.ticks()
    theatre.play_until(lambda: theatre.status.frame == 12)
    assert theatre.clock.ticks() - began == pytest.approx(12 * PACE, abs=3 + POLL)


def test_ink_slower_than_the_pace_shows_every_frame_and_none_in_a_burst(theatre):
    theatre.shelve("a", FILM)
    moved = []

    def move():
        theatre.clock.wait(25.0)
        moved.append(theatre.clock.ticks())

    theatre.panel.while_moving = move
    theatre.play_until(lambda: len(theatre.panel.shown) == 8)
    assert theatre.panel.frames == FILM[:8]
    assert all(after - before >= PACE + 25 for before, after in pairwise(moved))


def test_steps_of_several_frames_skip_the_ones_between(theatre):
    theatre.shelve("a", FILM)
    theatre.wish(settings={"frames_per_step": 7})
    theatre.play(3 * PACE)
    assert theatre.panel.frames == [FILM[0], FILM[7], FILM[14], FILM[0]]


def test_a_film_that_lasts_so_many_days_takes_them(theatre):
    theatre.shelve("a", FILM)
    theatre.wish(settings={"last_days": 1 / 64, "at_end": "stop"})
    theatre.play(DAY / 64 - POLL)
    assert (theatre.status.seconds_per_frame, theatre.status.frame) == (DAY / 64 / 20, 19)
    assert theatre.status.state == "playing"
    theatre.play(POLL)
    assert theatre.status.state == "ended"


def test_the_same_frame_twice_does_not_move_the_ink(theatre):
    theatre.shelve("a", [FILM[0], FILM[0], FILM[1]])
    theatre.play(PACE)
    assert len(theatre.panel.shown) == 1
    assert (theatre.status.frame, theatre.status.redraw, theatre.status.redraws) == (1, "none", 1)
    assert theatre.bookmark.frame == 1
    theatre.play(PACE)
    assert theatre.panel.frames == [FILM[0], FILM[1]]


def test_a_flash_comes_at_a_cut_and_nowhere_else(theatre):
    theatre.shelve("a", shots(30, 30, 5), cuts=[0, 30, 60])
    theatre.wish(settings={"calm_clean": 7.0, "at_end": "stop", **AWAKE})
    theatre.play(64 * PACE)
    flashes = [number for number, redraw in enumerate(theatre.panel.redraws) if redraw is Redraw.FULL]
    assert flashes == [0, 30, 60]


def test_a_panel_that_can_flash_in_places_does_and_shows_the_frames_all_the_same(theatre):
    size = Size(128, 96)
    theatre.start(PaperPanel(size))
    frames = [scene(number, size) for number in range(12)]
    theatre.shelve("a", frames)
    theatre.wish(settings={"calm_clean": 10.0, **AWAKE})
    theatre.tick()
    for number, frame in enumerate(frames):
        theatre.play_until(lambda number=number: theatre.status.frame == number)
        assert theatre.panel.ink.frame == frame
        assert np.array_equal(theatre.panel.ink.position, theatre.show._easel.glass.ink.position)
    assert theatre.panel.redraws == [Redraw.FULL] + [Redraw.PARTIAL] * 11
    assert theatre.panel.flashes


@pytest.mark.parametrize("asked", [False, True])
def test_at_night_nothing_flashes_unless_the_owner_asks(theatre, asked):
    theatre.shelve("a", shots(*(20,) * 5))
    hour = time.localtime(theatre.clock.now()).tm_hour
    night = {"quiet_from": hour, "quiet_until": (hour + 2) % 24, "calm_clean": 10.0, "at_end": "next"}
    theatre.wish(settings=night)
    theatre.play(130 * PACE)
    assert [redraw for redraw in theatre.panel.redraws if redraw is Redraw.FULL] == [Redraw.FULL]
    assert theatre.panel.redraws[0] is Redraw.FULL, "of a panel of which nothing is known"
    if asked:
        theatre.wish_redraw()
        theatre.tick()
        assert theatre.panel.redraws[-1] is Redraw.FULL
    else:
        theatre.clock.jump(2 * 3600)
        theatre.play(90 * PACE)
        assert Redraw.FULL in theatre.panel.redraws[-90:], "and in the morning it may"


def test_once_a_day_the_panel_is_redrawn_as_a_whole_at_a_cut(theatre):
    frames = film(20, changes=1)
    theatre.shelve("a", frames, cuts=[0, 13])
    theatre.wish(settings={"seconds_per_frame": DAY / 10, "calm_clean": 0.0, "at_end": "stop", **AWAKE})
    theatre.play(DAY * 1.95)
    flashes = [number for number, redraw in enumerate(theatre.panel.redraws) if redraw is Redraw.FULL]
    assert flashes == [0, 13]


def test_a_panel_that_had_to_be_set_up_anew_is_known_to_be_clean(theatre):
    class Forgetful(PaperPanel):
        def show(self, frame: Frame, redraw: Redraw) -> Redraw:
            return super().show(frame, Redraw.FULL)

    theatre.start(Forgetful(SMALL))
    theatre.shelve("a", FILM)
    theatre.play(3 * PACE)
    assert theatre.status.ghosts == 0 and theatre.status.redraw == "full" and theatre.status.flashes == 4


def test_a_panel_that_had_to_be_set_up_anew_as_it_flashed_is_known_to_be_clean(theatre):
    class Forgetful(PaperPanel):
        def flash(self, frame: Frame, areas: tuple[Box, ...]) -> Redraw:
            super().flash(frame, areas)
            self.ink = self.ink.full(frame)
            return Redraw.FULL

    size = Size(128, 96)
    theatre.start(Forgetful(size))
    theatre.shelve("a", [scene(number, size) for number in range(12)])
    theatre.wish(settings={"calm_clean": 10.0, **AWAKE})
    theatre.play(11 * PACE)
    assert theatre.panel.flashes
    assert np.array_equal(theatre.panel.ink.position, theatre.show._easel.glass.ink.position)


# --- what is true -----------------------------------------------------------------------------------------


def test_the_status_says_what_is_true(theatre):
    chapters = [Chapter(0.0, "Dawn"), Chapter(2 * FRAME_TIME / 1e6, "Noon"), Chapter(9.0, "Dusk")]
    path = theatre.shelve(
        "a", FILM, cuts=[0, 2], title="A Film", credit="CC BY", duration=0.8, chapters=chapters
    )
    began = theatre.clock.now()
    theatre.play(2 * PACE + 1)
    status = theatre.status
    assert (status.state, status.trouble) == ("playing", "")
    assert (status.film, status.reel) == ("a.reel", reel_id(path))
    assert (status.title, status.credit, status.chapter) == ("A Film", "CC BY", "Noon")
    assert (status.frame, status.frames, status.complete) == (2, 20, True)
    assert (status.film_time, status.duration, status.shot) == (2 * FRAME_TIME / 1e6, 0.8, 2)
    assert status.shown_at == began + 2 * PACE
    assert status.next_due == began + 3 * PACE
    assert status.ends_at == began + 20 * PACE
    assert (status.seconds_per_frame, status.step) == (PACE, 1)
    assert (status.redraw, status.redraws, status.flashes) == ("partial", 3, 1)
    assert (status.panel, status.width, status.height) == ("recording", 64, 48)
    assert status.settings == theatre.defaults.values()


def test_next_due_and_ends_at_come_true(theatre):
    theatre.shelve("a", FILM)
    theatre.wish(settings={"frames_per_step": 3, "at_end": "stop"})
    theatre.play(PACE + 3)
    due, ends = theatre.status.next_due, theatre.status.ends_at
    theatre.play_until(lambda: theatre.status.frame == 6)
    assert theatre.clock.now() == pytest.approx(due, abs=POLL)
    theatre.play_until(lambda: theatre.status.state == "ended")
    assert theatre.clock.now() == pytest.approx(ends, abs=POLL)


def test_ghosts_in_the_status_are_the_ghosts_on_the_glass(theatre):
    theatre.start(PaperPanel(SMALL))
    theatre.shelve("a", FILM)
    theatre.play(4 * PACE)
    assert theatre.status.ghosts > 0
    assert theatre.status.ghosts == pytest.approx(theatre.panel.ink.ghosts() / SMALL.pixels, abs=1e-5)
    theatre.wish_redraw()
    theatre.tick()
    assert theatre.status.ghosts == theatre.panel.ink.ghosts() == 0


def test_the_picture_of_the_panel_is_exactly_its_frame(theatre):
    theatre.start(PaperPanel(SMALL))
    theatre.shelve("a", FILM)
    for number in range(5):
        theatre.play(PACE if number else 0)
        assert theatre.picture() == FILM[number] == theatre.panel.ink.frame
        with Image.open(theatre.home.eye) as eye:
            assert eye.tobytes() == theatre.panel.picture().tobytes()


def test_the_status_is_left_alone_while_nothing_changes(theatre):
    theatre.shelve("a", FILM)
    theatre.tick()
    theatre.home.status.unlink()
    theatre.play(PACE - POLL)
    assert not theatre.home.status.exists()
    theatre.play(POLL)
    assert theatre.status.frame == 1


def test_closing_lets_go_of_the_panel(theatre):
    theatre.shelve("a", FILM)
    theatre.tick()
    theatre.show.close()
    assert theatre.panel.closed


# --- first the ink, then the bookmark ---------------------------------------------------------------------


def test_the_bookmark_is_written_only_once_the_ink_is_still(theatre):
    theatre.shelve("a", FILM)
    before = []
    theatre.panel.while_moving = lambda: before.append(
        theatre.home.bookmark.exists() and theatre.bookmark.frame
    )
    theatre.play(4 * PACE)
    assert before == [False, 0, 1, 2, 3]
    assert theatre.bookmark.frame == 4


def test_a_panel_that_fails_leaves_the_bookmark_as_it_was(theatre):
    theatre.shelve("a", FILM)
    theatre.play(2 * PACE)
    kept = theatre.home.bookmark.read_bytes()
    theatre.panel.broken = True
    theatre.play(PACE)
    assert theatre.status.state == "stuck"
    assert theatre.home.bookmark.read_bytes() == kept
    assert theatre.picture() == FILM[2]
    theatre.restart()
    theatre.tick()
    assert theatre.panel.frames == [FILM[2]]


@pytest.mark.parametrize("wish", ["film", "seek", "redraw"])
def test_a_wish_during_which_the_panel_failed_is_carried_out_after_the_restart(theatre, wish):
    theatre.shelve("a", FILM)
    other = film(9, seed=2)
    theatre.shelve("b", other)
    theatre.play(2 * PACE)
    {
        "film": lambda: theatre.wish_film("b"),
        "seek": lambda: theatre.wish_seek("a", 15),
        "redraw": theatre.wish_redraw,
    }[wish]()
    theatre.panel.broken = True
    theatre.tick()
    assert theatre.status.state == "stuck"
    theatre.restart()
    theatre.tick()
    shown = {"film": other[0], "seek": FILM[15], "redraw": FILM[2]}[wish]
    assert theatre.panel.frames[-1] == shown and theatre.panel.redraws[0] is Redraw.FULL


# --- being off --------------------------------------------------------------------------------------------


def test_after_being_off_the_film_goes_on_where_it_was(theatre):
    theatre.shelve("a", FILM)
    theatre.play(5 * PACE)
    theatre.restart(off=3 * PACE)
    theatre.play(2 * PACE)
    assert theatre.panel.frames == FILM[5:8]
    assert theatre.panel.redraws[0] is Redraw.FULL


def test_catching_up_goes_on_where_the_film_would_be_by_now(theatre):
    theatre.shelve("a", FILM)
    theatre.wish(settings={"after_off": "catch up"})
    theatre.play(5 * PACE)
    theatre.restart(off=7 * PACE + 1)
    theatre.play(PACE)
    assert theatre.panel.frames == FILM[12:14]


@pytest.mark.parametrize(("at_end", "frame"), [("loop", (5 + 50) % 20), ("next", 19), ("stop", 19)])
def test_catching_up_beyond_the_end_loops_or_stays_at_the_end(theatre, at_end, frame):
    theatre.shelve("a", FILM)
    theatre.wish(settings={"after_off": "catch up", "at_end": at_end})
    theatre.play(5 * PACE)
    theatre.restart(off=50 * PACE)
    theatre.tick()
    assert theatre.status.frame == frame
    assert theatre.panel.frames == [FILM[frame]]


def test_catching_up_waits_at_the_end_of_a_reel_that_is_still_being_written(theatre):
    theatre.shelve("a", FILM[:8], finish=False)
    theatre.wish(settings={"after_off": "catch up"})
    theatre.play(2 * PACE)
    theatre.restart(off=50 * PACE)
    theatre.tick()
    assert theatre.status.frame == 7


def test_a_paused_film_is_still_there_after_being_off(theatre):
    theatre.shelve("a", FILM)
    theatre.wish(settings={"after_off": "catch up"})
    theatre.play(5 * PACE)
    theatre.wish(paused=True)
    theatre.tick()
    theatre.restart(off=7 * PACE)
    theatre.play(3 * PACE)
    assert theatre.panel.frames == [FILM[5]]
    assert theatre.status.state == "paused"


@pytest.mark.parametrize("after_off", ["hold", "catch up"])
def test_a_clock_that_woke_up_in_the_past_moves_nothing(theatre, after_off):
    theatre.shelve("a", FILM)
    theatre.wish(settings={"after_off": after_off})
    theatre.play(5 * PACE)
    theatre.restart(off=-10 * 365 * DAY)
    theatre.play(PACE)
    assert theatre.panel.frames == FILM[5:7]


@pytest.mark.parametrize("jump", [DAY, -DAY, 30 * 365 * DAY])
def test_setting_the_time_of_day_neither_hurries_nor_holds_the_film(theatre, jump):
    theatre.shelve("a", FILM)
    theatre.wish(settings={"after_off": "catch up"})
    theatre.play(3 * PACE + 4)
    theatre.clock.jump(jump)
    theatre.play(PACE)
    assert theatre.panel.frames == FILM[:5]
    assert theatre.bookmark.shown_at == theatre.clock.now() - 4
    assert theatre.status.next_due == theatre.clock.now() + 6


# --- wishes -----------------------------------------------------------------------------------------------


def test_paused_means_paused_and_afterwards_the_frame_stays_its_time(theatre):
    theatre.shelve("a", FILM)
    theatre.play(2 * PACE + 4)
    theatre.wish(paused=True)
    theatre.play(10 * PACE)
    assert theatre.status.state == "paused" and theatre.status.frame == 2
    assert theatre.status.next_due is None and theatre.status.ends_at is None
    theatre.wish(paused=False)
    theatre.tick()
    assert theatre.status.state == "playing"
    assert theatre.status.next_due == theatre.clock.now() + PACE
    theatre.play(PACE)
    assert theatre.panel.frames == FILM[:4]


def test_a_wish_for_a_place_is_granted_once(theatre):
    theatre.shelve("a", FILM)
    theatre.play(2 * PACE)
    theatre.wish_seek("a", 11)
    theatre.tick()
    assert theatre.status.frame == 11 and theatre.status.seek == theatre.bookmark.applied.seek == 1
    theatre.play(2 * PACE)
    assert theatre.panel.frames[-3:] == FILM[11:14]
    theatre.restart()
    theatre.play(PACE)
    assert theatre.panel.frames == FILM[13:15], "not back to 11"
    theatre.wish(paused=True)  # the old wish for 11 is still in the file
    theatre.tick(3)
    assert theatre.status.frame == 14


def test_a_wish_for_a_place_that_came_while_the_player_was_off_is_granted_once(theatre):
    theatre.shelve("a", FILM)
    theatre.play(2 * PACE)
    theatre.wish_seek("a", 11)
    theatre.restart()
    theatre.play(PACE)
    assert theatre.status.frame == 12
    assert theatre.panel.frames[-2:] == FILM[11:13]


def test_film_and_place_wished_while_the_player_was_off_are_both_granted(theatre):
    theatre.shelve("a", FILM)
    other = film(9, seed=2)
    theatre.shelve("b", other)
    theatre.play(2 * PACE)
    theatre.wish_film("b")
    theatre.wish_seek("b", 6)
    theatre.restart()
    theatre.tick()
    assert theatre.panel.frames[-1] == other[6]
    assert FILM[2] not in theatre.panel.frames, "the old film is not drawn on the way"


def test_a_frame_that_was_sought_stays_its_time_and_no_longer(theatre):
    theatre.shelve("a", FILM)
    theatre.play(PACE + 1)
    for frame in (4, 8, 11):
        theatre.wish_seek("a", frame)
        theatre.play(1)
    assert theatre.status.next_due == theatre.status.shown_at + PACE
    theatre.play(PACE - 1)
    assert theatre.status.frame == 12


def test_the_first_frame_stays_its_time_however_long_the_machine_was_on_before(theatre):
    theatre.defaults = Settings(seconds_per_frame=3600.0)
    theatre.start()
    theatre.play(100)
    theatre.shelve("a", FILM)
    theatre.tick()
    assert theatre.status.next_due == theatre.clock.now() + 3600
    theatre.play(3600 - POLL)
    assert theatre.status.frame == 0
    theatre.play(POLL)
    assert theatre.status.frame == 1


def test_a_new_film_s_first_frame_stays_its_time_and_no_longer(theatre):
    theatre.shelve("a", FILM)
    theatre.shelve("b", film(9, seed=2))
    theatre.play(PACE + 1)
    theatre.wish_film("b")
    theatre.tick()
    assert theatre.status.next_due == theatre.status.shown_at + PACE
    theatre.play(PACE)
    assert theatre.status.frame == 1


def test_one_may_seek_while_paused(theatre):
    theatre.shelve("a", FILM)
    theatre.wish(paused=True)
    theatre.tick()
    theatre.wish_seek("a", 9)
    theatre.play(5 * PACE)
    assert theatre.panel.frames == [FILM[0], FILM[9]]
    assert theatre.status.state == "paused"


@pytest.mark.parametrize(("asked", "frame"), [(10**12, 19), (20, 19), (-1, 0), (-(10**12), 0)])
def test_a_place_outside_the_film_is_its_nearest_end(theatre, asked, frame):
    theatre.shelve("a", FILM)
    theatre.play(2 * PACE)
    theatre.wish_seek("a", asked)
    theatre.tick()
    assert theatre.status.frame == frame and theatre.panel.frames[-1] == FILM[frame]


def test_a_wish_for_a_place_in_another_film_is_let_pass(theatre):
    theatre.shelve("a", FILM)
    theatre.shelve("b", film(9, seed=2))
    theatre.play(2 * PACE)
    theatre.wish_seek("b", 5)
    theatre.play(PACE)
    assert theatre.panel.frames == FILM[:4]
    assert theatre.bookmark.applied.seek == 1
    theatre.wish_film("b")
    theatre.tick()
    assert theatre.status.frame == 0


def test_wishes_in_quick_succession_are_each_seen(theatre):
    theatre.shelve("a", FILM)
    theatre.tick()
    for frame in range(1, 20):
        theatre.wish_seek("a", frame)
        theatre.tick()
        assert theatre.status.frame == frame


def test_a_wish_written_within_the_same_tick_of_the_file_system_s_clock_is_seen(theatre):
    theatre.shelve("a", FILM)
    theatre.wish_seek("a", 3)
    theatre.tick()
    written = theatre.home.wishes.stat()
    theatre.wish_seek("a", 7)
    # Many file systems know the time only to some milliseconds.
    os.utime(theatre.home.wishes, ns=(written.st_atime_ns, written.st_mtime_ns))
    theatre.tick()
    assert theatre.status.frame == 7


def test_a_wish_for_a_redraw_flashes_once_and_stays_at_the_frame(theatre):
    theatre.shelve("a", FILM)
    theatre.play(2 * PACE)
    theatre.wish_redraw()
    theatre.tick(5)
    assert theatre.panel.shown[-1][0] == FILM[2]
    assert theatre.panel.redraws == [Redraw.FULL, Redraw.PARTIAL, Redraw.PARTIAL, Redraw.FULL]
    assert theatre.status.flashes == 2
    theatre.restart()
    theatre.tick(5)
    assert theatre.panel.redraws == [Redraw.FULL]


def test_a_wish_for_a_film_is_granted_and_each_film_keeps_its_place(theatre):
    other = film(9, seed=2)
    theatre.shelve("a", FILM)
    theatre.shelve("b", other)
    theatre.play(3 * PACE)
    theatre.wish_film("b")
    theatre.play(2 * PACE)
    theatre.wish_film("a")
    theatre.play(PACE)
    theatre.wish_film("b")
    theatre.tick()
    shown = [*FILM[:4], *other[:3], *FILM[3:5], other[2]]
    assert theatre.panel.frames == shown
    flashes = [number for number, redraw in enumerate(theatre.panel.redraws) if redraw is Redraw.FULL]
    assert flashes == [0, 4, 7, 9], "a new film begins with a flash"
    theatre.restart()
    theatre.tick()
    assert theatre.status.film == "b.reel" and theatre.panel.frames == [other[2]]
    theatre.wish_film("a")
    theatre.tick()
    assert theatre.status.frame == 4


def test_a_film_that_was_left_at_its_end_begins_again(theatre):
    theatre.shelve("a", FILM[:3])
    theatre.shelve("b", film(9, seed=2))
    theatre.wish(settings={"at_end": "stop"})
    theatre.play(5 * PACE)
    assert theatre.status.state == "ended"
    theatre.wish_film("b")
    theatre.tick()
    theatre.wish_film("a")
    theatre.tick()
    assert (theatre.status.film, theatre.status.frame) == ("a.reel", 0)


def test_a_film_that_is_not_there_leaves_the_present_one_playing_and_is_said(theatre):
    theatre.shelve("a", FILM)
    theatre.play(PACE)
    theatre.wish_film("gone")
    theatre.play(PACE)
    assert "gone.reel" in theatre.status.trouble
    assert theatre.panel.frames == FILM[:3]
    theatre.wish_film("a")
    theatre.tick()
    assert theatre.status.trouble == ""


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "", ".", "sub/a"])
def test_no_film_is_taken_from_outside_the_shelf(theatre, name):
    theatre.shelve("a", FILM)
    write_reel(theatre.home.root / "out.reel", film(3, seed=4))
    (theatre.home.reels / "sub").mkdir()
    write_reel(theatre.home.reels / "sub" / "a.reel", film(3, seed=4))
    theatre.tick()
    for wished in (name, f"{name}.reel", "../out.reel"):
        theatre.wish(film=FilmWish(read_wishes(theatre.home.wishes).next_id(), wished))
        theatre.tick()
        assert "is not on the shelf" in theatre.status.trouble
    assert theatre.panel.frames == [FILM[0]]


def test_settings_wished_take_effect_from_when_the_frame_came(theatre):
    theatre.shelve("a", FILM)
    theatre.play(PACE + 4)
    theatre.wish(settings={"seconds_per_frame": 30.0, "frames_per_step": 2})
    theatre.tick()
    assert theatre.status.next_due == theatre.status.shown_at + 30
    assert theatre.status.settings["frames_per_step"] == 2
    theatre.play(25.5)
    assert theatre.status.frame == 1
    theatre.play(0.5)
    assert theatre.status.frame == 3
    theatre.wish(settings={})
    theatre.tick()
    assert theatre.status.seconds_per_frame == PACE, "back to the default"


def test_a_shorter_pace_that_is_over_already_goes_on_at_once(theatre):
    theatre.shelve("a", FILM)
    theatre.wish(settings={"seconds_per_frame": 600.0})
    theatre.play(60)
    theatre.wish(settings={"seconds_per_frame": 5.0})
    theatre.tick(3)
    assert theatre.panel.frames == FILM[:2], "one frame, and not the twelve that would have been"


@pytest.mark.parametrize(("knob", "flashes"), [(0.0, 1), (10.0, 3)])
def test_wished_settings_decide_when_to_flash(theatre, knob, flashes):
    theatre.shelve("a", shots(*(20,) * 3))
    theatre.wish(settings={"calm_clean": knob, "at_end": "stop", **AWAKE})
    theatre.play(59 * PACE)
    assert theatre.panel.redraws.count(Redraw.FULL) == flashes


@pytest.mark.parametrize(
    "garbage",
    [
        *(b"", b"{", b"\xff" * 50, b'{"paused": 1}', b'{"settings": {"\xff": 1}}', b"[" * 99_999),
        *(b'{"settings": {"seconds_per_frame": -1}}', b'{"settings": {"warp": 1}}'),
    ],
    ids=lambda data: repr(data[:24]),
)
def test_wishes_that_cannot_be_read_are_said_and_the_old_ones_stay(theatre, garbage):
    theatre.shelve("a", FILM)
    theatre.wish(paused=True, settings={"seconds_per_frame": 40.0})
    theatre.tick()
    theatre.home.wishes.write_bytes(garbage)
    theatre.play(100)
    assert "wishes could not be read" in theatre.status.trouble
    assert (theatre.status.state, theatre.status.frame) == ("paused", 0)
    assert theatre.status.seconds_per_frame == 40
    assert theatre.home.wishes.read_bytes() == garbage


def test_wishes_that_can_be_read_again_are_granted_and_the_trouble_is_over(theatre):
    theatre.shelve("a", FILM)
    theatre.tick()
    theatre.home.wishes.write_bytes(b"{")
    theatre.tick()
    assert theatre.status.trouble
    save(theatre.home.wishes, Wishes(paused=True))
    theatre.tick()
    assert theatre.status.state == "paused"
    assert theatre.status.trouble == ""


# --- the end ----------------------------------------------------------------------------------------------


def test_at_its_end_a_film_loops(theatre):
    theatre.shelve("a", FILM[:3])
    theatre.play(5 * PACE)
    assert theatre.panel.frames == [*FILM[:3], *FILM[:3]]
    assert theatre.status.state == "playing"


def test_at_its_end_a_film_may_stop_and_keep_its_last_frame(theatre):
    theatre.shelve("a", FILM[:3])
    theatre.wish(settings={"at_end": "stop"})
    theatre.play(9 * PACE)
    assert theatre.panel.frames == FILM[:3]
    assert theatre.status.state == "ended" and theatre.status.next_due is None
    theatre.restart(off=DAY)
    theatre.play(3 * PACE)
    assert theatre.panel.frames == [FILM[2]] and theatre.status.state == "ended"
    theatre.wish(settings={"at_end": "loop"})
    theatre.tick(2)
    assert theatre.panel.frames == [FILM[2], FILM[0]]


def test_at_its_end_the_next_film_on_the_shelf_may_begin_and_after_the_last_the_first(theatre):
    films = {name: film(3, seed=seed) for seed, name in enumerate("abc")}
    for name, frames in films.items():
        theatre.shelve(name, frames)
    theatre.wish(settings={"at_end": "next"})
    theatre.wish_film("b")
    theatre.play(9 * PACE)
    assert theatre.panel.frames == [*films["b"], *films["c"], *films["a"], films["b"][0]]
    flashes = [number for number, redraw in enumerate(theatre.panel.redraws) if redraw is Redraw.FULL]
    assert flashes == [0, 3, 6, 9]


def test_at_its_end_the_only_film_on_the_shelf_begins_again(theatre):
    theatre.shelve("a", FILM[:3])
    theatre.wish(settings={"at_end": "next"})
    theatre.play(4 * PACE)
    assert theatre.panel.frames == [*FILM[:3], *FILM[:2]]


def test_a_next_film_that_is_broken_is_said_and_this_one_begins_again(theatre):
    theatre.shelve("a", FILM[:3])
    (theatre.home.reels / "b.reel").write_bytes(b"no reel")
    theatre.wish(settings={"at_end": "next"})
    theatre.play(4 * PACE)
    assert theatre.panel.frames == [*FILM[:3], *FILM[:2]]
    assert "b.reel" in theatre.status.trouble


# --- a reel that is still being written -------------------------------------------------------------------


def test_a_reel_still_being_written_plays_waits_goes_on_and_ends(theatre):
    theatre.wish(settings={"at_end": "stop"})
    with begin_reel(theatre.home.reels / "a.reel") as writer:
        add_frames(writer, FILM[:3])
        theatre.tick()
        assert theatre.status.state == "playing" and theatre.status.next_due is not None
        assert theatre.status.ends_at is None, "nobody knows yet"
        theatre.play(6 * PACE)
        assert theatre.panel.frames == FILM[:3]
        assert (theatre.status.state, theatre.status.complete) == ("waiting", False)
        assert theatre.status.ends_at is None and theatre.status.next_due is None
        add_frames(writer, FILM[3:5])
        theatre.tick()
        assert theatre.status.frame == 3, "the frame that was waited for comes at once"
        theatre.play(PACE)
        assert theatre.panel.frames == FILM[:5], "and the next one at the pace"
        theatre.play(4 * PACE)
        assert theatre.status.state == "waiting" and theatre.status.frames == 5
        add_frames(writer, FILM[5:7])
        writer.finish()
        theatre.play(PACE)
        assert theatre.status.complete and theatre.status.ends_at is not None
    theatre.play(3 * PACE)
    assert theatre.panel.frames == FILM[:7]
    assert theatre.status.state == "ended"


def test_a_reel_still_being_written_does_not_loop_at_what_is_its_end_so_far(theatre):
    theatre.shelve("a", FILM[:3], finish=False)
    theatre.play(8 * PACE)
    assert theatre.panel.frames == FILM[:3]
    theatre.wish(settings={"at_end": "next"})
    theatre.shelve("b", FILM)
    theatre.play(3 * PACE)
    assert theatre.status.film == "a.reel"


def test_a_reel_that_is_finished_while_its_end_is_waited_for_loops(theatre):
    with begin_reel(theatre.home.reels / "a.reel") as writer:
        add_frames(writer, FILM[:3])
        theatre.play(6 * PACE)
        writer.finish()
    theatre.tick()
    assert theatre.panel.frames == [*FILM[:3], FILM[0]]


def test_a_film_that_lasts_so_many_days_quickens_as_its_reel_grows(theatre):
    theatre.wish(settings={"last_days": 600 / DAY})
    with begin_reel(theatre.home.reels / "a.reel") as writer:
        add_frames(writer, FILM[:5])
        theatre.tick()
        assert theatre.status.seconds_per_frame == pytest.approx(120)
        add_frames(writer, FILM[5:20])
        theatre.tick()
        assert theatre.status.seconds_per_frame == pytest.approx(30)
        assert theatre.status.next_due == pytest.approx(theatre.status.shown_at + 30)
        writer.finish()


def test_a_reel_without_frames_yet_is_waited_for(theatre):
    with begin_reel(theatre.home.reels / "a.reel") as writer:
        theatre.play(3 * PACE)
        assert theatre.status.state == "empty" and theatre.status.trouble == ""
        assert len(theatre.panel.shown) == 1, "a card"
        add_frames(writer, FILM[:2])
        theatre.play(PACE)
    assert theatre.panel.frames[1:] == FILM[:2]


# --- damage -----------------------------------------------------------------------------------------------


def test_past_a_damaged_record_the_film_goes_on_at_the_next_key_and_says_so(theatre):
    path = theatre.shelve("a", FILM)
    damage_frame(path, 3)
    theatre.play(4 * PACE)
    assert theatre.panel.frames == [*FILM[:3], FILM[8], FILM[9]]
    assert "frame 3" in theatre.status.trouble and "went on at frame 8" in theatre.status.trouble
    assert theatre.bookmark.frame == 9


def test_a_place_sought_in_damage_is_the_next_one_that_can_be_seen(theatre):
    path = theatre.shelve("a", FILM)
    damage_frame(path, 10)
    theatre.tick()
    theatre.wish_seek("a", 13)
    theatre.tick()
    assert theatre.panel.frames == [FILM[0], FILM[16]]
    assert theatre.status.trouble


def test_after_damage_to_its_last_frames_a_film_loops_all_the_same(theatre):
    path = theatre.shelve("a", FILM)
    damage_frame(path, 17)
    theatre.wish_seek("a", 15)
    theatre.play(3 * PACE)
    assert theatre.panel.frames[-3:] == [FILM[16], FILM[0], FILM[1]]
    assert "frame 17" in theatre.status.trouble


def test_damage_to_its_last_frames_does_not_stop_a_film_that_stops(theatre):
    path = theatre.shelve("a", FILM)
    damage_frame(path, 17)
    theatre.wish(settings={"at_end": "stop"})
    theatre.wish_seek("a", 15)
    theatre.play(5 * PACE)
    assert theatre.panel.frames[-2:] == FILM[15:17]
    assert theatre.bookmark.frame == 16 and "frame 17" in theatre.status.trouble


def test_a_reel_cut_short_and_spoiled_says_why_it_waits(theatre):
    path = theatre.shelve("a", FILM, finish=False)
    data = bytearray(path.read_bytes())
    theatre.tick()
    with Reel.open(path) as reel:
        data[reel.offset(5) + 10] ^= 0xFF
    path.write_bytes(data)
    theatre.restart()
    theatre.play(8 * PACE)
    assert theatre.status.frame == 4
    assert "frame 5" in theatre.status.trouble


@pytest.mark.parametrize(
    "what", ["missing", "of another size", "no reel", "cut short", "empty", "a directory"]
)
def test_a_film_that_cannot_be_shown_is_said_on_the_panel_and_in_the_status(theatre, what):
    path = theatre.shelve("a", FILM)
    theatre.play(PACE)
    whole = path.read_bytes()
    path.unlink()
    if what == "of another size":
        theatre.shelve("a", film(3, Size(32, 16)), title="another")
    elif what == "no reel":
        path.write_bytes(b"\x89PNG and so on" * 20)
    elif what == "cut short":
        path.write_bytes(whole[:100])
    elif what == "empty":
        theatre.shelve("a", [FILM[0]], title="empty")
        with begin_reel(theatre.home.reels / "b.reel") as writer:
            writer.finish()
        (theatre.home.reels / "b.reel").replace(path)
    elif what == "a directory":
        path.mkdir()
    theatre.restart()
    theatre.play(3 * PACE)
    assert theatre.status.state == "empty" and "a.reel" in theatre.status.trouble
    if what == "of another size":
        assert "32×16" in theatre.status.trouble and "64×48" in theatre.status.trouble
    assert theatre.panel.redraws == [Redraw.FULL], "one card, and it stays"
    assert theatre.picture() == theatre.panel.frames[0] not in FILM
    assert theatre.bookmark.frame == 1, "its place is kept for when it comes back"


def test_a_film_that_comes_back_goes_on_where_it_was(theatre):
    path = theatre.shelve("a", FILM)
    theatre.play(3 * PACE)
    aside = path.rename(theatre.home.root / "aside")
    theatre.restart()
    theatre.play(PACE)
    assert theatre.status.trouble
    aside.rename(path)
    theatre.tick()
    assert theatre.status.frame == 3 and theatre.panel.frames[-1] == FILM[3]
    assert theatre.status.trouble == ""


def test_a_film_on_a_shelf_with_something_broken_may_be_chosen(theatre):
    (theatre.home.reels / "a.reel").write_bytes(b"no reel")
    theatre.shelve("b", FILM)
    theatre.tick()
    assert theatre.status.state == "empty" and "a.reel" in theatre.status.trouble
    theatre.wish_film("b")
    theatre.tick()
    assert theatre.status.film == "b.reel" and theatre.status.trouble == ""


@pytest.mark.parametrize("garbage", [b"", b"{", b'{"film": "\xff"}', b'{"frame": []}', b"\0" * 4096])
def test_a_bookmark_that_cannot_be_read_is_kept_aside_and_said(theatre, garbage):
    theatre.shelve("a", FILM)
    theatre.home.bookmark.write_bytes(garbage)
    theatre.restart()
    theatre.play(PACE)
    assert theatre.panel.frames == FILM[:2]
    aside = theatre.home.root / "bookmark.unreadable.json"
    assert aside.read_bytes() == garbage
    assert "bookmark" in theatre.status.trouble and aside.name in theatre.status.trouble
    assert theatre.bookmark.frame == 1


def test_a_lost_bookmark_is_said_even_where_an_old_wish_for_a_film_is_granted_again(theatre):
    theatre.shelve("a", FILM)
    theatre.wish_film("a")
    theatre.play(PACE)
    theatre.home.bookmark.write_bytes(b"{")
    theatre.restart()
    theatre.tick()
    assert "bookmark" in theatre.status.trouble


@pytest.mark.parametrize("frame", [-1, 20, 10**15])
def test_a_bookmark_outside_its_film_is_brought_back_into_it(theatre, frame):
    path = theatre.shelve("a", FILM)
    save(theatre.home.bookmark, Bookmark("a.reel", reel_id(path), frame, 1.0, {reel_id(path): frame}))
    theatre.restart()
    theatre.tick()
    assert theatre.status.frame == (0 if frame < 0 else 19)


def test_a_bookmark_of_another_reel_of_that_name_begins_at_the_beginning(theatre):
    theatre.shelve("a", FILM)
    theatre.play(5 * PACE)
    (theatre.home.reels / "a.reel").unlink()
    other = film(30, seed=5)
    theatre.shelve("a", other, title="dithered anew")
    theatre.restart()
    theatre.tick()
    assert theatre.panel.frames == [other[0]]


def test_a_reel_without_one_whole_frame_is_refused_before_anything_is_drawn(theatre):
    theatre.shelve("a", FILM)
    spoiled = theatre.shelve("b", FILM[:8], finish=False)
    damage_frame(spoiled, 0)
    theatre.play(PACE)
    theatre.wish_film("b")
    theatre.play(PACE)
    assert theatre.panel.frames == FILM[:3]
    assert "b.reel" in theatre.status.trouble and theatre.status.film == "a.reel"
    assert theatre.bookmark.film == "a.reel"


def test_a_film_left_in_what_is_now_damage_to_its_end_begins_again(theatre):
    path = theatre.shelve("a", FILM)
    theatre.wish_seek("a", 18)
    theatre.tick()
    damage_frame(path, 17)
    theatre.restart()
    theatre.tick()
    assert theatre.panel.frames == [FILM[0]]
    assert "frame 17" in theatre.status.trouble


def test_a_wish_for_a_film_without_frames_yet_is_not_let_pass_in_silence(theatre):
    theatre.shelve("a", FILM)
    theatre.tick()
    with begin_reel(theatre.home.reels / "b.reel"):
        theatre.wish_film("b")
        theatre.play(PACE)
    assert "b.reel" in theatre.status.trouble and theatre.status.film == "a.reel"


def test_a_link_on_the_shelf_that_leads_nowhere_is_said(theatre):
    (theatre.home.reels / "a.reel").symlink_to(theatre.home.root / "unplugged" / "a.reel")
    theatre.play(PACE)
    assert theatre.status.state == "empty" and "a.reel" in theatre.status.trouble
    assert len(theatre.panel.shown) == 1


def test_a_reel_that_is_being_copied_onto_the_shelf_has_one_card_until_it_can_be_read(theatre):
    whole = write_reel(theatre.home.root / "a.reel", FILM).read_bytes()
    target = theatre.home.reels / "a.reel"
    for length in (1, 10, 20, 100, 200, 250):
        target.write_bytes(whole[:length])
        theatre.tick()
        assert theatre.status.state == "empty"
    assert 1 <= len(theatre.panel.shown) <= 2, "a card for each sentence, and none twice"
    target.write_bytes(whole)
    theatre.tick()
    assert theatre.panel.frames[-1] == FILM[0] and theatre.status.trouble == ""


# --- an empty shelf ---------------------------------------------------------------------------------------


def test_an_empty_shelf_has_a_card_until_a_reel_comes(theatre):
    theatre.play(5 * PACE)
    assert theatre.panel.redraws == [Redraw.FULL]
    card = theatre.panel.frames[0]
    assert theatre.picture() == card and 0 < card.whites < SMALL.pixels
    assert (theatre.status.state, theatre.status.trouble) == ("empty", "")
    assert not theatre.home.bookmark.exists()
    theatre.shelve("a", FILM)
    theatre.play(PACE)
    assert theatre.panel.frames == [card, FILM[0], FILM[1]]
    assert theatre.panel.redraws[1] is Redraw.FULL
    assert theatre.status.state == "playing"


def test_something_hidden_on_the_shelf_is_no_film(theatre):
    (theatre.home.reels / ".a.reel").write_bytes(b"half copied")
    (theatre.home.reels / "notes.txt").write_text("not a reel")
    theatre.play(PACE)
    assert (theatre.status.state, theatre.status.trouble) == ("empty", "")


def test_a_broken_reel_that_is_taken_away_is_no_trouble_any_more(theatre):
    broken = theatre.home.reels / "a.reel"
    broken.write_bytes(b"no reel")
    theatre.tick()
    assert theatre.status.trouble
    broken.unlink()
    theatre.tick()
    assert theatre.status.trouble == ""
    theatre.shelve("b", FILM)
    theatre.tick()
    assert (theatre.status.film, theatre.status.trouble) == ("b.reel", "")


def test_nothing_that_is_shown_with_no_film_needs_a_bookmark_and_pausing_it_is_harmless(theatre):
    theatre.wish(paused=True, redraw=3, seek=SeekWish(4, "none", 5))
    theatre.play(PACE)
    theatre.shelve("a", FILM)
    theatre.play(2 * PACE)
    assert theatre.panel.frames[1:] == [FILM[0]] and theatre.status.state == "paused"


# --- a long time ------------------------------------------------------------------------------------------


@pytest.fixture
def memory(tmp_path):
    """A directory on which `fsync` is free, if the machine has one: a year is many writes."""
    if not os.access("/dev/shm", os.W_OK):
        yield tmp_path
        return
    with TemporaryDirectory(dir="/dev/shm") as directory:
        yield Path(directory)


def test_a_year_of_a_frame_an_hour(memory):
    theatre, size, hour = Theatre(memory / "home"), Size(16, 16), 3600.0
    frames = film(500, size, changes=4)
    theatre.defaults = Settings(seconds_per_frame=hour)
    theatre.start(PaperPanel(size))
    theatre.shelve("a", frames, key_interval=50)
    hours = 365 * 24
    for number in range(hours):
        theatre.tick()
        assert theatre.panel.ink.frame == frames[number % 500]
        theatre.clock.wait(hour - POLL)
        theatre.tick()
        theatre.clock.wait(POLL)
    status = theatre.status
    assert status.redraws == hours and status.frame == (hours - 1) % 500
    assert status.shown_at == theatre.clock.now() - hour
    assert 1 < status.flashes <= hours / 20
    assert json.loads(theatre.home.bookmark.read_text())["frame"] == status.frame
    assert sorted(path.name for path in theatre.home.root.iterdir()) == ["bookmark.json", "reels", "run"]
