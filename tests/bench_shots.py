"""Shots found and missed, side by side: ours, the threshold that was there before, and PySceneDetect's.

On the cases of `made_shots.py`, and on clips whose truth is in `data/shots.toml` by their name. PySceneDetect
is measured if it is installed beside us: `pip install scenedetect[opencv-headless]`.

A cell says: shots found, + shots that are none; and after a ! how many false cuts are among what was found,
where the ditherer would begin anew though the picture goes on.
"""

from __future__ import annotations

import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from made_shots import CASES, SEEDS, SIZE, Grey
from PIL import Image

from export.film import Film
from export.shots import Turn, turns

TRUTH = tomllib.loads((Path(__file__).parent / "data" / "shots.toml").read_text())
NEAR = 2
"""Frames by which a place may be off."""


@dataclass(frozen=True, eq=False)
class Clip:
    """Frames, and where shots begin in them."""

    pictures: Grey
    thumbnails: Grey
    cuts: tuple[int, ...] = ()
    gradual: tuple[tuple[int, int], ...] = ()
    leave: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Score:
    """How many of how many shots were found, how many that are none, and how many false cuts."""

    shots: int = 0
    found: int = 0
    extra: int = 0
    false: int = 0
    cuts: int = 0
    cuts_found: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, name) + getattr(other, name) for name in Score.__dataclass_fields__))

    def __str__(self) -> str:
        return f"{self.found}/{self.shots} +{self.extra} !{self.false}"


Found = list[tuple[int, Turn]]
Finder = Callable[[Clip], Found]


def score(clip: Clip, found: Found) -> Score:
    """Hold what was found against the truth."""
    found = [(at, turn) for at, turn in found if not any(first <= at < end for first, end in clip.leave)]
    spans = [(cut - NEAR, cut + NEAR) for cut in clip.cuts]
    spans += [(first - NEAR, last + NEAR) for first, last in clip.gradual]
    hits = [span for span in spans if any(span[0] <= at <= span[1] for at, _ in found)]
    extra = [at for at, _ in found if not any(first <= at <= last for first, last in spans)]
    cuts = [at for at, turn in found if turn is Turn.CUT]
    false = [at for at in cuts if not any(abs(at - cut) <= NEAR for cut in clip.cuts)]
    right = [cut for cut in clip.cuts if any(abs(at - cut) <= NEAR for at in cuts)]
    return Score(len(spans), len(hits), len(extra), len(false), len(clip.cuts), len(right))


def ours(clip: Clip) -> Found:
    told = turns(enumerate(clip.thumbnails), lambda item: item[1])
    return [(number, turn) for (number, _), turn in told if turn is not Turn.ON]


def threshold(clip: Clip) -> Found:
    """Mean absolute difference over 8 % of the range: what was there before."""
    differences = np.abs(np.diff(clip.thumbnails.astype(np.int16), axis=0)).mean((1, 2))
    return [(int(at) + 1, Turn.CUT) for at in np.flatnonzero(differences > 0.08 * 255)]


def theirs(make: Callable[[bool], Sequence[Any]]) -> Finder:
    """PySceneDetect with some of its detectors, which are told whether there is no colour to go by."""
    from scenedetect import FrameTimecode

    def find(clip: Clip) -> Found:
        found: set[int] = set()
        for detector in make(clip.pictures.ndim == 3):
            last = FrameTimecode(0, 25.0)
            for number, picture in enumerate(clip.pictures):
                bgr = np.repeat(picture[..., None], 3, axis=2) if picture.ndim == 2 else picture[..., ::-1]
                last = FrameTimecode(number, 25.0)
                found |= {at.frame_num for at in detector.process_frame(last, np.ascontiguousarray(bgr))}
            found |= {at.frame_num for at in detector.post_process(last)}
        return [(at, Turn.CUT) for at in sorted(found)]

    return find


def finders() -> dict[str, Finder]:
    """All that can be had, by name; theirs with their own thresholds, and shots of any length."""
    have: dict[str, Finder] = {"ours": ours, "threshold": threshold}
    try:
        from scenedetect import detectors as d
    except ImportError:
        print("PySceneDetect is not installed here, so it is not in the table.\n")
        return have
    shots: dict[str, Any] = {"min_scene_len": 1}
    have["Content"] = theirs(lambda grey: [d.ContentDetector(luma_only=grey, **shots)])
    have["Adaptive"] = theirs(lambda grey: [d.AdaptiveDetector(luma_only=grey, **shots)])
    have["Adaptive, fades"] = theirs(
        lambda grey: [d.AdaptiveDetector(luma_only=grey, **shots), d.ThresholdDetector(20, **shots)]
    )
    have["Histogram"] = theirs(lambda grey: [d.HistogramDetector(**shots)])
    return have


def made() -> Iterator[tuple[str, Clip]]:
    for name, make in CASES.items():
        for case in map(make, SEEDS):
            yield name, Clip(case.frames, case.thumbnails(), case.cuts, case.gradual)


def real(paths: Iterable[Path]) -> Iterator[tuple[str, Clip]]:
    for path in paths:
        truth = TRUTH.get(path.stem)
        if truth is None:
            print(f"{path.name} has no truth in data/shots.toml; left out")
            continue
        with Film(path) as film:
            thumbnails = np.stack([glimpse.thumbnail for glimpse in film.glimpses()])
            pictures = np.stack([_small(moment.rgb) for moment in film.moments()])
        pairs = (tuple(map(tuple, truth.get(name, ()))) for name in ("gradual", "leave"))
        yield path.stem, Clip(pictures, thumbnails, tuple(truth["cuts"]), *pairs)


def _small(rgb: Any) -> Grey:
    return np.asarray(Image.fromarray(rgb.astype(np.uint8)).resize(SIZE, Image.Resampling.BOX))


def table(clips: Iterable[tuple[str, Clip]], have: dict[str, Finder]) -> None:
    """Print a row for each name, and the sums."""
    wide = 17
    print(" " * 30 + "".join(name.rjust(wide) for name in have))
    rows: dict[str, dict[str, Score]] = {}
    seconds, frames = dict.fromkeys(have, 0.0), 0
    for name, clip in clips:
        row = rows.setdefault(name, dict.fromkeys(have, Score()))
        frames += len(clip.thumbnails)
        for one, find in have.items():
            begin = time.perf_counter()
            found = find(clip)
            seconds[one] += time.perf_counter() - begin
            row[one] += score(clip, found)
    for name, row in rows.items():
        print(name.ljust(30) + "".join(str(row[one]).rjust(wide) for one in have))
    if not rows:
        return
    sums = {one: sum((row[one] for row in rows.values()), Score()) for one in have}
    for what, of in (
        ("all shots: recall", lambda one: one.found / max(1, one.shots)),
        ("precision", lambda one: one.found / max(1, one.found + one.extra)),
        ("cuts: recall", lambda one: one.cuts_found / max(1, one.cuts)),
        ("precision", lambda one: one.cuts_found / max(1, one.cuts_found + one.false)),
    ):
        print(what.ljust(30) + "".join(f"{100 * of(sums[one]):.1f} %".rjust(wide) for one in have))
    print(
        "a frame".ljust(30)
        + "".join(f"{1e3 * seconds[one] / frames:.2f} ms".rjust(wide) for one in have)
        + "\n"
    )


def main() -> None:
    have = finders()
    table(made(), have)
    table(real(map(Path, sys.argv[1:])), have) if sys.argv[1:] else None


if __name__ == "__main__":
    main()
