"""When a redraw flashes, where, and when it is quiet; and a panel of paper on which to see it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from fakes import SMALL, film, random_frame
from hypothesis import given, settings
from hypothesis import strategies as st

from player.frame import Box, Frame, FrameError, Size
from player.ghosts import TILE, ghosts, look, shares, strength, visible
from player.ink import Ink, seen
from player.panels import SIX_INCH_HD, PanelError, RegionalPanel, open_panel
from player.panels.paper import PaperPanel
from player.refresh import (
    FLASH,
    HORIZON,
    LATEST_DAYS,
    NOTHING,
    QUIET,
    RECTANGLES,
    ROUNDS,
    WHOLE_DAYS,
    Glass,
    Moment,
    Redraw,
    Redrawing,
    RefreshPolicy,
)

SIZE = Size(150, 100)  # 5 tiles across and 4 down, the last ones cut off
FLASHED_BOX = Box(32, 0, 96, 64)
quick = settings(deadline=None, max_examples=40)
seeds = st.integers(0, 9)
knobs = st.sampled_from([0.0, 2.5, 5.0, 7.5, 10.0])
regional = st.booleans()


def grey(share: float, seed: int = 5) -> Frame:
    """A flat grey in dots that stay where they are as it gets lighter."""
    return Frame.of(np.random.default_rng(seed).random((SIZE.height, SIZE.width)) < share)


def with_patch(frame: Frame, other: Frame, box: Box) -> Frame:
    mask = frame.mask()
    left, top, right, bottom = box
    mask[top:bottom, left:right] = other.mask()[top:bottom, left:right]
    return Frame.of(mask)


def pan(count: int, speed: float = 3.0) -> list[Frame]:
    """A bright disc moves over a dark ground, stays a while, and there are cuts."""
    row, column = np.mgrid[: SIZE.height, : SIZE.width]
    threshold = np.random.default_rng(3).random((SIZE.height, SIZE.width))
    frames = []
    for number in range(count):
        shot, at = divmod(number, 25)
        x = 20 + speed * min(at, 15) + 17 * shot
        light = np.where(np.hypot(row - 50, column - x) < 22, 0.9, 0.15 + 0.2 * (shot % 2))
        frames.append(Frame.of(threshold < light))
    return frames


def play(policy: RefreshPolicy, frames: Sequence[Frame], **moment) -> list[tuple[Redrawing, Glass]]:
    glass, done = Glass(), []
    for number, frame in enumerate(frames):
        how = policy.redraw(glass, frame, Moment(tuple(frames[number + 1 :]), **moment))
        glass = glass.after(frame, how)
        done.append((how, glass))
    return done


def play_knowing(policy: RefreshPolicy, frames: Sequence[Frame]) -> list[tuple[Redrawing, Glass]]:
    """The same, as of a reel that has come to its end: the policy knows when that is."""
    glass, done = Glass(), []
    for number, frame in enumerate(frames):
        to_come = tuple(frames[number + 1 :][:HORIZON])
        how = policy.redraw(glass, frame, Moment(to_come, len(frames) - 1 - number - len(to_come)))
        glass = glass.after(frame, how)
        done.append((how, glass))
    return done


def area(done: list[tuple[Redrawing, Glass]]) -> float:
    return sum(how.flashed(SIZE.pixels) for how, _ in done[1:])


def ghost(glass: Glass) -> float:
    plain = ghosts(look(glass.under).tone, look(glass.frame), strength(glass.reach))
    return float((plain * shares(glass.frame.size)).sum())


def clean(frame: Frame) -> Glass:
    return Glass().after(frame, FLASH)


hows = st.lists(
    st.tuples(
        seeds,
        st.one_of(
            st.sampled_from([NOTHING, QUIET, FLASH]),
            st.tuples(seeds, st.integers(0, 60), st.integers(0, 60), st.integers(1, 60), st.integers(1, 60)),
        ),
    ),
    max_size=10,
)


def redrawing(glass: Glass, how: Redrawing | tuple[int, int, int, int, int]) -> Redrawing:
    """A redrawing as it is drawn by chance: some have an area that shows a frame of its own."""
    if isinstance(how, Redrawing):
        return how
    seed, left, top, width, height = how
    box = Box(left, top, left + width, min(top + height, SIZE.height))
    return Redrawing(Redraw.PARTIAL, (box,), with_patch(glass.frame, random_frame(seed, SIZE), box))


# --- the glass --------------------------------------------------------------------------------------------


def test_nothing_is_known_of_a_panel_before_a_full_redraw():
    assert Glass().ink is None and Glass().ghosts == 0
    for how in (QUIET, NOTHING):
        with pytest.raises(ValueError, match="first redraw"):
            Glass().after(grey(0.5), how)


def test_ghosts_are_a_share_of_the_whole_panel():
    half = Frame.of(np.arange(SIZE.pixels).reshape(SIZE.height, SIZE.width) % 2 == 0)
    glass = clean(Frame.white(SIZE)).after(half, QUIET)
    assert glass.ghosts == pytest.approx(0.5)
    assert glass.after(half, FLASH).ghosts == 0


def test_an_area_that_flashed_is_clean_and_the_rest_is_as_it_was():
    before, after = grey(0.7), grey(0.3)
    glass = clean(before).after(
        after, Redrawing(Redraw.PARTIAL, (FLASHED_BOX,), with_patch(before, after, FLASHED_BOX))
    )
    off = glass.ink.position != np.where(after.mask(), 255, 0)
    left, top, right, bottom = FLASHED_BOX
    assert not off[top:bottom, left:right].any()
    off[top:bottom, left:right] = (
        before.mask()[top:bottom, left:right] != after.mask()[top:bottom, left:right]
    )
    assert np.array_equal(off, before.mask() != after.mask())


def test_what_flashes_over_more_than_half_of_the_panel_counts_as_a_flash_of_the_whole():
    glass = clean(grey(0.1)).after(grey(0.2), QUIET)
    assert glass.since == 1
    for right, since in ((70, 2), (80, 0)):
        box = Box(0, 0, right, SIZE.height)
        assert glass.after(grey(0.3), Redrawing(Redraw.PARTIAL, (box,), grey(0.2))).since == since
    assert glass.after(grey(0.2), NOTHING) is glass
    assert glass.after(grey(0.3), FLASH).since == 0


@quick
@given(hows)
def test_the_account_is_the_ink_of_the_panel(drawn):
    panel, glass = PaperPanel(SIZE), Glass()
    for seed, chance in [(77, FLASH), *drawn]:
        how = redrawing(glass, chance)
        # A panel that is not redrawn keeps its frame.
        frame = glass.frame if how is NOTHING else random_frame(seed, SIZE)
        if how.areas:
            panel.flash(how.under, how.areas)
        panel.show(frame, how.kind)
        glass = glass.after(frame, how)
        assert glass.ink.frame == panel.ink.frame == frame
        assert np.array_equal(glass.ink.position, panel.ink.position)
        assert np.allclose(
            ghosts(look(glass.under).tone, look(frame), strength(glass.reach)), visible(panel.ink), atol=1e-3
        )


# --- the policy -------------------------------------------------------------------------------------------


@quick
@given(knobs, regional, st.booleans())
def test_the_first_redraw_is_full_whatever_the_policy_and_the_hour(knob, regional, quiet):
    assert RefreshPolicy(knob, regional).redraw(Glass(), grey(0.5), Moment(quiet=quiet)) is FLASH


@quick
@given(knobs, regional, seeds, st.floats(0, 9))
def test_a_picture_that_stays_is_never_drawn_again(knob, regional, seed, days):
    glass = clean(random_frame(seed, SIZE, 0.9)).after(random_frame(seed + 1, SIZE, 0.1), QUIET)
    moment = Moment((random_frame(3, SIZE),), 9, True, False, days)
    assert RefreshPolicy(knob, regional, 1).redraw(glass, glass.frame, moment) is NOTHING


@quick
@given(knobs, regional, hows, st.floats(0, 9), st.booleans())
def test_in_quiet_hours_nothing_flashes(knob, regional, drawn, days, cut):
    glass = clean(random_frame(0, SIZE))
    for seed, chance in drawn:
        glass = glass.after(random_frame(seed, SIZE), redrawing(glass, chance))
    how = RefreshPolicy(knob, regional, 1).redraw(
        glass, random_frame(99, SIZE), Moment(cut=cut, quiet=True, days=days)
    )
    assert how is QUIET


@quick
@given(knobs, regional, st.lists(seeds, max_size=3), seeds, st.integers(0, 30))
def test_the_same_in_the_same_out_and_nothing_else_is_changed(knob, regional, come, seed, lasting):
    glass = clean(random_frame(1, SIZE, 0.9)).after(random_frame(2, SIZE, 0.4), QUIET)
    before = glass.frame.tobytes(), glass.under.tobytes(), glass.since
    policy, frame = RefreshPolicy(knob, regional, 1), random_frame(50 + seed, SIZE, 0.1)
    moment = Moment(tuple(random_frame(one, SIZE, 0.1 * one) for one in come), lasting)
    assert policy.redraw(glass, frame, moment) == policy.redraw(glass, frame, moment)
    assert (glass.frame.tobytes(), glass.under.tobytes(), glass.since) == before


@quick
@given(knobs, st.integers(1, 6))
def test_areas_are_few_lie_on_tiles_and_do_not_meet(knob, seed):
    frames = [random_frame(10 * seed + number, SIZE, 0.1 + 0.8 * (number % 2)) for number in range(6)]
    for how, _ in play(RefreshPolicy(knob, cooldown=1), frames):
        taken = np.zeros((SIZE.height, SIZE.width), int)
        assert len(how.areas) <= RECTANGLES and (how.under is not None) == bool(how.areas)
        for left, top, right, bottom in how.areas:
            assert left % TILE == top % TILE == 0
            assert right % TILE == 0 or right == SIZE.width
            assert bottom % TILE == 0 or bottom == SIZE.height
            taken[top:bottom, left:right] += 1
        assert taken.max(initial=0) <= 1


def test_outside_its_areas_a_flash_leaves_what_is_there():
    frames, found = pan(30, 6), 0
    glass = clean(frames[0])
    for number, frame in enumerate(frames[1:], 1):
        how = RefreshPolicy(8).redraw(glass, frame, Moment(tuple(frames[number + 1 :])))
        if how.areas:
            inside = np.zeros((SIZE.height, SIZE.width), bool)
            for left, top, right, bottom in how.areas:
                inside[top:bottom, left:right] = True
            assert np.array_equal(how.under.mask()[~inside], glass.frame.mask()[~inside])
            found += 1
        glass = glass.after(frame, how)
    assert found > 3


@pytest.mark.parametrize("cooldown", [1, 2, 5, 20])
@pytest.mark.parametrize("regional", [False, True])
def test_between_two_flashes_of_the_whole_lie_at_least_so_many_frames(cooldown, regional):
    frames = [grey(0.05 + 0.9 * (number % 2)) for number in range(3 * cooldown + 1)]
    # Frame by frame, as black and white change places: worth every flash there is, and twice as dear to wait.
    done = play(RefreshPolicy(40.0, regional, cooldown), frames)
    whole = [number for number, (how, _) in enumerate(done) if how.flashed(SIZE.pixels) > 0.5]
    assert all(after - before >= cooldown for before, after in pairwise(whole))
    if not regional:
        assert whole == [0, cooldown, 2 * cooldown, 3 * cooldown] or cooldown % 2 == 0


def test_while_the_panel_rests_the_worst_half_of_it_may_flash_still():
    slope = np.linspace(0, 1, SIZE.width) ** 3
    frame = Frame.of(np.random.default_rng(2).random((SIZE.height, SIZE.width)) < slope)
    glass = clean(Frame.white(SIZE))
    how = RefreshPolicy(8.0).redraw(glass, frame)
    assert 0.2 < how.flashed(SIZE.pixels) <= 0.5
    assert all(box.left == 0 for box in how.areas), "where it has become darkest"
    rested = Glass(glass.frame, glass.under, 30)
    assert RefreshPolicy(8.0).redraw(rested, frame).flashed(SIZE.pixels) > 0.8


@pytest.mark.parametrize("reach", [17 / 21, 0.9])
@pytest.mark.parametrize("come", [0, 1, HORIZON])
@pytest.mark.parametrize("knob", [0.0, 5.0, 10.0])
def test_the_rounds_suffice_to_make_any_flash_too_dear(knob, come, reach):
    white, black, policy = Frame.white(SIZE), Frame.black(SIZE), RefreshPolicy(knob)
    _, lasts = policy._ahead(black, Moment((black,) * come))
    worst = ghosts(look(white).tone, look(black), strength(reach)).max() * sum(lasts)
    assert worst < policy.price * 2**ROUNDS


def test_while_the_panel_rests_a_price_that_cannot_rise_enough_means_quiet():
    white, black = Frame.white(SIZE), Frame.black(SIZE)
    assert RefreshPolicy(60.0).redraw(clean(white), black) is QUIET
    assert RefreshPolicy(60.0).redraw(Glass(white, white, 30), black).areas


@pytest.mark.parametrize(
    "frames", [pan(75), pan(60, 6), [grey(0.5 + 0.01 * n) for n in range(40)]], ids=["pan", "fast", "fade"]
)
@pytest.mark.parametrize("regional", [False, True])
def test_the_cleaner_the_more_it_flashes_and_the_less_there_is_to_see(frames, regional):
    done = [play(RefreshPolicy(knob, regional), frames) for knob in (0, 2, 4, 6, 8, 10)]
    areas = [area(one) for one in done]
    seen_there = [sum(ghost(glass) for _, glass in one) for one in done]
    assert areas == sorted(areas) and areas[0] < areas[-1]
    assert all(less <= more * 1.001 for more, less in pairwise(seen_there))


def passing(standing: int, passes: int, after: int) -> list[Frame]:
    """A shadow falls on part of a still picture, stands there, and goes; all of it in two frames' time."""
    threshold = np.random.default_rng(8).random((SIZE.height, SIZE.width))
    light = np.full(threshold.shape, 0.5)
    dark = light.copy()
    dark[20:90, 30:120] = 0.1
    there = [0.0] * standing + [0.5] + [1.0] * passes + [0.5] + [0.0] * after
    frames = [Frame.of(threshold < light + share * (dark - light)) for share in there]
    return [Frame.of(one.mask() ^ (threshold > 1 - 2e-4 * number)) for number, one in enumerate(frames)]


