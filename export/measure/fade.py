"""A flat grey that grows lighter step by step: what a ditherer changes besides what it must.

The exact bound is known here: the change of grey is the share of pixels that must change. The last frame
tells whether the dots have kept their order after a hundred steps, or have drifted into worms and clots.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from export.ditherers import Ditherer, dithered
from export.measure.contone import Contone
from export.measure.meter import Measures, Meter
from export.measure.noise import Noise, noise
from player.frame import Frame, Size

SIZE = Size(512, 512)
STEPS = 100
LOW, HIGH = 0.2, 0.5


@dataclass(frozen=True, eq=False)
class Fade:
    """What came of it.

    Args:
        measures: of the frames; their bound is exact here.
        noise: of the last frame's dots.
    """

    measures: Measures
    noise: Noise

    @property
    def of_bound(self) -> float:
        """How many times as many pixels changed as had to."""
        return self.measures.changed / self.measures.bound


def levels(steps: int = STEPS, low: float = LOW, high: float = HIGH) -> list[int]:
    """Grey levels from the one to the other, 0 to 255, one more than there are steps."""
    return [round(255 * (low + (high - low) * step / steps)) for step in range(steps + 1)]


def fade(dither: Ditherer, size: Size = SIZE, greys: list[int] | None = None) -> Fade:
    """Fade a flat grey.

    Args:
        dither: the ditherer.
        size: of the frames.
        greys: level of each frame, 0 to 255; by default 100 steps from 0.2 to 0.5.

    Raises:
        MeasureError: the last grey is black or white.
    """
    greys = levels() if greys is None else greys
    meter = Meter(size)
    before: Contone | None = None
    frame: Frame | None = None
    flats = [np.full((size.height, size.width), level, dtype=np.uint8) for level in greys]
    for grey, shown in zip(flats, dithered(dither, flats), strict=True):
        contone = Contone.of(grey, before)
        meter = meter.add(contone, shown, frame, cut=False)
        before, frame = contone, shown
    assert frame is not None
    return Fade(meter.result(), noise(frame, greys[-1] / 255))
