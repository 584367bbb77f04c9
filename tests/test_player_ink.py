"""The ink: where a redraw leaves it, and how that looks."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import random_frame
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from player.frame import Box, Frame, FrameError, Size
from player.ink import BLACK, CONTRAST, PAPER_REFLECTANCE, WHITE, Ink, reflectance, seen

SIZE = Size(12, 10)
PAPER, INK = Frame.white(SIZE), Frame.black(SIZE)
quick = settings(deadline=None, max_examples=100)

frames = arrays.arrays(bool, (SIZE.height, SIZE.width)).map(Frame.of)
reaches = st.sampled_from([17 / 21, 0.9, 19 / 21, 1.0, 0.5, 0.3])
redraws = st.tuples(st.booleans(), frames)


def rails(frame: Frame) -> np.ndarray:
    return np.where(frame.mask(), WHITE, BLACK)


def off_its_rail(ink: Ink) -> np.ndarray:
    return ink.position != rails(ink.frame)


def looks(ink: Ink) -> int:
    """The one shade of a panel that is all alike."""
    shades = np.unique(seen(ink))
    assert shades.size == 1
    return int(shades[0])


def lightness(ink: Ink) -> float:
    """CIE L* of a panel that is all alike, 100 for clean paper."""
    light = reflectance(np.array([ink.position.flat[0] / 255.0]))[0] / PAPER_REFLECTANCE
    return 116 * light ** (1 / 3) - 16 if light > 0.008856 else 903.3 * light


def test_a_full_redraw_puts_every_pixel_on_its_rail():
    ink = Ink.clean(random_frame(1, SIZE)).partial(random_frame(2, SIZE)).full(random_frame(3, SIZE))
    assert not off_its_rail(ink).any()
    assert ink.frame == random_frame(3, SIZE) and ink.ghosts() == 0


def test_a_partial_redraw_towards_black_stops_short_and_is_a_ghost():
    ghost = Ink.clean(PAPER).partial(INK)
    assert (ghost.position > BLACK).all() and (ghost.position < WHITE / 2).all()
    assert ghost.ghosts() == SIZE.pixels
    assert looks(ghost) > looks(Ink.clean(INK))


def test_a_partial_redraw_towards_white_stops_short_and_is_no_ghost():
    ghost = Ink.clean(INK).partial(PAPER)
    assert (ghost.position < WHITE).all() and (ghost.position > WHITE / 2).all()
    assert ghost.ghosts() == 0


@pytest.mark.parametrize("reach", [17 / 21, 0.85, 0.9, 19 / 21])
def test_an_equal_shortfall_is_plainer_on_black_than_on_white(reach):
    black, white = Ink.clean(INK, reach), Ink.clean(PAPER, reach)
    on_black, on_white = white.partial(INK), black.partial(PAPER)
    assert on_black.position[0, 0] == WHITE - on_white.position[0, 0]
    assert looks(on_black) - looks(black) > looks(white) - looks(on_white) > 0
    assert lightness(on_black) - lightness(black) > 2 * (lightness(white) - lightness(on_white))


def test_both_ghosts_vanish_after_a_full_redraw():
    for before, after in ((PAPER, INK), (INK, PAPER)):
        ink = Ink.clean(before).partial(after)
        assert off_its_rail(ink).all()
        assert looks(ink.full(after)) == looks(Ink.clean(after))


@quick
@given(frames, frames, reaches)
def test_there_and_back_lands_on_the_rail(first, second, reach):
    ink = Ink.clean(first, reach).partial(second).partial(first)
    assert not off_its_rail(ink).any()


@quick
@given(frames, frames, frames)
def test_pixels_that_do_not_change_do_not_move(first, second, third):
    before = Ink.clean(first).partial(second)
    after = before.partial(third)
    alike = second.mask() == third.mask()
    assert np.array_equal(after.position[alike], before.position[alike])
    moved = after.position.astype(int) - before.position
    assert (moved[third.mask() & ~alike] > 0).all() and (moved[~third.mask() & ~alike] < 0).all()


boxes = st.builds(
    lambda left, top, width, height: Box(
        left, top, min(left + width, SIZE.width), min(top + height, SIZE.height)
    ),
    st.integers(0, SIZE.width - 1),
    st.integers(0, SIZE.height - 1),
    st.integers(1, SIZE.width),
    st.integers(1, SIZE.height),
)


@quick
@given(frames, frames, frames, st.lists(boxes, max_size=3))
def test_a_flash_of_areas_puts_them_on_their_rails_and_moves_nothing_else(first, second, third, areas):
    before = Ink.clean(first).partial(second)
    after = before.flash(third, areas)
    inside = np.zeros((SIZE.height, SIZE.width), bool)
    for left, top, right, bottom in areas:
        inside[top:bottom, left:right] = True
    assert np.array_equal(after.frame.mask(), np.where(inside, third.mask(), second.mask()))
    assert np.array_equal(after.position, np.where(inside, rails(third), before.position))


@quick
@given(frames, st.lists(frames, max_size=5), frames, reaches)
def test_it_does_not_matter_which_way_partial_redraws_went(first, way, last, reach):
    ink = Ink.clean(first, reach)
    for frame in [*way, last]:
        ink = ink.partial(frame)
    assert np.array_equal(ink.position, Ink.over(first, last, reach).position)


def test_the_same_frame_again_does_not_mend_a_ghost():
    ghost = Ink.clean(PAPER).partial(INK)
    assert np.array_equal(ghost.partial(INK).position, ghost.position)


@quick
@given(frames, st.lists(redraws, max_size=6), frames, reaches)
def test_the_ghosts_that_are_foretold_are_the_ghosts_that_come(first, steps, last, reach):
    ink = Ink.clean(first, reach)
    for full, frame in steps:
        ink = ink.full(frame) if full else ink.partial(frame)
    assert ink.ghosts_after(last) == ink.partial(last).ghosts()


@quick
@given(frames, st.lists(redraws, max_size=8))
def test_a_pixel_is_off_its_rail_where_it_differs_from_the_last_full_redraw(first, steps):
    ink, full_one = Ink.clean(first, 0.9), first
    for full, frame in steps:
        ink = ink.full(frame) if full else ink.partial(frame)
        full_one = frame if full else full_one
        assert np.array_equal(off_its_rail(ink), ink.frame.mask() != full_one.mask())


def test_a_redraw_leaves_the_ink_before_it_as_it_was():
    before = Ink.clean(random_frame(1, SIZE))
    position, frame = before.position.copy(), before.frame
    before.partial(random_frame(2, SIZE))
    before.full(random_frame(3, SIZE))
    before.ghosts_after(random_frame(2, SIZE))
    assert np.array_equal(before.position, position) and before.frame is frame


@pytest.mark.parametrize("redraw", [Ink.full, Ink.partial, Ink.ghosts_after])
def test_a_frame_of_another_size_is_refused(redraw):
    with pytest.raises(FrameError, match=r"13×10 frame does not fit a 12×10 panel"):
        redraw(Ink.clean(PAPER), Frame.white(Size(13, 10)))


def test_light_rises_from_black_to_white_by_the_contrast():
    light = reflectance(np.linspace(0, 1, 256))
    assert (np.diff(light) > 0).all()
    assert light[-1] == pytest.approx(PAPER_REFLECTANCE)
    assert light[-1] / light[0] == pytest.approx(CONTRAST)


def test_near_its_rails_ink_changes_its_light_less_than_half_way():
    rise = np.diff(reflectance(np.linspace(0, 1, 256)))
    assert rise[128] > 5 * rise[0] and rise[128] > 5 * rise[-1]


def test_the_eye_sees_half_the_size_and_leaves_out_an_odd_edge():
    for size, shape in ((Size(12, 10), (5, 6)), (Size(13, 11), (5, 6)), (Size(2, 2), (1, 1))):
        picture = seen(Ink.clean(random_frame(1, size)))
        assert picture.shape == shape and picture.dtype == np.uint8


def test_the_eye_adds_light_over_two_by_two_pixels():
    mask = np.zeros((2, 10), dtype=bool)
    for quad in range(5):  # quad number n has n white pixels of its four
        mask[:, 2 * quad : 2 * quad + 2].flat[:] = False
        for pixel in range(quad):
            mask[pixel // 2, 2 * quad + pixel % 2] = True
    shades = seen(Ink.clean(Frame.of(mask)))[0].astype(int)
    assert (np.diff(shades) > 0).all()
    # Half the light is far more than half the code: sRGB is close to how an eye takes it.
    assert shades[2] > (shades[0] + shades[4]) / 2 + 10
    assert 0 < shades[0] < 80 and 230 < shades[4] < 255
