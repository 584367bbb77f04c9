"""The tone curve for e-ink: from the light of a film to the share of white dots.

A panel is a small range of a film's: its white sends back 45 % of the light and its black a seventeenth of
that, which is lightness L* 29 where the film has 0. Film light taken for dot density as it is would crush
everything dark into solid ink; code values taken for density, as most players do, wash the middle out. So
lightness is what is kept: the film's L*, 0 to 100, is laid evenly over the panel's, 29 to 100 (black-point
compensation, as a printer's profile does it), and dot density is what gives that lightness on the panel.

`brightness` and `contrast` are the owner's, in steps that double: they bend and stretch lightness before.
Source of L*: CIE 15. The contrast of 17:1 is typical of monochrome panels, see `player.ink`.
"""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from export.stages.light import TOP, Light
from player.ink import CONTRAST

Grey: TypeAlias = npt.NDArray[np.uint8]


def toned(light: Light, brightness: float = 0.0, contrast: float = 0.0) -> Grey:
    """Dot density for light.

    Args:
        light: ``uint16``, `TOP` for white.
        brightness: 0 to leave it; +1 makes middle greys much lighter, -1 much darker.
        contrast: 0 to leave it; +1 doubles it about the middle.

    Returns:
        ``uint8`` of the same shape: 0 is all ink, 255 all paper.
    """
    return np.take(_curve(brightness, contrast), light)


@cache
def _curve(brightness: float, contrast: float) -> Grey:
    lightness = _lightness(np.arange(TOP + 1) / TOP) / 100
    lightness = lightness ** (2.0**-brightness)
    lightness = np.clip(0.5 + (lightness - 0.5) * 2.0**contrast, 0, 1)
    black = _lightness(np.array([1 / CONTRAST]))[0]
    panel = _light(black + (100 - black) * lightness)
    density = (panel - 1 / CONTRAST) / (1 - 1 / CONTRAST)
    return np.round(np.clip(density, 0, 1) * 255).astype(np.uint8)


def _lightness(light: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(light > (6 / 29) ** 3, 116 * np.cbrt(light) - 16, light * (29 / 3) ** 3)


def _light(lightness: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(lightness > 8, ((lightness + 16) / 116) ** 3, lightness / (29 / 3) ** 3)
