"""Frames as pictures: to Pillow, to PNG, and back."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from fakes import random_frame
from PIL import Image

from player.frame import Frame, FrameError, Size
from player.picture import from_image, png, to_image

SIZES = [Size(8, 1), Size(64, 48), Size(61, 7), Size(1, 5), Size(1448, 3)]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_frame_comes_back_from_an_image(size):
    frame = random_frame(3, size)
    image = to_image(frame)
    assert image.mode == "1" and image.size == size
    assert from_image(image) == frame


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_pillow_sees_white_where_the_frame_is_white(size):
    frame = random_frame(4, size)
    grey = np.asarray(to_image(frame).convert("L"))
    assert np.array_equal(grey, np.where(frame.mask(), 255, 0))


def test_an_image_that_pillow_drew_becomes_a_frame():
    image = Image.new("1", (13, 4), 1)
    image.putpixel((12, 3), 0)
    mask = Frame.white(Size(13, 4)).mask()
    mask[3, 12] = False
    assert from_image(image) == Frame.of(mask)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_png_holds_exactly_the_pixels(size):
    frame = random_frame(5, size)
    data = png(to_image(frame))
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    with Image.open(BytesIO(data)) as image:
        assert image.mode == "1"
        assert from_image(image) == frame


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "I;16"])
def test_an_image_of_another_mode_is_refused(mode):
    with pytest.raises(FrameError, match=f'"1", not "{mode}"'):
        from_image(Image.new(mode, (8, 8)))
