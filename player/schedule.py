"""What is due when. Pure: time comes in as a number, so a year is a test of seconds.

Two clocks are kept apart. Intervals are counted on a clock that only goes forward; a Pi has no battery for
its clock and wakes up in the past. The time of day is used for one thing alone: how long we were off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from player.settings import Settings

SHORTEST = 0.5
"""Seconds that a frame stays at the least."""


@dataclass(frozen=True)
class Pace:
    """How fast a film goes.

    Args:
        seconds: that a frame stays on the panel.
        step: frames of the reel to go on each time.
    """

    seconds: float
    step: int

    def remaining(self, frame: int, frames: int) -> float:
        """Seconds from the showing of `frame` to the end of the last one's time."""
        return math.ceil((frames - frame) / self.step) * self.seconds


def pace(settings: Settings, frames: int) -> Pace:
    """The pace that the settings ask of a reel of so many frames.

    "Last N days" keeps every frame as long as it can, and skips frames only where they would otherwise stay
    for less than `SHORTEST`.
    """
    if not settings.last_days or not frames:
        return Pace(settings.seconds_per_frame, settings.frames_per_step)
    whole = max(SHORTEST, settings.last_days * 86_400)
    step = max(1, math.ceil(frames * SHORTEST / whole))
    return Pace(max(SHORTEST, whole / math.ceil(frames / step)), step)


def missed(pace: Pace, shown_at: float, now: float) -> int:
    """Steps that were due while we were off; 0 if the clock says that we are back before we left.

    Args:
        pace: of the film.
        shown_at: time of day when the last frame was shown, in seconds since 1970.
        now: time of day.
    """
    return max(0, int((now - shown_at) / pace.seconds))


def advance(frame: int, steps: int, pace: Pace, frames: int, loop: bool) -> int | None:
    """The frame that is `steps` steps after `frame`, or None if the film ends before.

    Args:
        frame: where we are.
        steps: how many steps to take.
        pace: of the film.
        frames: in the reel.
        loop: whether the film begins again after its end.
    """
    there = frame + steps * pace.step
    if there < frames:
        return there
    if not loop or not frames:
        return None
    left = math.ceil((frames - frame) / pace.step)
    lap = math.ceil(frames / pace.step)
    return (steps - left) % lap * pace.step


def quiet(settings: Settings, hour: int) -> bool:
    """Whether nothing is to flash by itself at this hour of the day, 0 to 23."""
    begin, end = settings.quiet_from, settings.quiet_until
    return (hour - begin) % 24 < (end - begin) % 24


def next_due(due: float, now: float, pace: Pace) -> float:
    """When the frame after the one that was due at `due` is due, on the clock that only goes forward.

    No drift while we keep up, and no burst of frames when we did not.
    """
    return due + pace.seconds if due + pace.seconds > now else now + pace.seconds