@pytest.mark.parametrize(("passes", "after"), [(15, 40), (3, 120), (30, 120), (60, 120)])
def test_what_comes_and_goes_does_not_make_it_flash_more_for_more_to_see(passes, after):
    frames = passing(20, passes, after)
    done = [play_knowing(RefreshPolicy(knob), frames) for knob in (0, 1, 2, 3, 4, 5, 6, 8, 10)]
    areas = [area(one) for one in done]
    seen_there = [sum(ghost(glass) for _, glass in one) for one in done]
    assert all(more >= 0.97 * less for less, more in pairwise(areas)) and areas[0] < areas[-1]
    slack = 0.05 * seen_there[0]  # where hardly any ghost is left, it is chance which knob leaves less
    assert all(less <= more + slack for more, less in pairwise(seen_there))


def test_far_frames_are_looked_at():
    still, other = grey(0.2), grey(0.7)
    policy, known = RefreshPolicy(2.0, cooldown=1), HORIZON - 1
    for gone in (14, 30):
        come = (other,) * gone + (still,) * (known - gone)
        assert policy.redraw(clean(still), other, Moment(come)) is QUIET
    assert policy.redraw(clean(still), other, Moment((other,) * known)).areas


def test_flashes_in_places_take_less_area_for_less_to_see():
    frames = pan(75)
    whole = play(RefreshPolicy(6.0, False), frames)
    ours = [play(RefreshPolicy(0.5 * knob), frames) for knob in range(21)]
    plain = min(sum(ghost(glass) for _, glass in one) for one in ours if area(one) <= area(whole))
    assert plain < 0.75 * sum(ghost(glass) for _, glass in whole)


