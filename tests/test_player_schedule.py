"""What is due when: a year of it in a blink."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.schedule import SHORTEST, Pace, advance, missed, next_due, pace, quiet
from player.settings import Settings

DAY = 86_400
quick = settings(deadline=None, max_examples=300)
frame_counts = st.integers(1, 4_000_000)
paces = st.builds(Pace, st.floats(0.5, 1e5), st.integers(1, 12))


# --- pace -------------------------------------------------------------------------------------------------


def test_the_pace_is_what_the_settings_say():
    asked = Settings(seconds_per_frame=240.0, frames_per_step=3)
    assert pace(asked, 1000) == Pace(240.0, 3)


def test_a_film_that_lasts_so_many_days_takes_no_notice_of_seconds_per_frame():
    asked = Settings(seconds_per_frame=240.0, frames_per_step=3, last_days=365.0)
    assert pace(asked, 365) == Pace(DAY, 1)
    assert pace(asked, 365 * 24) == Pace(3600, 1)


def test_a_film_of_no_frames_yet_has_the_pace_of_seconds_per_frame():
    assert pace(Settings(last_days=10.0), 0) == Pace(180.0, 1)


def test_frames_are_skipped_only_where_they_would_stay_too_short():
    day = Settings(last_days=1.0)
    assert pace(day, int(DAY / SHORTEST)) == Pace(SHORTEST, 1)
    assert pace(day, int(DAY / SHORTEST) + 2).step == 2
    assert pace(day, 4_000_000).step == math.ceil(4_000_000 * SHORTEST / DAY)


@quick
@given(frame_counts, st.floats(0, 3650, exclude_min=True))
def test_the_whole_film_takes_its_days_within_a_step(frames, days):
    found = pace(Settings(last_days=days), frames)
    assert found.step >= 1
    assert found.seconds >= SHORTEST
    assert found.remaining(0, frames) == pytest.approx(days * DAY, rel=1e-9, abs=found.seconds)


@quick
@given(frame_counts, st.floats(0.01, 3650))
def test_no_more_frames_are_skipped_than_must_be(frames, days):
    found = pace(Settings(last_days=days), frames)
    if found.step > 1:
        assert days * DAY / math.ceil(frames / (found.step - 1)) <= SHORTEST


@quick
@given(paces, st.integers(1, 300), st.data())
def test_what_remains_is_every_step_to_the_end(speed, frames, data):
    frame, steps = data.draw(st.integers(0, frames - 1)), 0
    there: int | None = frame
    while there is not None:
        there, steps = advance(there, 1, speed, frames, loop=False), steps + 1
    assert speed.remaining(frame, frames) == pytest.approx(steps * speed.seconds)


# --- steps ------------------------------------------------------------------------------------------------


def walked(frame: int, steps: int, step: int, frames: int, loop: bool) -> int | None:
    """One step after the other, as the player takes them while it is on."""
    for _ in range(steps):
        frame += step
        if frame >= frames:
            if not loop:
                return None
            frame = 0
    return frame


@quick
@given(st.integers(1, 60), st.integers(0, 200), st.integers(1, 70), st.booleans(), st.data())
def test_many_steps_at_once_end_where_single_steps_do(frames, steps, step, loop, data):
    frame = data.draw(st.integers(0, frames - 1))
    assert advance(frame, steps, Pace(1.0, step), frames, loop) == walked(frame, steps, step, frames, loop)


@pytest.mark.parametrize(
    ("frame", "step", "loop", "there"),
    [
        (8, 1, False, 9),
        (9, 1, False, None),
        (9, 1, True, 0),
        (6, 3, False, 9),
        (7, 3, False, None),
        (7, 3, True, 0),
        (0, 100, True, 0),
    ],
)
def test_the_next_frame_of_ten(frame, step, loop, there):
    assert advance(frame, 1, Pace(1.0, step), 10, loop) == there


def test_a_reel_of_no_frames_goes_nowhere():
    assert advance(0, 1, Pace(1.0, 1), 0, loop=True) is None


# --- being off --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("off", "steps"),
    [(0, 0), (179.9, 0), (180, 1), (359, 1), (10 * DAY, 4800), (-1, 0), (-50 * 365 * DAY, 0)],
)
def test_steps_missed_are_whole_ones_and_none_when_the_clock_went_back(off, steps):
    shown_at = 1.7e9
    assert missed(Pace(180.0, 1), shown_at, shown_at + off) == steps


# --- on time ----------------------------------------------------------------------------------------------


def test_lateness_does_not_add_up():
    due, now, slow = 0.0, 0.0, Pace(10.0, 1)
    for number in range(1, 1001):
        now = due + (number % 7)  # each frame is drawn up to six seconds late
        due = next_due(due, now, slow)
        assert due == 10.0 * number


@quick
@given(st.floats(0, 1e8), st.floats(-1e6, 1e6), paces)
def test_the_next_frame_is_never_due_at_once_nor_later_than_one_stay(due, late, speed):
    now = due + late
    following = next_due(due, now, speed)
    assert following > now or following == pytest.approx(now)
    assert following <= max(due, now) + speed.seconds


def test_after_a_long_sleep_frames_come_one_by_one():
    speed, due, now = Pace(10.0, 1), 100.0, 5_000.0
    dues = [due := next_due(due, max(now, due), speed) for _ in range(5)]
    assert dues == [5010, 5020, 5030, 5040, 5050]


def test_a_year_of_frames_every_200_seconds_neither_drifts_nor_bunches():
    settings = Settings(seconds_per_frame=200.0)
    frames, year = 10_001, 365 * DAY
    speed = pace(settings, frames)
    began = due = 12_345.25
    frame, shows, waits = 0, 0, []
    while due < began + year:
        now = due + (shows % 13) / 4  # a redraw takes its time
        shows += 1
        frame = advance(frame, 1, speed, frames, loop=True)
        waits.append(now)
        due = next_due(due, now, speed)
    assert shows == year // 200
    assert frame == shows % frames
    assert due == began + year
    assert all(196 < after - before < 204 for before, after in pairwise(waits))


# --- quiet hours ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        (23, 7, {23, 0, 1, 2, 3, 4, 5, 6}),
        (13, 15, {13, 14}),
        (0, 6, {0, 1, 2, 3, 4, 5}),
        (22, 0, {22, 23}),
        (7, 7, set()),
    ],
)
def test_quiet_hours_may_go_round_midnight(begin, end, hours):
    asked = Settings(quiet_from=begin, quiet_until=end)
    assert {hour for hour in range(24) if quiet(asked, hour)} == hours
