"""The eye's figures: against closed forms, and against slow and plain ways to work them out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import convolve2d

from export.ditherers import ditherer
from export.measure import FAR, NEAR, Contone, MeasureError, Meter, Visible, decibels, ssim
from export.measure.eye import Canvas, Eye, passes
from player.frame import Frame, Size


def waves(size: Size, right: float = 0.0, down: float = 0.0, seed: int = 4) -> np.ndarray:
    """A soft picture that does not meet itself at its edges, moved by any part of a pixel."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[: size.height, : size.width].astype(float)
    x, y = x - right, y - down
    picture = 0.5 + 0.2 * x / size.width - 0.1 * y / size.height
    for _ in range(12):
        across, along = random.uniform(-0.06, 0.06, 2)
        picture += 0.02 * np.cos(2 * np.pi * (across * x + along * y) + random.uniform(0, 7))
    return picture.astype(np.float32)


def seen(
    picture: np.ndarray, halftone: np.ndarray, eye: Eye = NEAR, so_far: Visible | None = None
) -> Visible:
    canvas = Canvas(Size(picture.shape[1], picture.shape[0]))
    error = canvas.seen(canvas.error(halftone - picture), eye)
    return (so_far or Visible()).add(error, *canvas.slopes(canvas.picture(picture), eye))


def metered(frames: list[tuple[np.ndarray, Frame]], **how):
    height, width = frames[0][0].shape
    meter, before, previous = Meter(Size(width, height), **how), None, None
    for grey, frame in frames:
        contone = Contone.of(grey, before)
        meter = meter.add(contone, frame, previous, cut=False)
        before, previous = contone, frame
    return meter


@pytest.mark.parametrize("eye", [NEAR, FAR])
@pytest.mark.parametrize(("across", "down"), [(0.0, 0.05), (0.08, 0.0), (0.03, -0.04)])
def test_an_error_that_is_a_wave_is_seen_as_weakly_as_the_eye_sees_its_frequency(eye, across, down):
    size, amplitude = Size(600, 480), 0.3
    y, x = np.mgrid[: size.height, : size.width]
    wave = amplitude * np.sin(2 * np.pi * (across * x + down * y))
    flat = np.full(wave.shape, 0.5, dtype=np.float32)
    cycles_a_degree = np.hypot(across, down) * 300 * eye.inches * np.pi / 180
    passed = np.exp(-cycles_a_degree / 6.328)
    found = seen(flat, (flat + wave).astype(np.float32), eye).mean_square
    assert decibels(found) == pytest.approx(decibels(amplitude**2 / 2 * passed**2), abs=0.15)


def test_a_flat_error_is_seen_whole():
    flat = np.full((300, 400), 0.25, dtype=np.float32)
    assert decibels(seen(flat, flat + 0.1).mean_square) == pytest.approx(
        20, abs=0.25
    )  # a little is lost at the edges


@pytest.mark.parametrize("eye", [NEAR, FAR])
def test_the_same_comes_out_if_the_filter_is_laid_on_pixel_by_pixel(eye):
    size = Size(45, 38)
    random = np.random.default_rng(8)
    picture = waves(size)
    halftone = (random.random(picture.shape) < picture).astype(np.float32)
    wide = Canvas(Size(481, 481))
    spread = np.fft.fftshift(np.fft.irfft2(passes(wide, eye), s=wide.shape))
    middle = wide.shape[0] // 2, wide.shape[1] // 2
    kernel = spread[middle[0] - 45 : middle[0] + 46, middle[1] - 45 : middle[1] + 46]
    by_hand = (convolve2d(halftone - picture, kernel, mode="same") ** 2).mean()
    assert seen(picture, halftone, eye).mean_square == pytest.approx(by_hand, rel=0.01)


def test_one_pixel_off_is_less_to_see_than_two_and_much_more_than_none():
    picture = waves(Size(200, 150))
    none, one, two = picture.copy(), picture.copy(), picture.copy()
    one[70, 90] += 1
    two[70, 90] += 1
    two[20, 30] += 1
    assert seen(picture, none).mean_square == 0 and decibels(0.0) == np.inf
    figures = [decibels(seen(picture, other).mean_square) for other in (one, two)]
    assert figures[0] - figures[1] == pytest.approx(10 * np.log10(2), abs=0.01)


@pytest.mark.parametrize("eye", [NEAR, FAR])
@pytest.mark.parametrize(("right", "down"), [(0.3, 0.0), (-0.17, 0.28), (0.0, -0.9), (0.62, 0.41)])
def test_a_shift_is_found_and_taken_out(eye, right, down):
    size = Size(320, 240)
    visible = seen(waves(size), waves(size, right, down), eye)
    found = visible.shift()
    assert (found.right, found.down) == (pytest.approx(right, abs=0.02), pytest.approx(down, abs=0.02))
    assert found.gain > 0.97 * visible.mean_square


