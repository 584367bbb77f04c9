"""How warm a panel is, and whether it may be drawn on."""

from __future__ import annotations

import pytest

from player.panels.climate import TemperatureError, celsius, check


@pytest.mark.parametrize(
    ("word", "degrees"),
    [
        (0, 0), (25, 25), (50, 50), (51, 51), (70, 70),
        (0xFFFC, -4), (0x00FC, -4), (0xFFE7, -25), (0x00E7, -25), (0xFFFE, -2),
    ],
)  # fmt: skip
def test_a_word_tells_a_temperature_signed_or_in_its_low_byte(word, degrees):
    assert celsius(word) == degrees


@pytest.mark.parametrize("word", [0xFFFF, 0x00FF, 71, 0x7F, 0xFFE6, 0x0080, 0x0119, 0x1900, 0x8438, 0x7FFF])
def test_what_no_panel_could_survive_or_nobody_said_is_no_temperature(word):
    assert celsius(word) is None


@pytest.mark.parametrize("degrees", [None, 0, 1, 25, 50])
def test_a_panel_in_its_range_or_with_no_sensor_may_be_drawn_on(degrees):
    check(degrees)


@pytest.mark.parametrize("degrees", [-25, -4, -2, 51, 70])
def test_a_panel_out_of_its_range_may_not_and_the_sentence_says_both(degrees):
    with pytest.raises(TemperatureError, match=f"^the panel is at {degrees} °C; .* between 0 and 50 °C$"):
        check(degrees)
