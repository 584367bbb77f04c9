"""Colour and size, by swscale: from a decoded frame to red, green and blue, and a plane of light scaled.

What is not handled yet has its place here: a tone-mapped HDR picture in `rgb`, a deinterlaced one before it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter

from player.frame import Size

Rgb: TypeAlias = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
Plane: TypeAlias = npt.NDArray[np.uint16]

EXACT = Interpolation.ACCURATE_RND | Interpolation.BITEXACT
"""Of swscale: the same bytes on every processor."""
HIGH_DEFINITION = 720
"""Lines from which on an unmarked film is taken to use the BT.709 matrix."""

_FULL_RANGE = 2
_MATRICES = {
    1: Colorspace.ITU709,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
}
"""By AVColorSpace: what a file may say of itself, and swscale's name for it."""


class Colours:
    """Takes frames of one film apart; it keeps what swscale has worked out for them."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def rgb(self, frame: VideoFrame) -> Rgb:
        """Full-range red, green and blue, of shape ``(height, width, 3)``: ``uint16`` of more than 8 bits."""
        deep = frame.format.components[0].bits > 8
        full = frame.color_range == _FULL_RANGE or frame.format.name.startswith("yuvj") or frame.format.is_rgb
        usual = Colorspace.ITU709 if frame.height >= HIGH_DEFINITION else Colorspace.ITU601
        matrix = _MATRICES.get(frame.colorspace, usual)
        picture: Any = self._reformatter.reformat(
            frame,
            # Not rgb24, which swscale makes in a quicker and coarser way: white would be 253.
            format="gbrp16le" if deep else "gbrp",
            src_colorspace=matrix,
            dst_colorspace=matrix,
            src_color_range="JPEG" if full else "MPEG",
            dst_color_range="JPEG",
            interpolation=Interpolation.BILINEAR | EXACT,
            threads=1,
        )
        green, blue, red = (_values(plane, "<u2" if deep else "u1") for plane in picture.planes)
        rgb: Rgb = np.stack((red, green, blue))
        if deep:
            bits = min(16, frame.format.components[0].bits)
            rgb = np.take(_stretch(((1 << bits) - 1) << (16 - bits) if full else 255 << 8), rgb)
        return np.moveaxis(rgb, 0, 2)

    def thumbnail(self, frame: VideoFrame, size: Size) -> npt.NDArray[np.uint8]:
        """The frame made small, in the code values of its own grey; of shape ``(height, width)``."""
        small: Any = self._reformatter.reformat(
            frame,
            width=size.width,
            height=size.height,
            format="gray",
            interpolation=Interpolation.AREA | EXACT,
            threads=1,
        )
        grey: npt.NDArray[np.uint8] = small.to_ndarray()
        return grey


def resized(plane: Plane, size: Size) -> Plane:
    """Scale a plane of light (bicubic, by swscale).

    Args:
        plane: ``uint16`` of shape ``(height, width)``.
        size: wanted.
    """
    frame = VideoFrame.from_ndarray(plane, format="gray16le")
    scaled: Any = VideoReformatter().reformat(
        frame, width=size.width, height=size.height, interpolation=Interpolation.BICUBIC | EXACT, threads=1
    )
    result: Plane = scaled.to_ndarray()
    return result


def _values(plane: Any, kind: str) -> npt.NDArray[Any]:
    return np.frombuffer(plane, kind).reshape(plane.height, -1)[:, : plane.width]


@cache
def _stretch(white: int) -> npt.NDArray[np.uint16]:
    """By code value, what brings white to 65535: swscale only shifts the bits of a deep film up."""
    return np.minimum(np.arange(65_536) * 65_535 // white, 65_535).astype(np.uint16)
