"""Structural similarity of two pictures.

Source: Z. Wang et al., "Image quality assessment: from error visibility to structural similarity", IEEE TIP
13:4 (2004): Gaussian window of 11×11, σ = 1.5, K1 = 0.01, K2 = 0.03, greys from 0 to 1, mean over all windows
that lie within the picture. Between a halftone's bare dots and its picture it is next to nothing; so give it
both as the eye sees them.
"""

from __future__ import annotations

import numpy as np

from export.measure.eye import MeasureError, Plane

WINDOW, SIGMA = 11, 1.5
C1, C2 = np.float32(0.01**2), np.float32(0.03**2)


def ssim(one: Plane, other: Plane) -> float:
    """Structural similarity, 1 for equal pictures.

    Args:
        one: ``float32`` of shape ``(height, width)``, 0 to 1.
        other: the same.

    Raises:
        MeasureError: their shapes differ, or they are smaller than the window.
    """
    if one.shape != other.shape or min(one.shape) < WINDOW:
        raise MeasureError(f"pictures of shapes {one.shape} and {other.shape} have no SSIM")
    mean, mean2 = _windowed(one), _windowed(other)
    squares, product = mean * mean + mean2 * mean2, mean * mean2
    variances = _windowed(one * one + other * other) - squares
    covariance = _windowed(one * other) - product
    alike = (2 * product + C1) * (2 * covariance + C2) / ((squares + C1) * (variances + C2))
    return float(alike.mean(dtype=np.float64))


def _windowed(plane: Plane) -> Plane:
    """Weighted mean over each window that lies within the plane."""
    steps = np.arange(WINDOW) - WINDOW // 2
    weights = np.exp(-0.5 * (steps / SIGMA) ** 2)
    weights = (weights / weights.sum()).astype(np.float32)
    height, width = (side - WINDOW + 1 for side in plane.shape)
    rows: Plane = weights[0] * plane[:height]
    for step in range(1, WINDOW):
        rows += weights[step] * plane[step : step + height]
    means: Plane = weights[0] * rows[:, :width]
    for step in range(1, WINDOW):
        means += weights[step] * rows[:, step : step + width]
    return means
