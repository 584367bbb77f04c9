"""Numbers as a person says and types them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.words import clock, moment, seconds, span

FOREVER = st.floats(0, 3.6e8)


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (0, "0:00"),
        (0.99, "0:00"),
        (59.99, "0:59"),
        (60, "1:00"),
        (754, "12:34"),
        (3600, "1:00:00"),
        (3723.4, "1:02:03"),
    ],
)
def test_film_time_is_said_as_on_a_clock(time: float, said: str) -> None:
    assert clock(time) == said


@pytest.mark.parametrize(
    ("typed", "time"),
    [
        ("0:01", 1),
        ("1:02:03", 3723),
        ("83.5", 83.5),
        ("12:30", 750),
        (" 7 ", 7),
        ("90:00", 5400),
        ("1:02:03.25", 3723.25),
    ],
)
def test_film_time_is_understood_as_it_is_typed(typed: str, time: float) -> None:
    assert seconds(typed) == time


@pytest.mark.parametrize(
    "typed", ["", ":", "1:", ":1", "1:2:3:4", "-1", "1:-1", "nan", "inf", "1e6", "soon", "1;2"]
)
def test_what_is_no_film_time_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        seconds(typed)


@given(st.floats(0, 3.5e9))
def test_a_film_time_that_is_said_is_understood(time: float) -> None:
    assert seconds(clock(time)) == int(time)


@given(st.integers(0, 999_999), st.integers(0, 59), st.integers(0, 59))
def test_hours_minutes_and_seconds_add_up(hours: int, minutes: int, rest: int) -> None:
    assert seconds(f"{hours}:{minutes}:{rest}") == hours * 3600 + minutes * 60 + rest


@given(st.text(max_size=20))
def test_any_text_is_a_time_or_refused(typed: str) -> None:
    try:
        time = seconds(typed)
    except ValueError:
        return
    assert 0 <= time < 1e6 * 3661


@given(FOREVER, FOREVER)
def test_a_later_film_time_is_not_said_as_an_earlier_one(one: float, other: float) -> None:
    earlier, later = sorted((one, other))
    assert seconds(clock(earlier)) <= seconds(clock(later))


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (0, "0 s"),
        (0.5, "0.5 s"),
        (9.999, "10 s"),
        (59.6, "1 min"),
        (120, "2 min"),
        (200, "3 min 20 s"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
        (172_800, "2 days"),
        (9e6, "104 days"),
    ],
)
def test_a_length_of_time_is_said_in_words(time: float, said: str) -> None:
    assert span(time) == said


UNITS = {"s": 1, "min": 60, "h": 3600, "days": 86_400}


@given(FOREVER)
def test_a_length_of_time_means_what_it_says(time: float) -> None:
    said = span(time)
    parts = re.findall(r"([\d.e+-]+) (s|min|h|days)", said)
    assert " ".join(f"{number} {unit}" for number, unit in parts) == said
    told = sum(float(number) * UNITS[unit] for number, unit in parts)
    error = {"s": 0.5, "min": 0.5, "h": 30, "days": 43_200}[parts[0][1]] if time >= 10 else 0.005 * time
    assert abs(told - time) <= error + 1e-9


def test_a_time_of_day_has_its_date_when_it_is_not_today() -> None:
    today = datetime.now().replace(hour=13, minute=5, second=9)
    assert moment(today.timestamp()) == "13:05:09"
    later = today + timedelta(days=400)
    assert moment(later.timestamp()) == f"{later.day} {later:%B} {later.year}"
    tomorrow = today + timedelta(days=1)
    assert moment(tomorrow.timestamp()) == f"{tomorrow.day} {tomorrow:%B}, 13:05"


@given(st.floats(0, 4e6 * 86_400 + 4e9))
def test_any_end_that_a_reel_can_have_is_said(time: float) -> None:
    assert moment(time)
