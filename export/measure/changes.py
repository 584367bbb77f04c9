"""How many pixels change, and what stays behind where they did.

A frame that begins a shot changes as many pixels as it must, and the panel flashes there; so cuts are counted
apart. Ghosts are pixels that are black now and changed since the panel was last redrawn in full: what a quick
redraw has touched, and left a little grey.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from player.frame import Bits, Frame, FrameError, count, difference


@dataclass(frozen=True, eq=False)
class Changes:
    """Sums over a clip; pixels are shares of all the panel's.

    Args:
        frames: that came after another one within a shot.
        darkened: pixels turned from white to black in them.
        lightened: and from black to white.
        bound: that had to change, see `Contone`.
        cuts: frames that began a shot after another one.
        at_cuts: pixels changed in them.
        ghosts: black pixels that changed since the last full redraw, added up over `frames`.
        touched: which pixels changed since; packed as in a frame.
    """

    frames: int = 0
    darkened: float = 0.0
    lightened: float = 0.0
    bound: float = 0.0
    cuts: int = 0
    at_cuts: float = 0.0
    ghosts: float = 0.0
    touched: Bits | None = None

    def add(
        self, frame: Frame, previous: Frame | None, cut: bool, bound: float, redrawn: bool | None = None
    ) -> Changes:
        """With one frame more.

        Args:
            frame: that is shown now.
            previous: what was on the panel before; None if nothing was.
            cut: whether it begins a shot.
            bound: share of pixels that had to change.
            redrawn: whether the whole panel was redrawn in full for it; if it is not said, so it was at cuts.

        Raises:
            FrameError: the frames' sizes differ.
        """
        if previous is None:
            return replace(self, touched=np.zeros_like(frame.bits))
        now, pixels = difference(previous, frame), frame.size.pixels
        if self.touched is None:
            touched: Bits = np.zeros_like(frame.bits)
        elif self.touched.shape != frame.bits.shape:
            raise FrameError(f"a {frame.size} frame does not fit what was shown before")
        else:
            touched = self.touched
        clean = cut if redrawn is None else redrawn
        touched = np.zeros_like(touched) if clean else touched | (previous.bits ^ frame.bits)
        if cut:
            return replace(
                self, cuts=self.cuts + 1, at_cuts=self.at_cuts + now.changed / pixels, touched=touched
            )
        return Changes(
            self.frames + 1,
            self.darkened + now.darkened / pixels,
            self.lightened + now.lightened / pixels,
            self.bound + bound,
            self.cuts,
            self.at_cuts,
            self.ghosts + count(touched & ~frame.bits) / pixels,
            touched,
        )
