"""What changes, what had to, what stays behind; and what flat greys show."""

from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from export.ditherers import ditherer
from export.measure import Changes, Contone, MeasureError, Meter, fade, noise
from export.measure.contone import block_bound
from player.frame import Frame, FrameError, Size

MASKS = st.tuples(st.integers(1, 30), st.integers(1, 30)).flatmap(
    lambda shape: st.tuples(arrays(np.bool_, shape), arrays(np.bool_, shape))
)


def frame_of(text: str) -> Frame:
    return Frame.of(np.array([[dot == "." for dot in row] for row in text.split()]))


def test_darkened_and_lightened_pixels_are_told_apart_and_cuts_set_aside():
    frames = [frame_of(text) for text in ("....|", "##..|", "#.#.|", "####|")]
    frames = [Frame.of(frame.mask()[:, :4]) for frame in frames]
    changes = Changes()
    previous = None
    for frame, cut in zip(frames, (True, False, False, True), strict=True):
        changes = changes.add(frame, previous, cut, bound=0.25)
        previous = frame
    assert (changes.frames, changes.darkened, changes.lightened) == (2, 3 / 4, 1 / 4)
    assert (changes.cuts, changes.at_cuts, changes.bound) == (1, 2 / 4, 0.5)


def test_a_ghost_is_black_and_has_changed_since_the_last_full_redraw():
    first, second, third = (
        frame_of("......"),
        frame_of("##...."),  # two ghosts
        frame_of("#.#..."),  # one has gone, another came
    )
    changes = Changes().add(first, None, True, 0)
    changes = changes.add(second, first, False, 0)
    assert changes.ghosts == pytest.approx(2 / 6)
    changes = changes.add(third, second, False, 0)
    assert changes.ghosts == pytest.approx(4 / 6)
    changes = changes.add(second, third, False, 0)  # the second came back: it was touched
    assert changes.ghosts == pytest.approx(6 / 6)
    redrawn = changes.add(first, second, False, 0, redrawn=True).add(frame_of("#....."), first, False, 0)
    assert redrawn.ghosts == pytest.approx(7 / 6)
    assert changes.add(third, second, True, 0).touched.sum() == 0


def test_frames_of_another_size_are_refused():
    with pytest.raises(FrameError):
        Changes().add(Frame.black(Size(8, 8)), Frame.black(Size(8, 9)), False, 0)


@settings(max_examples=200, deadline=None)
@given(pair=MASKS)
def test_nothing_that_keeps_the_means_of_blocks_changes_fewer_pixels_than_the_bound(pair):
    before, after = pair
    assert block_bound(after.astype(np.float32) - before) <= (before != after).mean() + 1e-6


def test_the_bound_is_met_where_all_of_a_block_goes_one_way_and_nil_where_dots_just_move():
    before = np.zeros((20, 20), dtype=bool)  # blocks of 8, and of 4 at the edges
    after = before.copy()
    after[2:5, 3:6] = after[17:19, 17:19] = True
    assert block_bound(after.astype(np.float32) - before) == pytest.approx((after != before).mean())
    assert block_bound(after.astype(np.float32) - np.roll(after, 1, axis=1)) == 0


def test_a_picture_says_by_how_much_it_changed_and_whether_it_is_a_new_shot():
    dark, grey, light = (np.full((32, 48), level, dtype=np.uint8) for level in (40, 55, 200))
    first = Contone.of(dark)
    second = Contone.of(grey, first)
    assert first.cut and not second.cut and Contone.of(light, second).cut
    assert second.changed == second.bound == pytest.approx(15 / 255)


def test_a_picture_does_not_keep_those_before_it():
    first = Contone.of(np.zeros((24, 32), dtype=np.uint8))
    second = Contone.of(np.ones((24, 32), dtype=np.uint8), first)
    gone = weakref.ref(first)
    del first
    gc.collect()
    assert gone() is None and second.moved is not None


def moving(count: int) -> list[np.ndarray]:
    """Soft waves that go to the right by three pixels a frame."""
    y, x = np.mgrid[:96, :160]
    return [
        np.round(127 + 80 * np.sin((x - 3 * number) / 9) * np.cos(y / 17)).astype(np.uint8)
        for number in range(count)
    ]


@pytest.mark.parametrize("behind", [0, 1])
def test_lag_is_nought_for_a_dither_that_follows_and_one_for_a_dither_of_the_frame_before(behind):
    greys, dither = moving(9), ditherer("blue-noise")
    meter, before, previous = Meter(Size(160, 96), sampled=2), None, None
    for number, grey in enumerate(greys):
        contone = Contone.of(grey, before)
        frame = dither.dither(greys[max(0, number - behind)], None)
        meter = meter.add(contone, frame, previous, cut=False)
        before, previous = contone, frame
    assert meter.result().lag == pytest.approx(behind, abs=0.02)


