"""The metronome: at what pace a film goes, and when its next frame is due."""

from __future__ import annotations

from player.clock import Clock
from player.schedule import Pace, next_due


class Metronome:
    """Counts on the clock that only goes forward, and knows the time of day for the page.

    Args:
        clock: where time comes from.
        pace: to begin with.
    """

    def __init__(self, clock: Clock, pace: Pace) -> None:
        self._clock = clock
        self._due = 0.0
        self.pace = pace
        """Of the film that plays."""
        self.due_at = 0.0
        """Time of day when the next frame is due, in seconds since 1970."""

    def begin(self, pace: Pace) -> None:
        """A film begins, and its first frame is due now."""
        self.pace, self._due = pace, self._clock.ticks()

    def change(self, pace: Pace) -> None:
        """Go on at another pace, counted from when the present frame came."""
        before, self.pace = self.pace, pace
        if pace.seconds != before.seconds:
            self._set(self._due - before.seconds + pace.seconds)

    def left(self) -> float:
        """Seconds until the next frame is due; 0 or less when it is."""
        return self._due - self._clock.ticks()

    def pause(self) -> None:
        """Give the present frame its whole time from now on."""
        self._set(self._clock.ticks() + self.pace.seconds)

    def beat(self) -> float:
        """When the frame that is about to be drawn was due: now, if it comes before its time."""
        return min(self._due, self._clock.ticks())

    def after(self, beat: float) -> None:
        """Say when the frame after one that was due at `beat` is due, now that the ink is still."""
        self._set(next_due(beat, self._clock.ticks(), self.pace))

    def _set(self, due: float) -> None:
        self._due = due
        self.due_at = round(self._clock.now() + max(0.0, due - self._clock.ticks()), 3)
