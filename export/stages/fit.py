"""Fitting a picture to the panel: letterbox shows all of it between black bars, crop fills the panel."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from export.colour import resized
from export.stages.light import Light
from export.stages.tone import Grey
from player.frame import Box, Size


class Fit(Enum):
    """What gives way when picture and panel have different shapes."""

    LETTERBOX = "letterbox"
    CROP = "crop"


class Placing(NamedTuple):
    """Which part of the picture goes where.

    Args:
        source: in the picture's own pixels.
        target: on the panel.
    """

    source: Box
    target: Box


def place(picture: Size, aspect: Fraction, panel: Size, fit: Fit) -> Placing:
    """Where a picture goes on a panel, centred.

    Args:
        picture: in its own pixels.
        aspect: width to height of one of them.
        panel: of square pixels.
        fit: what gives way.
    """
    across, down = panel.width / (picture.width * aspect), Fraction(panel.height, picture.height)
    if fit is Fit.LETTERBOX:
        scale = min(across, down)
        return Placing(
            _middle(picture, picture.width, picture.height),
            _middle(panel, picture.width * aspect * scale, picture.height * scale),
        )
    scale = max(across, down)
    return Placing(
        _middle(picture, panel.width / (aspect * scale), panel.height / scale),
        _middle(panel, panel.width, panel.height),
    )


def _middle(size: Size, width: Fraction | int, height: Fraction | int) -> Box:
    """The box of about that width and height in the middle."""
    inner = Size(min(size.width, max(1, round(width))), min(size.height, max(1, round(height))))
    left, top = (size.width - inner.width) // 2, (size.height - inner.height) // 2
    return Box(left, top, left + inner.width, top + inner.height)


def scaled(picture: Light, placing: Placing) -> Light:
    """Bring the part of a picture that is wanted to the size of its place; it is light that is averaged.

    Args:
        picture: ``uint16`` of shape ``(height, width)``.
        placing: from `place`.
    """
    left, top, right, bottom = placing.source
    part = np.ascontiguousarray(picture[top:bottom, left:right])
    target = placing.target
    return resized(part, Size(target.right - target.left, target.bottom - target.top))


def framed(picture: Grey, placing: Placing, panel: Size) -> Grey:
    """Lay a picture into its place on a black panel.

    Returns:
        ``uint8`` of shape ``(panel.height, panel.width)``.
    """
    left, top, right, bottom = placing.target
    canvas = np.zeros((panel.height, panel.width), dtype=np.uint8)
    canvas[top:bottom, left:right] = picture
    return canvas
