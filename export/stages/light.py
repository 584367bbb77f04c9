"""From code values to light.

A dot of paper among dots of ink adds light, not code values, so everything that averages (scaling,
dithering) is done on light. And the light of a colour is not the light of its luma: a saturated blue would
come out nearly black.
"""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from export.colour import Rgb

Light: TypeAlias = npt.NDArray[np.uint16]

TOP = 65_535
"""Full light."""

EXPONENT = 2.2
"""Films are graded on a display of exponent 2.4 (ITU-R BT.1886) for a dim room; on the wall of a lit one they
look as they should with less contrast."""
WEIGHTS = (0.2126, 0.7152, 0.0722)
"""Of red, green and blue in luminance (ITU-R BT.709)."""


def light(rgb: Rgb) -> Light:
    """Luminance of a picture.

    Args:
        rgb: ``uint8`` or ``uint16`` of shape ``(height, width, 3)``, full range.

    Returns:
        ``uint16`` of shape ``(height, width)``; 0 is black, `TOP` is white.
    """
    red, green, blue = (
        np.take(table, rgb[..., i]) for i, table in enumerate(_tables(np.iinfo(rgb.dtype).max))
    )
    red += green
    red += blue
    return red


@cache
def _tables(top: int) -> tuple[Light, ...]:
    """By code value, what each of red, green and blue adds; at white together exactly `TOP`."""
    share = (np.arange(top + 1) / top) ** EXPONENT
    return tuple(np.floor(weight * share * TOP + 0.37).astype(np.uint16) for weight in WEIGHTS)
