"""The reel that plays: its frames, past damage if need be, and a view of those to come."""

from __future__ import annotations

from typing import NamedTuple

from player.frame import Frame
from player.lookout import Lookout
from player.reel import Record, Reel, ReelError


class Found(NamedTuple):
    """A whole frame, what its record says, and what was wrong with the one asked for; empty for nothing."""

    frame: Frame
    record: Record
    trouble: str


class Spool:
    """Holds an open reel.

    Args:
        reel: to play; it is closed with this.
    """

    def __init__(self, reel: Reel) -> None:
        self.reel = reel
        self._lookout = Lookout(reel)
        self.record: Record | None = None
        """Of the frame on the glass; None until this reel has brought one there."""

    def close(self) -> None:
        """Let go of the file."""
        self._lookout.close()
        self.reel.close()

    def find(self, number: int) -> Found:
        """Take a frame, or the next whole one after it.

        Raises:
            ReelError: there is none.
        """
        try:
            return Found(self.reel.frame(number), self.reel.record(number), "")
        except ReelError as error:
            further = self.reel.next_key(number)
            if further is None:
                raise ReelError(f"{error}; there is no whole frame after it") from error
            trouble = f"{error}; the film went on at frame {further}."
            return Found(self.reel.frame(further), self.reel.record(further), trouble)

    def cuts_to(self, record: Record) -> bool:
        """Whether a frame belongs to another shot than the one on the glass."""
        before = self.record
        return record.stamp.cut or before is None or record.stamp.shot != before.stamp.shot

    def look(self, number: int, step: int) -> tuple[tuple[Frame, ...], int | None]:
        """See `Lookout.look`."""
        return self._lookout.look(number, step)
