"""What a ditherer is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from export.stages.tone import Grey
from player.errors import LongtakeError
from player.frame import Frame


class DithererError(LongtakeError, ValueError):
    """A ditherer that does not exist, or not with such settings."""


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


@runtime_checkable
class Foresighted(Ditherer, Protocol):
    """A ditherer that does better with some frames of a shot at once.

    Windows follow each other from the beginning of a shot on; what comes out depends on where they begin.
    """

    @property
    def window(self) -> int:
        """How many frames."""

    def dither_window(
        self, greys: Sequence[Grey], previous: Frame | None, before: Sequence[Grey] = ()
    ) -> list[Frame]:
        """Dither pictures that follow each other in one shot: `window` of them, or what is left of the shot.

        Args:
            greys: the pictures, of one shape.
            previous: the frame that will be on the panel before; None at the beginning of a shot.
            before: the greys of the same shot before these, the newest first; `memory` are looked at.

        Raises:
            FrameError: `previous` has another size.
        """
