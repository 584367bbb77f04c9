"""What begins a shot and what does not, on shots whose truth is known; and how a step goes over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pytest
from films import clip
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from made_shots import CASES, SEEDS, Case, Grey, case, dissolved, drawn, faded, joined, moving

from export.film import Film, Glimpse, Place
from export.likeness import Sight, unlike, unlike_in_shape
from export.shots import AHEAD, BEHIND, Turn, is_unlike, turns
from export.survey import survey
from player.reel import Stamp

FEW = SEEDS[:3]
MISSED = {"dissolve of 40": 1}
"""Shots of each case that are not found, at the most."""
FALSE_CUTS = {"passer-by": 2}
"""Cuts that are none, at the most."""
FALSE_GRADUAL = {"explosion": 3}
"""The same of dissolves: from flames to what they leave is one, by our rule."""


def told(thumbnails: Grey) -> dict[Turn, list[int]]:
    found: dict[Turn, list[int]] = {turn: [] for turn in Turn}
    for (number, _), turn in turns(enumerate(thumbnails), lambda item: item[1]):
        found[turn].append(number)
    return found


# --- likeness ---------------------------------------------------------------------------------------------

THUMBNAILS = arrays.arrays(np.uint8, (36, 64))


@given(THUMBNAILS)
def test_a_picture_is_like_itself(thumbnail: Grey) -> None:
    sight = Sight.of(thumbnail)
    assert unlike(sight, sight) == unlike_in_shape(sight, sight) == 0


@given(THUMBNAILS, THUMBNAILS)
def test_pictures_are_as_unlike_one_way_as_the_other(one: Grey, other: Grey) -> None:
    first, second = Sight.of(one), Sight.of(other)
    assert unlike(first, second) == unlike(second, first)
    assert unlike_in_shape(first, second) == unlike_in_shape(second, first)


@pytest.mark.parametrize("low", [0, 16, 235])
def test_what_is_of_one_grey_is_blank_and_black_is_unlike_white(low: int) -> None:
    sight = Sight.of(np.full((36, 64), low, dtype=np.uint8))
    assert sight.blank and sight.contrast == 0
    assert is_unlike(sight, Sight.of(np.full((36, 64), 255 - low, dtype=np.uint8)))


def test_a_picture_in_another_light_is_like_it_in_shape() -> None:
    thumbnail = case(drawn(3)[None]).thumbnails()[0]
    dim = (thumbnail * 0.4 + 10).astype(np.uint8)
    assert unlike_in_shape(Sight.of(thumbnail), Sight.of(dim)) < 0.1
    assert unlike_in_shape(Sight.of(thumbnail), Sight.of(thumbnail[::-1, ::-1])) > 0.4


def test_a_picture_that_moved_by_a_sixth_is_like_it() -> None:
    canvas = drawn(5, 2)
    one, other = (case(canvas[None, 40:184, at : at + 256]).thumbnails()[0] for at in (60, 60 + 42))
    apart = np.abs(one.astype(int) - other).mean()
    assert apart > 20 and unlike(Sight.of(one), Sight.of(other)) < 0.3


# --- turns ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CASES)
def test_every_shot_is_found_and_no_other(name: str) -> None:
    missed = false_cuts = false_gradual = 0
    for one in map(CASES[name], FEW):
        found = told(one.thumbnails())
        cuts, gradual = found[Turn.CUT], found[Turn.GRADUAL]
        right = [span for span in one.gradual if sum(span[0] <= at <= span[1] for at in gradual) == 1]
        missed += len(set(one.cuts) - set(cuts)) + len(one.gradual) - len(right)
        false_cuts += len(set(cuts) - set(one.cuts))
        false_gradual += len(gradual) - len(right)
    assert missed <= MISSED.get(name, 0)
    assert false_cuts <= FALSE_CUTS.get(name, 0)
    assert false_gradual <= FALSE_GRADUAL.get(name, 0)


def test_the_demo_film_is_one_shot() -> None:
    with Film(clip()) as film:
        assert {turn for _, turn in turns(film.glimpses(), lambda glimpse: glimpse.thumbnail)} == {Turn.ON}


def test_the_first_frame_turns_from_nothing_and_every_frame_comes_once() -> None:
    for count in (0, 1, 2, AHEAD, AHEAD + 1, 2 * AHEAD):
        thumbnails = [*joined(moving(1, 60), moving(2, 60)).thumbnails()[:count]]
        seen = list(turns(enumerate(thumbnails), lambda item: item[1]))
        assert [number for (number, _), _ in seen] == list(range(count))
        assert not seen or seen[0][1] is Turn.ON


def test_it_is_told_no_more_than_so_many_frames_late() -> None:
    read = 0

    def frames() -> Iterator[tuple[int, Grey]]:
        nonlocal read
        for thumbnail in thumbnails:
            yield read, thumbnail
            read += 1

    thumbnails = moving_film().thumbnails()
    for (number, _), _ in turns(frames(), lambda item: item[1]):
        assert read - number <= AHEAD


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 200))
def test_a_look_that_begins_anywhere_sees_the_same_after_a_while(first: int) -> None:
    thumbnails = moving_film().thumbnails()
    whole = [turn for _, turn in turns(thumbnails, lambda item: item)]
    later = [turn for _, turn in turns(thumbnails[first:], lambda item: item)]
    assert later[BEHIND:] == whole[first + BEHIND :]


def moving_film() -> Case:
    """A cut, a dissolve, a fade, and more cuts."""
    one, two = joined(moving(1), moving(2)).frames, dissolved(moving(2), moving(3), 12).frames
    three = faded(moving(3), moving(4), 12, 6).frames
    return case(np.concatenate((one, two, three, moving(6, 20).astype(np.uint8))).astype(np.float32))


# --- steps ------------------------------------------------------------------------------------------------


class Roll:
    """A film of thumbnails, 25 a second, every frame of which is a key."""

    def __init__(self, thumbnails: Grey) -> None:
        self.thumbnails = thumbnails

    def glimpses(self, start: Place | None = None) -> Iterator[Glimpse]:
        for number in range(start.number if start else 0, len(self.thumbnails)):
            yield Glimpse(self.place(number, number * 40_000), number * 40_000, True, self.thumbnails[number])

    def place(self, number: int, time: int) -> Place:
        assert time == number * 40_000
        return Place(number, number)


def surveyed(one: Case, step: int, done: Sequence[Stamp] = ()) -> list[Stamp]:
    pieces = survey(Roll(one.thumbnails()), step, done)  # type: ignore[arg-type]
    return [stamp for piece in pieces for stamp in piece.stamps]


def changes(stamps: Sequence[Stamp]) -> list[tuple[int, bool]]:
    """Frames that begin a shot, and whether they are cuts."""
    return [(after.number, after.cut) for before, after in pairwise(stamps) if after.shot != before.shot]


def test_a_dissolve_and_a_fade_begin_shots_and_are_no_cuts() -> None:
    for one in (dissolved(moving(1), moving(2), 12), faded(moving(1), moving(2), 6, 8)):
        ((number, cut),) = changes(surveyed(one, 1))
        ((first, last),) = one.gradual
        assert first <= number <= last and not cut
        assert [stamp.number for stamp in surveyed(one, 1) if stamp.cut] == [0]


@pytest.mark.parametrize("step", [2, 7, 24])
def test_a_cut_is_where_the_first_frame_is_taken_after_it(step: int) -> None:
    one = joined(moving(1, 50), moving(2, 100), moving(3, 60))
    wanted = [(-(-cut // step) * step, True) for cut in one.cuts]
    assert changes(surveyed(one, step)) == wanted


def test_a_step_that_goes_over_a_dissolve_makes_a_cut_of_it() -> None:
    one = dissolved(moving(1, 72), moving(2, 72), 12)
    assert [cut for _, cut in changes(surveyed(one, 24))] == [True]
    assert [cut for _, cut in changes(surveyed(one, 3))] == [False]


def test_a_step_that_goes_over_a_fast_pan_makes_no_cut_of_it() -> None:
    for seed in FEW:
        assert changes(surveyed(CASES["pan, 10 to 15 % a frame"](seed), 24)) == []


def test_a_shot_that_falls_out_between_two_steps_leaves_no_cut() -> None:
    shot, other = moving(1, 60, speed=0), moving(2, 10)
    shot[:] = shot[0]
    one = case(np.concatenate((shot[:33], other, shot[33:])))
    assert changes(surveyed(one, 1)) == [(33, True), (43, True)]
    assert changes(surveyed(one, 24)) == [(48, False)]


@pytest.mark.parametrize("step", [1, 3, 24])
@pytest.mark.parametrize("known", [1, 16, 64])
def test_a_survey_that_goes_on_tells_of_the_same_shots(step: int, known: int) -> None:
    film = moving_film()
    whole = surveyed(film, step)
    for done in range(1, len(whole), 1 + 30 // step):
        assert surveyed(film, step, whole[max(0, done - known) : done]) == whole[done:]
