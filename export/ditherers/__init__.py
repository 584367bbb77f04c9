"""From grey to dots: one file a family, one protocol, one table of names.

To add one: write a frozen dataclass that meets `Ditherer`, and put it into `DITHERERS`. The contract tests
then hold it to the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from export.ditherers.diffusion import FloydSteinberg, Hysteresis
from export.ditherers.direct_search import DirectSearch
from export.ditherers.mask import Bayer, BlueNoise, Threshold
from export.stages.tone import Grey
from player.errors import LongtakeError
from player.frame import Frame


class DithererError(LongtakeError, ValueError):
    """A ditherer that does not exist."""


class Ditherer(Protocol):
    """Turns greys into dots. A value: the same grey and the same previous frame give the same frame."""

    @property
    def remembers(self) -> bool:
        """Whether `previous` makes a difference, so that a shot must be dithered in order."""

    @property
    def memory(self) -> int:
        """How many greys before this one it wants to see."""

    def settings(self) -> Mapping[str, str | float]:
        """What decides its dots besides its name, for the reel's header."""

    def dither(self, grey: Grey, previous: Frame | None, before: Sequence[Grey] = ()) -> Frame:
        """Dither one picture.

        Args:
            grey: ``uint8`` of shape ``(height, width)``: share of white dots, 255 for all.
            previous: the frame that will be on the panel before; None at the beginning of a shot.
            before: the greys of the same shot before this one, the newest first; `memory` are looked at.

        Raises:
            FrameError: `previous` has another size.
        """


DITHERERS: Mapping[str, Callable[[], Ditherer]] = {
    "direct-search": DirectSearch,
    "hysteresis": Hysteresis,
    "floyd-steinberg": FloydSteinberg,
    "blue-noise": BlueNoise,
    "bayer": Bayer,
    "threshold": Threshold,
}


def ditherer(name: str) -> Ditherer:
    """The ditherer of that name, with its own settings.

    Raises:
        DithererError: there is none.
    """
    if name not in DITHERERS:
        raise DithererError(f'there is no ditherer "{name}"; there are {", ".join(DITHERERS)}')
    return DITHERERS[name]()
