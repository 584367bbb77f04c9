"""The table of settings: whole, in range, and strict."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.settings import TABLE, SettingError, Settings

BY_NAME = {setting.name: setting for setting in TABLE}
NUMBERS = [setting for setting in TABLE if not setting.choices]
WHOLE = [setting for setting in NUMBERS if isinstance(setting.default, int)]
REAL = [setting for setting in NUMBERS if isinstance(setting.default, float)]
CHOICES = [setting for setting in TABLE if setting.choices]


def named(setting) -> str:
    return setting.name


@pytest.mark.parametrize("setting", TABLE, ids=named)
def test_every_setting_says_what_it_is(setting):
    assert setting.label and setting.label[0].isupper() and not setting.label.endswith(".")
    assert setting.help.endswith(".")
    if setting.choices:
        assert len(set(setting.choices)) > 1 and setting.default in setting.choices
    else:
        assert setting.unit
        assert math.isfinite(setting.low) and math.isfinite(setting.high)
        assert setting.low <= setting.default <= setting.high and setting.low < setting.high


def test_the_table_is_all_the_settings_and_its_defaults_are_theirs():
    assert Settings().values() == {setting.name: setting.default for setting in TABLE}
    assert [setting.name for setting in TABLE] == [field.name for field in dataclasses.fields(Settings)]
    assert len({setting.label for setting in TABLE}) == len(TABLE)
    assert WHOLE and REAL and CHOICES


@pytest.mark.parametrize("setting", TABLE, ids=named)
def test_a_default_is_a_value_as_number_and_as_text(setting):
    assert setting.parse(setting.default) == setting.default
    assert setting.parse(str(setting.default)) == setting.default


@pytest.mark.parametrize("setting", NUMBERS, ids=named)
def test_the_ends_of_the_range_belong_to_it(setting):
    kind = type(setting.default)
    for end in (setting.low, setting.high):
        value = setting.parse(kind(end))
        assert value == end and type(value) is kind
        assert setting.parse(str(kind(end))) == end


@pytest.mark.parametrize("setting", WHOLE, ids=named)
def test_a_whole_number_may_come_as_a_float_that_is_whole(setting):
    value = setting.parse(float(setting.low))
    assert value == setting.low and type(value) is int


@pytest.mark.parametrize("setting", REAL, ids=named)
def test_a_number_may_come_as_a_whole_one(setting):
    assert type(setting.parse(math.ceil(setting.low))) is float


@pytest.mark.parametrize(
    "value",
    [
        *("nan", "inf", "-inf", math.nan, math.inf, -math.inf),
        *(True, False, None, [], {}, b"3"),
        *("", "  ", "fast", "1,5", "0x10", "-9", "9" * 400),
        *(-9, 1e308, 10**30, 10**400, -(10**400)),
    ],
    ids=lambda value: f"{type(value).__name__} {str(value)[:12]}",
)
@pytest.mark.parametrize("setting", NUMBERS, ids=named)
def test_what_is_no_number_in_range_is_refused_by_the_setting_s_label(setting, value):
    with pytest.raises(SettingError) as caught:
        setting.parse(value)
    assert str(caught.value).startswith(f"{setting.label}: ")


@pytest.mark.parametrize("setting", WHOLE, ids=named)
@pytest.mark.parametrize("value", ["1.5", 1.5, "2.0", "1e1"])
def test_a_whole_number_with_a_fraction_is_refused(setting, value):
    with pytest.raises(SettingError, match=rf"^{setting.label}: .*{value}.* is not a whole number$"):
        setting.parse(value)


@pytest.mark.parametrize("setting", NUMBERS, ids=named)
def test_just_outside_the_range_is_refused_and_the_range_said(setting):
    outside = [setting.low - 1, setting.high + 1]
    if setting in REAL:
        outside = [math.nextafter(setting.low, -math.inf), math.nextafter(setting.high, math.inf)]
    for value in outside:
        with pytest.raises(SettingError) as caught:
            setting.parse(value)
        assert f"outside {setting.low:g} to {setting.high:g} {setting.unit}" in str(caught.value)


@pytest.mark.parametrize("setting", CHOICES, ids=named)
@pytest.mark.parametrize("value", ["", "Loop", "hold ", 0, None, True, 1.5, []])
def test_what_is_no_choice_is_refused_and_the_choices_said(setting, value):
    with pytest.raises(SettingError) as caught:
        setting.parse(value)
    assert str(caught.value).startswith(f"{setting.label}: ")
    assert ", ".join(setting.choices) in str(caught.value)


def test_settings_take_text_and_numbers_together():
    changed = Settings().with_values(
        {"seconds_per_frame": "90", "frames_per_step": 4, "at_end": "stop", "last_days": "0.5"}
    )
    assert changed == Settings(seconds_per_frame=90.0, frames_per_step=4, at_end="stop", last_days=0.5)
    assert changed.values()["calm_clean"] == Settings().calm_clean


def test_with_no_values_nothing_changes():
    odd = Settings(seconds_per_frame=7.0)
    assert odd.with_values({}) == odd


@pytest.mark.parametrize("name", ["speed", "", "__class__", "parse", "Seconds per frame"])
def test_a_setting_that_does_not_exist_is_refused_by_its_name(name):
    with pytest.raises(SettingError, match=f'no setting "{name}"'):
        Settings().with_values({"seconds_per_frame": 5, name: 1})


def test_one_bad_value_and_nothing_is_replaced():
    before = Settings()
    with pytest.raises(SettingError, match=r"^Calm or clean: "):
        before.with_values({"seconds_per_frame": 5, "calm_clean": 11})
    assert before == Settings()


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(TABLE),
    st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.binary()),
)
def test_whatever_comes_in_a_valid_value_or_a_setting_error_comes_out(setting, value):
    try:
        parsed = setting.parse(value)
    except SettingError:
        return
    assert type(parsed) is type(setting.default)
    assert setting.parse(parsed) == parsed
    assert parsed in setting.choices if setting.choices else setting.low <= parsed <= setting.high
