"""The direct search, held against its own definition, written out the slow way."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.ditherers import DITHERERS, DithererError, dithered, eye, felt
from export.ditherers.diffusion import FloydSteinberg
from export.ditherers.diffusion_kernel import diffuse_freely
from export.ditherers.direct_search import DirectSearch, price_of
from export.ditherers.direct_search_window import SLACK, UNIT
from player.frame import Frame, FrameError, Size, difference


def smooth(height: int, width: int, seed: int) -> np.ndarray:
    """A picture with edges, slopes and flats, and a little noise."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    picture = 110 + 70 * np.sin(x / 23 + seed) + 50 * np.cos(y / 17) + 60 * ((x // 40 + y // 30) % 2)
    return np.clip(picture + random.normal(0, 2, picture.shape), 0, 255).astype(np.uint8)


def energy(grey: np.ndarray, white: np.ndarray) -> float:
    """Error under the eye, by definition, in dots' energies."""
    error = 255.0 * white - grey
    size = [side + 2 * eye.REACH for side in error.shape]
    spread = np.fft.irfft2(
        np.fft.rfft2(error, size) * np.fft.rfft2(eye.KERNEL.astype(float), size), size
    )[eye.REACH : eye.REACH + error.shape[0], eye.REACH : eye.REACH + error.shape[1]]  # fmt: skip
    return float((error * spread).sum()) / 255**2 / eye.DOT


def cost(grey: np.ndarray, white: np.ndarray, before: np.ndarray, price: int) -> float:
    return energy(grey, white) + price / 1000 * np.count_nonzero(white != before)


def test_the_bells_are_bells():
    places = np.arange(8) - 3.5
    for deviation, bell in eye.BELLS.items():
        exact = np.exp(-(places**2) / 2 / deviation**2)
        assert sum(bell) == 256
        assert np.abs(np.array(bell) - 256 * exact / exact.sum()).max() <= 1


def test_the_kernel_is_symmetric_and_raises_no_error_anywhere_in_the_spectrum():
    assert eye.KERNEL.shape == (15, 15) and eye.KERNEL[7, 7] == eye.DOT == eye.KERNEL.max()
    assert np.array_equal(eye.KERNEL, eye.KERNEL.T) and np.array_equal(eye.KERNEL, eye.KERNEL[::-1, ::-1])
    spectrum = np.fft.fft2(np.roll(np.pad(eye.KERNEL, (0, 49)), (-7, -7), (0, 1))).real
    assert spectrum.min() > -1e-3 * spectrum.max()


def test_what_the_whole_panel_adds_to_a_pixel_fits_into_16_bits():
    assert eye.KERNEL.sum() + 2 * eye.DOT < 1 << 15
    for white in (0, 1):
        one = felt.error(np.full((40, 40), 255 - 254 * white, np.uint8), np.full((40, 40), white, np.uint8))
        middle = int(felt.felt(one)[20 + eye.REACH, 20 + eye.REACH])
        assert middle == pytest.approx((2 * white - 1) * eye.KERNEL.sum() * (255 - white) / 255, rel=0.01)


def test_the_factors_make_the_kernel():
    made = sum(np.outer(line, line) for line in eye.FACTORS.astype(int)) / 256
    assert np.abs(made - eye.KERNEL).max() < 3


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 99), height=st.integers(8, 40), width=st.integers(8, 150), price=st.integers(0, 300)
)
def test_the_result_costs_less_than_what_it_starts_from_and_no_single_turn_makes_it_better(
    seed, height, width, price
):
    grey = smooth(height, width, seed)
    previous = DirectSearch().dither(smooth(height, width, seed + 1), None)
    before = previous.mask()
    white = DirectSearch(price).dither(grey, previous).mask()
    found = cost(grey, white, before, price)
    seed_ = before.view(np.uint8).copy()
    diffuse_freely(grey, seed_, DirectSearch.lean)
    assert found <= cost(grey, seed_.view(bool), before, price)
    loss = (2 * SLACK / UNIT) + 0.03  # the factors are not quite the kernel
    random = np.random.default_rng(seed)
    free = (grey > 0) & (grey < 255)
    for _ in range(40):
        y, x = random.integers(height), random.integers(width)
        for dy, dx in itertools.product((-1, 0, 1), repeat=2):
            other = (y + dy, x + dx)
            if not (0 <= other[0] < height and 0 <= other[1] < width) or not (free[y, x] and free[other]):
                continue
            if other != (y, x) and white[other] == white[y, x]:
                continue
            turned = white.copy()
            turned[other] = not white[other]
            if other != (y, x):
                turned[y, x] = not white[y, x]
            assert cost(grey, turned, before, price) > found - loss


