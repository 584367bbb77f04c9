"""The stages from a picture to the greys of the panel: light, fit, tone."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from export.film import Moment
from export.look import Look
from export.stages.fit import Fit, Placing, framed, place, scaled
from export.stages.light import TOP, light
from export.stages.tone import toned
from player.frame import Box, Size
from player.ink import CONTRAST

SIDES = st.integers(1, 400)
SIZES = st.builds(Size, SIDES, SIDES)
ASPECTS = st.builds(Fraction, st.integers(1, 64), st.integers(1, 64))
PICTURES = st.sampled_from([np.uint8, np.uint16]).flatmap(
    lambda kind: arrays.arrays(kind, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)))
)


def of_one(colour: tuple[int, int, int], kind: type = np.uint8) -> int:
    """The light of one pixel."""
    return int(light(np.array([[colour]], dtype=kind))[0, 0])


# --- light ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "top"), [(np.uint8, 255), (np.uint16, 65_535)])
def test_black_is_no_light_and_white_is_all_of_it(kind: type, top: int) -> None:
    assert of_one((0, 0, 0), kind) == 0
    assert of_one((top, top, top), kind) == TOP == 65_535


@pytest.mark.parametrize(
    ("colour", "share"),
    [((255, 0, 0), 0.2126), ((0, 255, 0), 0.7152), ((0, 0, 255), 0.0722), ((255, 255, 0), 0.9278)],
)
def test_saturated_colours_have_their_luminance(colour: tuple[int, int, int], share: float) -> None:
    assert abs(of_one(colour) - share * TOP) <= 2


def test_light_is_not_the_square_of_luma() -> None:
    """Half the code value is a fifth of the light, and blue is not as dark as its luma."""
    assert abs(of_one((128, 128, 128)) / TOP - (128 / 255) ** 2.2) < 0.001
    assert of_one((0, 0, 255)) > 4 * of_one((29, 29, 29))


@given(PICTURES)
def test_light_of_any_picture_is_its_luminance(picture: np.ndarray) -> None:
    found = light(picture)
    assert found.shape == picture.shape[:2]
    assert found.dtype == np.uint16
    exact = ((picture / np.iinfo(picture.dtype).max) ** 2.2) @ (0.2126, 0.7152, 0.0722) * TOP
    assert np.abs(found - exact).max() <= 3


@given(PICTURES, st.integers(0, 2), st.integers(0, 65_535))
def test_more_of_a_colour_is_never_less_light(picture: np.ndarray, part: int, more: int) -> None:
    brighter = picture.copy()
    top = int(np.iinfo(picture.dtype).max)
    brighter[..., part] = np.minimum(picture[..., part].astype(int) + more % top, top)
    assert (light(brighter) >= light(picture)).all()


@given(arrays.arrays(np.uint8, (4, 5, 3)))
def test_light_of_a_deep_picture_is_that_of_its_shallow_twin(picture: np.ndarray) -> None:
    deep = picture.astype(np.uint16) * 257
    assert np.abs(light(deep).astype(int) - light(picture)).max() <= 1


def test_light_leaves_the_picture_alone() -> None:
    picture = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    before = picture.copy()
    light(picture)
    assert np.array_equal(picture, before)


# --- fit --------------------------------------------------------------------------------------------------


def is_centred(box: Box, size: Size) -> bool:
    return abs(box.left - (size.width - box.right)) <= 1 and abs(box.top - (size.height - box.bottom)) <= 1


def is_inside(box: Box, size: Size) -> bool:
    return 0 <= box.left < box.right <= size.width and 0 <= box.top < box.bottom <= size.height


@given(SIZES, ASPECTS, SIZES, st.sampled_from(Fit))
def test_both_boxes_are_inside_and_in_the_middle(
    picture: Size, aspect: Fraction, panel: Size, fit: Fit
) -> None:
    source, target = place(picture, aspect, panel, fit)
    assert is_inside(source, picture)
    assert is_inside(target, panel)
    assert is_centred(source, picture)
    assert is_centred(target, panel)


@given(SIZES, ASPECTS, SIZES)
def test_letterbox_shows_all_of_the_picture_and_touches_two_sides(
    picture: Size, aspect: Fraction, panel: Size
) -> None:
    source, target = place(picture, aspect, panel, Fit.LETTERBOX)
    assert source == Box(0, 0, *picture)
    width, height = target.right - target.left, target.bottom - target.top
    assert width == panel.width or height == panel.height
    shape = picture.width * aspect / picture.height
    assert abs(width - max(1, min(panel.width, panel.height * shape))) <= 0.5
    assert abs(height - max(1, min(panel.height, panel.width / shape))) <= 0.5


@given(SIZES, ASPECTS, SIZES)
def test_crop_fills_the_panel_with_as_much_of_the_picture_as_has_its_shape(
    picture: Size, aspect: Fraction, panel: Size
) -> None:
    source, target = place(picture, aspect, panel, Fit.CROP)
    assert target == Box(0, 0, *panel)
    width, height = source.right - source.left, source.bottom - source.top
    assert width == picture.width or height == picture.height
    shape = Fraction(panel.width, panel.height) / aspect
    assert abs(width - max(1, min(picture.width, picture.height * shape))) <= 0.5
    assert abs(height - max(1, min(picture.height, picture.width / shape))) <= 0.5


@given(SIZES, st.sampled_from(Fit))
def test_a_picture_of_the_panels_size_is_left_as_it_is(panel: Size, fit: Fit) -> None:
    whole = Box(0, 0, *panel)
    assert place(panel, Fraction(1), panel, fit) == Placing(whole, whole)


def test_a_wide_film_on_a_square_panel() -> None:
    panel = Size(100, 100)
    assert place(Size(200, 100), Fraction(1), panel, Fit.LETTERBOX).target == Box(0, 25, 100, 75)
    assert place(Size(200, 100), Fraction(1), panel, Fit.CROP).source == Box(50, 0, 150, 100)
    assert place(Size(100, 100), Fraction(2), panel, Fit.LETTERBOX).target == Box(0, 25, 100, 75)
    assert place(Size(100, 100), Fraction(1, 2), panel, Fit.LETTERBOX).target == Box(25, 0, 75, 100)


def test_scaling_averages_light_and_not_code_values() -> None:
    rows, columns = np.mgrid[0:128, 0:128]
    checks = (((rows + columns) % 2) * 255).astype(np.uint8)
    picture = light(np.repeat(checks[..., None], 3, axis=2))
    whole = Box(0, 0, 128, 128)
    half = scaled(picture, Placing(whole, Box(0, 0, 64, 64)))
    assert half.shape == (64, 64)
    assert np.abs(half[4:-4, 4:-4] / TOP - 0.5).max() < 0.01


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 90), st.integers(1, 90), st.integers(0, TOP))
def test_one_shade_stays_that_shade_at_any_size(
    width: int, height: int, across: int, down: int, shade: int
) -> None:
    picture = np.full((height, width), shade, dtype=np.uint16)
    found = scaled(picture, Placing(Box(0, 0, width, height), Box(3, 5, 3 + across, 5 + down)))
    assert found.shape == (down, across)
    assert np.abs(found.astype(int) - shade).max() <= 8


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 200), st.integers(2, 200))
def test_sharp_edges_do_not_overflow(across: int, down: int) -> None:
    """A bicubic filter overshoots: next to white, black must not wrap round to white."""
    picture = np.zeros((90, 90), dtype=np.uint16)
    picture[:, 45:] = TOP
    found = scaled(picture, Placing(Box(0, 0, 90, 90), Box(0, 0, across, down))).astype(int)
    assert (np.diff(found, axis=1) >= -TOP // 10).all()
    assert (found[:, : across // 3] < TOP // 10).all()
    assert (found[:, -(across // 3) or across :] > TOP - TOP // 10).all()


def test_only_the_part_that_is_wanted_is_scaled() -> None:
    picture = np.zeros((40, 60), dtype=np.uint16)
    picture[10:30, 20:40] = TOP
    found = scaled(picture, Placing(Box(20, 10, 40, 30), Box(0, 0, 50, 50)))
    assert (found >= TOP - 8).all()


@settings(deadline=None)
@given(SIZES, ASPECTS, SIZES)
def test_bars_are_black_and_even_and_the_picture_between_is_untouched(
    picture: Size, aspect: Fraction, panel: Size
) -> None:
    placing = place(picture, aspect, panel, Fit.LETTERBOX)
    left, top, right, bottom = placing.target
    grey = np.full((bottom - top, right - left), 200, dtype=np.uint8)
    found = framed(grey, placing, panel)
    assert found.shape == (panel.height, panel.width)
    assert (found[top:bottom, left:right] == 200).all()
    assert int(found.sum(dtype=np.int64)) == int(grey.sum(dtype=np.int64))
    rows, columns = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
    assert abs(int(rows[0]) - (panel.height - 1 - int(rows[-1]))) <= 1
    assert abs(int(columns[0]) - (panel.width - 1 - int(columns[-1]))) <= 1


# --- tone -------------------------------------------------------------------------------------------------

ALL_LIGHT = np.arange(TOP + 1, dtype=np.uint16)
STEPS = st.floats(-2, 2)


@settings(max_examples=30, deadline=None)
@given(STEPS, STEPS)
def test_more_light_is_never_more_ink(brightness: float, contrast: float) -> None:
    found = toned(ALL_LIGHT, brightness, contrast)
    assert found.dtype == np.uint8
    assert (np.diff(found.astype(int)) >= 0).all()


@settings(max_examples=30, deadline=None)
@given(STEPS, st.floats(0, 2))
def test_black_stays_black_and_white_stays_white(brightness: float, contrast: float) -> None:
    found = toned(np.array([0, TOP], dtype=np.uint16), brightness, contrast)
    assert found.tolist() == [0, 255]


def test_less_contrast_lifts_black_and_dims_white() -> None:
    black, white = toned(np.array([0, TOP], dtype=np.uint16), 0.0, -1.0)
    assert 0 < black < white < 255


def test_brightness_lightens_and_darkens() -> None:
    middle = ALL_LIGHT[2000:60_000]
    plain, lighter, darker = (toned(middle, step).astype(int) for step in (0.0, 0.5, -0.5))
    assert (lighter >= plain).all()
    assert (darker <= plain).all()
    assert lighter.mean() > plain.mean() + 15
    assert darker.mean() < plain.mean() - 15


def lightness(share: float) -> float:
    """L* of CIE 15."""
    return 116 * share ** (1 / 3) - 16 if share > (6 / 29) ** 3 else share * (29 / 3) ** 3


def test_contrast_spreads_shades_about_the_middle() -> None:
    shares = [((level + 16) / 116) ** 3 for level in (30, 50, 70)]
    lights = np.array([round(share * TOP) for share in shares], dtype=np.uint16)
    plain, more, less = (toned(lights, 0.0, step).astype(int) for step in (0.0, 0.5, -0.5))
    assert abs(more[1] - plain[1]) <= 1
    assert abs(less[1] - plain[1]) <= 1
    assert more[0] < plain[0] < less[0]
    assert less[2] < plain[2] < more[2]


@pytest.mark.parametrize("film", [0, 5, 12, 25, 50, 75, 90, 100])
def test_lightness_of_the_film_is_laid_evenly_over_the_panels(film: float) -> None:
    share = ((film + 16) / 116) ** 3 if film > 8 else film / (29 / 3) ** 3
    density = int(toned(np.array([round(share * TOP)], dtype=np.uint16))[0]) / 255
    sent_back = density + (1 - density) / CONTRAST
    darkest = lightness(1 / CONTRAST)
    assert 28 < darkest < 30
    assert lightness(sent_back) == pytest.approx(darkest + (100 - darkest) * film / 100, abs=0.35)


@pytest.mark.parametrize("brightness", [-1.0, 1.0])
def test_brightness_is_a_power_of_lightness(brightness: float) -> None:
    film = 40.0
    share = ((film + 16) / 116) ** 3
    density = int(toned(np.array([round(share * TOP)], dtype=np.uint16), brightness)[0]) / 255
    darkest = lightness(1 / CONTRAST)
    wanted = darkest + (100 - darkest) * 0.4 ** (2**-brightness)
    assert lightness(density + (1 - density) / CONTRAST) == pytest.approx(wanted, abs=0.35)


# --- all of them ------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(SIZES, ASPECTS, SIZES, st.sampled_from(Fit), st.sampled_from([np.uint8, np.uint16]))
def test_a_look_fills_any_panel(picture: Size, aspect: Fraction, panel: Size, fit: Fit, kind: type) -> None:
    rgb = np.full((picture.height, picture.width, 3), np.iinfo(kind).max, dtype=kind)
    found = Look(panel, fit).grey(Moment(0, 0, rgb, aspect))
    assert found.shape == (panel.height, panel.width)
    assert found.dtype == np.uint8
    left, top, right, bottom = place(picture, aspect, panel, fit).target
    assert (found[top:bottom, left:right] == 255).all()
    assert np.count_nonzero(found) == (right - left) * (bottom - top)


def test_a_look_does_not_mirror_or_turn() -> None:
    rgb = np.zeros((40, 60, 3), dtype=np.uint8)
    rgb[:20, :30] = 255
    found = Look(Size(60, 40)).grey(Moment(0, 0, rgb, Fraction(1)))
    assert found[5, 5] == 255
    assert found[5, 55] == found[35, 5] == found[35, 55] == 0


def test_a_looks_settings_tell_looks_apart() -> None:
    looks = [
        Look(Size(8, 8)),
        Look(Size(8, 8), Fit.CROP),
        Look(Size(8, 8), brightness=0.5),
        Look(Size(8, 8), contrast=-1),
    ]
    assert len({tuple(sorted(look.settings().items())) for look in looks}) == len(looks)
