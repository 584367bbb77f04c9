"""Stepping: agreement with a plain convolution, and with the truth table of any rule."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from life import RULES, SIZES, disagreements

from player.frame import Size
from player.life import Board, LifeError, Rule, Soup, Stepper
from player.life.logic import CELL, INPUTS, operations

rules = st.builds(
    lambda births, survivals: Rule("".join(sorted(births)), "".join(sorted(survivals))),
    st.sets(st.sampled_from("12345678")),
    st.sets(st.sampled_from("012345678")),
)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("torus", [True, False], ids=["torus", "plane"])
def test_soups_go_as_a_convolution_says(rule, torus):
    """A fifth of 200 soups, for a while; `tests/bench_life.py --agree` takes all for 1,000 generations."""
    for width, height in SIZES:
        for difference in disagreements(Size(width, height), 2, 100, Rule.parse(rule), torus):
            pytest.fail(difference)


@settings(deadline=None, max_examples=60)
@given(rules, st.integers(1, 140), st.integers(1, 12), st.booleans())
def test_any_rule_goes_as_a_convolution_says(rule, width, height, torus):
    assert not list(disagreements(Size(width, height), 3, 4, rule, torus))


@settings(deadline=None, max_examples=150)
@given(rules)
def test_the_operations_of_a_rule_are_its_truth_table(rule):
    for alive in (0, 1):
        for count in range(9):
            block = count + alive
            values = [block >> digit & 1 for digit in range(CELL)] + [alive]
            assert len(values) == INPUTS
            for op in operations(rule):
                a = values[op.a]
                b = values[op.b] if op.b >= 0 else 0
                values.append({"and": a & b, "or": a | b, "xor": a ^ b, "not": 1 - a}[op.name])
            assert values[-1] == (str(count) in (rule.survivals if alive else rule.births))


def test_lifes_own_rule_takes_five_operations():
    assert len(operations(Rule())) == 5


def test_a_world_of_many_bands_goes_as_one_of_few(monkeypatch):
    board = Soup(Size(200, 97), 0.4, 5).board()
    whole = Stepper(board.size, Rule()).step(board, 20)
    for tile in (1, 50, 300):
        monkeypatch.setattr("player.life.stepper.TILE", tile)
        assert Stepper(board.size, Rule()).step(board, 20) == whole


def test_many_generations_at_once_are_as_many_single_ones():
    board = Soup(Size(70, 30), 0.4, 1).board()
    stepper = Stepper(board.size, Rule())
    one = board
    for generations in range(6):
        assert stepper.step(board, generations) == one
        one = stepper.step(one)


def test_the_rules_own_bounds_decide_about_edges():
    size = Size(30, 20)
    board = Soup(size, 0.5, 3).board()
    for torus in (True, False):
        rule = Rule.parse(f"B3/S23:{'T' if torus else 'P'}30,20")
        assert Stepper(size, rule, not torus).step(board, 9) == Stepper(size, Rule(), torus).step(board, 9)


def test_a_board_that_is_left_alone_stays_as_it_is():
    board = Soup(Size(40, 40), 0.5, 3).board()
    before = board.words.copy()
    Stepper(board.size, Rule()).step(board, 3)
    assert np.array_equal(board.words, before)


def test_what_does_not_fit_is_refused():
    with pytest.raises(LifeError, match="0×5 cells has no room"):
        Stepper(Size(0, 5), Rule())
    with pytest.raises(LifeError, match="31×20 cells does not fit the rule B3/S23:T30,20"):
        Stepper(Size(31, 20), Rule.parse("B3/S23:T30,20"))
    with pytest.raises(LifeError, match="4×4 cells cannot be stepped as one of 5×5"):
        Stepper(Size(5, 5), Rule()).step(Board.empty(Size(4, 4)))
