"""Writes the golden files. Run by `make golden`; look at what changed before committing it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from player.frame import Frame, Size
from player.panels.it8951 import It8951Panel
from player.panels.sim import SimBus, VirtualClock
from player.panels.sim.it8951 import It8951Chip
from player.panels.sim.it8951_profiles import PROFILES
from player.reel import Reel, ReelHeader, ReelWriter, Stamp
from player.refresh import Redraw

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
    from export.ditherers import DITHERERS, ditherer  # not on the Pi, where the rest is tested too

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


class Wiretap(SimBus):
    """Writes down every frame that goes over."""

    def __init__(self, chip: It8951Chip, clock: VirtualClock) -> None:
        super().__init__(chip, clock)
        self.log: list[str] = []

    def exchange(self, data: bytes, hertz: int) -> bytes:
        answer = super().exchange(data, hertz)
        came = "" if not any(answer) else f"  < {answer.hex()}"
        self.log.append(f"{hertz / 1e6:g} MHz  > {data.hex()}{came}")
        return answer


def wire() -> str:
    """What the IT8951 driver sends to a small panel: a start, a full redraw, a partial one, and the end."""
    size, clock = Size(72, 6), VirtualClock()
    bus = Wiretap(It8951Chip(replace(PROFILES["6-inch-hd"], size=size), clock), clock)
    panel = It8951Panel(bus, size, -2.14)
    rows, columns = np.mgrid[0:6, 0:72]
    first = (rows + columns) % 3 == 0
    second = first.copy()
    second[2:4, 33:41] ^= True
    second[5, 70] ^= True
    panel.show(Frame.of(first), Redraw.FULL)
    panel.show(Frame.of(second), Redraw.PARTIAL)
    panel.close()
    return "\n".join(bus.log) + "\n"


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    small_reel()
    (HERE / "it8951.wire").write_text(wire())
    (HERE / "dithers.json").write_text(json.dumps(dithers(), indent=1) + "\n")
