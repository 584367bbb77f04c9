"""The frames to come, read before they are due."""

from __future__ import annotations

import pytest
from fakes import add_frames, begin_reel, damage_frame, film, write_reel

from player.lookout import AT_ONCE, SHOT_AHEAD, Lookout
from player.reel import Reel
from player.refresh import HORIZON

FILM = film(250)


def looking(reel: Reel, number: int, step: int = 1, times: int = HORIZON) -> tuple:
    lookout = Lookout(reel)
    for _ in range(times):
        found = lookout.look(number, step)
    lookout.close()
    return found


@pytest.fixture
def reel(tmp_path):
    with Reel.open(write_reel(tmp_path / "a.reel", FILM, cuts=[0, 100, 230])) as reel:
        yield reel


def test_it_sees_the_next_frames_and_how_long_their_shot_lasts(reel):
    assert looking(reel, 5) == (tuple(FILM[6 : 6 + HORIZON]), 100 - 5 - HORIZON - 1)
    assert looking(reel, 99) == (tuple(FILM[100 : 100 + HORIZON]), None), "longer than it looks"
    assert looking(reel, 230 - HORIZON) == (tuple(FILM[231 - HORIZON : 231]), 250 - 230 - 1)


def test_it_goes_by_the_steps_that_are_taken(reel):
    assert looking(reel, 2, step=3) == (tuple(FILM[5 : 5 + 3 * HORIZON : 3]), (229 - 2 - 3 * HORIZON) // 3)
    assert looking(reel, 0, step=500) == ((), 0)


def test_at_the_end_it_sees_nothing_more(reel):
    assert looking(reel, 249) == ((), 0)
    assert looking(reel, 247) == ((FILM[248], FILM[249]), 0)


def test_the_view_grows_by_two_frames_a_look_and_then_moves_on(reel):
    lookout = Lookout(reel)
    for look in range(4):
        assert lookout.look(10 + look, 1)[0] == tuple(
            FILM[11 + look : 11 + look + (look + 1) * (AT_ONCE - 1) + 1]
        )
    assert len(lookout.look(60, 1)[0]) == AT_ONCE, "a jump, and it begins again"
    lookout.close()
    lookout.close()


def test_damage_ends_the_view_and_no_more(tmp_path):
    path = write_reel(tmp_path / "a.reel", FILM)
    damage_frame(path, 9)
    with Reel.open(path) as reel:
        assert looking(reel, 5) == (tuple(FILM[6:9]), None)
        assert looking(reel, 20)[0] == tuple(FILM[21 : 21 + HORIZON])


def test_a_file_that_is_gone_ends_the_view(reel):
    reel.path.unlink()
    assert looking(reel, 5) == ((), None)


def test_a_reel_that_grows_is_seen_to(tmp_path):
    with begin_reel(tmp_path / "a.reel") as writer:
        add_frames(writer, FILM[:3])
        with Reel.open(tmp_path / "a.reel") as reel:
            lookout = Lookout(reel)
            assert lookout.look(1, 1) == ((FILM[2],), None)
            add_frames(writer, FILM[3:6])
            reel.refresh()
            lookout.look(1, 1)
            assert lookout.look(1, 1) == (tuple(FILM[2:6]), None)
            lookout.close()


def test_it_does_not_look_for_ever_for_a_cut(tmp_path):
    with Reel.open(write_reel(tmp_path / "a.reel", film(SHOT_AHEAD + HORIZON + 2))) as reel:
        assert looking(reel, 0)[1] is None
        assert looking(reel, 3)[1] == SHOT_AHEAD - 2
