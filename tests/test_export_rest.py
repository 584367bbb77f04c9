"""Where a picture has come to rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from export.ditherers import rest
from export.ditherers.direct_search import DirectSearch
from export.ditherers.rest import BLOCK, MEMORY, POLISH, block_sums


def flat(level: float, noise: float = 0, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return np.clip(level + random.normal(0, noise, (48, 80)), 0, 255).astype(np.uint8)


def halvings(grey: np.ndarray, before: Sequence[np.ndarray]) -> np.ndarray:
    return rest.halvings([block_sums(one) for one in (grey, *before)])


def along(levels: list[float], noise: float = 0) -> list[int]:
    """The halvings in the middle of a flat picture, frame after frame."""
    greys = [flat(level, noise, number) for number, level in enumerate(levels)]
    found = []
    for number, grey in enumerate(greys):
        blocks = halvings(grey, greys[:number][::-1])
        assert blocks.shape == (3, 5) and blocks.dtype == np.uint8
        found.append(int(blocks[1, 2]))
    return found


def test_each_of_the_first_frames_after_a_movement_halves_the_price_again():
    assert along([*range(50, 90, 4), *[86] * 8])[-8:] == [1, 2, 3, 4, 0, 0, 0, 0]


def test_a_slow_fade_is_a_movement_too_and_its_end_is_a_rest():
    found = along([*np.arange(50, 70, 1.0), *[69] * 6])
    assert set(found[:20]) == {0}
    assert found[-6:] == [1, 2, 3, 4, 0, 0]


@pytest.mark.parametrize("noise", [0, 2, 6])
def test_a_still_picture_is_left_alone_however_it_is_noisy(noise):
    assert set(along([120] * 30, noise)) == {0}


def test_only_the_blocks_that_moved_are_polished():
    before = flat(100)
    greys = []
    for number in range(10):
        moved = before.copy()
        moved[:BLOCK, :BLOCK] += np.uint8(5 * min(number, 6))
        greys.append(moved)
    blocks = halvings(greys[-1], greys[-2::-1])
    assert blocks[0, 0] == 3 and np.count_nonzero(blocks) == 1


def test_the_beginning_of_a_shot_has_nothing_to_compare_with():
    assert not halvings(flat(100), ()).any() and not halvings(flat(100), (flat(50),)).any()


def test_the_search_asks_for_what_it_looks_at():
    assert DirectSearch.memory == MEMORY and POLISH < MEMORY


def test_what_is_older_is_not_looked_at():
    greys = [flat(level) for level in (100, 100, 90, 80, 70, 60, 50, 40, 30)]
    strange = [flat(200)] * 3
    assert np.array_equal(halvings(greys[0], greys[1:]), halvings(greys[0], greys[1:] + strange))