def test_it_does_not_flash_for_what_is_gone_in_a_moment():
    still, other = grey(0.2), grey(0.7)
    glass = clean(still)
    policy = RefreshPolicy(6.0, cooldown=1)
    assert policy.redraw(glass, other, Moment((other,) * 12)).areas
    assert policy.redraw(glass, other, Moment((still,) * 12)) is QUIET
    assert policy.redraw(glass, other, Moment((other,) * 12, lasting=0)).areas


def test_a_shot_that_ends_is_worth_less_than_one_that_lasts():
    glass, frame = clean(grey(0.2)), grey(0.5)
    policy = RefreshPolicy(4.0, cooldown=1)
    assert policy.redraw(glass, frame, Moment(lasting=0)) is QUIET
    assert policy.redraw(glass, frame, Moment(lasting=60)).areas


def test_before_a_cut_it_waits_for_the_cut():
    shot, following = grey(0.35), grey(0.8)
    glass, policy = clean(grey(0.2)), RefreshPolicy(5.0, cooldown=1)
    assert policy.redraw(glass, shot, Moment((shot, *(following,) * 11), 20)) is QUIET
    after = glass.after(shot, QUIET)
    assert policy.redraw(after, following, Moment((following,) * 12, 20)).areas


def test_in_a_pan_it_puts_there_what_is_yet_to_come_and_the_frame_is_shown_all_the_same():
    frames = [grey(0.2 + 0.05 * number) for number in range(14)]
    policy = RefreshPolicy(6.0, cooldown=1)
    how = policy.redraw(clean(grey(0.05)), frames[0], Moment(tuple(frames[1:])))
    assert how.areas and how.kind is Redraw.PARTIAL
    left, top, right, bottom = how.areas[0]
    inside = [one.mask()[top:bottom, left:right].sum() for one in (how.under, *frames)]
    assert inside[0] in inside[3:], "two frames on, or more"
    glass = clean(grey(0.05)).after(frames[0], how)
    assert glass.frame == frames[0] and glass.ink.frame == frames[0]


