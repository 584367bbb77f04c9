"""How good a dither looks and how much of it changes: every figure that Longtake is judged by.

    meter, before, previous = Meter(size), None, None
    for grey, frame in …:
        contone = Contone.of(grey, before)
        meter = meter.add(contone, frame, previous)
        before, previous = contone, frame
    meter.result()

`visible` is what the eye of `eye` makes of errors, with and without the shift that error diffusion gives a
picture; `ssim` compares structure, `changes` counts pixels. `fade` is a test of flat greys, and `noise` looks
at what the dots of one are like.
"""

from export.measure.changes import Changes
from export.measure.contone import CUT, Contone
from export.measure.eye import FAR, NEAR, Eye, MeasureError
from export.measure.fade import Fade, fade
from export.measure.meter import Measures, Meter
from export.measure.noise import Noise, noise
from export.measure.ssim import ssim
from export.measure.visible import Shift, Visible, decibels

__all__ = [
    "CUT",
    "FAR",
    "NEAR",
    "Changes",
    "Contone",
    "Eye",
    "Fade",
    "MeasureError",
    "Measures",
    "Meter",
    "Noise",
    "Shift",
    "Visible",
    "decibels",
    "fade",
    "noise",
    "ssim",
]
