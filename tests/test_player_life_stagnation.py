"""When a world has nothing new to show: it is known at once, and never too soon."""

from __future__ import annotations

import numpy as np
import pytest

from player.frame import Size
from player.life import Board, Kind, Rule, Soup, Stagnation, Stepper, Watch, named
from player.life.stagnation import shape

SIZE = Size(64, 50)


def fate(board: Board, torus: bool = True, bound: int = 2_000, most: int = 5_000) -> tuple[Stagnation, int]:
    """What becomes of a world, and in which generation that is known."""
    stepper, watch = Stepper(board.size, Rule(), torus), Watch(torus, bound)
    for generation in range(most):
        if found := watch.see(board):
            return found, generation
        board = stepper.step(board)
    pytest.fail(f"nothing was known after {most} generations")


def world(*patterns: tuple[str, int, int], size: Size = SIZE) -> Board:
    board = Board.empty(size)
    for name, left, top in patterns:
        board = board.stamped(named(name).board, left, top)
    return board


def test_a_world_that_dies_is_dead():
    assert fate(world(("diehard", 28, 24)), torus=False)[0] == Stagnation(Kind.DEAD, 1, 130)
    assert fate(Board.empty(SIZE)) == (Stagnation(Kind.DEAD, 1, 0), 1)


def test_a_world_that_stays_is_still():
    block = Board.empty(SIZE).stamped(Board.of(np.ones((2, 2), dtype=bool)), 5, 5)
    assert fate(block) == (Stagnation(Kind.STILL, 1, 0), 1)


@pytest.mark.parametrize(
    ("patterns", "period"),
    [
        ([("blinker", 5, 5)], 2),
        ([("pulsar", 20, 20)], 3),
        ([("pentadecathlon", 20, 20)], 15),
        ([("achims-p144", 15, 15)], 144),
        ([("pulsar", 3, 3), ("blinker", 40, 40), ("octagon-ii", 30, 10)], 30),
    ],
)
@pytest.mark.parametrize("torus", [True, False])
def test_an_oscillator_is_known_after_a_period(patterns, period, torus):
    assert fate(world(*patterns), torus) == (Stagnation(Kind.OSCILLATING, period, 0), period)


def test_a_period_beyond_the_bound_is_known_later():
    found, generation = fate(world(("achims-p144", 15, 15)), bound=10)
    assert (found.kind, found.period) == (Kind.OSCILLATING, 144)
    assert 144 < generation <= 3 * 144


@pytest.mark.parametrize(
    ("name", "period", "right", "down"),
    [
        ("glider", 4, 1, 1),
        ("lwss", 4, -2, 0),
        ("loafer", 7, -1, 0),
        ("copperhead", 10, 0, -1),
        ("coe-ship", 16, 8, 0),
    ],
)
@pytest.mark.parametrize("place", [(0, 0), (20, 20), (50, 37)])
def test_a_ship_alone_on_a_torus_is_known_after_its_period(name, period, right, down, place):
    assert fate(world((name, *place))) == (Stagnation(Kind.FLYING, period, 0, right, down), period)


def test_gliders_that_fly_together_are_known():
    found, generation = fate(world(("glider", 5, 5), ("glider", 40, 8), ("glider", 20, 30)))
    assert (found, generation) == (Stagnation(Kind.FLYING, 4, 0, 1, 1), 4)


def test_gliders_half_the_torus_apart_are_known_though_they_look_alike_from_two_places():
    size = Size(64, 48)
    found, _ = fate(world(("glider", 5, 5), ("glider", 37, 29), size=size))
    assert found == Stagnation(Kind.FLYING, 4, 0, 1, 1)


def test_ships_that_fly_past_a_block_are_known_when_they_have_come_round():
    board = world(("lwss", 10, 10)).stamped(Board.of(np.ones((2, 2), dtype=bool)), 30, 30)
    assert fate(board) == (Stagnation(Kind.OSCILLATING, 2 * 64, 0), 2 * 64)


def test_ships_that_fly_apart_are_known_when_they_meet_again():
    across = Board.of(named("lwss").board.mask()[:, ::-1])
    board = world(("lwss", 10, 10)).stamped(across, 10, 30)
    found, generation = fate(board)
    assert (found.kind, found.period, generation) == (Kind.FLYING, 64, 64)
    assert (abs(found.right), found.down) == (32, 0)


def test_what_only_looks_like_a_ship_on_a_plane_is_not_taken_for_one():
    found, _ = fate(world(("glider", 5, 5)), torus=False)
    assert found.kind == Kind.STILL, "it hits the edge and becomes a block"


def test_a_gun_is_not_stagnant():
    board = world(("gosper-glider-gun", 10, 10), size=Size(120, 120))
    stepper, watch = Stepper(board.size, Rule(), torus=False), Watch(torus=False)
    for _ in range(300):
        assert watch.see(board) is None
        board = stepper.step(board)


@pytest.mark.parametrize("seed", range(6))
def test_soups_come_to_an_end_that_is_true(seed):
    """Whatever is said is held against the world itself, stepped once more from the beginning."""
    size = Size(40, 33)
    start = Soup(size, 0.35, seed).board()
    found, generation = fate(start, most=20_000)
    stepper = Stepper(size, Rule())
    before = stepper.step(start, found.since)
    after = stepper.step(before, found.period)
    assert found.since + found.period == generation
    moved = np.roll(before.mask(), (found.down, found.right), (0, 1))
    assert np.array_equal(after.mask(), moved)
    for earlier in range(1, min(found.period, 40)):
        assert stepper.step(before, earlier) != before


def test_a_shape_is_the_same_wherever_it_lies_and_no_other_is():
    random = np.random.default_rng(3)
    for density in (0.01, 0.1, 0.5):
        alive = random.random((21, 34)) < density
        digest, left, top = shape(Board.of(alive))
        for down, right in ((1, 0), (0, 1), (20, 33), (7, 5)):
            moved = shape(Board.of(np.roll(alive, (down, right), (0, 1))))
            assert moved == (digest, (left + right) % 34, (top + down) % 21)
        assert shape(Board.of(alive[:, ::-1]))[0] != digest
        assert shape(Board.of(alive[::-1]))[0] != digest


def test_a_world_that_is_the_same_from_everywhere_has_no_origin():
    assert shape(Board.of(np.ones((20, 20), dtype=bool))) is None