def test_what_it_looks_like_is_nearer_to_the_picture_than_floyd_steinberg():
    grey = smooth(200, 300, 5)
    found, diffused = (
        energy(grey, one.dither(grey, None).mask()) for one in (DirectSearch(), FloydSteinberg())
    )
    assert found < 0.85 * diffused


def test_the_dearer_a_change_the_fewer_there_are_and_the_farther_from_the_picture():
    first, second = smooth(150, 200, 3), smooth(150, 200, 4)
    previous = DirectSearch().dither(first, None)
    frames = [DirectSearch(price).dither(second, previous) for price in (0, 20, 50, 100, 200, 500)]
    changes = [difference(previous, frame).changed for frame in frames]
    errors = [energy(second, frame.mask()) for frame in frames]
    assert changes == sorted(changes, reverse=True) and changes[-1] < changes[0] / 1.5
    assert errors == sorted(errors)


def test_a_still_picture_comes_to_rest_and_noise_hardly_moves_it():
    random = np.random.default_rng(1)
    still = smooth(200, 300, 2)
    frame = DirectSearch().dither(still, None)
    shares = []
    for _ in range(6):
        noisy = np.clip(still + random.normal(0, 3, still.shape), 1, 254).astype(np.uint8)
        after = DirectSearch().dither(noisy, frame)
        shares.append(difference(frame, after).changed / still.size)
        frame = after
    assert max(shares) < 0.01
    for _ in range(4):
        frame, before = DirectSearch().dither(still, frame), frame
    assert difference(before, frame).changed / still.size < 0.0002


def test_a_fade_leaves_nothing_behind():
    """To black and back; then it stands four frames, and looks as a fresh dither does."""
    grey = smooth(160, 240, 6)
    frame = DirectSearch().dither(grey, None)
    for share in [*np.linspace(1, 0, 12), *np.linspace(0, 1, 12), 1, 1, 1, 1]:
        frame = DirectSearch().dither((grey * share).astype(np.uint8), frame)
    assert energy(grey, frame.mask()) < 1.35 * energy(grey, DirectSearch().dither(grey, None).mask())


def test_ink_and_paper_stay_pure_beside_a_picture():
    grey = smooth(80, 120, 7)
    grey[:20], grey[60:] = 0, 255
    frame = DirectSearch().dither(grey, DirectSearch().dither(255 - grey, None))
    assert not frame.mask()[:20].any() and frame.mask()[60:].all()


@pytest.mark.parametrize("grey", [1, 3, 5, 7, 9, 12, 243, 248, 251, 254])
def test_the_darkest_and_the_lightest_tones_keep_their_few_dots(grey):
    flats = [np.full((256, 256), grey, np.uint8)] * 3
    for frame in dithered(DirectSearch(), flats):
        few = frame.whites if grey < 128 else 65536 - frame.whites
        assert few / 65536 * 255 == pytest.approx(min(grey, 255 - grey), rel=0.12, abs=0.35)


@pytest.mark.parametrize("settings", [{"price": -1}, {"price": 501}, {"lean": 128}])
def test_it_refuses_settings_out_of_range(settings):
    with pytest.raises(DithererError, match=r"is from 0 to \d+, and not"):
        DirectSearch(**settings)