@pytest.mark.parametrize(
    ("days", "cut", "flash"),
    [
        (WHOLE_DAYS - 0.01, True, False),
        (WHOLE_DAYS, True, True),
        (WHOLE_DAYS, False, False),
        (LATEST_DAYS, False, True),
    ],
)
@pytest.mark.parametrize("regional", [False, True])
def test_once_a_day_the_whole_panel_is_redrawn_at_a_cut_if_there_is_one(days, cut, flash, regional):
    glass = clean(grey(0.5))
    how = RefreshPolicy(5.0, regional).redraw(glass, grey(0.5001), Moment(cut=cut, days=days))
    assert (how is FLASH) == flash


@pytest.mark.parametrize("other", [Size(64, 48), Size(152, 100)])
def test_frames_of_another_size_are_refused(other):
    glass, policy = clean(grey(0.5)), RefreshPolicy()
    with pytest.raises(FrameError, match="150×100"):
        policy.redraw(glass, Frame.white(other))
    with pytest.raises(FrameError, match="150×100"):
        policy.redraw(glass, grey(0.4), Moment((Frame.white(other),)))


@pytest.mark.parametrize("size", [Size(1, 1), Size(7, 3), Size(33, 65), Size(250, 122)], ids=str)
def test_any_size_will_do(size):
    glass = clean(Frame.white(size))
    how = RefreshPolicy(10.0, cooldown=1).redraw(glass, Frame.black(size), Moment((Frame.black(size),)))
    assert how.flashed(size.pixels) == 1
    assert not visible(glass.after(Frame.black(size), how).ink).any()


