"""Pictures out of a reel: a still of each shot, and crops dot by dot, as they lie in an HTML file."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from export.report.facts import Facts, Shot
from player.frame import Box, Frame
from player.ink import CONTRAST
from player.picture import to_image
from player.reel import Reel, ReelError

MOST_STILLS = 200
"""Stills on the sheet; of a film with more shots, every so manieth."""
STILL = 240
"""Width of a still in pixels, about."""
Cells = npt.NDArray[np.float32]

CROP = 320, 240
"""Width and height of a crop, in dots."""
DETAILED, SCENES = 4, 24
"""Crops of what is rich in detail, and shots that are looked through for crops."""
CELL = 8
PAPER = 0.9
"""Light of paper, as a share of the screen's white, as in `player.ink`."""


@dataclass(frozen=True)
class Still:
    """A shot in one small picture."""

    shot: Shot
    data: str
    width: int
    height: int


@dataclass(frozen=True)
class Crop:
    """A part of a frame, dot by dot."""

    label: str
    time: float
    data: str
    width: int
    height: int


def stills(reel: Reel, facts: Facts) -> list[Still]:
    """A still of each shot, of its middle frame; of at most `MOST_STILLS` shots."""
    chosen = _evenly(facts.shots, MOST_STILLS)
    found = []
    for shot in chosen:
        try:
            picture = small(reel.frame(shot.middle))
        except ReelError:
            continue
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=76, optimize=True)
        found.append(Still(shot, _data("jpeg", out.getvalue()), *picture.size))
    return found


def small(frame: Frame) -> Image.Image:
    """A frame as it looks from afar: the light of its dots added up, and coded for a screen."""
    side = max(1, frame.size.width // STILL)
    whites = _means(frame.mask().astype(np.float32), side)
    light = PAPER * (1 / CONTRAST + (1 - 1 / CONTRAST) * whites)
    code = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)  # sRGB
    return Image.fromarray(np.round(255 * code).astype(np.uint8))


def crops(reel: Reel, facts: Facts) -> list[Crop]:
    """Where there is most to be seen, the most even grey, and the darkest place that has any dots."""
    scenes: list[tuple[Shot, Cells]] = []
    for shot in _evenly(facts.shots, SCENES):
        try:
            scenes.append((shot, _means(reel.frame(shot.middle).mask().astype(np.float32), CELL)))
        except ReelError:
            continue
    if not scenes:
        return []
    whites = np.max([cells for _, cells in scenes], axis=0) > 0  # without the bars that frame the film
    rows, columns = (np.flatnonzero(whites.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return []
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    width, height = min(CROP[0] // CELL, right - left), min(CROP[1] // CELL, bottom - top)
    spots = [
        spot
        for shot, cells in scenes
        for spot in _spots(shot, cells, Box(left, top, right, bottom), width, height)
    ]
    return [_crop(reel, label, spot) for label, spot in _chosen(spots)]


@dataclass(frozen=True)
class _Spot:
    """A place for a crop, in dots, and what is there."""

    shot: Shot
    box: Box
    detail: float
    mean: float


def _spots(shot: Shot, cells: Cells, film: Box, width: int, height: int) -> list[_Spot]:
    """Every few cells a place of so many cells within the film's picture."""
    found = []
    for top in range(film.top, film.bottom - height + 1, 3):
        for left in range(film.left, film.right - width + 1, 3):
            part = cells[top : top + height, left : left + width]
            slopes = sum(
                float(np.abs(np.diff(part, axis=axis)).mean()) for axis in (0, 1) if part.shape[axis] > 1
            )
            box = Box(left * CELL, top * CELL, (left + width) * CELL, (top + height) * CELL)
            found.append(_Spot(shot, box, slopes, float(part.mean())))
    return found


def _chosen(spots: Sequence[_Spot]) -> list[tuple[str, _Spot]]:
    """Of each scene its richest spot, and the best of those; then the evenest and the darkest of all."""
    richest: dict[int, _Spot] = {}
    for spot in spots:
        best = richest.get(spot.shot.first)
        if best is None or spot.detail > best.detail:
            richest[spot.shot.first] = spot
    best_ones = sorted(richest.values(), key=lambda spot: -spot.detail)[:DETAILED]
    chosen = [("most detail", spot) for spot in sorted(best_ones, key=lambda spot: spot.shot.first)]
    even = [spot for spot in spots if 0.3 < spot.mean < 0.8]
    dark = [spot for spot in spots if spot.mean > 0.02]
    if even:
        chosen.append(("most even grey", min(even, key=lambda spot: spot.detail)))
    if dark:
        chosen.append(("darkest", min(dark, key=lambda spot: spot.mean)))
    return chosen


def _crop(reel: Reel, label: str, spot: _Spot) -> Crop:
    number = spot.shot.middle
    picture = to_image(reel.frame(number)).crop(spot.box)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    time = reel.record(number).stamp.time / 1e6
    return Crop(label, time, _data("png", out.getvalue()), *picture.size)


def _means(plane: npt.NDArray[np.float32], side: int) -> npt.NDArray[np.float32]:
    """Mean of each square of so many pixels; what is left over at the far edges is left out."""
    rows, columns = (length // side for length in plane.shape)
    squares = plane[: rows * side, : columns * side].reshape(rows, side, columns, side)
    means: npt.NDArray[np.float32] = squares.mean(axis=(1, 3))
    return means


def _evenly(shots: Sequence[Shot], most: int) -> list[Shot]:
    if len(shots) <= most:
        return list(shots)
    return [shots[int(index)] for index in np.linspace(0, len(shots) - 1, most)]


def _data(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{b64encode(data).decode()}"
