"""Where a flash pays: held against every way through a few frames, and against every rectangle."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from fakes import random_frame
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from player.frame import Frame, Size
from player.ghosts import ghosts, look, shares
from player.plan import mosaic, rectangles, worth

SIZE = Size(70, 40)
STRENGTH = 0.03
quick = settings(deadline=None, max_examples=60)
seeds = st.lists(st.integers(0, 20), min_size=2, max_size=4)
grids = arrays.arrays(np.float32, (4, 5), elements=st.integers(-9, 9).map(float))


def films(numbers: list[int]) -> list:
    return [look(random_frame(number, SIZE, 0.05 + 0.045 * number)) for number in numbers]


def every_way(bill: np.ndarray, price: float, now: bool) -> tuple[float, int]:
    """The cheapest bill over all ways, with a redraw at the first frame or without; what it puts there."""
    count, best = len(bill), (np.inf, 0)
    for first, *later in product(range(count + 1), repeat=count):
        if (first > 0) != now or any(0 < put <= at for at, put in enumerate(later, 1)):
            continue  # 0 is no redraw, n + 1 puts frame n there: never one that is over
        cost, below = 0.0, 0
        for at, put in enumerate((first, *later)):
            below, cost = put or below, cost + (price if put else 0)
            cost += bill[at, below]
        best = min(best, (cost, first - 1))
    return best


@quick
@given(seeds, st.floats(0.01, 3), st.lists(st.floats(0.5, 9), min_size=3, max_size=3))
def test_worth_is_what_the_cheapest_way_saves(numbers, price, lasts):
    now, *come = films(numbers)
    lasts = lasts[: len(come)]
    found = worth(now.tone, come, STRENGTH, price, lasts)
    pictures = np.stack([now.tone, *(one.tone for one in come)])
    bill = np.stack([ghosts(pictures, one, STRENGTH) for one in come]).astype(float)
    bill *= np.array(lasts)[:, None, None, None]
    for tile in np.ndindex(found.saved.shape):
        with_it, _ = every_way(bill[(..., *tile)], price, True)
        without, _ = every_way(bill[(..., *tile)], price, False)
        assert found.saved[tile] == pytest.approx(without - with_it, abs=1e-3)


@quick
@given(seeds, st.floats(0.01, 3))
def test_a_panel_that_flashes_as_a_whole_has_one_bill(numbers, price):
    now, *come = films(numbers)
    found = worth(now.tone, come, STRENGTH, price, [1] * len(come), shares(SIZE))
    assert found.saved.shape == (1, 1) and found.under.item() == 0


def test_a_dearer_flash_is_worth_less_and_a_longer_stay_more():
    now, come = films([0, 12])
    saved = [worth(now.tone, [come], STRENGTH, price, [6]).saved for price in (0.1, 0.5, 2, 9)]
    assert all((more > less).all() for more, less in pairwise(saved))
    saved = [worth(now.tone, [come], STRENGTH, 1, [lasts]).saved for lasts in (1, 4, 10, 31)]
    assert all((more > less).all() for less, more in pairwise(saved))


def test_what_passes_in_a_moment_is_not_worth_a_flash_and_what_stays_is():
    still, other = films([3, 18])
    assert (worth(still.tone, [other, still, still], STRENGTH, 1.5, (1, 1, 21)).saved < 0).all()
    assert (worth(still.tone, [other, other, other], STRENGTH, 1.5, (1, 1, 21)).saved > 0).all()


def test_on_the_way_it_puts_there_what_is_yet_to_come():
    mask = np.random.default_rng(1).random((SIZE.height, SIZE.width))
    now, *come = [look(Frame.of(mask < grey)) for grey in (0, 0.4, 0.5, 0.6, 0.7, 0.8)]
    under = worth(now.tone, come, STRENGTH, 2, [1] * 5).under
    assert (under > 0).all()


def test_a_mosaic_has_in_each_tile_the_frame_that_it_is_told():
    frames = [random_frame(number, SIZE) for number in range(3)]
    which = np.array([[0, 2, 1], [1, 0, 2]])
    found = mosaic(frames, which).mask()
    for (row, column), number in np.ndenumerate(which):
        tile = np.s_[32 * row : 32 * row + 32, 32 * column : 32 * column + 32]
        assert np.array_equal(found[tile], frames[number].mask()[tile])


@quick
@given(grids, st.integers(1, 6))
def test_rectangles_do_not_meet_and_each_is_worth_something(saved, most):
    found = rectangles(saved, most)
    taken = np.zeros(saved.shape, int)
    sums = []
    for top, bottom, left, right in found:
        taken[top:bottom, left:right] += 1
        sums.append(saved[top:bottom, left:right].sum())
    assert len(found) <= most and taken.max(initial=0) <= 1
    assert all(one > 0 for one in sums)
    if len(found) < most:
        assert (saved[taken == 0] <= 0).all()


@quick
@given(grids)
def test_the_first_rectangle_is_the_best_of_all(saved):
    best = max(
        saved[top:bottom, left:right].sum()
        for top in range(4)
        for bottom in range(top + 1, 5)
        for left in range(5)
        for right in range(left + 1, 6)
    )
    found = rectangles(saved, 1)
    if best <= 0:
        assert found == []
    else:
        top, bottom, left, right = found[0]
        assert saved[top:bottom, left:right].sum() == pytest.approx(best)
