"""From grey to dots: one file a family, one protocol, one table of names.

To add one: write a frozen dataclass that meets `Ditherer`, and put it into `DITHERERS`. The contract tests
then hold it to the rest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Protocol, runtime_checkable

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


def window(one: Ditherer) -> int:
    """How many frames of a shot the ditherer takes at once."""
    return one.window if isinstance(one, Foresighted) else 1


def dithered(
    one: Ditherer, greys: Iterable[Grey], previous: Frame | None = None, before: Sequence[Grey] = ()
) -> Iterator[Frame]:
    """Dither a shot, or what is left of one from the beginning of a window on.

    Args:
        one: the ditherer.
        greys: the pictures, of one shape.
        previous: the frame that will be on the panel before; None at the beginning of a shot.
        before: the greys of the same shot before these, the newest first.
    """
    seen = deque(before[: one.memory], maxlen=one.memory)
    for batch in _batched(greys, window(one)):
        if isinstance(one, Foresighted):
            frames = one.dither_window(batch, previous, tuple(seen))
        else:
            frames = [one.dither(grey, previous, tuple(seen)) for grey in batch]
        seen.extendleft(batch)
        previous = frames[-1]
        yield from frames


def _batched(greys: Iterable[Grey], count: int) -> Iterator[list[Grey]]:
    rest = iter(greys)
    while batch := list(islice(rest, count)):
        yield batch


DITHERERS: Mapping[str, Callable[[], Ditherer]] = {
    "direct-search": DirectSearch,
    "faithful-search": lambda: DirectSearch(faithful=True),
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
