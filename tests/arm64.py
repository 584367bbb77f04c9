"""Small reels of the demo's clip, and a look at the golden dithers: the same on every machine."""

from __future__ import annotations

import json
import platform
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import golden

from export.ditherers import DITHERERS
from export.job import Job
from export.look import Look
from export.render import render
from player.frame import Size

CLIP = Path(__file__).parent.parent / "build" / "film" / "big-buck-bunny.mp4"
LOOK = Look(Size(362, 268))
STEP = 6


def main() -> int:
    out = Path(sys.argv[1])
    out.mkdir(parents=True)
    begun = time.monotonic()
    if golden.dithers() != json.loads((golden.HERE / "dithers.json").read_text()):
        print(f"{platform.machine()}: other dithers than the golden ones", file=sys.stderr)
        return 1
    for name in DITHERERS:
        with ThreadPoolExecutor(1) as executor:  # a process would need the kernel's help to run under QEMU
            render(Job(CLIP, LOOK, name, STEP), out / f"{name}.reel", 1, executor=executor)
    print(f"{platform.machine()}: {len(DITHERERS)} reels, {time.monotonic() - begun:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
