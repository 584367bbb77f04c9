"""When to redraw, and how: the one decision that makes the difference between a picture and a flashing sign.

A partial redraw is quiet and leaves grey where white turned black. A full redraw is clean and flashes. The
rule here began as the one of the film-maker who built the first such player: redraw when too many pixels have
changed since the last full redraw, but not again within a number of frames. Two things are different. Only
pixels that are black and not fully so are counted, since those are the ones that look wrong; and at a cut,
where the whole picture changes and nobody minds, half the count is enough.

All of it is pure: given the same glass and frame, the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from player.frame import Frame
from player.ink import Ink


class Redraw(Enum):
    """How to bring a frame onto a panel."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


@dataclass(frozen=True)
class Glass:
    """What we believe is on the panel.

    Args:
        ink: None until the first full redraw: ink remembers, we do not.
        partials: partial redraws since the last full one.
    """

    ink: Ink | None = None
    partials: int = 0

    def after(self, frame: Frame, redraw: Redraw) -> Glass:
        """The glass once that redraw is done.

        Raises:
            ValueError: something other than a full redraw on a panel of which nothing is known.
        """
        if redraw is Redraw.FULL:
            return Glass(Ink.clean(frame), 0)
        if self.ink is None:
            raise ValueError("the first redraw of a panel is a full one")
        if redraw is Redraw.PARTIAL:
            return Glass(self.ink.partial(frame), self.partials + 1)
        return self

    @property
    def ghosts(self) -> float:
        """Share of the panel's pixels that should be black and are grey."""
        return 0.0 if self.ink is None else self.ink.ghosts() / self.ink.frame.size.pixels


@dataclass(frozen=True)
class RefreshPolicy:
    """Decides on redraws.

    Args:
        ghost_limit: share of the panel that may be grey instead of black, 0 to 1.
        cooldown: frames that pass at least between two full redraws.
    """

    ghost_limit: float
    cooldown: int

    def redraw(self, glass: Glass, frame: Frame, good_moment: bool = False) -> Redraw:
        """Which redraw the next frame deserves.

        Args:
            glass: as it is now.
            frame: what is to be shown.
            good_moment: whether a flash would disturb less than usual, as at a cut.
        """
        if glass.ink is None:
            return Redraw.FULL
        if frame == glass.ink.frame:
            return Redraw.NONE
        if glass.partials + 1 < self.cooldown:
            return Redraw.PARTIAL
        limit = self.ghost_limit * frame.size.pixels * (0.5 if good_moment else 1.0)
        return Redraw.FULL if glass.ink.ghosts_after(frame) > limit else Redraw.PARTIAL
