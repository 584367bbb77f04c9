"""Where one shot ends and the next begins.

Three things begin a shot. All are told from a few frames before and after, and from nothing else, so a look
at a film that begins anywhere comes to the same answer.

*A hard cut*: motion does not explain the frame from the one before, and does so far better with the frames
around it, or it would be a fast pan; the frames around it do not go on with the same change, or it would be a
fade; and no frame just after is like one just before, or it would be a flash, or the same room in another
light. A frame that is half of each, as a change of frame rate makes them, is the last of the old shot.

*A dissolve*: between two frames that are unlike in shape, light and dark go in a straight line from the one
to the other, evenly, everywhere in the picture at once. What moves does not. (The model is that of Grana and
Cucchiara, Linear transition detection as a unified shot detection approach, 2007.)

*A fade*: the first blank frame, of whatever grey, after some that were not. A fade in begins no other shot.

`tests/bench_shots.py` holds the rules against a film's truth and against PySceneDetect.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from enum import Enum
from typing import Any, TypeVar

import numpy as np

from export.likeness import HEIGHT, WIDTH, Coarse, Sight, Thumbnail, unlike, unlike_in_shape

UNLIKE, UNLIKE_IN_SHAPE = 0.4, 0.3
"""Of a frame and the one before: from here on it may be a cut."""
STANDS_OUT, AROUND = 1.5, 3
"""By so much more unlike is a cut than all but one of so many frames on either side."""
GOES_ON = 0.5
"""Share of a change that the one before or after has of it at the least, if both are part of a fade."""
BACK = 5
"""Frames within which the old shot does not come back: a flash is shorter."""
HALF = 0.2
"""Share of each shot in a frame that is half of each, at the least."""
HALVES = (3, 5, 8, 12, 18, 24)
"""Of the lengths of dissolves that are looked for, in frames."""
APART, DISTINCT = 12.0, 6.0
"""Levels by which the ends of a dissolve differ, and levels of contrast of each."""
ASTRAY, UNEVEN = 0.2, 0.22
"""By what share of the way a dissolve may be off the line, on the whole, and ahead or behind on it."""
SHAPES, DOUBT = 0.4, 0.4
"""How unlike in shape its ends are, and how much more of that it takes if all the way lies off the line."""
PARTED = 0.5
"""How unlike in shape two frames are if a step goes over half of a dissolve."""
SETTLED = 12
"""Frames that are not blank before a fade is one; and on either side of a dissolve without a greater one."""

AHEAD = SETTLED + max(HALVES) + BACK
BEHIND = AHEAD + 2
"""Frames after and before a frame that say how it begins."""

Item = TypeVar("Item")


class Turn(Enum):
    """How a frame follows the one before."""

    ON = "the shot goes on"
    CUT = "a new shot, all at once"
    GRADUAL = "a new shot, by way of a dissolve or a fade"


def turns(items: Iterable[Item], thumbnail: Callable[[Item], Thumbnail]) -> Iterator[tuple[Item, Turn]]:
    """Tell of each frame how it follows the one before; `AHEAD` frames late.

    What comes within `BEHIND` frames after the first may depend on which is the first.

    Args:
        items: frames in order.
        thumbnail: of one.
    """
    strip, waiting = _Strip(), deque[Item]()
    number = 0
    for item in items:
        strip.append(thumbnail(item))
        waiting.append(item)
        if len(waiting) > AHEAD:
            yield waiting.popleft(), strip.turn(number)
            number += 1
            strip.forget(number - BEHIND - 1)
    for item in waiting:
        yield item, strip.turn(number)
        number += 1


def is_unlike(one: Sight, other: Sight) -> bool:
    """Whether more than motion lies between two frames."""
    return unlike(one, other) >= UNLIKE


def is_parted(one: Sight, other: Sight, between: Collection[Turn]) -> bool:
    """Whether one frame does not lead over to another, with such turns from frame to frame between them."""
    if Turn.CUT in between:
        return is_unlike(one, other)
    return Turn.GRADUAL in between and unlike_in_shape(one, other) >= PARTED


class _Strip:
    """Frames in a row, by number from 0, and what was found out about them."""

    def __init__(self) -> None:
        self._sights: dict[int, Sight] = {}
        self._leaps: dict[int, float] = {}
        self._breaks: dict[int, bool] = {}
        self._dissolves: dict[int, float] = {}
        self._end = 0

    def append(self, thumbnail: Thumbnail) -> None:
        self._sights[self._end] = Sight.of(thumbnail)
        self._end += 1

    def forget(self, number: int) -> None:
        """Let go of a frame, after all that come before it."""
        known: dict[int, Any]
        for known in (self._sights, self._leaps, self._breaks, self._dissolves):
            known.pop(number, None)

    def turn(self, number: int) -> Turn:
        if self._is_cut(number):
            return Turn.CUT
        return Turn.GRADUAL if self._is_faded(number) or self._is_dissolved(number) else Turn.ON

    def _is_cut(self, number: int) -> bool:
        """Whether a frame breaks with the one before, or that one did and is half of each."""
        late = self._break(number - 1) and self._is_half(number - 1)
        return late or (self._break(number) and not self._is_half(number))

    def _break(self, number: int) -> bool:
        if number not in self._breaks:
            self._breaks[number] = (
                self._over(number) >= UNLIKE
                and self._stands_out(number)
                and not self._goes_on(number)
                and not self._comes_back(number)
            )
        return self._breaks[number]

    def _over(self, number: int) -> float:
        """How unlike a frame is to the one before, or if it is half of each, the next."""
        if self._leap(number) < UNLIKE and self._is_half(number):
            return unlike(self._sights[number - 1], self._sights[number + 1])
        return self._leap(number)

    def _leap(self, number: int) -> float:
        """How unlike a frame is to the one before; 0 where the film has no such frames."""
        if number not in self._leaps:
            pair = self._seen(number - 1, number + 1)
            self._leaps[number] = unlike(*pair) if len(pair) == 2 else 0.0
        return self._leaps[number]

    def _stands_out(self, number: int) -> bool:
        around = [self._leap(number + by) for by in range(-AROUND, AROUND + 1) if by]
        return self._leap(number) >= STANDS_OUT * sorted(around)[-2]

    def _goes_on(self, number: int) -> bool:
        """Whether two of the changes around a frame do the same to light and dark, as in a fade."""
        way = self._way(number - 1, number)
        around = (self._way(number + by - 1, number + by) for by in (-2, -1, 1, 2))
        return sum(int(way @ other) >= GOES_ON * int(way @ way) for other in around) > 1

    def _comes_back(self, number: int) -> bool:
        """Whether a frame from there on is like one before, in the same light or another."""
        first = number + self._is_half(number)
        before, after = self._seen(number - BACK, number), self._seen(first, number + BACK)
        return any(
            not is_unlike(one, other) or unlike_in_shape(one, other) < UNLIKE_IN_SHAPE
            for one in before
            for other in after
        )

    def _is_half(self, number: int) -> bool:
        """Whether a frame lies between the one before and the one after."""
        if not self._line(number, 1)[0]:
            return False
        way, gone = self._way(number - 1, number + 1), self._way(number - 1, number)
        return HALF < int(gone @ way) / int(way @ way) < 1 - HALF

    def _is_dissolved(self, number: int) -> bool:
        """Whether a frame is the middle of a dissolve."""
        here = self._dissolve(number)
        around = (by for by in range(-SETTLED, SETTLED + 1) if by)
        return here > 0 and all((here, 0) > (self._dissolve(number + by), by) for by in around)

    def _dissolve(self, number: int) -> float:
        """How much changes in a dissolve with its middle there, in levels; 0 if there is none."""
        if number not in self._dissolves:
            self._dissolves[number] = max(self._dissolve_of(number, half) for half in HALVES)
        return self._dissolves[number]

    def _dissolve_of(self, number: int, half: int) -> float:
        way, astray = self._line(number, half)
        first, last = self._sights.get(number - half), self._sights.get(number + half)
        if not way or not first or not last or min(first.contrast, last.contrast) < DISTINCT:
            return 0.0
        if unlike_in_shape(first, last) < SHAPES + DOUBT * astray:
            return 0.0
        return 0.0 if any(self._is_cut(one) for one in range(number - half - 1, number + half + 2)) else way

    def _line(self, number: int, half: int) -> tuple[float, float]:
        """How far light and dark go, in levels, in a straight line around a frame; and what share is off it.

        If more than `ASTRAY` is, or they do not go evenly, they do not go at all.
        """
        way = self._way(number - half, number + half)
        length = int(np.abs(way).sum())
        if length < APART * 4 * way.size:
            return 0.0, 0.0
        gone = np.stack([self._way(number - half, number + by) for by in range(1 - half, half)])
        share = (gone @ way) * 1024 // int(way @ way)
        even = np.arange(1, 2 * half) * 1024 // (2 * half)
        if half > 1 and np.abs(share - even).max() > UNEVEN * 1024:
            return 0.0, 0.0
        astray = int(np.abs(gone * 1024 - share[:, None] * way).sum()) / (1024 * length * len(gone))
        return (length / (4 * way.size), astray) if astray < ASTRAY else (0.0, 0.0)

    def _is_faded(self, number: int) -> bool:
        """Whether a frame is the first blank one after others that do not come back at once."""
        before = self._seen(number - SETTLED, number)
        if not self._sights[number].blank or len(before) < SETTLED or any(sight.blank for sight in before):
            return False
        after = [sight for sight in self._seen(number, number + BACK) if not sight.blank]
        return all(
            unlike_in_shape(one, other) >= UNLIKE_IN_SHAPE for one in before[-BACK:] for other in after
        )

    def _way(self, first: int, last: int) -> Coarse:
        """What becomes of light and dark from one frame to another; nothing where the film has none."""
        one, other = self._sights.get(first), self._sights.get(last)
        return other.coarse - one.coarse if one and other else np.zeros(WIDTH * HEIGHT // 4, np.int64)

    def _seen(self, first: int, end: int) -> list[Sight]:
        return [self._sights[one] for one in range(first, end) if one in self._sights]
