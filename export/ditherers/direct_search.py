"""The search for dots: as right as the best halftone, and as near as can be to the frame before.

Small variations in the places of the dots do not matter to an eye as long as the densities are right. So
what is minimised is

    the error, as the eye takes it in  +  price × the pixels that change from frame to frame

by turning pixels, alone or in pairs of neighbours, until no turn pays any more: a direct binary search
(Analoui & Allebach 1992) with a price on change. It starts from a Floyd–Steinberg dither that leans towards
the frame before; to start from that frame itself costs more changes in the end, since a search never looks
further than a pixel. On the first frame of a shot, change from the frame before has no price.

A film is known before it is shown, so a frame may also see the one after it: `WINDOW` frames are dithered in
a row, and then searched once more from the last to the first, with the price on change to either side. That
lets a dot turn when it is best, not when it first pays, and takes back what is turned for one frame only. It
saves a twelfth of the changes at no loss.

One knob: at `price` 0 the picture is best, and as it grows fewer and fewer pixels change. The default is
about as high as it can be with no film looking worse than Floyd–Steinberg's by any of the measures in
`export.measure`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from export.ditherers.protocol import DithererError
from export.stages.tone import Grey
from player.frame import Frame, FrameError, Size


def price_of(still: int) -> int:
    """The price for the owner's knob: 0 is faithful, 5 usual, 10 still; each step is 1.55 times the last."""
    return round(40 * math.pow(9, still / 5 - 1))


@dataclass(frozen=True)
class DirectSearch:
    """Direct binary search with a price on each changed pixel.

    Args:
        price: of a changed pixel, in thousandths of the energy of one lone dot: 0 to 500.
        lean: how far the dither that it starts from leans towards the frame before, in grey levels: 0 to 127.

        faithful: let no frame look worse than Floyd–Steinberg's of the same picture, even if that is shifted
            to where it fits best; where it would, a change becomes cheaper until it does not. It takes about
            twice the time.

    It needs numba, which is on a workstation and not on the Pi.

    Raises:
        DithererError: a setting is out of range.
    """

    price: int = 40
    lean: int = 110
    faithful: bool = False
    remembers = True
    memory = 8
    window = 8

    def __post_init__(self) -> None:
        for name, value, top in (("price", self.price, 500), ("lean", self.lean, 127)):
            if not 0 <= value <= top:
                raise DithererError(f"the {name} is from 0 to {top}, and not {value}")

    def settings(self) -> dict[str, str | float]:
        """See `Ditherer`."""
        return {"price": self.price, "lean": self.lean, "faithful": int(self.faithful)}

    def dither(self, grey: Grey, previous: Frame | None, before: Sequence[Grey] = ()) -> Frame:
        """See `Ditherer`."""
        return self.dither_window((grey,), previous, before)[0]

    def dither_window(
        self, greys: Sequence[Grey], previous: Frame | None, before: Sequence[Grey] = ()
    ) -> list[Frame]:
        """See `Foresighted`."""
        from export.ditherers.direct_search_window import Window  # compiles, so only when it is wanted

        height, width = greys[0].shape
        if previous is not None and previous.size != (width, height):
            raise FrameError(f"a {previous.size} frame cannot come before a {Size(width, height)} one")
        window = Window(previous, before, self.price, self.lean, self.faithful)
        for grey in greys:
            window.add(grey)
        window.look_back()
        return window.frames()
