"""Error diffusion: what rounding a pixel does wrong, its neighbours to come make good.

It looks best of the fast ones, and boils: the least change anywhere throws every dot after it. Hysteresis
calms it: the threshold leans towards what the pixel was before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt
from PIL import Image

from export.stages.tone import Grey
from player.frame import Frame, FrameError, Size
from player.picture import from_image



@dataclass(frozen=True)
class FloydSteinberg:
    """Floyd and Steinberg (1976) as Pillow does it: in whole numbers, left to right, clamped."""

    remembers = False

    def settings(self) -> dict[str, str | float]:
        """See `Ditherer`."""
        return {}

    def dither(self, grey: Grey, previous: Frame | None) -> Frame:
        """See `Ditherer`."""
        return from_image(Image.fromarray(grey).convert("1", dither=Image.Dither.FLOYDSTEINBERG))


@dataclass(frozen=True)
class Hysteresis:
    """Floyd–Steinberg whose threshold leans towards the previous frame.

    Args:
        lean: how far, in grey levels. 0 is Floyd–Steinberg to the bit. At 64 a film changes about twelve
            times fewer pixels than with 0, and looks 2 to 4 dB worse.
    """

    lean: int = 64
    remembers = True

    def settings(self) -> dict[str, str | float]:
        """See `Ditherer`."""
        return {"lean": self.lean}

    def dither(self, grey: Grey, previous: Frame | None) -> Frame:
        """See `Ditherer`."""
        height, width = grey.shape
        if previous is None:
            return FloydSteinberg().dither(grey, None)
        if previous.size != (width, height):
            raise FrameError(f"a {previous.size} frame cannot come before a {Size(width, height)} one")
        white = previous.mask()
        _diffuse(grey, white, self.lean)
        return Frame.of(white)


@numba.njit(nogil=True, cache=True)  # type: ignore[untyped-decorator]
def _diffuse(grey: Grey, white: npt.NDArray[np.bool_], lean: int) -> None:  # pragma: no cover
    """Dither in place: `white` comes in as the previous frame and goes out as the new one.

    Errors are carried in sixteenths and divided with truncation towards zero, as C does.
    """
    height, width = grey.shape
    below = np.zeros(width + 1, dtype=np.int32)
    for y in range(height):
        right = 0  # 7/16 of the error of the pixel to the left
        beside = 0  # 1/16 and
        under = 0  # 5/16 of errors on their way to the row below
        for x in range(width):
            sum16 = right + below[x + 1]
            value = grey[y, x] + (sum16 // 16 if sum16 >= 0 else -(-sum16 // 16))
            value = min(255, max(0, value))
            threshold = 128 - lean if white[y, x] else 128 + lean
            on = value > threshold
            white[y, x] = on
            error = value - 255 if on else value
            below[x] = 3 * error + beside
            beside = under + 5 * error
            under = error
            right = 7 * error
        below[width] = beside


