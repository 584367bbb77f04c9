"""How plain a ghost is, held against an eye by Fourier's transform, and against the ink itself."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
from eye import Eye
from fakes import random_frame
from hypothesis import given, settings
from hypothesis import strategies as st

import player
from player.frame import Frame, Size
from player.ghosts import TILE, ghosts, look, shares, strength, tiles, visible
from player.ink import Ink

SIZE = Size(256, 192)
SIZES = [SIZE, Size(64, 48), Size(20, 10), Size(250, 122), Size(33, 97), Size(1, 1)]
quick = settings(deadline=None, max_examples=40)


def scene(x: float, light: float = 0.5, seed: int = 7) -> Frame:
    """A bright disc at x, on a slope of greys that ends at `light`; dithered with a fixed mask."""
    row, column = np.mgrid[: SIZE.height, : SIZE.width]
    grey = light * column / SIZE.width
    grey = np.where(np.hypot(row - 90, column - x) < 40, 0.85, grey)
    return Frame.of(grey > np.random.default_rng(seed).random(grey.shape))


def ghost(under: Frame, frame: Frame, reach: float = 0.9) -> np.ndarray:
    return ghosts(look(under).tone, look(frame), strength(reach))


def test_it_ranks_ghosts_as_an_eye_at_full_size_does():
    eye, ours, theirs = Eye(SIZE), [], []
    for before, after in [(60, 64), (60, 90), (60, 180), (200, 40), (120, 121)]:
        for light in (0.2, 0.9):
            ink = Ink.over(scene(before, light), scene(after, light))
            ours.append(visible(ink))
            theirs.append(eye.ghosts(ink))
    tile = np.corrcoef(np.ravel(ours), np.ravel(theirs))[0, 1]
    whole = [np.argsort(np.mean(each, axis=(1, 2))) for each in (np.array(ours), np.array(theirs))]
    assert tile > 0.98 and np.array_equal(*whole)
    assert np.mean(ours) == pytest.approx(np.mean(theirs), rel=0.2)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("reach", [17 / 21, 0.9])
def test_what_the_account_foretells_is_what_is_seen_in_the_ink(size, reach):
    under, frame = random_frame(1, size, 0.3), random_frame(2, size, 0.6)
    ink = Ink.clean(under, reach).partial(random_frame(3, size)).partial(frame)
    assert np.allclose(ghost(under, frame, reach), visible(ink), atol=1e-3)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_clean_ink_has_none_and_every_tile_is_counted_once(size):
    frame = random_frame(1, size)
    assert not ghost(frame, frame).any() and not visible(Ink.clean(frame)).any()
    rows, columns = shares(size).shape
    assert (rows, columns) == (-(-size.height // TILE), -(-size.width // TILE)) == ghost(frame, frame).shape
    assert shares(size).sum() == pytest.approx(1)
    covered = np.zeros((size.height, size.width), int)
    for row in range(rows):
        for column in range(columns):
            left, top, right, bottom = tiles(size, row, row + 1, column, column + 1)
            covered[top:bottom, left:right] += 1
    assert (covered == 1).all()


@quick
@given(st.integers(0, 99), st.integers(0, 99))
def test_a_ghost_is_there_whichever_way_the_light_went(first, second):
    before, after = random_frame(first, SIZE, 0.2), random_frame(second, SIZE, 0.8)
    assert ghost(before, after).min() > 0 and ghost(after, before).min() > 0


def test_on_black_it_is_plainer_than_on_white():
    black, white = Frame.black(SIZE), Frame.white(SIZE)
    assert ghost(white, black).min() > 3 * ghost(black, white).max() > 0


def test_a_weaker_push_leaves_a_plainer_one():
    there = [ghost(scene(60), scene(90), reach).mean() for reach in (17 / 21, 0.9, 19 / 21, 1.0)]
    assert there == sorted(there, reverse=True) and there[-1] == 0


def test_dots_that_only_change_places_are_hardly_seen():
    moved, boiled = scene(150), scene(60, seed=8)
    before = scene(60)
    assert (before.bits ^ boiled.bits).any()
    turned = [np.bitwise_count(before.bits ^ other.bits).sum() for other in (moved, boiled)]
    assert turned[1] > turned[0]
    assert ghost(before, moved).mean() > 2 * ghost(before, boiled).mean()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_tile_s_ghost_is_the_root_of_the_mean_square_over_its_cells(size):
    seen, under = look(random_frame(4, size, 0.3)), look(random_frame(5, size, 0.7)).tone
    square = ((under - seen.tone) * seen.slope * 0.03).astype(float) ** 2
    cells = TILE // 8
    for (row, column), found in np.ndenumerate(ghosts(under, seen, 0.03)):
        tile = square[cells * row : cells * (row + 1), cells * column : cells * (column + 1)]
        assert found == pytest.approx(np.sqrt(tile.mean()), rel=1e-5)


@pytest.mark.parametrize("name", ["ghosts", "plan", "refresh"])
def test_a_decision_wakes_no_library_s_threads(name):
    """They spin while they wait for each other, so that one decision in twenty took seconds on busy cores."""
    tree = ast.parse((Path(player.__file__).parent / f"{name}.py").read_text())
    products = {"dot", "vdot", "inner", "matmul", "tensordot", "einsum", "linalg"}
    for node in ast.walk(tree):
        assert not isinstance(node, ast.MatMult)
        assert not (isinstance(node, ast.Attribute) and node.attr in products), node.attr


def test_the_tone_of_flat_frames_is_exact_up_to_the_edges():
    for size in SIZES:
        assert np.allclose(look(Frame.white(size)).tone, 1) and not look(Frame.black(size)).tone.any()
