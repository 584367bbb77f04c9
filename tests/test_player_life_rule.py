"""Rules: what is read, and what is refused for which reason."""

from __future__ import annotations

import pytest

from player.frame import Size
from player.life import NAMED, Bounds, LifeError, Rule


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("B3/S23", "B3/S23"),
        ("b3/s23", "B3/S23"),
        ("B3S23", "B3/S23"),
        ("S23/B3", "B3/S23"),
        ("s23b3", "B3/S23"),
        ("23/3", "B3/S23"),
        ("/2", "B2/S"),
        ("B2/S", "B2/S"),
        ("012345678/3", "B3/S012345678"),
        ("B63/S32", "B36/S23"),
        ("Life", "B3/S23"),
        (" highlife ", "B36/S23"),
        ("Day & Night", "B3678/S34678"),
        ("B3/S23:T30,20", "B3/S23:T30,20"),
        ("b3/s23:p30,20", "B3/S23:P30,20"),
        ("23/3:T100", "B3/S23:T100,100"),
        ("Life:T250,122", "B3/S23:T250,122"),
    ],
)
def test_rules_are_read_as_golly_reads_them(text, rule):
    assert str(Rule.parse(text)) == rule
    assert Rule.parse(rule) == Rule.parse(text)


def test_bounds_are_read():
    assert Rule.parse("B3/S23:T30,20").bounds == Bounds(Size(30, 20), torus=True)
    assert Rule.parse("B3/S23:P30,20").bounds == Bounds(Size(30, 20), torus=False)
    assert Rule.parse("B3/S23").bounds is None


def test_every_name_is_a_rule():
    for name in NAMED:
        assert Rule.parse(name)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("B03/S23", "the rule B03/S23 has B0: empty space would come alive"),
        ("23/03", "has B0"),
        ("B3/S239", "'B3/S239' has a 9, and a cell has eight neighbours"),
        ("B3/S23V", "'B3/S23V' has another neighbourhood"),
        ("B2/S34H", "another neighbourhood"),
        ("B2-a/S12", "does not go by the number of living neighbours alone"),
        ("W110", "does not go by the number"),
        ("23/3/8", "has cells with more states than alive and dead"),
        ("B3", "is not like"),
        ("", "is not like"),
        ("Lief", "'Lief' is not like"),
        ("B3/S23:K30,20", "edges that are not like"),
        ("B3/S23:T0,20", "edges that are not like"),
        ("B3/S23:T30+1,20", "edges that are not like"),
        ("B3/S23:", "edges that are not like"),
        ("B3/S23:T99999,2", "over 16384 cells along a side or 4194304 in all"),
        ("B3/S23:T9999", "or 4194304 in all"),
        ("B3/S23:T" + "9" * 60, "edges that are not like"),
        ("B" + "3" * 100_000 + "/S23", "a rule of 100005 characters"),
    ],
)
def test_other_rules_are_refused_with_the_reason(text, reason):
    with pytest.raises(LifeError) as error:
        Rule.parse(text)
    assert reason in str(error.value)
    assert "\n" not in str(error.value)


def test_a_rule_is_made_of_digits_in_order():
    with pytest.raises(LifeError, match="in order, not '32'"):
        Rule("3", "32")
    with pytest.raises(LifeError, match="not '9'"):
        Rule("9", "23")
