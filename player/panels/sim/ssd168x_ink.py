"""What an SSD16xx waveform does to ink.

A waveform is, for each of four transitions, a train of frames in which the source driver pulls a pixel
towards black (VSH1, VSH2), towards white (VSL) or not at all (VSS). The same idea of ink as in `player.ink`
holds: a train that pulls both ways shakes the particles loose and ends on the rail; one that pulls a single
way moves them by `reach`, or by the fraction of it that its frames are of the longest train.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from player.frame import Mask
from player.ink import WHITE, Grey
from player.panels.sim.ssd168x_profiles import LutShape

Quad: TypeAlias = tuple[int, int, int, int]
"""One number for each transition, in the order old·2 + new with white as 1."""

TOWARDS = {0b00: 0, 0b01: -1, 0b10: 1, 0b11: -1}
"""Where a level code of the LUT pulls a pixel: VSS, VSH1, VSL, VSH2."""


@dataclass(frozen=True)
class Waveform:
    """What a lookup table makes of each transition.

    Args:
        to_black: frames that pull towards black.
        to_white: frames that pull towards white.
        last: where the last pull goes: -1 black, 1 white, 0 there is none.
    """

    to_black: Quad
    to_white: Quad
    last: Quad

    @property
    def full(self) -> bool:
        """Whether every transition ends on a rail."""
        return all(self.to_black) and all(self.to_white)

    @property
    def tells_old_from_new(self) -> bool:
        """Whether it matters what the old picture was."""
        ways = list(zip(self.to_black, self.to_white, self.last, strict=True))
        return ways[0] != ways[2] or ways[1] != ways[3]

    def steps(self, reach: float) -> list[int]:
        """By transition, how far a pixel moves on a way of 255."""
        longest = max(*self.to_black, *self.to_white, 1)
        return [
            WHITE if black and white else round(reach * WHITE * max(black, white) / longest)
            for black, white in zip(self.to_black, self.to_white, strict=True)
        ]


FULL = Waveform((20, 20, 20, 20), (20, 20, 20, 20), (-1, 1, -1, 1))
PARTIAL = Waveform((0, 0, 20, 0), (0, 20, 0, 0), (0, 1, -1, 0))
NOTHING = Waveform((0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0))
"""The waveforms burnt in for modes 1 and 2, with frame counts made up; and none, as for too cold a room."""


def decode(shape: LutShape, data: bytes) -> Waveform:
    """Read the waveform register.

    Each level byte holds the codes of phases A to D from the high bits down. A count of frames of 0 skips a
    phase; repeats are written less one (SSD1680, "Waveform Setting").
    """
    black, white, last = [0] * 4, [0] * 4, [0] * 4
    for group in range(shape.groups):
        at = 5 * shape.groups + shape.timing * group
        counts = _phases(shape, data[at : at + shape.timing])
        for table in range(4):
            levels = data[table * shape.groups + group]
            for phase, frames in enumerate(counts):
                way = TOWARDS[levels >> (6 - 2 * phase) & 3]
                if frames and way:
                    black[table] += frames * (way < 0)
                    white[table] += frames * (way > 0)
                    last[table] = way
    return Waveform(_quad(black), _quad(white), _quad(last))


def _phases(shape: LutShape, timing: bytes) -> tuple[int, int, int, int]:
    if shape.timing == 7:
        a, b, ab, c, d, cd, repeats = timing
    else:
        a, b, c, d, repeats = timing
        ab = cd = 0
    return (
        a * (ab + 1) * (repeats + 1),
        b * (ab + 1) * (repeats + 1),
        c * (cd + 1) * (repeats + 1),
        d * (cd + 1) * (repeats + 1),
    )


def _quad(values: list[int]) -> Quad:
    return (values[0], values[1], values[2], values[3])


@dataclass(frozen=True, eq=False)
class Pixels:
    """The ink of a panel; every array has shape ``(height, width)``.

    Args:
        position: ``uint8``; 0 is clean black, 255 clean white.
        target: where each pixel was pulled last; true is white.
        charge: ``int32``; frames towards white less frames towards black since the beginning, which wear the
            panel out if they do not cancel.
        driven: which pixels the last redraw pulled at all.
    """

    position: Grey
    target: Mask
    charge: npt.NDArray[np.int32]
    driven: Mask

    @classmethod
    def clean(cls, white: Mask) -> Pixels:
        """Ink on its rails."""
        position = white.view(np.uint8) * np.uint8(WHITE)
        return cls(position, white.copy(), np.zeros(white.shape, np.int32), np.zeros_like(white))

    def after(self, waveform: Waveform, old: Mask, new: Mask, reach: float) -> Pixels:
        """The ink once a waveform has run."""
        transition = old.view(np.uint8) * 2 + new.view(np.uint8)
        way = np.array(waveform.last, np.int16)
        move = way * np.array(waveform.steps(reach), np.int16)
        pulls = np.array(waveform.to_white, np.int32) - np.array(waveform.to_black, np.int32)
        driven = (way != 0).take(transition)
        return Pixels(
            position=np.clip(self.position + move.take(transition), 0, WHITE).astype(np.uint8),
            target=np.where(driven, (way > 0).take(transition), self.target),
            charge=self.charge + pulls.take(transition),
            driven=driven,
        )

    def on_the_way_to(self, after: Pixels, share: float) -> Pixels:
        """The ink when a waveform is cut off after a share of its time."""
        position = self.position + (after.position.astype(np.float64) - self.position) * share
        return Pixels(np.round(position).astype(np.uint8), after.target, after.charge, after.driven)
