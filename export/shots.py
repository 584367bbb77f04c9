"""Where one shot ends and the next begins.

A cut is seen in two thumbnails: their mean absolute difference is over a twelfth of the range. It is a rule
for hard cuts; a dissolve or a fade goes on as one shot.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

THRESHOLD = 0.08
"""Of the mean absolute difference, as a share of the range from black to white."""


def is_cut(before: npt.NDArray[np.uint8], after: npt.NDArray[np.uint8]) -> bool:
    """Whether a new shot begins with the second of two thumbnails of one shape."""
    difference = np.abs(after.astype(np.int16) - before).mean()
    return bool(difference > THRESHOLD * 255)
