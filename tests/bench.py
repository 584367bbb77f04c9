"""Whole processes, side by side in one run: `make bench`. Figures are medians; ratios are what to quote.

Three ways to get frames of one film onto a 1448×1072 panel: the one of today's slow movie players (one ffmpeg
process for each frame, then Pillow), decoding alone (the limit), and `longtake-export pack`. Then the player
at rest. The stages of pack, the ditherers and the redraws have benches of their own.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
from films import repeated
from PIL import Image

from export.film import Film
from export.job import Job
from player.frame import Size

PANEL = Size(1448, 1072)
ROUNDS = 3
SAMPLES = 24
PACKED = (Job.ditherer, "hysteresis", "floyd-steinberg", "blue-noise")
BIN = Path(sys.executable).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("film", type=Path)
    film = parser.parse_args().film
    with tempfile.TemporaryDirectory() as folder:
        if film.stem == "big-buck-bunny":
            film = repeated(8, Path(folder) / "big-buck-bunny-8-times.mp4")
        frames = sum(1 for _ in decoded(film))
        print(f"{film.name}: {frames} frames, {os.cpu_count()} cores, panel {PANEL}\n")
        whole_films(film, frames, Path(folder))
        at_rest(Path(folder))


def whole_films(film: Path, frames: int, folder: Path) -> None:
    ways = {
        "one ffmpeg process a frame, then Pillow": lambda: (
            SAMPLES / seconds(lambda: frame_by_frame(film, frames, folder))
        ),
        "decoding alone (PyAV)": lambda: frames / seconds(lambda: sum(1 for _ in decoded(film))),
    }
    for one in PACKED:
        ways[f"longtake-export pack, {one}"] = lambda one=one: (
            frames / seconds(lambda: pack(film, folder, one))
        )
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, rate in ways.items():
            rates[name].append(rate())
    slowest = statistics.median(next(iter(rates.values())))
    print(f"{'whole process, from film to dots':42} {'frames/s':>9} {'(min–max)':>15} {'ratio':>7}")
    for name, found in rates.items():
        middle = statistics.median(found)
        print(f"{name:42} {middle:9.1f} {f'{min(found):.1f}–{max(found):.1f}':>15} {middle / slowest:6.1f}×")


def frame_by_frame(film: Path, frames: int, folder: Path) -> None:
    """What a slow movie player does today, for some moments all over the film."""
    ffmpeg = shutil.which("ffmpeg") or imageio_ffmpeg.get_ffmpeg_exe()
    with Film(film) as opened:
        rate = opened.rate
    picture = folder / "grab.bmp"
    fit = f"scale={PANEL.width}:{PANEL.height}:force_original_aspect_ratio=decrease"
    fit += f",pad={PANEL.width}:{PANEL.height}:-1:-1"
    for number in np.linspace(0, frames - 2, SAMPLES).astype(int):
        command = [ffmpeg, "-y", "-v", "error", "-ss", f"{number / rate:.3f}", "-i", film]
        subprocess.run([*command, "-vframes", "1", "-vf", fit, picture], check=True, timeout=60)
        Image.open(picture).convert("1")


def pack(film: Path, folder: Path, name: str) -> None:
    out = folder / f"{name}.reel"
    out.unlink(missing_ok=True)
    command = [BIN / "longtake-export", "pack", film, "-o", out, "--ditherer", name]
    subprocess.run(command, check=True, timeout=600, stderr=subprocess.DEVNULL)


def decoded(film: Path) -> Iterator[av.VideoFrame]:
    with av.open(str(film)) as container:
        container.streams.video[0].thread_type = "AUTO"
        yield from container.decode(video=0)


def at_rest(folder: Path) -> None:
    """The player between two frames: its share of a core over 20 seconds, and the most memory it took."""
    home = folder / "home"
    (home / "reels").mkdir(parents=True)
    shutil.copy(folder / f"{Job.ditherer}.reel", home / "reels")
    command = [BIN / "longtake-player", "play", "--home", home, "--set", "seconds_per_frame=0.5"]
    player = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        time.sleep(20)
        peak = next(
            line.split()[1]
            for line in Path(f"/proc/{player.pid}/status").read_text().splitlines()
            if "VmHWM" in line
        )
    finally:
        player.terminate()
        player.wait(10)
    command[-1] = "seconds_per_frame=3600"
    player = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        time.sleep(5)
        before = cpu_seconds(player.pid)
        time.sleep(20)
        share = (cpu_seconds(player.pid) - before) / 20
    finally:
        player.terminate()
        player.wait(10)
    print(f"\nplayer: peak memory {int(peak) / 1024:.1f} MB, between frames {share:.3%} of a core")


def cpu_seconds(process: int) -> float:
    """On a clock of nanoseconds: the kernel's ticks are too coarse for what is next to nothing."""
    return (
        sum(
            int((task / "schedstat").read_text().split()[0])
            for task in Path(f"/proc/{process}/task").iterdir()
        )
        / 1e9
    )


def seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
