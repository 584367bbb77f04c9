"""Writes the golden files. Run by `make golden`; look at what changed before committing it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np

from export.ditherers import DITHERERS, ditherer
from player.frame import Frame, Size
from player.reel import Reel, ReelHeader, ReelWriter, Stamp

HERE = Path(__file__).parent / "golden"


def small_reel() -> None:
    """A reel that every later version must read."""
    path = HERE / "small.reel"
    path.unlink(missing_ok=True)
    head = ReelHeader(
        size=Size(40, 24), key_interval=4, title="Golden", source="golden.mp4", source_sha256="ab" * 32,
        ditherer="none", rate=25.0, duration=0.48, credit="Nobody", settings={"lean": 64}, made_by="longtake",
    )  # fmt: skip
    with ReelWriter.create(path, head) as writer:
        for number in range(12):
            rows, columns = np.mgrid[0:24, 0:40]
            mask = (rows * 3 + columns * 5 + number) % 17 < 8
            writer.append(Stamp(number, number * 40_000, number // 6, number % 6 == 0), Frame.of(mask))
        writer.finish()
    with Reel.open(path) as reel:
        whites = [reel.frame(number).whites for number in range(len(reel))]
    path.with_suffix(".json").write_text(json.dumps({"whites": whites}) + "\n")


def dithers() -> dict[str, list[str]]:
    """Hashes of what each ditherer makes of two pictures in a row."""
    rows, columns = np.mgrid[0:200, 0:300]
    first = ((columns + rows // 2) % 256).astype(np.uint8)
    second = ((columns + rows // 2 + 3) % 256).astype(np.uint8)
    hashes = {}
    for name in DITHERERS:
        one = ditherer(name)
        before = one.dither(first, None)
        after = one.dither(second, before)
        hashes[name] = [hashlib.sha256(frame.tobytes()).hexdigest() for frame in (before, after)]
    return hashes


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    small_reel()
    (HERE / "dithers.json").write_text(json.dumps(dithers(), indent=1) + "\n")
