"""When the next frame is due."""

from __future__ import annotations

import pytest
from fakes import FakeClock

from player.metronome import Metronome
from player.schedule import Pace


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def drawn(metronome: Metronome, clock: FakeClock, ink: float) -> None:
    beat = metronome.beat()
    clock.wait(ink)
    metronome.after(beat)


def test_the_ink_s_time_is_part_of_the_pace(clock):
    metronome = Metronome(clock, Pace(10.0, 1))
    metronome.begin(Pace(10.0, 1))
    assert metronome.left() == 0
    for _ in range(5):
        drawn(metronome, clock, 3.0)
        assert metronome.left() == 7.0
        assert metronome.due_at == round(clock.now() + 7.0, 3)
        clock.wait(7.0)


def test_a_frame_before_its_time_stays_its_whole_time(clock):
    metronome = Metronome(clock, Pace(10.0, 1))
    metronome.begin(Pace(10.0, 1))
    drawn(metronome, clock, 1.0)
    clock.wait(4.0)
    drawn(metronome, clock, 1.0)
    assert metronome.left() == 9.0


def test_another_pace_counts_from_when_the_present_frame_came(clock):
    metronome = Metronome(clock, Pace(10.0, 1))
    metronome.begin(Pace(10.0, 1))
    drawn(metronome, clock, 0.0)
    clock.wait(4.0)
    metronome.change(Pace(10.0, 7))
    assert metronome.left() == 6.0, "steps of several frames change nothing"
    metronome.change(Pace(60.0, 1))
    assert metronome.left() == 56.0
    metronome.change(Pace(2.0, 1))
    assert metronome.left() == -2.0 and metronome.due_at == round(clock.now(), 3)


def test_after_a_pause_the_frame_has_its_whole_time(clock):
    metronome = Metronome(clock, Pace(10.0, 1))
    clock.wait(1e6)
    metronome.pause()
    assert metronome.left() == 10.0


def test_the_time_of_day_may_jump(clock):
    metronome = Metronome(clock, Pace(10.0, 1))
    metronome.begin(Pace(10.0, 1))
    drawn(metronome, clock, 0.0)
    clock.jump(1e7)
    assert metronome.left() == 10.0
