"""Error diffusion: what rounding a pixel does wrong, its neighbours to come make good.

It looks best of the fast ones, and boils: the least change anywhere throws every dot after it. Hysteresis
calms it: the threshold leans towards what the pixel was before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from export.stages.tone import Grey
from player.frame import Frame, FrameError, Size
from player.picture import from_image


@dataclass(frozen=True)
class FloydSteinberg:
    """Floyd and Steinberg (1976) as Pillow does it: in whole numbers, left to right, clamped."""

    remembers = False
    memory = 0

    def settings(self) -> dict[str, str | float]:
        """See `Ditherer`."""
        return {}

    def dither(self, grey: Grey, previous: Frame | None, before: Sequence[Grey] = ()) -> Frame:
        """See `Ditherer`."""
        return from_image(Image.fromarray(grey).convert("1", dither=Image.Dither.FLOYDSTEINBERG))


@dataclass(frozen=True)
class Hysteresis:
    """Floyd–Steinberg whose threshold leans towards the previous frame.

    Args:
        lean: how far, in grey levels. 0 is Floyd–Steinberg to the bit. At 32 a film changes about five
            times fewer pixels than with 0 and looks 2 to 3 dB worse, at 64 twelve times and 4 to 5 dB.

    It needs numba, which is on a workstation and not on the Pi.
    """

    lean: int = 32
    remembers = True
    memory = 0

    def settings(self) -> dict[str, str | float]:
        """See `Ditherer`."""
        return {"lean": self.lean}

    def dither(self, grey: Grey, previous: Frame | None, before: Sequence[Grey] = ()) -> Frame:
        """See `Ditherer`."""
        height, width = grey.shape
        if previous is None:
            return FloydSteinberg().dither(grey, None)
        if previous.size != (width, height):
            raise FrameError(f"a {previous.size} frame cannot come before a {Size(width, height)} one")
        white = previous.mask()
        from export.ditherers.diffusion_kernel import diffuse  # compiles, so only when it is wanted

        diffuse(grey, white, self.lean)
        return Frame.of(white)
