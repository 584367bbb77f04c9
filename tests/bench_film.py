"""Frames to measure on: a real film, made into a reel, and played to and fro until there are enough."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from player.frame import Frame
from player.lookout import SHOT_AHEAD
from player.reel import Reel
from player.refresh import HORIZON, Moment

EXPORT = Path(sys.executable).parent / "longtake-export"


@dataclass(frozen=True)
class Film:
    """Frames of one size, and for each what is known when it is due.

    Args:
        name: what it is, for a person.
        frames: in the order in which they are played.
        shots: of each, the number of its shot.
    """

    name: str
    frames: tuple[Frame, ...]
    shots: tuple[int, ...]

    def moment(self, number: int) -> Moment:
        """As the player would know it by its lookout."""
        to_come = self.frames[number + 1 : number + 1 + HORIZON]
        last = number + len(to_come)
        rest = self.shots[last + 1 : last + 1 + SHOT_AHEAD]
        lasting = next((count for count, shot in enumerate(rest) if shot != self.shots[last]), None)
        return Moment(to_come, lasting, number == 0 or self.shots[number] != self.shots[number - 1])


def film(path: Path, ditherer: str, count: int) -> Film:
    """So many frames of a film, or of a reel.

    Args:
        path: of either.
        ditherer: for a film that is no reel yet.
        count: frames wanted. A shorter film is played forwards and backwards by turns, without a jump.
    """
    if path.suffix == ".reel":
        return _read(path, path.stem, count)
    with tempfile.TemporaryDirectory() as folder:
        reel = Path(folder) / f"{path.stem}.reel"
        command = [EXPORT, "pack", path, "-o", reel, "--ditherer", ditherer]
        packing = subprocess.run(command, timeout=3600, capture_output=True, text=True)
        if packing.returncode:
            sys.exit(packing.stderr)
        return _read(reel, path.name, count)


def _read(path: Path, name: str, count: int) -> Film:
    with Reel.open(path) as reel:
        there = min(len(reel), count)
        frames = [reel.frame(number) for number in range(there)]
        shots = [reel.record(number).stamp.shot for number in range(there)]
        name += f", {reel.header.ditherer}, {count} frames of {reel.header.size}"
    if there < count:
        name += f": its {there}, to and fro"
    order = [*range(there), *range(there - 2, 0, -1)]
    played = [order[number % len(order)] for number in range(count)]
    return Film(name, tuple(frames[one] for one in played), tuple(shots[one] for one in played))
