"""Ditherers side by side, ours and others', on one core: `make bench`.

What is told is time of the processor and not of the clock, so that it holds on a busy machine too.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice, pairwise
from pathlib import Path

import epaper_dithering as epaper
import imageio_ffmpeg
import numpy as np
from PIL import Image

from export.ditherers import DITHERERS, dithered, ditherer, window
from export.film import Film
from export.job import Job
from export.look import Look
from export.stages.tone import Grey
from export.survey import survey
from player.frame import Frame, Size
from player.reel import Stamp, encode, is_key
from player.reel.record import HEAD

PANEL = Size(1448, 1072)
AIM_MS, AIM_KB = 40, 20
SLOW, FEW = "epaper-dithering, DBS", 3
"""What takes some ten seconds a frame, and how many frames are enough of it."""
EYE = epaper.DbsParams(viewing_distance_cm=12 * 2.54, ppi=300)
"""The nearer of the eyes of `export.measure`, on this panel."""
NOTES = f"""
The first {{clip}} of {{film}}; {SLOW} on {FEW} of them. Milliseconds are of the processor, in all threads
together, and without compiling. Frames follow each other as in pack: direct search takes
{window(ditherer(Job.ditherer))} at once. Theirs are from an image to an image; ffmpeg's are of its whole
process on raw greys, with start, pipes and its own way to RGB. Changed are pixels from frame to frame in a
shot. A reel has a key at a cut and every {Job.key_interval} frames. The aim for {Job.ditherer}, {AIM_MS} ms
on average and {AIM_KB} kB, is {{aim}}.
"""


@dataclass(frozen=True)
class Clip:
    """Greys of a film in a row, and where each comes from."""

    greys: Sequence[Grey]
    stamps: Sequence[Stamp]

    def __str__(self) -> str:
        cuts = sum(stamp.cut for stamp in self.stamps)
        return f"{len(self.greys)} frames ({cuts} shot{'s' * (cuts > 1)})"

    def shots(self) -> Iterator[Sequence[Grey]]:
        cuts = [number for number, stamp in enumerate(self.stamps) if stamp.cut]
        for begin, end in pairwise([*cuts, len(self.greys)]):
            yield self.greys[begin:end]

    def first(self, count: int) -> Clip:
        return Clip(self.greys[:count], self.stamps[:count])


@dataclass(frozen=True)
class Made:
    """Frames, and milliseconds for each, or only their mean."""

    frames: Sequence[Frame]
    times: Sequence[float]

    @property
    def mean(self) -> float:
        return statistics.fmean(self.times)

    @property
    def median(self) -> str:
        return f"{statistics.median(self.times):9.1f}" if len(self.times) > 1 else f"{'–':>9}"

    def in_a_reel(self, stamps: Sequence[Stamp]) -> tuple[float, float]:
        """Share of the pixels that change from frame to frame, and bytes a frame."""
        changes, sizes = [], []
        last: Frame | None = None
        for number, (stamp, frame) in enumerate(zip(stamps, self.frames, strict=True)):
            record = encode(frame, last, is_key(number, stamp, Job.key_interval))
            sizes.append(HEAD.size + len(record.payload))
            if not stamp.cut:
                changes.append(record.difference.changed / frame.size.pixels)
            last = frame
        return statistics.fmean(changes), statistics.fmean(sizes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("film", type=Path)
    parser.add_argument("--frames", type=int, default=128)
    options = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    clip = taken(options.film, options.frames)
    heads = f"{'ms a frame':^19}|{'times':^10}|{'pixels':^12}|{'reel, kB':^10}"
    print(f"\n{f'dither, one core, {PANEL}':31}|{heads}")
    print(f"{'':31}|{'median':>9}{'mean':>9} |{'Pillow':^10}|{'changed, %':^12}|{'a frame':^10}", flush=True)
    alone, aim = 0.0, ""
    for name, way in ways().items():
        some = clip.first(FEW) if name == SLOW else clip
        made = way(some)
        alone = alone or made.mean
        changed, size = made.in_a_reel(some.stamps)
        times = f"{made.median}{made.mean:9.1f} |{made.mean / alone:8.2f}× "
        print(f"{name:31}|{times}|{100 * changed:10.3f}  |{size / 1000:8.1f}", flush=True)
        if name == Job.ditherer:
            aim = "reached" if made.mean <= AIM_MS and size <= AIM_KB * 1000 else "missed"
    print(
        textwrap.fill(
            " ".join(NOTES.format(clip=clip, film=options.film.name, aim=aim).split()),
            100,
            break_on_hyphens=False,
        )
    )


def taken(film: Path, count: int) -> Clip:
    look = Look(PANEL)
    with Film(film, threads=1) as opened:
        stamps = list(islice(chain.from_iterable(piece.stamps for piece in survey(opened, 1)), count))
        greys = [look.grey(moment) for moment in islice(opened.moments(), len(stamps))]
    return Clip(greys, stamps)


def ways() -> dict[str, Callable[[Clip], Made]]:
    dots = partial(epaper.dither_image, color_scheme=epaper.ColorScheme.MONO)
    diffused = partial(dots, mode=epaper.DitherMode.FLOYD_STEINBERG)
    return {
        "Pillow, convert": partial(theirs, lambda image: image.convert("1")),
        **{name: partial(ours, name) for name in DITHERERS},
        "ffmpeg paletteuse, FS": partial(ffmpeg, "floyd_steinberg"),
        "ffmpeg paletteuse, Sierra lite": partial(ffmpeg, "sierra2_4a"),
        "epaper-dithering, FS": partial(theirs, diffused),
        SLOW: lambda clip: theirs(partial(diffused, dbs=EYE), Clip([*map(coded, clip.greys)], clip.stamps)),
    }


def ours(name: str, clip: Clip) -> Made:
    one = ditherer(name)
    size = window(one)
    list(dithered(one, [clip.greys[0]] * 2 * size))  # compiles
    frames: list[Frame] = []
    times: list[float] = []
    for shot in clip.shots():
        previous: Frame | None = None
        for number in range(0, len(shot), size):
            batch, before = shot[number : number + size], shot[:number][::-1]
            begin = time.process_time()
            found = list(dithered(one, batch, previous, before))
            times += [(time.process_time() - begin) * 1000 / len(batch)] * len(batch)
            frames += found
            previous = found[-1]
    return Made(frames, times)


def theirs(dither: Callable[[Image.Image], Image.Image], clip: Clip) -> Made:
    frames: list[Frame] = []
    times: list[float] = []
    for grey in clip.greys:
        image = Image.fromarray(grey)
        begin = time.process_time()
        dots = dither(image)
        times.append((time.process_time() - begin) * 1000)
        frames.append(Frame.of(np.asarray(dots).astype(bool)))
    return Made(frames, times)


def coded(grey: Grey) -> Grey:
    """As sRGB has it: this search takes code values for that, and all would come out too dark."""
    share = grey / 255
    codes = np.where(share <= 0.0031308, 12.92 * share, 1.055 * share ** (1 / 2.4) - 0.055)
    return np.rint(255 * codes).astype(np.uint8)


def ffmpeg(dither: str, clip: Clip) -> Made:
    """Without a library to call, it is the process that is measured, and only the mean is known."""
    program = imageio_ffmpeg.get_ffmpeg_exe()
    grey = ["-f", "rawvideo", "-pix_fmt", "gray", "-s"]
    full = "[0]setparams=range=full[film];[1]setparams=range=full[palette]"
    use = f"[film][palette]paletteuse=dither={dither}[dots]"
    with tempfile.TemporaryDirectory() as folder:
        palette = Path(folder) / "palette"  # 16×16, of which 255 are black and one is white
        palette.write_bytes(bytes(255) + b"\xff")
        command = [program, "-v", "error", "-threads", "1", "-filter_complex_threads", "1"]
        command += [*grey, f"{PANEL.width}x{PANEL.height}", "-i", "pipe:", *grey, "16x16", "-i", str(palette)]
        command += ["-filter_complex", f"{full};{use}", "-map", "[dots]", "-threads", "1"]
        command += ["-f", "rawvideo", "-pix_fmt", "pal8", "pipe:"]
        given = b"".join(grey.tobytes() for grey in clip.greys)
        before = children()
        made = subprocess.run(command, input=given, stdout=subprocess.PIPE, check=True, timeout=600).stdout
        spent = (children() - before) * 1000 / len(clip.greys)
    pictures = np.frombuffer(made, np.uint8).reshape(len(clip.greys), -1)
    frames = []
    for picture in pictures:  # an index for each pixel, and then the palette
        colours = picture[PANEL.pixels :].reshape(256, 4)[:, 0]
        white = colours[picture[: PANEL.pixels]] > 127
        frames.append(Frame.of(white.reshape(PANEL.height, PANEL.width)))
    return Made(frames, [spent])


def children() -> float:
    """Seconds of the processor that processes which have ended took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
