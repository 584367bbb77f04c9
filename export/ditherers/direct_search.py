"""The search for dots: as right as the best halftone, and as near as can be to the frame before.

Small variations in the places of the dots do not matter to an eye as long as the densities are right. So
what is minimised is

    the error, as the eye takes it in  +  price × the pixels that differ from the frame before

by turning pixels, alone or in pairs of neighbours, until no turn pays any more: a direct binary search
(Analoui & Allebach 1992) with a price on change. It starts from a Floyd–Steinberg dither that leans towards
the frame before; to start from that frame itself costs more changes in the end, since a search never looks
further than a pixel. On the first frame of a shot nothing has a price.

One knob: at `price` 0 the picture is best, and with it fewer and fewer pixels change. The default is where
film after film looks no worse than Floyd–Steinberg by any of the measures in `export.measure`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from export.ditherers.eye import DOT, FACTORS, KERNEL, REACH
from export.stages.tone import Grey
from player.frame import Frame, FrameError, Size

SLACK = 4
"""What a turn must gain, in thousandths of a dot's energy; it ends the search a good while sooner."""
ROUNDS = 30


@dataclass(frozen=True)
class DirectSearch:
    """Direct binary search with a price on each changed pixel.

    Args:
        price: of a changed pixel, in thousandths of the energy of one lone dot: 0 to 500.
        lean: how far the dither that it starts from leans towards the frame before, in grey levels.

    It needs numba, which is on a workstation and not on the Pi.
    """

    price: int = 60
    lean: int = 110
    remembers = True
    memory = 8

    def settings(self) -> dict[str, str | float]:
        """See `Ditherer`."""
        return {"price": self.price, "lean": self.lean}

    def dither(self, grey: Grey, previous: Frame | None, before: Sequence[Grey] = ()) -> Frame:
        """See `Ditherer`."""
        # These compile, so only when it is wanted.
        from export.ditherers import direct_search_kernel as kernel
        from export.ditherers import rest
        from export.ditherers.diffusion_kernel import diffuse_freely

        height, width = grey.shape
        if previous is not None and previous.size != (width, height):
            raise FrameError(f"a {previous.size} frame cannot come before a {Size(width, height)} one")
        white = np.zeros((height, width), np.uint8) if previous is None else previous.mask().view(np.uint8)
        shown = white.copy()
        diffuse_freely(grey, white, 0 if previous is None else self.lean)
        states = np.full((height + 2, width + 2), kernel.FIXED, np.uint8)
        gradient = np.zeros((height + 2 * REACH, width + 2 * REACH + 1), np.int32)
        kernel.begin(grey, shown, white, states)
        kernel.filtered(grey, white, FACTORS, gradient)
        lighter = np.zeros((kernel.SIZE, kernel.ROOM), np.int32)
        lighter[:, : kernel.SIZE] = 255 * KERNEL
        unit = 255 * DOT
        price = 0 if previous is None else self.price * unit // 1000
        prices = price >> rest.halvings(grey, before).astype(np.int32)
        kernel.search(states, gradient, lighter, prices, SLACK * unit // 1000, ROUNDS)
        return Frame.of(states[1:-1, 1:-1] & kernel.WHITE == kernel.WHITE)