def test_two_frames_have_one_shift_between_them():
    picture, one, two = (waves(Size(320, 240), right) for right in (0, 0.2, 0.4))
    visible = seen(picture, two, so_far=seen(picture, one))
    found = visible.shift()
    assert found.right == pytest.approx(0.3, abs=0.01)
    assert found.gain == pytest.approx(0.9 * visible.mean_square, rel=0.02)  # of 0.2² + 0.4², 2 · 0.1² stay


def test_no_shift_is_farther_than_a_pixel():
    size = Size(320, 240)
    found = seen(waves(size), waves(size, 2.5, -0.2)).shift()
    assert found.right == 1.0 and abs(found.down) <= 1.0


@pytest.mark.parametrize("name", ["floyd-steinberg", "bayer"])
def test_what_is_flat_has_no_shift(name):
    greys = [np.full((96, 128), level, dtype=np.uint8) for level in (100, 130, 160)]
    result = metered([(grey, ditherer(name).dither(grey, None)) for grey in greys]).result()
    assert (result.right, result.down) == (0, 0)
    assert (result.shifted30, result.shifted60) == (result.hpsnr30, result.hpsnr60)


def test_noise_over_a_picture_with_a_seam_has_next_to_no_shift():
    """White to the left and black to the right: edges that a transform takes for neighbours."""
    random = np.random.default_rng(3)
    picture = np.tile(np.linspace(1, 0, 320, dtype=np.float32), (240, 1))
    halftone = (random.random(picture.shape) < picture).astype(np.float32)
    visible = seen(picture, halftone)
    assert visible.shift().gain < 0.01 * visible.mean_square


def test_floyd_steinberg_shifts_the_picture_and_a_mask_does_not():
    grey = np.round(255 * np.clip(waves(Size(480, 360)), 0, 1)).astype(np.uint8)
    diffused = metered([(grey, ditherer("floyd-steinberg").dither(grey, None))]).result()
    masked = metered([(grey, ditherer("blue-noise").dither(grey, None))]).result()
    assert 0.05 < np.hypot(diffused.right, diffused.down) < 0.6
    assert diffused.shifted30 > diffused.hpsnr30 + 0.02
    assert np.hypot(masked.right, masked.down) < 0.05
    assert diffused.shifted30 > masked.shifted30 + 2


def test_equal_pictures_are_alike_and_others_are_not():
    picture = waves(Size(60, 50))
    assert ssim(picture, picture) == pytest.approx(1, abs=1e-6)
    assert ssim(picture, 1 - picture) < ssim(picture, np.clip(picture + 0.1, 0, 1)) < 0.999


def test_the_likeness_of_flat_greys_is_in_the_paper():
    one, other = (np.full((20, 20), grey, dtype=np.float32) for grey in (0.3, 0.6))
    exact = (2 * 0.3 * 0.6 + 1e-4) / (0.3**2 + 0.6**2 + 1e-4)
    assert ssim(one, other) == pytest.approx(exact, abs=1e-4)


def test_the_same_likeness_comes_out_window_by_window():
    random = np.random.default_rng(5)
    one, other = random.random((2, 17, 19)).astype(np.float32)
    steps = np.arange(-5, 6)
    window = np.exp(-0.5 * (steps[:, None] ** 2 + steps[None, :] ** 2) / 1.5**2)
    window /= window.sum()
    found = []
    for y in range(17 - 10):
        for x in range(19 - 10):
            a, b = one[y : y + 11, x : x + 11], other[y : y + 11, x : x + 11]
            ma, mb = (window * a).sum(), (window * b).sum()
            va, vb = (window * (a - ma) ** 2).sum(), (window * (b - mb) ** 2).sum()
            cross = (window * (a - ma) * (b - mb)).sum()
            found.append(
                (2 * ma * mb + 1e-4) * (2 * cross + 9e-4) / ((ma**2 + mb**2 + 1e-4) * (va + vb + 9e-4))
            )
    assert ssim(one, other) == pytest.approx(np.mean(found), abs=1e-5)


def test_a_clip_of_equal_frames_measures_as_one_of_them_does():
    grey = np.round(255 * waves(Size(160, 120))).astype(np.uint8)
    frame = ditherer("blue-noise").dither(grey, None)
    one, many = metered([(grey, frame)]).result(), metered([(grey, frame)] * 9).result()
    for name in ("hpsnr30", "hpsnr60", "shifted30", "shifted60", "ssim30", "ssim60"):
        assert getattr(one, name) == pytest.approx(getattr(many, name), abs=1e-4)
    assert (one.frames, many.frames, many.changed, many.lag) == (1, 9, 0, None)


def test_what_does_not_fit_is_refused():
    grey = np.zeros((24, 32), dtype=np.uint8)
    contone = Contone.of(grey)
    with pytest.raises(MeasureError, match="32×24 picture and a 24×32 frame"):
        Meter(Size(32, 24)).add(contone, Frame.black(Size(24, 32)), None)
    with pytest.raises(MeasureError, match="24×32 picture cannot come before a 32×24"):
        Contone.of(grey, Contone.of(grey.T))
    with pytest.raises(MeasureError, match="no frame"):
        Meter(Size(32, 24)).result()
    with pytest.raises(MeasureError, match="no SSIM"):
        ssim(contone.plane[:10], contone.plane[:10])