# --- the paper panel --------------------------------------------------------------------------------------


def test_paper_comes_with_foreign_ink_that_a_partial_redraw_leaves_visible():
    frame = Frame.white(SMALL)
    quiet, flashed = PaperPanel(SMALL), PaperPanel(SMALL)
    quiet.show(frame, Redraw.PARTIAL)
    flashed.show(frame, Redraw.FULL)
    clean = seen(Ink.clean(frame))
    assert np.array_equal(np.asarray(flashed.picture()), clean)
    assert not np.array_equal(np.asarray(quiet.picture()), clean)


@pytest.mark.parametrize("redraw", list(Redraw))
def test_paper_refuses_a_frame_of_another_size(redraw):
    panel = PaperPanel(Size(16, 16))
    before = panel.ink
    with pytest.raises(FrameError, match=r"64×48 frame does not fit a 16×16 panel"):
        panel.show(random_frame(1), redraw)
    assert panel.ink is before and panel.redraws == []


def test_paper_moves_the_ink_of_an_area_and_no_other():
    panel, before, after = PaperPanel(SIZE), grey(0.3), grey(0.7)
    panel.show(before, Redraw.FULL)
    assert isinstance(panel, RegionalPanel)
    assert panel.flash(with_patch(before, after, FLASHED_BOX), (FLASHED_BOX,)) is Redraw.PARTIAL
    assert panel.ink.frame == with_patch(before, after, FLASHED_BOX)
    assert np.array_equal(panel.ink.position, Ink.clean(panel.ink.frame).position)
    assert panel.flashes == [(FLASHED_BOX,)]
    with pytest.raises(FrameError):
        panel.flash(Frame.white(SMALL), (FLASHED_BOX,))


def test_paper_remembers_its_last_thousand_redraws_and_keeps_its_picture_when_closed():
    panel, (first, second) = PaperPanel(Size(8, 8)), film(2, Size(8, 8))
    panel.show(first, Redraw.FULL)
    for number in range(1200):
        panel.show((second, first)[number % 2], Redraw.PARTIAL)
    panel.close()
    assert panel.redraws == [Redraw.PARTIAL] * 1000
    assert panel.ink.frame == first


def test_a_panel_is_opened_by_its_name_and_nothing_else_instead():
    assert open_panel("paper").size == SIX_INCH_HD
    with pytest.raises(PanelError, match='no panel "papier"'):
        open_panel("papier")
