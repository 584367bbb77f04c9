"""Frames: how their bits lie, what is refused, and what turns one into another."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import random_frame
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from player.frame import NOWHERE, Box, Difference, Frame, FrameError, Size, count, difference

quick = settings(deadline=None, max_examples=150)
shapes = st.tuples(st.integers(1, 21), st.integers(1, 35))


def masks(shape: tuple[int, int]) -> st.SearchStrategy:
    return arrays.arrays(bool, shape)


pairs = shapes.flatmap(lambda shape: st.tuples(masks(shape), masks(shape)))


def naive_difference(before: np.ndarray, after: np.ndarray) -> Difference:
    darkened = sum(bool(b and not a) for b, a in zip(before.flat, after.flat, strict=True))
    lightened = sum(bool(a and not b) for b, a in zip(before.flat, after.flat, strict=True))
    where = [(x, y) for y, x in np.ndindex(before.shape) if before[y, x] != after[y, x]]
    if not where:
        return Difference(0, 0, Box(0, 0, 0, 0))
    xs, ys = zip(*where, strict=True)
    return Difference(darkened, lightened, Box(min(xs), min(ys), max(xs) + 1, max(ys) + 1))


def test_the_leftmost_pixel_is_the_highest_bit_and_white_is_one():
    mask = np.zeros((2, 8), dtype=bool)
    mask[0, 0] = mask[1, 6] = True
    assert Frame.of(mask).tobytes() == bytes([0b10000000, 0b00000010])


def test_a_width_that_is_no_multiple_of_eight_ends_in_zero_bits():
    frame = Frame.white(Size(11, 2))
    assert frame.size.stride == 2
    assert frame.tobytes() == bytes([0xFF, 0b11100000] * 2)
    assert frame.whites == 22


def test_white_is_all_paper_and_black_all_ink():
    size = Size(13, 5)
    assert Frame.white(size).mask().all() and Frame.white(size).whites == size.pixels == 65
    assert not Frame.black(size).mask().any() and Frame.black(size).whites == 0


@quick
@given(shapes.flatmap(masks))
def test_a_mask_comes_back_out_of_its_frame_and_out_of_its_bytes(mask):
    frame = Frame.of(mask)
    assert (frame.size.height, frame.size.width) == mask.shape
    assert np.array_equal(frame.mask(), mask)
    assert frame.whites == mask.sum()
    again = Frame.unpacked_from(frame.size, frame.tobytes())
    assert again == frame and np.array_equal(again.mask(), mask)


def test_a_mask_may_be_written_on_and_the_bits_may_not():
    frame = random_frame(1)
    before = frame.tobytes()
    frame.mask()[:] = False
    assert frame.tobytes() == before
    with pytest.raises(ValueError, match="read-only"):
        frame.bits[0, 0] = 0


@pytest.mark.parametrize(
    "bits",
    [
        np.zeros((4, 1), dtype=np.uint8),
        np.zeros((3, 2), dtype=np.uint8),
        np.zeros((4, 3), dtype=np.uint8),
        np.zeros(8, dtype=np.uint8),
        np.zeros((4, 2, 1), dtype=np.uint8),
        np.zeros((4, 2), dtype=np.int8),
        np.zeros((4, 2), dtype=np.uint16),
        np.zeros((4, 2), dtype=bool),
    ],
    ids=lambda bits: f"{bits.dtype}{bits.shape}",
)
def test_bits_of_another_shape_or_type_are_refused(bits):
    with pytest.raises(FrameError, match=r"10×4"):
        Frame(Size(10, 4), bits)


def test_bits_beyond_the_right_edge_are_refused():
    for width in range(1, 8):
        inside = np.full((3, 1), 0xFF << (8 - width) & 0xFF, dtype=np.uint8)
        assert Frame(Size(width, 3), inside) == Frame.white(Size(width, 3))
        beyond = inside.copy()
        beyond[2, 0] |= 1 << (7 - width)
        with pytest.raises(FrameError, match="beyond its right edge"):
            Frame(Size(width, 3), beyond)


@pytest.mark.parametrize("length", [0, 7, 9, 1000])
def test_bytes_of_another_length_are_refused(length):
    with pytest.raises(FrameError, match=f"8 bytes, not {length}"):
        Frame.unpacked_from(Size(10, 4), bytes(length))


def test_frames_are_equal_when_their_pixels_are():
    assert random_frame(1) == random_frame(1)
    assert random_frame(1) != random_frame(2)
    assert Frame.black(Size(16, 4)) != Frame.black(Size(9, 4)), "the same bytes, another width"
    assert Frame.black(Size(8, 8)) != "a frame"
    with pytest.raises(TypeError):
        hash(random_frame(1))


@quick
@given(pairs)
def test_a_difference_is_what_counting_pixel_by_pixel_finds(pair):
    before, after = pair
    found = difference(Frame.of(before), Frame.of(after))
    assert found == naive_difference(before, after)
    assert found.changed == int((before != after).sum())


@quick
@given(pairs)
def test_a_difference_backwards_swaps_darker_and_lighter(pair):
    there = difference(Frame.of(pair[0]), Frame.of(pair[1]))
    back = difference(Frame.of(pair[1]), Frame.of(pair[0]))
    assert (back.darkened, back.lightened, back.box) == (there.lightened, there.darkened, there.box)


def test_one_pixel_is_found_at_every_place_of_a_byte():
    size = Size(19, 3)
    for x in range(size.width):
        mask = np.ones((size.height, size.width), dtype=bool)
        mask[1, x] = False
        found = difference(Frame.white(size), Frame.of(mask))
        assert found == Difference(1, 0, Box(x, 1, x + 1, 2)) and found.box.area == 1


def test_nothing_changed_is_nowhere():
    found = difference(random_frame(1), random_frame(1))
    assert found == Difference(0, 0, NOWHERE) and found.box.area == 0


def test_counts_of_a_whole_panel_do_not_run_over():
    size = Size(1448, 1072)
    assert difference(Frame.white(size), Frame.black(size)).darkened == size.pixels
    assert count(Frame.white(size).bits) == size.pixels


def test_frames_of_two_sizes_are_not_compared():
    # Both have the same bytes a row, so only the sizes can tell.
    with pytest.raises(FrameError, match=r"15×4.*16×4"):
        difference(Frame.black(Size(15, 4)), Frame.black(Size(16, 4)))
