"""Where in a film to go on."""

from __future__ import annotations

import pytest
from fakes import film, write_reel

from player.places import loops, where_by_now, where_left
from player.reel import Reel
from player.settings import Settings
from player.state import Bookmark

FRAMES = film(20)
THEN = 1_700_000_000.0
PACE = Settings(seconds_per_frame=100.0, after_off="catch up")


@pytest.fixture
def reel(tmp_path):
    with Reel.open(write_reel(tmp_path / "a.reel", FRAMES)) as reel:
        yield reel


@pytest.fixture
def growing(tmp_path):
    with Reel.open(write_reel(tmp_path / "b.reel", FRAMES, finish=False)) as reel:
        yield reel


@pytest.mark.parametrize(("left", "frame"), [(7, 7), (18, 18), (19, 0), (99, 0)])
def test_a_film_goes_on_where_it_was_left_unless_that_was_its_end(reel, left, frame):
    assert where_left(reel, Bookmark(places={reel.id: left}), Settings()) == frame


def test_the_end_of_a_film_that_is_still_being_written_is_not_its_end(growing):
    assert where_left(growing, Bookmark(places={growing.id: 19}), Settings()) == 19


def test_a_film_that_is_new_begins_at_its_beginning(reel):
    assert where_left(reel, Bookmark(places={"0badcafe": 7}), Settings()) == 0


@pytest.mark.parametrize(
    ("at_end", "away", "frame"),
    [("loop", 0, 5), ("loop", 250, 7), ("loop", 1600, 1), ("stop", 1600, 19), ("stop", -1e6, 5)],
)
def test_a_film_that_catches_up_is_where_it_would_be(reel, at_end, away, frame):
    settings = PACE.with_values({"at_end": at_end})
    assert where_by_now(reel, Bookmark("a.reel", reel.id, 5, THEN), settings, THEN + away) == frame


@pytest.mark.parametrize(
    ("settings", "now", "shown_at"),
    [(Settings(after_off="hold"), THEN + 900, THEN), (PACE, None, THEN), (PACE, THEN + 900, 0.0)],
    ids=["it holds", "it is paused", "nobody knows since when"],
)
def test_else_it_is_where_it_was(reel, settings, now, shown_at):
    assert where_by_now(reel, Bookmark("a.reel", reel.id, 5, shown_at), settings, now) == 5


def test_only_a_finished_reel_loops(reel, growing):
    assert loops(reel, Settings(at_end="loop")) and not loops(growing, Settings(at_end="loop"))
    assert not loops(reel, Settings(at_end="stop"))
