"""Frames to and from Pillow, and to PNG."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image

from player.frame import Frame, FrameError


def to_image(frame: Frame) -> Image.Image:
    """Show a frame as a Pillow image of mode "1"."""
    return Image.frombytes("1", frame.size, frame.tobytes())


def from_image(image: Image.Image) -> Frame:
    """Take a frame from a Pillow image that is already 1-bit.

    Raises:
        FrameError: its mode is not "1"; dithering is a choice that is made elsewhere.
    """
    if image.mode != "1":
        raise FrameError(f'a frame comes from an image of mode "1", not "{image.mode}"')
    return Frame.of(np.asarray(image))


def png(image: Image.Image) -> bytes:
    """Encode an image as PNG, quickly rather than tightly: dither hardly compresses."""
    out = BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()
