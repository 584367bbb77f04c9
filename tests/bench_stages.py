"""Where the time of `longtake-export pack` goes on one core, beside the libraries alone: `make bench`."""

from __future__ import annotations

import argparse
import os
import statistics
import time
import zlib
from collections.abc import Callable
from contextlib import closing
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TypeVar

import av

from export.colour import Colours, resized
from export.decoder import Decoder
from export.ditherers import dithered, ditherer, window
from export.job import Job
from export.look import Look
from export.stages.fit import framed, place, scaled
from export.stages.light import light
from export.stages.tone import Grey, toned
from player.frame import Frame, Size
from player.reel import encode
from player.reel.record import DEFLATE

PANEL = Size(1448, 1072)
FRAMES = 128
T = TypeVar("T")

times: dict[str, list[float]] = {}
"""Milliseconds of the processor, of each frame, by what was done."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("film", type=Path)
    film = parser.parse_args().film
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    greys = pictures(film)
    dots(greys)
    print(f"\n{f'one of {len(greys)} frames, one core, ms':42} {'ours':>9} {'alone':>9}")
    stages = {
        "decode": "PyAV", "to RGB": "", "light": "", "fit": "swscale", "tone": "",
        f"dither, {Job.ditherer}": "", f"code, {Job.ditherer}": "zlib",
    }  # fmt: skip
    for stage, alone in stages.items():
        beside = f"{statistics.median(times[alone]):9.2f}  {alone}" if alone else ""
        print(f"{stage:42} {statistics.median(times[stage]):9.2f} {beside}")


def pictures(film: Path) -> list[Grey]:
    """From the film to greys, a frame at a time."""
    greys = []
    look, colours, decoder = Look(PANEL), Colours(), Decoder(film, threads=1)
    aspect = Fraction(decoder.stream.sample_aspect_ratio or 1)
    with closing(decoder), av.open(str(film)) as container:
        container.streams.video[0].thread_type = "NONE"
        alone = container.decode(video=0)
        frames = decoder.since(None)
        while len(greys) < FRAMES and (frame := timed("decode", lambda: next(frames, None))):
            timed("PyAV", lambda: next(alone))
            rgb = timed("to RGB", partial(colours.rgb, frame))
            lit = timed("light", partial(light, rgb))
            placing = place(Size(rgb.shape[1], rgb.shape[0]), aspect, PANEL, look.fit)
            left, top, right, bottom = placing.target
            timed("swscale", partial(resized, lit, Size(right - left, bottom - top)))
            fitted = timed("fit", partial(scaled, lit, placing))
            greys.append(timed("tone", lambda f=fitted, p=placing: framed(toned(f), p, PANEL)))
    return greys


def dots(greys: list[Grey]) -> None:
    """From greys to the reel, a window of frames at a time."""
    one = ditherer(Job.ditherer)
    list(dithered(one, greys[:1] * window(one)))  # compiles
    previous: Frame | None = None
    for number in range(0, len(greys), window(one)):
        batch, before = greys[number : number + window(one)], greys[:number][::-1]
        name = f"dither, {Job.ditherer}"
        frames = timed(name, lambda b=batch, p=previous, s=before: list(dithered(one, b, p, s)))
        times[name][-1] /= len(batch)
        for frame in frames:
            coded = timed(f"code, {Job.ditherer}", partial(encode, frame, previous, False))
            raw = zlib.decompress(coded.payload) if coded.codec == DEFLATE else coded.payload
            timed("zlib", partial(zlib.compress, raw))
            previous = frame


def timed(stage: str, work: Callable[[], T]) -> T:
    begin = time.process_time()
    result = work()
    times.setdefault(stage, []).append((time.process_time() - begin) * 1000)
    return result


if __name__ == "__main__":
    main()
