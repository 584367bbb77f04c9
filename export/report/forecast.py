"""What the player will do with a reel: its own rule of redraws, run over the frames as on the wall.

A long reel is not run through as a whole. Windows of frames are taken, evenly over the film; each begins with
a clean panel, so that the first frames of each are run but do not count. It is what happens by day: in the
owner's quiet hours nothing flashes. The simulation knows no more than the player does: the frames to come as
`player.lookout` reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from player.frame import count
from player.ghosts import ghosts, look, shares, strength
from player.lookout import Lookout
from player.reel import Reel, ReelError
from player.refresh import Glass, Moment, Redraw, RefreshPolicy
from player.settings import Settings

WHOLE = 800
"""Frames of a reel that is run through from beginning to end."""
WINDOWS, RUN_IN, COUNTED = 8, 30, 70
"""Of a longer one: windows, frames in each that do not count, and frames that do."""
DAY = 86_400.0
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Forecast:
    """Frame by frame, for the frames that count.

    Args:
        numbers: of the frames in the reel, ``(frames,)``, as all that follow.
        flashed: share of the panel that flashes.
        ghosts: share of the panel that should be black and is grey.
        visible: how plain the ghosts are, mean over the panel, in steps of L*.
        settings: that the player was taken to have.
        frames: of the reel.
    """

    numbers: npt.NDArray[np.int64]
    flashed: Numbers
    ghosts: Numbers
    visible: Numbers
    settings: Settings
    frames: int

    @property
    def whole(self) -> bool:
        """Whether all of the reel was run through."""
        return self.frames <= WHOLE

    @property
    def area(self) -> float:
        """Panels that flash in 1,000 frames, all areas added up."""
        return 1000 * float(self.flashed.mean()) if self.flashed.size else 0.0

    @property
    def calm(self) -> float:
        """Share of frames with which nothing flashes."""
        return float((self.flashed == 0).mean()) if self.flashed.size else 1.0

    @property
    def large(self) -> float:
        """Flashes of more than half of the panel in 1,000 frames."""
        return 1000 * float((self.flashed > 0.5).mean()) if self.flashed.size else 0.0


def forecast(reel: Reel, tell: Callable[[int, int], None] = lambda _, __: None) -> Forecast:
    """Run the player's rule over a reel.

    Args:
        reel: to be run.
        tell: called with the frames run, and how many there will be.
    """
    settings = Settings()
    runs = windows(len(reel))
    todo, done = sum(len(run) for run, _ in runs), 0
    found: list[tuple[float, float, float, float]] = []
    for run, counted_from in runs:
        for values in _played(reel, run, settings):
            done += 1
            if values is not None and values[0] >= counted_from:
                found.append(values)
            tell(done, todo)
    numbers, flashed, grey, visible = np.array(found, dtype=float).reshape(-1, 4).T
    return Forecast(numbers.astype(np.int64), flashed, grey, visible, settings, len(reel))


def windows(frames: int) -> list[tuple[range, int]]:
    """Frames to be run in a row, and the first of them that counts; the first frame of a reel never does."""
    if frames <= WHOLE:
        return [(range(frames), 1)]
    length = RUN_IN + COUNTED
    begins = np.linspace(0, frames - length, WINDOWS).astype(int)
    return [(range(begin, begin + length), int(begin) + RUN_IN) for begin in begins]


def _played(reel: Reel, run: range, settings: Settings) -> Iterator[tuple[float, float, float, float] | None]:
    """The figures of each frame; None for one that cannot be read, which the player passes over."""
    policy, glass = RefreshPolicy(settings.calm_clean), Glass()
    parts = shares(reel.size)
    lookout = Lookout(reel)
    cleaned = run.start
    try:
        for number in run:
            try:
                frame, cut = reel.frame(number), reel.record(number).stamp.cut
            except ReelError:
                yield None
                continue
            days = (number - cleaned) * settings.seconds_per_frame / DAY
            how = policy.redraw(glass, frame, Moment(*lookout.look(number, 1), cut=cut, days=days))
            if how.kind is Redraw.FULL:
                cleaned = number
            glass = glass.after(frame, how)
            under = glass.under or frame
            grey = count(under.bits & ~frame.bits) / reel.size.pixels
            plain = ghosts(look(under).tone, look(frame), strength(glass.reach))
            yield number, how.flashed(reel.size.pixels), grey, float((plain * parts).sum())
    finally:
        lookout.close()
