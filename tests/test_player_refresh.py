"""When a redraw flashes and when it is quiet, and a panel of paper on which to see it."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import SMALL, film, random_frame
from hypothesis import given, settings
from hypothesis import strategies as st

from player.frame import Frame, FrameError, Size
from player.ink import Ink, seen
from player.panels import SIX_INCH_HD, PanelError, open_panel
from player.panels.paper import PaperPanel
from player.refresh import Glass, Redraw, RefreshPolicy

SIZE = Size(20, 10)
NEVER = 10_000
quick = settings(deadline=None, max_examples=60)
steps = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(list(Redraw))), max_size=12)


def blackened(pixels: int) -> Frame:
    """Paper with so many black pixels."""
    mask = np.ones(SIZE.pixels, dtype=bool)
    mask[:pixels] = False
    return Frame.of(mask.reshape(SIZE.height, SIZE.width))


def clean_glass(frame: Frame) -> Glass:
    return Glass().after(frame, Redraw.FULL)


# --- the glass --------------------------------------------------------------------------------------------


def test_nothing_is_known_of_a_panel_before_a_full_redraw():
    assert Glass().ink is None and Glass().ghosts == 0
    for redraw in (Redraw.PARTIAL, Redraw.NONE):
        with pytest.raises(ValueError, match="first redraw"):
            Glass().after(blackened(3), redraw)


def test_partial_redraws_are_counted_from_the_last_full_one():
    glass = clean_glass(blackened(0))
    assert glass.partials == 0
    for number in range(1, 4):
        glass = glass.after(blackened(number), Redraw.PARTIAL)
        assert glass.partials == number
    assert glass.after(blackened(3), Redraw.NONE) is glass
    assert glass.after(blackened(0), Redraw.FULL).partials == 0


def test_ghosts_are_a_share_of_the_whole_panel():
    glass = clean_glass(blackened(0)).after(blackened(50), Redraw.PARTIAL)
    assert glass.ghosts == pytest.approx(50 / 200)
    assert glass.after(blackened(50), Redraw.FULL).ghosts == 0


# --- the policy -------------------------------------------------------------------------------------------


def test_the_first_redraw_is_full_whatever_the_policy():
    for policy in (RefreshPolicy(1.0, NEVER), RefreshPolicy(0.0, 1)):
        assert policy.redraw(Glass(), blackened(0)) is Redraw.FULL


def test_the_same_frame_is_not_drawn_again():
    glass = clean_glass(blackened(0)).after(blackened(150), Redraw.PARTIAL)
    assert RefreshPolicy(0.0, 1).redraw(glass, blackened(150), good_moment=True) is Redraw.NONE


@pytest.mark.parametrize("cooldown", [1, 2, 5, 20])
def test_between_two_flashes_lie_at_least_so_many_frames(cooldown):
    policy, glass, drawn = RefreshPolicy(0.0, cooldown), Glass(), []
    for number in range(3 * cooldown + 1):
        frame = random_frame(number, SIZE)
        drawn.append(policy.redraw(glass, frame))
        glass = glass.after(frame, drawn[-1])
    flashes = [number for number, redraw in enumerate(drawn) if redraw is Redraw.FULL]
    assert flashes == [0, cooldown, 2 * cooldown, 3 * cooldown]
    assert Redraw.NONE not in drawn


@pytest.mark.parametrize(
    ("ghosts", "good_moment", "redraw"),
    [
        (40, False, Redraw.PARTIAL),
        (41, False, Redraw.FULL),
        (20, True, Redraw.PARTIAL),
        (21, True, Redraw.FULL),
        (21, False, Redraw.PARTIAL),
    ],
)
def test_a_flash_comes_above_the_limit_and_at_a_good_moment_above_half_of_it(ghosts, good_moment, redraw):
    # 0.2 of 200 pixels
    policy = RefreshPolicy(ghost_limit=0.2, cooldown=1)
    assert policy.redraw(clean_glass(blackened(0)), blackened(ghosts), good_moment) is redraw


def test_ghosts_count_from_one_redraw_to_the_next():
    policy = RefreshPolicy(ghost_limit=0.2, cooldown=1)
    glass = clean_glass(blackened(0)).after(blackened(30), Redraw.PARTIAL)
    assert policy.redraw(glass, blackened(40)) is Redraw.PARTIAL
    assert policy.redraw(glass, blackened(41)) is Redraw.FULL


def test_pixels_that_turn_white_call_for_no_flash():
    glass = clean_glass(blackened(SIZE.pixels))
    assert RefreshPolicy(0.01, 1).redraw(glass, blackened(0)) is Redraw.PARTIAL


def test_a_good_moment_does_not_shorten_the_cooldown():
    glass = clean_glass(blackened(0)).after(blackened(100), Redraw.PARTIAL)
    assert RefreshPolicy(0.01, 3).redraw(glass, blackened(200), good_moment=True) is Redraw.PARTIAL


def test_asking_changes_nothing():
    policy = RefreshPolicy(0.05, 2)
    glass = clean_glass(random_frame(1)).after(random_frame(2), Redraw.PARTIAL)
    before = glass.ink.position.copy()
    answers = {policy.redraw(glass, random_frame(3), moment) for moment in (False, False, True, True)}
    assert answers == {Redraw.FULL}
    assert np.array_equal(glass.ink.position, before) and glass.partials == 1


@quick
@given(steps, st.floats(0, 1), st.integers(1, 4), st.booleans())
def test_a_quiet_redraw_never_leaves_more_ghosts_than_allowed_once_a_flash_may_come(
    drawn, limit, cooldown, moment
):
    glass = clean_glass(random_frame(0, SIZE))
    for seed, redraw in drawn:
        glass = glass.after(random_frame(seed, SIZE), redraw)
    frame, policy = random_frame(99, SIZE), RefreshPolicy(limit, cooldown)
    answer = policy.redraw(glass, frame, moment)
    if answer is Redraw.FULL:
        assert glass.partials + 1 >= cooldown
        assert glass.after(frame, Redraw.PARTIAL).ghosts > limit * (0.5 if moment else 1)
    elif glass.partials + 1 >= cooldown:
        assert glass.after(frame, Redraw.PARTIAL).ghosts <= limit * (0.5 if moment else 1)


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


@quick
@given(steps)
def test_what_is_believed_of_the_glass_is_what_the_paper_shows(drawn):
    panel, glass = PaperPanel(SIZE), Glass()
    for seed, redraw in [(77, Redraw.FULL), *drawn]:
        # A panel that is not redrawn keeps its frame.
        frame = glass.ink.frame if redraw is Redraw.NONE else random_frame(seed, SIZE)
        panel.show(frame, redraw)
        glass = glass.after(frame, redraw)
        assert glass.ink.frame == panel.ink.frame
        assert np.array_equal(glass.ink.position, panel.ink.position)
    assert panel.redraws == [Redraw.FULL, *(redraw for _, redraw in drawn)]


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