def test_lag_is_a_half_for_a_dither_halfway_between():
    greys, dither = moving(5), ditherer("blue-noise")
    meter, before, previous = Meter(Size(160, 96), sampled=1), None, None
    for number, grey in enumerate(greys):
        contone = Contone.of(grey, before)
        half = (grey.astype(int) + greys[max(0, number - 1)]) // 2
        frame = dither.dither(half.astype(np.uint8), None)
        meter = meter.add(contone, frame, previous)
        before, previous = contone, frame
    assert meter.result().lag == pytest.approx(0.5, abs=0.04)


def test_lag_is_not_asked_of_what_hardly_moves():
    greys = [np.full((48, 64), level, dtype=np.uint8) for level in (100, 101, 102)]
    frozen = ditherer("bayer").dither(greys[0], None)
    for least, lag in ((0.01, None), (0.001, pytest.approx(1.5, abs=0.5))):
        meter, before = Meter(Size(64, 48), sampled=1, least=least), None
        for grey in greys:
            before = Contone.of(grey, before)
            meter = meter.add(before, frozen, frozen, cut=False)
        assert meter.result().lag == lag


def test_a_meter_is_a_value():
    grey = moving(1)[0]
    frame = ditherer("bayer").dither(grey, None)
    contone = Contone.of(grey)
    one = Meter(Size(160, 96)).add(contone, frame, None)
    before = one.result()
    one.add(contone, Frame.black(frame.size), frame, cut=False)
    assert one.result() == before


def test_the_whole_of_a_meter_adds_up():
    greys, dither = moving(4), ditherer("bayer")
    frames = [dither.dither(grey, None) for grey in greys]
    meter, before, previous = Meter(Size(160, 96)), None, None
    for grey, frame in zip(greys, frames, strict=True):
        before, last = Contone.of(grey, before), previous
        meter = meter.add(before, frame, last, cut=False)
        previous = frame
    result = meter.result()
    masks = [frame.mask() for frame in frames]
    turned = [(one & ~two).mean() for one, two in pairwise(masks)]
    changed = [(one != two).mean() for one, two in pairwise(masks)]
    assert result.darkened == pytest.approx(np.mean(turned))
    assert result.changed == pytest.approx(np.mean(changed)) == result.darkened + result.lightened
    assert result.of_bound == pytest.approx(result.changed / result.bound) and result.of_bound > 1


@dataclass(frozen=True)
class Random:
    """White noise, anew for every frame."""

    remembers = False
    memory = 0

    def settings(self):
        return {}

    def dither(self, grey, previous, before=()):
        random = np.random.default_rng(int(grey.flat[0]))
        return Frame.of(random.random(grey.shape) * 255 < grey)


def test_a_mask_fades_at_the_bound_and_error_diffusion_far_above_it():
    calm = fade(ditherer("blue-noise"), Size(256, 256))
    assert calm.measures.bound == pytest.approx(77 / 255 / 100, rel=1e-3)
    assert calm.of_bound == pytest.approx(1, abs=0.02)
    assert fade(ditherer("floyd-steinberg"), Size(256, 256), [51, 52, 53, 54]).of_bound > 50


def test_a_fade_that_is_not_followed_shows_in_the_grey():
    stuck = fade(ditherer("threshold"), Size(128, 128), [60, 80, 100])
    assert stuck.of_bound == 0 and stuck.noise.grey_error == pytest.approx(-100 / 255)


def test_white_noise_is_flat_and_has_no_direction():
    found = fade(Random(), greys=[70, 80]).noise
    assert found.power == pytest.approx(np.ones(len(found.power)), abs=0.25)
    assert abs(found.low) < 0.5 and abs(found.direction) < 0.5
    assert np.abs(found.anisotropy[found.frequency > 0.1]).max() < 3


def test_a_lattice_has_a_direction():
    bayer = fade(ditherer("bayer"), greys=[70, 80]).noise
    assert bayer.direction > 10


def test_blue_noise_has_nothing_slow_in_it_and_white_noise_has():
    grey = 85
    blue = noise(ditherer("blue-noise").dither(np.full((512, 512), grey, dtype=np.uint8), None), grey / 255)
    assert blue.low < -13
    assert abs(blue.grey_error) < 0.002
    assert noise(Random().dither(np.full((512, 512), grey, dtype=np.uint8), None), grey / 255).low > -1


def test_stripes_have_a_direction_wherever_they_are():
    random = np.random.default_rng(2)
    stripes = np.repeat(random.random((1, 512)) < 0.5, 512, axis=0)
    assert noise(Frame.of(stripes), 0.5).direction > 10
    assert noise(Frame.of(stripes.T), 0.5).direction > 10


def test_what_has_no_spectrum_is_refused():
    with pytest.raises(MeasureError, match=r"64×64 frame of grey 0\.5"):
        noise(Frame.black(Size(64, 64)), 0.5)
    with pytest.raises(MeasureError, match="grey 0 "):
        noise(Frame.black(Size(512, 512)), 0.0)
