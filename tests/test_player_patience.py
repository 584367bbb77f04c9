"""How long a panel is waited for."""

from __future__ import annotations

from itertools import pairwise

from player.patience import ASK_AGAIN, FIRST_RETRY, GIVE_UP, LONGEST_RETRY, Patience


def test_a_panel_that_hangs_is_tried_less_and_less_often_and_then_given_up():
    patience, waits = Patience(), []
    while not patience.spent:
        patience = patience.hung(1000.0)
        waits.append(patience.until - 1000.0)
    assert len(waits) == GIVE_UP and waits[0] == FIRST_RETRY
    assert all(later == min(LONGEST_RETRY, 2 * sooner) for sooner, later in pairwise(waits))


def test_no_wait_is_longer_than_the_longest():
    assert Patience(failures=40).hung(0.0).until == LONGEST_RETRY


def test_a_panel_that_answers_is_never_given_up_and_has_not_hung():
    patience = Patience().hung(0.0).hung(10.0)
    for now in range(0, 10_000, 100):
        patience = patience.asked(float(now))
        assert patience == Patience(0, now + ASK_AGAIN) and not patience.spent