def test_the_knob_is_a_price():
    assert [price_of(still) for still in (0, 5, 10)] == [4, DirectSearch.price, 360]


def test_it_refuses_a_frame_of_another_size():
    with pytest.raises(FrameError, match="8×8 frame cannot come before a 120×80 one"):
        DirectSearch().dither(smooth(80, 120, 0), Frame.black(Size(8, 8)))


def moving(count: int) -> list[np.ndarray]:
    """A picture that pans slowly, with noise."""
    wide = smooth(120, 260, 8)
    random = np.random.default_rng(3)
    return [
        np.clip(wide[:, 2 * n : 2 * n + 200] + random.normal(0, 2, (120, 200)), 0, 255).astype(np.uint8)
        for n in range(count)
    ]


def film_changes(frames: list[Frame]) -> int:
    return sum(difference(a, b).changed for a, b in itertools.pairwise(frames))


def film_cost(greys: list[np.ndarray], frames: list[Frame], price: int) -> float:
    found = sum(energy(grey, frame.mask()) for grey, frame in zip(greys, frames, strict=True))
    return found + price / 1000 * film_changes(frames)


def test_to_look_back_makes_a_film_calmer_and_no_worse_to_look_at():
    greys = moving(16)
    one = DirectSearch()
    alone: list[Frame] = []
    for number, grey in enumerate(greys):
        alone.append(one.dither(grey, alone[-1] if alone else None, greys[:number][::-1]))
    together = list(dithered(one, greys))
    assert film_cost(greys, together, one.price) < 0.995 * film_cost(greys, alone, one.price)
    changes = [
        sum(difference(a, b).changed for a, b in itertools.pairwise(made)) for made in (alone, together)
    ]
    assert changes[1] < 0.96 * changes[0]


def test_a_faithful_search_is_nowhere_worse_than_floyd_steinberg_wherever_that_is_held():
    greys = moving(9)
    greys += [np.clip(greys[-1] * share, 0, 255).astype(np.uint8) for share in (0.9, 0.8, 0.7)]
    frames = list(dithered(DirectSearch(300, faithful=True), greys))
    for grey, frame in zip(greys, frames, strict=True):
        diffused = FloydSteinberg().dither(grey, None).mask()
        slopes = np.zeros((2, *grey.shape))
        slopes[0, :, 1:-1] = grey[:, 2:] - grey[:, :-2].astype(float)
        slopes[1, 1:-1] = grey[2:] - grey[:-2].astype(float)
        shifted = minimum(lambda x, y, g=grey, s=slopes, d=diffused: energy(g + x * s[0] + y * s[1], d))
        assert energy(grey, frame.mask()) <= 0.975 * shifted
    still = list(dithered(DirectSearch(300), greys))
    assert (
        film_changes(still)
        < film_changes(frames)
        < film_changes([FloydSteinberg().dither(g, None) for g in greys])
    )


def minimum(function: Callable[[float, float], float]) -> float:
    """The least value of a function that is a bowl, over a grid that is narrowed down."""
    x = y = 0.0
    step = 0.4
    while step > 0.005:
        x, y = min(
            ((x + i * step, y + j * step) for i in (-1, 0, 1) for j in (-1, 0, 1)),
            key=lambda at: function(*at),
        )
        step /= 1.6
    return function(x, y)


def test_windows_follow_each_other_wherever_a_shot_is_taken_up():
    greys = moving(21)
    whole = list(dithered(DirectSearch(), greys))
    for start in (8, 16):
        rest = dithered(DirectSearch(), greys[start:], whole[start - 1], greys[:start][::-1])
        assert list(rest) == whole[start:]


def test_a_ditherer_without_foresight_is_dithered_frame_by_frame():
    greys = moving(3)
    assert list(dithered(FloydSteinberg(), greys)) == [FloydSteinberg().dither(grey, None) for grey in greys]


def test_it_is_the_default():
    assert next(iter(DITHERERS)) == "direct-search"
