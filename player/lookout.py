"""The next frames of the reel that plays, read before they are due, for a policy that wants to know them."""

from __future__ import annotations

from player.errors import LongtakeError
from player.frame import Frame
from player.reel import Reel
from player.refresh import HORIZON

AT_ONCE = 2
"""Frames read at each look, at the most: after a jump the view grows step by step, and no frame waits."""
SHOT_AHEAD = 64
"""Records looked through for the end of a shot."""


class Lookout:
    """Reads ahead by a reader of its own, so that the one that plays is not sent back and forth.

    It keeps what it has read, 12 MB for a panel of 1448×1072, so that each look costs a frame and no more.

    Args:
        reel: that plays; it must be open as long as this is in use.
    """

    def __init__(self, reel: Reel) -> None:
        self._reel = reel
        self._scout: Reel | None = None
        self._seen: dict[int, Frame] = {}

    def close(self) -> None:
        """Let go of the file."""
        if self._scout is not None:
            self._scout.close()
            self._scout = None

    def look(self, number: int, step: int) -> tuple[tuple[Frame, ...], int | None]:
        """What comes after a frame, as far as it is known. Damage ends the view, and is said elsewhere.

        Args:
            number: of the frame that is due.
            step: frames of the reel from one to the next.

        Returns:
            The frames to come, and how many of the last one's shot follow it; None for nobody knows.
        """
        end = min(len(self._reel), number + step * HORIZON + 1)
        wanted = range(number + step, end, step)
        self._seen = {one: self._seen[one] for one in wanted if one in self._seen}
        found: list[Frame] = []
        try:
            fresh = 0
            for one in wanted:
                if one not in self._seen:
                    if fresh == AT_ONCE:
                        break
                    self._seen[one] = self._reader().frame(one)
                    fresh += 1
                found.append(self._seen[one])
            return tuple(found), self._lasting(number + step * len(found), step)
        except (LongtakeError, OSError):
            return tuple(found), None

    def _reader(self) -> Reel:
        if self._scout is None:
            self._scout = Reel.open(self._reel.path)
        if len(self._scout) < len(self._reel):
            self._scout.refresh()
        return self._scout

    def _lasting(self, number: int, step: int) -> int | None:
        shot = self._reel.record(number).stamp.shot
        for count in range(SHOT_AHEAD):
            following = number + step * (count + 1)
            if following >= len(self._reel):
                return count if self._reel.finished else None
            if self._reel.record(following).stamp.shot != shot:
                return count
        return None
