"""What every ditherer promises, and what each is."""

from __future__ import annotations

import json
from pathlib import Path

import golden
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from export.ditherers import DITHERERS, DithererError, Hysteresis, ditherer, mask, void_and_cluster
from player.frame import Frame, FrameError, Size, difference
from player.picture import from_image

EVERY = pytest.mark.parametrize("name", DITHERERS)
DITHERING = pytest.mark.parametrize("name", [name for name in DITHERERS if name != "threshold"])
PICTURES = arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40)))


def ramp(height: int = 96, width: int = 128) -> np.ndarray:
    return np.tile(np.linspace(0, 255, width).astype(np.uint8), (height, 1))


def low_passed(values: np.ndarray) -> np.ndarray:
    """What is left of a picture when the eye has blurred it: means of 8×8."""
    height, width = (side // 8 * 8 for side in values.shape)
    return values[:height, :width].reshape(height // 8, 8, width // 8, 8).mean(axis=(1, 3))


@EVERY
def test_black_stays_black_and_white_stays_white(name):
    size = Size(37, 21)
    for grey, frame in ((0, Frame.black(size)), (255, Frame.white(size))):
        flat = np.full((21, 37), grey, dtype=np.uint8)
        for previous in (None, Frame.black(size), Frame.white(size)):
            assert ditherer(name).dither(flat, previous) == frame


@EVERY
@settings(max_examples=25, deadline=None)
@given(grey=PICTURES)
def test_the_same_in_gives_the_same_out_and_nothing_is_written_to(name, grey):
    before = grey.copy()
    previous = ditherer(name).dither(grey[::-1].copy(), None)
    kept = previous.tobytes()
    first = ditherer(name).dither(grey, previous)
    assert first.size == (grey.shape[1], grey.shape[0])
    assert first == ditherer(name).dither(grey, previous)
    assert np.array_equal(grey, before) and previous.tobytes() == kept


@DITHERING
@pytest.mark.parametrize("grey", [13, 64, 128, 200, 250])
def test_flat_greys_keep_their_density(name, grey):
    flat = np.full((256, 256), grey, dtype=np.uint8)
    one = ditherer(name)
    frame = one.dither(flat, one.dither(flat, None))
    assert frame.whites / 65536 == pytest.approx(grey / 255, abs=1 / 127)


@DITHERING
def test_a_ramp_looks_like_a_ramp(name):
    error = low_passed(ditherer(name).dither(ramp(), None).mask() * 255.0) - low_passed(ramp())
    assert np.abs(error).max() < 32
    assert np.sqrt((error**2).mean()) < 10


@EVERY
def test_a_ditherer_that_does_not_remember_does_not_look_back(name):
    one = ditherer(name)
    results = {one.dither(ramp(), previous).tobytes() for previous in (None, Frame.black(Size(128, 96)))}
    assert (len(results) > 1) == one.remembers


@EVERY
def test_settings_are_plain_values_for_the_header(name):
    assert all(isinstance(value, str | int | float) for value in ditherer(name).settings().values())


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(DithererError, match='no ditherer "atkinson"; there are direct-search, faithful'):
        ditherer("atkinson")


@settings(max_examples=60, deadline=None)
@given(grey=PICTURES, seed=st.integers(0, 9))
def test_hysteresis_without_lean_is_pillows_floyd_steinberg_to_the_bit(grey, seed):
    previous = Frame.of(np.random.default_rng(seed).random(grey.shape) < 0.5)
    assert Hysteresis(lean=0).dither(grey, previous) == from_image(Image.fromarray(grey).convert("1"))


def test_floyd_steinberg_is_pillows_on_a_full_frame():
    grey = np.random.default_rng(5).integers(0, 256, (1072, 1448), dtype=np.uint8)
    expected = from_image(Image.fromarray(grey).convert("1", dither=Image.Dither.FLOYDSTEINBERG))
    assert ditherer("floyd-steinberg").dither(grey, None) == expected
    assert Hysteresis(lean=0).dither(grey, expected) == expected


def test_hysteresis_calms_a_small_change_many_times_over():
    random = np.random.default_rng(7)
    grey = (ramp(200, 300) * 0.8 + 20).astype(np.uint8)
    moved = (grey + random.integers(0, 3, grey.shape)).astype(np.uint8)
    changed = {}
    for name in ("hysteresis", "floyd-steinberg"):
        one = ditherer(name)
        before = one.dither(grey, None)
        changed[name] = difference(before, one.dither(moved, before)).changed
    assert changed["floyd-steinberg"] > 8 * changed["hysteresis"] > 0


def test_hysteresis_refuses_a_frame_of_another_size():
    with pytest.raises(FrameError, match="8×8 frame cannot come before a 128×96 one"):
        Hysteresis().dither(ramp(), Frame.black(Size(8, 8)))


def test_masks_change_no_more_pixels_than_the_grey_does():
    grey = ramp(128, 256)
    lighter = np.minimum(grey.astype(int) + 4, 255).astype(np.uint8)
    for name in ("blue-noise", "bayer"):
        one = ditherer(name)
        changes = difference(one.dither(grey, None), one.dither(lighter, None))
        assert changes.darkened == 0
        assert changes.lightened / grey.size == pytest.approx(
            (lighter.astype(float) - grey).mean() / 255, abs=0.003
        )


def test_the_shipped_mask_is_what_the_generator_makes():
    made = void_and_cluster.ranks(128)
    assert sorted(made.ravel()) == list(range(128 * 128))
    shipped = np.asarray(Image.open(Path(mask.__file__).with_name("blue-noise-128.png")))
    assert np.array_equal(shipped, mask.thresholds(made))


def test_the_mask_is_blue():
    """Of a flat grey's dots nearly nothing lies at low frequencies, where the eye would see it."""
    dots = ditherer("blue-noise").dither(np.full((128, 128), 64, dtype=np.uint8), None).mask()
    power = np.abs(np.fft.fft2(dots - dots.mean())) ** 2
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(128), np.fft.fftfreq(128)))
    assert power[frequency < 0.1].mean() < 0.05 * power[frequency > 0.3].mean()


def test_goldens():
    assert golden.dithers() == json.loads((golden.HERE / "dithers.json").read_text())
