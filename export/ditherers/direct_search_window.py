"""Some frames in a row that are searched together; see `direct_search` for why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from export.ditherers.diffusion import FloydSteinberg
from export.ditherers.diffusion_kernel import diffuse_freely
from export.ditherers.direct_search_kernel import (
    FIXED,
    ROOM,
    SIZE,
    WHITE,
    Bytes,
    Ints,
    begin,
    relate,
    search,
)
from export.ditherers.eye import DOT, KERNEL
from export.ditherers.felt import error, felt, product
from export.ditherers.rest import halvings
from export.stages.tone import Grey
from player.frame import Frame

UNIT: Final = 255 * DOT
"""The energy of one lone dot, in the units of the search."""
SLACK: Final = 4 * UNIT // 1000
"""What a turn must gain; it ends the search a good while sooner."""
ROUNDS: Final = 30
LEAST: Final = UNIT // 100
"""Under this price a change is as good as free."""

LIGHTER: Final = np.zeros((SIZE, ROOM), np.int32)
LIGHTER[:, :SIZE] = 255 * KERNEL


class Window:
    """Frames of one shot, in order.

    Args:
        previous: the frame before the first; None at the beginning of a shot.
        price: of a changed pixel, in thousandths of the energy of one lone dot.
        lean: how far the dither that the search starts from leans towards the frame before, in grey levels.
        faithful: whether no frame may be worse than Floyd–Steinberg's, see `floor`.
    """

    def __init__(self, previous: Frame | None, price: int, lean: int, faithful: bool) -> None:
        self._shown = None if previous is None else previous.mask().view(np.uint8)
        self._price = price * UNIT // 1000
        self._lean = lean
        self._faithful = faithful
        self._greys: list[Grey] = []
        self._floors: list[int] = []
        self._states: list[Bytes] = []
        self._gradients: list[Ints] = []
        self._prices: list[Ints] = []

    def add(self, grey: Grey, before: Sequence[Grey]) -> None:
        """Dither the next frame, for itself and the one before it."""
        first = not self._states and self._shown is None
        prices = (0 if first else self._price) >> halvings(grey, before).astype(np.int32)
        states, gradient = self._begun(grey, 0 if first else self._lean)
        search(states, gradient, LIGHTER, prices, np.zeros_like(prices), SLACK, ROUNDS)
        lowest = floor(grey) if self._faithful else 0
        lean = 0 if first else self._lean
        while self._faithful and (prices.any() or lean) and energy(grey, states, gradient) > lowest:
            if prices.max() > LEAST:
                prices = prices // 2
            else:  # what it started from is in the way
                lean, prices = lean // 2, np.zeros_like(prices)
                states, gradient = self._begun(grey, lean)
            search(states, gradient, LIGHTER, prices, np.zeros_like(prices), SLACK, ROUNDS)
        self._greys.append(grey)
        self._floors.append(lowest)
        self._states.append(states)
        self._gradients.append(gradient)
        self._prices.append(prices)

    def look_back(self) -> None:
        """Search once more, from the last but one to the first, with the frame after each known."""
        for number in reversed(range(len(self._states) - 1)):
            states, gradient = self._states[number], self._gradients[number]
            before = self._states[number - 1] if number else _framed(self._shown, states)
            kept = states.copy() if self._faithful else states
            relate(before, states, self._states[number + 1])
            search(
                states, gradient, LIGHTER, self._prices[number], self._prices[number + 1], SLACK, ROUNDS
            )  # fmt: skip
            if self._faithful and energy(self._greys[number], states, gradient) > self._floors[number]:
                self._states[number] = kept

    def _begun(self, grey: Grey, lean: int) -> tuple[Bytes, Ints]:
        """The states and gradient that a search starts from."""
        shown = self._last(grey.shape)
        white = shown.copy()
        diffuse_freely(grey, white, lean)
        height, width = grey.shape
        states = np.full((height + 2, width + 2), FIXED, np.uint8)
        begin(grey, shown, white, states)
        return states, felt(error(grey, white))

    def frames(self) -> list[Frame]:
        """What was found."""
        return [Frame.of(_whites(states).view(np.bool_)) for states in self._states]

    def _last(self, shape: tuple[int, ...]) -> Bytes:
        if self._states:
            return _whites(self._states[-1])
        return np.zeros(shape, np.uint8) if self._shown is None else self._shown


def _whites(states: Bytes) -> Bytes:
    return states[1:-1, 1:-1] & np.uint8(WHITE)


def energy(grey: Grey, states: Bytes, gradient: Ints) -> int:
    """Of what is wrong with a frame, as the eye takes it in."""
    return product(error(grey, _whites(states)), gradient)


def floor(grey: Grey) -> int:
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
    a, b, c = product(right, feels_right), product(right, feels_down), product(down, feels_down)
    u, v = product(right, feels), product(down, feels)
    shared = a * c - b * b
    gain = (c * u * u - 2 * b * u * v + a * v * v) // shared if shared > 0 else 0
    return (product(wrong, feels) - gain) * 97 // 100


def _framed(whites: Bytes | None, like: Bytes) -> npt.NDArray[np.uint8]:
    return np.zeros_like(like) if whites is None else np.pad(whites, 1)
