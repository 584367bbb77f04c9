"""From grey to dots: one file a family, one protocol, one table of names.

To add one: write a frozen dataclass that meets `Ditherer`, and put it into `DITHERERS`. The contract tests
then hold it to the rest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from export.ditherers.diffusion import FloydSteinberg, Hysteresis
from export.ditherers.direct_search import DirectSearch
from export.ditherers.mask import Bayer, BlueNoise, Threshold
from export.ditherers.protocol import Ditherer, DithererError, Foresighted
from export.ditherers.spelling import with_settings
from export.stages.tone import Grey
from player.frame import Frame

__all__ = [
    "DITHERERS", "Bayer", "BlueNoise", "DirectSearch", "Ditherer", "DithererError", "FloydSteinberg",
    "Foresighted", "Hysteresis", "Threshold", "dithered", "ditherer", "window",
]  # fmt: skip


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


def ditherer(text: str) -> Ditherer:
    """The ditherer of that name.

    Args:
        text: ``name``, or ``name:setting=value,setting=value`` for other settings than its own.

    Raises:
        DithererError: there is no such ditherer or setting, or its value is wrong.
    """
    name, colon, settings = text.partition(":")
    if name not in DITHERERS:
        raise DithererError(f'there is no ditherer "{name}"; there are {", ".join(DITHERERS)}')
    plain = DITHERERS[name]()
    return with_settings(plain, name, settings) if colon else plain
