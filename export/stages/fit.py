"""Fitting a picture to the panel: letterbox shows all of it between black bars, crop fills the panel."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from PIL import Image

from export.stages.light import Light
from player.frame import Box, Size


class Fit(Enum):
    """What gives way when picture and panel have different shapes."""

    LETTERBOX = "letterbox"
    CROP = "crop"


class Placing(NamedTuple):
    """Which part of the picture goes where.

    Args:
        source: left, top, right, bottom in the picture's pixels, not whole ones.
        target: on the panel.
    """

    source: tuple[float, float, float, float]
    target: Box


def place(picture: Size, aspect: Fraction, panel: Size, fit: Fit) -> Placing:
    """Where a picture goes on a panel, centred.

    Args:
        picture: in its own pixels.
        aspect: width to height of one of them.
        panel: of square pixels.
        fit: what gives way.
    """
    wide = picture.width * aspect
    if fit is Fit.LETTERBOX:
        scale = min(panel.width / wide, Fraction(panel.height, picture.height))
        width = min(panel.width, max(1, round(wide * scale)))
        height = min(panel.height, max(1, round(picture.height * scale)))
        left, top = (panel.width - width) // 2, (panel.height - height) // 2
        whole = (0.0, 0.0, float(picture.width), float(picture.height))
        return Placing(whole, Box(left, top, left + width, top + height))
    scale = max(panel.width / wide, Fraction(panel.height, picture.height))
    width, height = panel.width / scale / aspect, panel.height / scale
    x, y = (picture.width - width) / 2, (picture.height - height) / 2
    source = (float(x), float(y), float(x + width), float(y + height))
    return Placing(source, Box(0, 0, panel.width, panel.height))


def fitted(picture: Light, placing: Placing, panel: Size) -> Light:
    """Scale a picture to its place on the panel (bicubic, in light); the rest of the panel is black.

    Args:
        picture: ``float32`` of shape ``(height, width)``.
        placing: from `place`.
        panel: in pixels.

    Returns:
        ``float32`` of shape ``(panel.height, panel.width)``, within 0 to 1.
    """
    left, top, right, bottom = placing.target
    scaled = Image.fromarray(picture).resize(
        (right - left, bottom - top), Image.Resampling.BICUBIC, box=placing.source
    )
    canvas = np.zeros((panel.height, panel.width), dtype=np.float32)
    np.clip(np.asarray(scaled), 0, 1, out=canvas[top:bottom, left:right])
    return canvas
