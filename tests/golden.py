"""Writes the golden files. Run by `make golden`; look at what changed before committing it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from player.frame import Frame, Size
from player.panels.it8951 import It8951Panel
from player.panels.sim import Chip, SimBus, VirtualClock
from player.panels.sim.it8951 import It8951Chip
from player.panels.sim.it8951_profiles import PROFILES
from player.panels.sim.ssd168x import Ssd168xChip
from player.panels.sim.ssd168x_profiles import PROFILES as SMALL_PROFILES
from player.panels.ssd168x import Ssd168xPanel
from player.panels.ssd168x_facts import PANELS
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
    """Hashes of what each ditherer makes of some pictures in a row."""
    from export.ditherers import DITHERERS, dithered, ditherer  # not on the Pi, where the rest is tested too

    rows, columns = np.mgrid[0:200, 0:300]
    greys = [((columns + rows // 2 + 3 * number) % 256).astype(np.uint8) for number in range(4)]
    hashes = {}
    for name in DITHERERS:
        frames = dithered(ditherer(name), greys)
        hashes[name] = [hashlib.sha256(frame.tobytes()).hexdigest() for frame in frames]
    return hashes


class Wiretap(SimBus):
    """Writes down every frame that goes over, resets, and whether it is data where a line says so."""

    def __init__(self, chip: Chip, clock: VirtualClock) -> None:
        super().__init__(chip, clock)
        self.log: list[str] = []
        self.kind = ""

    def set_reset(self, high: bool) -> None:
        super().set_reset(high)
        self.log.append(f"reset {'high' if high else 'low'}")

    def set_data(self, high: bool) -> None:
        super().set_data(high)
        self.kind = "data " if high else "command "

    def exchange(self, data: bytes, hertz: int) -> bytes:
        answer = super().exchange(data, hertz)
        came = "" if not any(answer) else f"  < {answer.hex()}"
        self.log.append(f"{hertz / 1e6:g} MHz  > {self.kind}{data.hex()}{came}")
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


def small_wire(kind: str) -> str:
    """What the SSD168x driver sends to one of its panels: a full redraw, a partial one, and the end.

    Pixels fill most of it, so what is longer than a line is given by its length and its hash.
    """
    clock, size = VirtualClock(), PANELS[kind].size
    bus = Wiretap(Ssd168xChip(SMALL_PROFILES[kind], clock), clock)
    panel = Ssd168xPanel(bus, PANELS[kind])
    rows, columns = np.mgrid[: size.height, : size.width]
    first = (rows + columns) % 3 == 0
    second = first.copy()
    second[41:45, 33:45] ^= True
    second[49, 70] ^= True
    panel.show(Frame.of(first), Redraw.FULL)
    panel.show(Frame.of(second), Redraw.PARTIAL)
    panel.close()
    return "\n".join(map(_shortened, bus.log)) + "\n"


def _shortened(line: str) -> str:
    words = line.split(" ")
    for at, word in enumerate(words):
        if len(word) > 400:
            data = bytes.fromhex(word)
            words[at] = f"{len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()[:32]}"
    return " ".join(words)


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    small_reel()
    (HERE / "it8951.wire").write_text(wire())
    for kind in PANELS:
        (HERE / f"{kind}.wire").write_text(small_wire(kind))
    (HERE / "dithers.json").write_text(json.dumps(dithers(), indent=1) + "\n")
