"""What a redraw does to ink: where its particles stand, and how that looks.

Each pixel has a position between black and white. A full redraw (GC16) drives every pixel to its rail. A
partial one (DU) moves only the pixels that change, and by fewer drive frames than the whole way: in the one
public vendor waveform of this family by 17 of 21. So a pixel driven from a clean white towards black stops
short and stays grey, while its way back lands on the rail again. Seen by eye an equal shortfall is four to
five times plainer on black than on white, which is why darkened pixels are what counts as a ghost.

Positions are a model, not a measurement; `reach` is a parameter of the panel.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from player.frame import Box, Frame, FrameError, Mask

Grey: TypeAlias = npt.NDArray[np.uint8]

BLACK, WHITE = 0, 255
REACH = 0.9
"""Share of the way between its rails that a partial redraw moves a pixel (assumed)."""
PAPER_REFLECTANCE = 0.45
CONTRAST = 17.0
"""Reflectances of clean white, and of white over black: typical of a monochrome panel."""


@dataclass(frozen=True, eq=False)
class Ink:
    """The ink of a whole panel.

    Args:
        frame: the picture that was asked for last.
        position: ``uint8`` of shape ``(height, width)``; 0 is clean black, 255 clean white.
        reach: share of the way between the rails that a partial redraw moves a pixel (17/21 to 19/21).
    """

    frame: Frame
    position: Grey
    reach: float = REACH

    @classmethod
    def over(cls, under: Frame, frame: Frame, reach: float = REACH) -> Ink:
        """The ink after partial redraws that went from `under`, which was clean, to `frame` in the end.

        It does not matter which way they went: a pixel that goes there and back lands on its rail again.
        """
        return cls.clean(under, reach).partial(frame)

    @classmethod
    def clean(cls, frame: Frame, reach: float = REACH) -> Ink:
        """The ink after a full redraw."""
        return cls(frame, frame.mask().view(np.uint8) * np.uint8(WHITE), reach)

    def full(self, frame: Frame) -> Ink:
        """The ink after a full redraw: every pixel on its rail."""
        self._fits(frame)
        return Ink.clean(frame, self.reach)

    def flash(self, frame: Frame, areas: Iterable[Box]) -> Ink:
        """The ink after a full redraw of these areas alone, towards this frame; nothing else moves."""
        self._fits(frame)
        mask, white, position = self.frame.mask(), frame.mask(), self.position.copy()
        for left, top, right, bottom in areas:
            place = slice(top, bottom), slice(left, right)
            mask[place] = white[place]
            position[place] = white[place].view(np.uint8) * np.uint8(WHITE)
        return replace(self, frame=Frame.of(mask), position=position)

    def partial(self, frame: Frame) -> Ink:
        """The ink after a partial redraw: changed pixels move by `reach`, the others not at all."""
        darkened, lightened = self._changes(frame)
        step = round(self.reach * WHITE)
        position = self.position.copy()
        position[darkened] = np.maximum(position[darkened].astype(np.int16) - step, BLACK)
        position[lightened] = np.minimum(position[lightened].astype(np.int16) + step, WHITE)
        return replace(self, frame=frame, position=position)

    def ghosts(self) -> int:
        """Pixels that should be black and are grey."""
        return int(np.count_nonzero(self.position[~self.frame.mask()]))

    def ghosts_after(self, frame: Frame) -> int:
        """What `partial(frame).ghosts()` would be, for half the work."""
        darkened, lightened = self._changes(frame)
        grey = (self.position != BLACK) & ~self.frame.mask() & ~lightened
        short = self.position[darkened] > round(self.reach * WHITE)
        return int(np.count_nonzero(grey)) + int(np.count_nonzero(short))

    def _changes(self, frame: Frame) -> tuple[Mask, Mask]:
        self._fits(frame)
        before, after = self.frame.mask(), frame.mask()
        return before & ~after, after & ~before

    def _fits(self, frame: Frame) -> None:
        if frame.size != self.frame.size:
            raise FrameError(f"a {frame.size} frame does not fit a {self.frame.size} panel")


def reflectance(position: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Share of light that ink sends back; an S-curve between the rails (assumed).

    Args:
        position: 0 for black to 1 for white.
    """
    dark = PAPER_REFLECTANCE / CONTRAST
    return dark + (PAPER_REFLECTANCE - dark) * position**2 * (3 - 2 * position)


def seen(ink: Ink) -> Grey:
    """The panel as an eye at arm's length sees it, for a screen: half the panel's width and height.

    Light is averaged over 2×2 pixels, since the eye adds light and not code values, and then coded as sRGB
    with the paper at 90 % of the screen's white. An odd last row or column is left out.

    Returns:
        ``uint8`` of shape ``(height // 2, width // 2)``.
    """
    size = ink.frame.size
    light = np.take(_LIGHT, ink.position[: size.height // 2 * 2, : size.width // 2 * 2])
    quads = light[::2, ::2] + light[1::2, ::2] + light[::2, 1::2] + light[1::2, 1::2]
    return np.take(_SRGB, quads >> 2)


def _light_table() -> npt.NDArray[np.uint16]:
    light = reflectance(np.arange(256) / 255) * (0.9 / PAPER_REFLECTANCE)
    return np.round(light * 4095).astype(np.uint16)


def _srgb_table() -> Grey:
    light = np.arange(4096) / 4095
    code = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.round(code * 255).astype(np.uint8)


LIGHT: npt.NDArray[np.float64] = reflectance(np.arange(256) / WHITE)
"""Reflectance by position."""
_LIGHT = _light_table()
_SRGB = _srgb_table()
