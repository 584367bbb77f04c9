"""What playing costs on the wire: ours against the drivers of today, on the same simulated HAT.

Three players show the same frames. *Ours*: the policy at its usual setting, a bit a pixel, tight rectangles.
*Film-maker's rule*: 4 bits a pixel over the box of all changes, DU; a full GC16 when more than 100,000 pixels
differ from the last one and 20 frames have passed. *Clear and redraw*: INIT and a full GC16 for each frame, 4
bits a pixel, as the popular stack does. Time is the chip's own: bytes at 12 MHz, HRDY, and waveforms.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from player.frame import Box, Frame, Size, difference
from player.lookout import Lookout
from player.panels.it8951 import It8951Panel
from player.panels.it8951_words import DU, GC16, INIT, It8951
from player.panels.sim import SimBus, VirtualClock
from player.panels.sim.it8951 import It8951Chip
from player.panels.sim.it8951_profiles import PROFILES
from player.reel import Reel
from player.refresh import Glass, Moment, RefreshPolicy
from player.settings import Settings

SIZE = Size(1448, 1072)


@dataclass
class Cost:
    """What a whole play cost."""

    bytes: int
    frames: int
    seconds: float
    flashed: float
    violations: int


def played(reel: Reel, count: int, player: Callable[[SimBus], Iterator[Frame]]) -> Cost:
    clock = VirtualClock()
    chip = It8951Chip(PROFILES["6-inch-hd"], clock)
    bus = SimBus(chip, clock)
    busy, sent, transfers, shown = 0.0, 0, 0, 0
    play = player(bus)
    while shown < count:
        begin = clock.ticks(), bus.bytes, bus.frames
        frame = next(play)
        if shown:  # the first frame is the same for all
            busy, sent = busy + clock.ticks() - begin[0], sent + bus.bytes - begin[1]
            transfers += bus.frames - begin[2]
        else:
            chip.refreshes.clear()
        assert chip.panel.picture() == frame, "the wrong picture"
        shown += 1
        clock.wait(180)
    flashed = sum(one.box.area for one in chip.refreshes if one.mode != DU) / SIZE.pixels
    return Cost(
        sent // (count - 1), transfers // (count - 1), busy / (count - 1), flashed, len(chip.violations)
    )


def ours(reel: Reel) -> Callable[[SimBus], Iterator[Frame]]:
    def play(bus: SimBus) -> Iterator[Frame]:
        panel, glass, lookout = It8951Panel(bus, SIZE, -2.14), Glass(), Lookout(reel)
        policy = RefreshPolicy(Settings().calm_clean)
        for number in range(len(reel)):
            frame, stamp = reel.frame(number), reel.record(number).stamp
            to_come, lasting = lookout.look(number, 1)
            how = policy.redraw(glass, frame, Moment(to_come, lasting, stamp.cut))
            if how.areas and how.under is not None:
                panel.flash(how.under, how.areas)
            panel.show(frame, how.kind)
            glass = glass.after(frame, how)
            yield frame

    return play


def of_today(reel: Reel, rule: bool) -> Callable[[SimBus], Iterator[Frame]]:
    """A player whose driver sends 4 bits a pixel; with the film-maker's rule, or clearing for each frame."""

    def play(bus: SimBus) -> Iterator[Frame]:
        chip = It8951(bus, -2.14)
        chip.start()
        before: Frame | None = None
        clean: Frame | None = None
        since = 0
        for number in range(len(reel)):
            frame = reel.frame(number)
            box, mode = Box(0, 0, *SIZE), GC16
            if rule and before is not None and clean is not None:
                since += 1
                if not (difference(clean, frame).changed > 100_000 and since >= 20):
                    left, top, right, bottom = difference(before, frame).box
                    box, mode = Box(left // 8 * 8, top // 8 * 8, -(-right // 8) * 8, -(-bottom // 8) * 8), DU
            if box.area:
                if not rule:
                    chip.display(Box(0, 0, *SIZE), INIT)
                    chip.settle()
                chip.load_greys(box.left, box.top, frame.mask()[box.top : box.bottom, box.left : box.right])
                chip.display(box, mode)
                chip.settle()
            if mode == GC16:
                clean, since = frame, 0
            before = frame
            yield frame

    return play


def as_reel(film: Path, folder: Path) -> Path:
    if film.suffix == ".reel":
        return film
    out = folder / "film.reel"
    command = [Path(sys.executable).parent / "longtake-export", "pack", film, "-o", out]
    subprocess.run(command, check=True, timeout=3600, stderr=subprocess.DEVNULL)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("film", type=Path, help="a reel, or a film to make one of")
    parser.add_argument("--frames", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Reel.open(as_reel(options.film, Path(folder))) as reel:
        count = min(options.frames, len(reel))
        players = {
            "ours": ours(reel),
            "film-maker's rule, 4 bits": of_today(reel, rule=True),
            "clear and redraw, 4 bits": of_today(reel, rule=False),
        }
        print(
            f"\n{reel.header.title}, {reel.header.ditherer}, {count} frames on the simulated HAT, for each:"
        )
        heads = ("bytes", "transfers", "busy, s", "flashed panels", "violations")
        print(f"{'':28}", *(f"{head:>14}" for head in heads))
        for name, player in players.items():
            cost = played(reel, count, player)
            print(
                f"{name:28} {cost.bytes:14,} {cost.frames:14} {cost.seconds:14.2f}",
                f"{cost.flashed / (count - 1):14.4f} {cost.violations:14}",
            )


if __name__ == "__main__":
    main()
