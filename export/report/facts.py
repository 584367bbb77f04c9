"""What the heads of a reel's records tell, without decoding a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from player.reel import Record, Reel, ReelError
from player.reel.record import HEAD

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Shot:
    """One shot of the film.

    Args:
        number: from 0.
        first: number of its first frame in the reel.
        frames: how many it has.
        time: film time at which it begins, in seconds.
        changed: share of pixels that change from frame to frame in it, mean; its first frame does not count.
        at_cut: share that changed with its first frame.
        bytes: that it takes in the file.
    """

    number: int
    first: int
    frames: int
    time: float
    changed: float
    at_cut: float
    bytes: int

    @property
    def middle(self) -> int:
        """The frame that stands for it."""
        return self.first + self.frames // 2


@dataclass(frozen=True, eq=False)
class Facts:
    """Frame by frame; frames that cannot be read are left out.

    Args:
        numbers: of the frames in the reel, ``(frames,)``, as all that follow.
        times: film time of each, in seconds.
        darkened: share of its pixels that turned from white to black.
        lightened: and from black to white.
        bytes: that it takes in the file.
        cuts: whether it begins a shot.
        shots: in order.
        damaged: frames that were left out.
    """

    numbers: npt.NDArray[np.int64]
    times: Numbers
    darkened: Numbers
    lightened: Numbers
    bytes: Numbers
    cuts: npt.NDArray[np.bool_]
    shots: tuple[Shot, ...]
    damaged: int

    @property
    def seconds(self) -> float:
        """Film time from the first frame to the end of the last, which stays as long as the others do."""
        spacing = float(np.diff(self.times).mean()) if len(self.times) > 1 else 1.0
        return float(self.times[-1] - self.times[0]) + spacing

    @property
    def within(self) -> npt.NDArray[np.bool_]:
        """Which frames go on with a shot."""
        return ~self.cuts

    @property
    def changed(self) -> float:
        """Share of pixels that change from frame to frame within shots, mean."""
        return self._mean(self.darkened + self.lightened)

    @property
    def turned_black(self) -> float:
        """Share that turns from white to black."""
        return self._mean(self.darkened)

    @property
    def size(self) -> float:
        """Bytes of all frames."""
        return float(self.bytes.sum())

    def _mean(self, values: Numbers) -> float:
        return float(values[self.within].mean()) if self.within.any() else 0.0


def facts(reel: Reel) -> Facts:
    """Read the heads.

    Raises:
        ReelError: there is not one that can be read.
    """
    records = []
    for number in range(len(reel)):
        try:
            records.append(reel.record(number))
        except ReelError:
            continue
    if not records:
        raise ReelError(f"{reel.path.name} has not one frame to report on")
    pixels = reel.size.pixels
    return Facts(
        numbers=np.array([record.number for record in records]),
        times=np.array([record.stamp.time / 1e6 for record in records]),
        darkened=np.array([record.difference.darkened / pixels for record in records]),
        lightened=np.array([record.difference.lightened / pixels for record in records]),
        bytes=np.array([float(HEAD.size + record.length) for record in records]),
        cuts=np.array([record.stamp.cut or record.number == 0 for record in records]),
        shots=tuple(_shots(records, pixels)),
        damaged=len(reel) - len(records),
    )


def _shots(records: Sequence[Record], pixels: int) -> list[Shot]:
    found: list[list[Record]] = []
    for record in records:
        if not found or found[-1][0].stamp.shot != record.stamp.shot:
            found.append([])
        found[-1].append(record)
    return [_shot(members, pixels) for members in found]


def _shot(members: Sequence[Record], pixels: int) -> Shot:
    first, rest = members[0], members[1:]
    changed = sum(record.difference.changed for record in rest) / pixels / max(1, len(rest))
    size = sum(HEAD.size + record.length for record in members)
    at_cut = first.difference.changed / pixels
    return Shot(first.stamp.shot, first.number, len(members), first.stamp.time / 1e6, changed, at_cut, size)
