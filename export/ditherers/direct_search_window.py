"""Some frames in a row that are searched together; see `direct_search` for why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from export.ditherers.diffusion_kernel import diffuse_freely
from export.ditherers.direct_search_kernel import (
    FIXED,
    ROOM,
    SIZE,
    WHITE,
    Bytes,
    Ints,
    begin,
    filtered,
    relate,
    search,
)
from export.ditherers.eye import DOT, FACTORS, KERNEL, REACH
from export.ditherers.rest import halvings
from export.stages.tone import Grey
from player.frame import Frame

UNIT: Final = 255 * DOT
"""The energy of one lone dot, in the units of the search."""
SLACK: Final = 4 * UNIT // 1000
"""What a turn must gain; it ends the search a good while sooner."""
ROUNDS: Final = 30

LIGHTER: Final = np.zeros((SIZE, ROOM), np.int32)
LIGHTER[:, :SIZE] = 255 * KERNEL


class Window:
    """Frames of one shot, in order.

    Args:
        previous: the frame before the first; None at the beginning of a shot.
        price: of a changed pixel, in thousandths of the energy of one lone dot.
        lean: how far the dither that the search starts from leans towards the frame before, in grey levels.
    """

    def __init__(self, previous: Frame | None, price: int, lean: int) -> None:
        self._shown = None if previous is None else previous.mask().view(np.uint8)
        self._price = price * UNIT // 1000
        self._lean = lean
        self._states: list[Bytes] = []
        self._gradients: list[Ints] = []
        self._prices: list[Ints] = []

    def add(self, grey: Grey, before: Sequence[Grey]) -> None:
        """Dither the next frame, for itself and the one before it."""
        first = not self._states and self._shown is None
        shown = self._last(grey.shape)
        white = shown.copy()
        diffuse_freely(grey, white, 0 if first else self._lean)
        height, width = grey.shape
        states = np.full((height + 2, width + 2), FIXED, np.uint8)
        gradient = np.zeros((height + 2 * REACH, width + 2 * REACH + 1), np.int32)
        begin(grey, shown, white, states)
        filtered(grey, white, FACTORS, gradient)
        prices = (0 if first else self._price) >> halvings(grey, before).astype(np.int32)
        search(states, gradient, LIGHTER, prices, np.zeros_like(prices), SLACK, ROUNDS)
        self._states.append(states)
        self._gradients.append(gradient)
        self._prices.append(prices)

    def look_back(self) -> None:
        """Search once more, from the last but one to the first, with the frame after each known."""
        for number in reversed(range(len(self._states) - 1)):
            states = self._states[number]
            before = self._states[number - 1] if number else _framed(self._shown, states)
            relate(before, states, self._states[number + 1])
            search(
                states, self._gradients[number], LIGHTER,
                self._prices[number], self._prices[number + 1], SLACK, ROUNDS,
            )  # fmt: skip

    def frames(self) -> list[Frame]:
        """What was found."""
        return [Frame.of(_whites(states).view(np.bool_)) for states in self._states]

    def _last(self, shape: tuple[int, ...]) -> Bytes:
        if self._states:
            return _whites(self._states[-1])
        return np.zeros(shape, np.uint8) if self._shown is None else self._shown


def _whites(states: Bytes) -> Bytes:
    return states[1:-1, 1:-1] & np.uint8(WHITE)


def _framed(whites: Bytes | None, like: Bytes) -> npt.NDArray[np.uint8]:
    return np.zeros_like(like) if whites is None else np.pad(whites, 1)
