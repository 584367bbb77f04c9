"""Some frames in a row that are searched together; see `direct_search` for why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from export.ditherers.diffusion import FloydSteinberg
from export.ditherers.diffusion_kernel import diffuse_freely
from export.ditherers.direct_search_kernel import search
from export.ditherers.direct_search_states import FIXED, WHITE, begin, everywhere, relate, stirred
from export.ditherers.eye import DOT
from export.ditherers.felt import Bytes, Shorts, error, felt, product
from export.ditherers.rest import MEMORY, block_sums, halvings
from export.stages.tone import Grey
from player.frame import Frame

UNIT: Final = DOT // 2
"""Half the energy of one lone dot, as the search counts."""
SLACK: Final = 4 * UNIT // 1000
"""What a turn must gain; it ends the search a good while sooner."""
ROUNDS: Final = 30
LEAST: Final = UNIT // 100
"""Under this price a change is as good as free."""


@dataclass(eq=False)
class _Searched:
    """One frame: its picture, what the search knows of it, and the energy that it may have at the most."""

    grey: Grey
    states: Bytes
    gradient: Shorts
    prices: Shorts
    ceiling: int | None = None

    def search(self, later: Shorts | None = None, dirty: Bytes | None = None) -> None:
        """Turn what pays, with changes to the frame after at those prices; all over, or where it is dirty."""
        later = np.zeros_like(self.prices) if later is None else later
        dirty = everywhere(self.states) if dirty is None else dirty
        search(self.states, self.gradient, self.prices, later, SLACK, ROUNDS, dirty)

    @property
    def too_far(self) -> bool:
        """Whether the frame is farther from its picture than it may be."""
        return self.ceiling is not None and self.energy > self.ceiling

    @property
    def energy(self) -> int:
        """Of what is wrong with the frame, as the eye takes it in."""
        return product(error(self.grey, _whites(self.states)), self.gradient)


class Window:
    """Frames of one shot, in order.

    Args:
        previous: the frame before the first; None at the beginning of a shot.
        before: the greys of the same shot before the first, the newest first.
        price: of a changed pixel, in thousandths of the energy of one lone dot.
        lean: how far the dither that the search starts from leans towards the frame before, in grey levels.
        faithful: whether no frame may be worse than Floyd–Steinberg's, see `ceiling`.
    """

    def __init__(
        self,
        previous: Frame | None,
        before: Sequence[Grey],
        price: int,
        lean: int,
        faithful: bool,
    ) -> None:
        self._shown = None if previous is None else previous.mask().view(np.uint8)
        self._sums = [block_sums(grey) for grey in before[:MEMORY]]
        self._price = price * UNIT // 1000
        self._lean = lean
        self._faithful = faithful
        self._frames: list[_Searched] = []

    def add(self, grey: Grey) -> None:
        """Dither the next frame, for itself and the one before it."""
        first = not self._frames and self._shown is None
        self._sums = [block_sums(grey), *self._sums[:MEMORY]]
        prices = np.int16(0 if first else self._price) >> halvings(self._sums).astype(np.int16)
        lean = 0 if first else self._lean
        frame = _Searched(
            grey,
            *self._begun(grey, lean),
            prices,
            ceiling(grey) if self._faithful else None,
        )
        frame.search()
        while frame.too_far and (frame.prices.any() or lean):
            if frame.prices.max() > LEAST:
                frame.prices //= 2
            else:  # what it started from is in the way
                lean //= 2
                frame.states, frame.gradient = self._begun(grey, lean)
                frame.prices = np.zeros_like(prices)
            frame.search()
        self._frames.append(frame)

    def look_back(self) -> None:
        """Search once more, from the last but one to the first, with the frame after each known."""
        for number in reversed(range(len(self._frames) - 1)):
            frame, after = self._frames[number], self._frames[number + 1]
            before = self._frames[number - 1].states if number else _framed(self._shown, frame.states)
            relate(before, frame.states, after.states)
            kept = frame.states.copy()
            frame.search(after.prices, stirred(frame.states))
            if frame.too_far:
                frame.states = kept

    def frames(self) -> list[Frame]:
        """What was found."""
        return [Frame.of(_whites(frame.states).view(np.bool_)) for frame in self._frames]

    def _begun(self, grey: Grey, lean: int) -> tuple[Bytes, Shorts]:
        """The states and the gradient that a search starts from."""
        height, width = grey.shape
        if self._frames:
            shown = _whites(self._frames[-1].states)
        else:
            shown = np.zeros(grey.shape, np.uint8) if self._shown is None else self._shown
        white = shown.copy()
        diffuse_freely(grey, white, lean)
        states = np.full((height + 2, width + 2), FIXED, np.uint8)
        begin(grey, shown, white, states)
        return states, felt(error(grey, white))


def _whites(states: Bytes) -> Bytes:
    return states[1:-1, 1:-1] & np.uint8(WHITE)


def ceiling(grey: Grey) -> int:
    """The energy of what is wrong with Floyd–Steinberg's frame, and something taken off.

    Error diffusion shifts a picture by a fraction of a pixel, which nobody sees; so it is held against the
    picture where it lies best, by least squares on the picture's slopes (Hočevar and Niger 2008 on the
    shift). Three hundredths are taken off since the search is at home under this eye, and no dither else is.
    """
    wrong = error(grey, FloydSteinberg().dither(grey, None).mask().view(np.uint8))
    levels = grey.astype(np.int32)
    right, down = np.zeros_like(levels), np.zeros_like(levels)
    right[:, 1:-1] = levels[:, 2:] - levels[:, :-2]
    down[1:-1] = levels[2:] - levels[:-2]
    feels, feels_right, feels_down = felt(wrong), felt(right), felt(down)
    a, b, c = (
        product(right, feels_right),
        product(right, feels_down),
        product(down, feels_down),
    )
    u, v = product(right, feels), product(down, feels)
    shared = a * c - b * b
    gain = (c * u * u - 2 * b * u * v + a * v * v) // shared if shared > 0 else 0
    return (product(wrong, feels) - gain) * 97 // 100


def _framed(whites: Bytes | None, like: Bytes) -> npt.NDArray[np.uint8]:
    return np.zeros_like(like) if whites is None else np.pad(whites, 1)
