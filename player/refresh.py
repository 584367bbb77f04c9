"""When to redraw, and how: the one decision that makes the difference between a picture and a flashing sign.

A partial redraw is quiet, and leaves a little of the old colour wherever a pixel now differs from what the
last full-quality redraw put there: a ghost. A full-quality redraw is clean, and flashes.

**The account** is two pictures: the frame, and the one *under* it, which is what full-quality redraws last
put at each pixel. Where they differ, there is a ghost: too light where the frame is black, too dark where it
is white. Nothing but a redraw takes it away, or the pixel's coming back to what lies under it.
`player.ghosts` says how plain it is to an eye: dots that come and go in a dithered grey are not seen, a
figure that has left a dark doorway is.

**The bargain** is struck for each tile of 32×32 pixels by itself. A ghost costs what it shows: steps of
lightness (L*), added up over the frames for which it is there. A flash of the tile costs a price in the same
coin, and the owner sets that by one knob from calm to clean; each step of the knob halves it. A reel knows
the frames to come, so 64 of them are in the reckoning, the near ones one by one and of the far ones a few.
`player.plan` finds the cheapest way through them, with as many flashes as it takes; if that begins with a
flash now, the tile flashes. From that alone flashes fall where they buy most: just after a cut, hardly ever
just before one, at once where something has come to stand still, and never for what will be gone in a moment.
Beyond the last known frame the picture is taken to stay as long as it pays to look, or to its shot's end.

**Three means** make flashes few and small. Figures are of 1,000 frames each of a road, of a room in which
people walk, and of an animated film, dithered by direct-search, with the knob at 6, on simulated ink.

* *In places.* Only the tiles that are worth it flash, in a few rectangles, and the partial redraw of the
  rest follows at once. Flashes of nothing less than the panel take 4 to 7 times the area for the same ghosts;
  some panels can do no other (`regional`).
* *Ahead.* What a flash puts under the frame need not be that frame. In a pan it is better the picture of some
  frames on, and the partial redraw goes back from it: the film then moves towards what lies under it, and
  past it, and the ghost is half as far away at either end. The same area leaves 27 to 34 % less ghost.
* *Seldom.* When more than half of the panel flashes, it is taken as a flash of the whole; for `cooldown`
  frames after that so much does not flash again: the price doubles until it is less.

In the owner's quiet hours nothing flashes unless the owner asks. Once a day the whole panel is redrawn for
its own good, as makers ask: at the next cut if one comes in time.

All of it is pure, and its work is bounded, whatever the film: 19 pictures against each other, and a price
that doubles `ROUNDS` times at the most. `make bench` shows how near it comes to the best that can be done.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from player.frame import Box, Frame, FrameError
from player.ghosts import look, shares, strength, tiles
from player.ink import REACH, Ink
from player.plan import Worth, mosaic, rectangles, worth

COOLDOWN = 20
"""Frames from one flash of the whole panel to the next: as the maker of the first such player had it."""
AHEAD = (*range(1, 13), 16, 24, 32, 48, 64)
"""Which of the frames to come are looked at; each stands for those up to the next. Near ones say what to put
under the frame, far ones what lasts: that a car will have driven past, and the road come back."""
HORIZON = AHEAD[-1]
RECTANGLES = 4
"""Areas that flash at the most. A controller drives sixteen, but with some firmware HRDY is low while a
waveform runs, so they flash one after another, 0.6 s each, with the high voltage on. With sixteen that is 2.4
times as often, for 6 % less ghost at the same area (the demo's film, knob at 5)."""
ROUNDS = 14
"""Times that the price may rise, twofold each; then nothing is worth it. A ghost is of 23 steps of L* at most
(waveform of 17 drive frames in 21), and 68 frames count at knob 10: 14,400 prices, less than 14 doublings."""
STAYS = 8.0
"""For how many frames more the last known frame counts, times the square root of the price: the dearer the
flashes, the farther they lie apart."""
WHOLE_DAYS, LATEST_DAYS = 1.0, 1.5
"""Days after which the whole panel is redrawn at the next cut, and at the latest."""


class Redraw(Enum):
    """How to bring a frame onto a panel."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


@dataclass(frozen=True)
class Redrawing:
    """What to do to a panel for one frame.

    Args:
        kind: of redraw that brings the frame up.
        areas: rectangles that flash before that; no two of them share a pixel.
        under: the picture on the panel once they have: in them what a full-quality redraw is to put there,
            elsewhere what is there already. None if there are none.
    """

    kind: Redraw
    areas: tuple[Box, ...] = ()
    under: Frame | None = None

    def flashed(self, pixels: int) -> float:
        """The share of a panel of so many pixels that flashes."""
        return 1.0 if self.kind is Redraw.FULL else sum(area.area for area in self.areas) / pixels


NOTHING, QUIET, FLASH = Redrawing(Redraw.NONE), Redrawing(Redraw.PARTIAL), Redrawing(Redraw.FULL)


@dataclass(frozen=True)
class Glass:
    """What we believe is on the panel.

    Args:
        frame: the picture asked for last; None until the first full redraw: ink remembers, we do not.
        under: what full-quality redraws last put at each pixel; None as long as `frame` is.
        since: frames drawn since the whole panel flashed, or more than half of it.
        reach: of a partial redraw, see `player.ink`.
    """

    frame: Frame | None = None
    under: Frame | None = None
    since: int = 0
    reach: float = REACH

    def after(self, frame: Frame, how: Redrawing) -> Glass:
        """The glass once that redraw is done.

        Raises:
            ValueError: something other than a full redraw on a panel of which nothing is known.
        """
        if how.kind is Redraw.FULL:
            return Glass(frame, frame, 0, self.reach)
        if self.frame is None or self.under is None:
            raise ValueError("the first redraw of a panel is a full one")
        if how.kind is Redraw.NONE:
            return self
        under = self.under if how.under is None else _inlaid(self.under, how.under, how.areas)
        whole = how.flashed(frame.size.pixels) > 0.5
        return Glass(frame, under, 0 if whole else self.since + 1, self.reach)

    @property
    def ink(self) -> Ink | None:
        """Where its particles should be, then; None while nothing is known."""
        if self.frame is None or self.under is None:
            return None
        return Ink.over(self.under, self.frame, self.reach)

    @property
    def ghosts(self) -> float:
        """Share of the panel's pixels that should be black and are grey."""
        ink = self.ink
        return 0.0 if ink is None else ink.ghosts() / ink.frame.size.pixels


@dataclass(frozen=True)
class Moment:
    """What there is to know when a frame is due.

    Args:
        to_come: the frames after it, in order, as far as they are known, at most `HORIZON`.
        lasting: frames of the last one's shot that follow it, if that is known.
        cut: whether the frame begins a shot.
        quiet: whether nothing may flash now.
        days: since the whole panel was redrawn in full.
    """

    to_come: tuple[Frame, ...] = ()
    lasting: int | None = None
    cut: bool = False
    quiet: bool = False
    days: float = 0.0


@dataclass(frozen=True)
class RefreshPolicy:
    """Decides on redraws.

    Args:
        calm_clean: what the owner prefers, from 0 (calm: ghosts rather than flashes) to 10 (clean).
        regional: whether the panel can redraw areas in full quality.
        cooldown: frames from one flash of the whole panel, or of more than half of it, to the next.
    """

    calm_clean: float = 5.0
    regional: bool = True
    cooldown: int = COOLDOWN

    @property
    def price(self) -> float:
        """Of a flash, in steps of L* times frames; one step of the knob halves it."""
        return 3.5 * math.pow(2.0, 5.0 - self.calm_clean)

    def redraw(self, glass: Glass, frame: Frame, moment: Moment | None = None) -> Redrawing:
        """Which redraw the next frame deserves.

        Args:
            glass: as it is now.
            frame: what is to be shown.
            moment: what else is known.

        Raises:
            FrameError: the frame, or one of those to come, does not fit the glass.
        """
        moment = moment or Moment()
        if any(one.size != (glass.frame or frame).size for one in (frame, *moment.to_come)):
            raise FrameError(f"frames of other sizes do not fit a glass of {(glass.frame or frame).size}")
        if glass.frame is None or glass.under is None:
            return FLASH
        if frame == glass.frame:
            return NOTHING
        if moment.quiet:
            return QUIET
        if moment.days >= (WHOLE_DAYS if moment.cut else LATEST_DAYS):
            return FLASH
        rested = glass.since + 1 >= self.cooldown
        if not self.regional and not rested:
            return QUIET
        frames, lasts = self._ahead(frame, moment)
        whole = None if self.regional else shares(frame.size)
        looks = [look(one) for one in frames]
        found = worth(look(glass.under).tone, looks, strength(glass.reach), self.price, lasts, whole)
        if not self.regional:
            return FLASH if found.saved[0, 0] > 0 else QUIET
        areas = self._areas(found, frame, rested)
        if not areas:
            return QUIET
        best = mosaic(frames, found.under)
        return Redrawing(Redraw.PARTIAL, areas, _inlaid(glass.frame, best, areas))

    def _ahead(self, frame: Frame, moment: Moment) -> tuple[list[Frame], list[float]]:
        """The frame and those to come that are looked at, and for how many frames each of them stands."""
        known = min(len(moment.to_come), HORIZON)
        at = [0, *(one for one in AHEAD if one < known), *([known] if known else [])]
        stays = STAYS * math.sqrt(self.price)
        if moment.lasting is not None:
            stays = min(stays, moment.lasting)
        lasts = [*(float(after - before) for before, after in pairwise(at)), 1 + stays]
        return [frame, *(moment.to_come[one - 1] for one in at[1:])], lasts

    def _areas(self, found: Worth, frame: Frame, rested: bool) -> tuple[Box, ...]:
        """The rectangles to flash; if the panel has not rested, they are less than half of it."""
        parts = shares(frame.size)
        for dearer in (0.0, *(self.price * 2.0**times for times in range(ROUNDS + 1))):
            best = rectangles((found.saved - dearer) * parts, RECTANGLES)
            areas = tuple(tiles(frame.size, *one) for one in best)
            if rested or 2 * sum(area.area for area in areas) <= frame.size.pixels:
                return areas
        return ()


def _inlaid(frame: Frame, other: Frame, areas: tuple[Box, ...]) -> Frame:
    """A frame with these areas of another in it."""
    mask, new = frame.mask(), other.mask()
    for left, top, right, bottom in areas:
        mask[top:bottom, left:right] = new[top:bottom, left:right]
    return Frame.of(mask)
