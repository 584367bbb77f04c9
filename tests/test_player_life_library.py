"""The patterns in the library do what they are known to do."""

from __future__ import annotations

import numpy as np
import pytest
from life import cropped, on_a_plane

from player.frame import Size
from player.life import Board, LifeError, Rule, Stepper, named, names

OSCILLATORS = {
    "blinker": 2, "toad": 2, "beacon": 2, "clock": 2, "pulsar": 3, "jam": 3, "cross": 3, "pinwheel": 4,
    "octagon-ii": 5, "unix": 6, "figure-eight": 8, "koks-galaxy": 8, "worker-bee": 9, "tumbler": 14,
    "pentadecathlon": 15, "queen-bee-shuttle": 30, "gourmet": 32, "twin-bees-shuttle": 46, "achims-p144": 144,
}  # fmt: skip
SHIPS = {
    "glider": (4, 1, 1), "lwss": (4, -2, 0), "mwss": (4, -2, 0), "hwss": (4, -2, 0), "turtle": (3, -1, 0),
    "dart": (3, 0, -1), "canada-goose": (4, -1, -1), "spider": (5, 0, -1), "weekender": (7, 0, -2),
    "loafer": (7, -1, 0), "copperhead": (10, 0, -1), "schick-engine": (12, -6, 0), "coe-ship": (16, 8, 0),
}  # fmt: skip
"""Period, and how many cells to the right and down in it."""
SETTLING = {
    "r-pentomino": (1103, 116), "acorn": (5206, 633), "diehard": (130, 0), "pi-heptomino": (173, 55),
    "b-heptomino": (148, 28), "herschel": (128, 24), "gliders-by-the-dozen": (184, 124),
}  # fmt: skip
"""The generation from which on the population stays, and the population."""
GROWING = {
    "gosper-glider-gun": (30, 5, 0), "simkin-glider-gun": (120, 5, 0), "space-rake": (20, 5, 0),
    "puffer-1": (128, 26, 12), "five-by-five": (288, 32, 660), "ten-cells": (288, 32, 564),
    "one-cell-high": (288, 64, 1483),
}  # fmt: skip
"""Period, how many cells more after it, and the generation from which on this is so."""
OTHERS = {"switch-engine", "highlife-replicator"}


def test_every_pattern_has_a_fact_that_is_tested():
    assert set(names()) == {*OSCILLATORS, *SHIPS, *SETTLING, *GROWING} | OTHERS


@pytest.mark.parametrize("name", names())
def test_every_pattern_says_what_it_is_and_who_found_it(name):
    pattern = named(name)
    assert pattern.name and pattern.author and len(pattern.comments) == 1
    assert pattern.author.startswith("Unknown") or "19" in pattern.author or "20" in pattern.author
    _, alive = cropped(pattern.board.centred_on(Size(100, 100)))
    assert alive.shape == (pattern.board.size.height, pattern.board.size.width)


@pytest.mark.parametrize("name", OSCILLATORS)
def test_oscillators_have_their_periods(name):
    generations = list(on_a_plane(named(name).board, Rule(), OSCILLATORS[name]))
    assert [board for board in generations if board == generations[0]] == [generations[0], generations[-1]]
    assert f"period {OSCILLATORS[name]}." in named(name).comments[0]


@pytest.mark.parametrize("name", SHIPS)
def test_ships_come_back_elsewhere(name):
    period, right, down = SHIPS[name]
    places, shapes = zip(*map(cropped, on_a_plane(named(name).board, Rule(), 3 * period)), strict=True)
    same = [generation for generation, shape in enumerate(shapes) if np.array_equal(shape, shapes[0])]
    assert same == [0, period, 2 * period, 3 * period]
    (x, y), (last_x, last_y) = places[0], places[-1]
    assert (last_x - x, last_y - y) == (3 * right, 3 * down)
    assert f"period {period}." in named(name).comments[0]


@pytest.mark.parametrize("name", SETTLING)
def test_methuselahs_settle_when_they_should(name):
    generation, population = SETTLING[name]
    populations = [board.population for board in on_a_plane(named(name).board, Rule(), generation + 60)]
    assert populations[generation - 1] != population
    assert set(populations[generation:]) == {population}
    assert f"generation {generation}" in named(name).comments[0]


@pytest.mark.parametrize("name", GROWING)
def test_guns_and_puffers_grow_as_they_should(name):
    period, growth, since = GROWING[name]
    boards = on_a_plane(named(name).board, Rule(), since + 3 * period)
    populations = np.array([board.population for board in boards])
    growths = populations[period:] - populations[:-period]
    assert set(growths[since:].tolist()) == {growth}
    assert since == 0 or growths[since - 1] != growth


def test_the_gun_shoots_a_glider_every_thirty_generations_and_stays_what_it_is():
    """Generation 300 is the gun again, and ten gliders."""
    gun = named("gosper-glider-gun").board
    size = Size(200, 200)
    board = Stepper(size, Rule(), torus=False).step(Board.empty(size).stamped(gun, 10, 10), 300)
    alive = board.mask()
    assert np.array_equal(alive[10 : 10 + 9, 10 : 10 + 36], gun.mask())
    assert board.population == 36 + 10 * 5


def occurrences(board: Board, pattern: Board) -> set[tuple[int, int]]:
    """Where a pattern's rectangle is found, from where it is when it lies in the middle."""
    width, height = pattern.size
    windows = np.lib.stride_tricks.sliding_window_view(board.mask(), (height, width))
    found = np.argwhere((windows == pattern.mask()).all(axis=(2, 3)))
    left, top = board.size.width // 2 - width // 2, board.size.height // 2 - height // 2
    return {(int(x) - left, int(y) - top) for y, x in found}


def test_the_switch_engine_flies_eight_cells_in_96_generations():
    engine = named("switch-engine").board
    for generation, board in enumerate(on_a_plane(engine, Rule(), 4 * 96)):
        if generation % 96 == 0:
            assert occurrences(board, engine) == {(-generation // 12, -generation // 12)}


def test_the_replicator_of_highlife_replicates():
    pattern = named("highlife-replicator")
    assert str(pattern.rule) == "B36/S23"
    boards = list(on_a_plane(pattern.board, pattern.rule, 36))
    assert occurrences(boards[12], pattern.board) == {(-2, -2), (2, 2)}
    assert occurrences(boards[36], pattern.board) == {(-6, -6), (-2, -2), (2, 2), (6, 6)}
    assert boards[36].population == 4 * boards[0].population


def test_a_name_that_is_none_is_refused():
    with pytest.raises(LifeError, match=r"no pattern 'gliders' here; there are achims-p144, acorn, "):
        named("gliders")
    with pytest.raises(LifeError):
        named("../data/glider")
