"""`longtake-export`: what a person types on a workstation."""

from __future__ import annotations

import argparse
import logging
import re
import sys
from pathlib import Path

from tqdm import tqdm

from export.ditherers import DITHERERS
from export.film import Film
from export.look import Look
from export.preview import sheet
from export.render import Job, Progress, render
from export.stages.fit import Fit
from player.errors import LongtakeError
from player.frame import Size
from player.reel import Reel, ReelError

log = logging.getLogger("longtake.export")
INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except (LongtakeError, OSError) as error:
        log.error("longtake-export: %s", error)
        return 1
    except KeyboardInterrupt:
        log.error("Stopped. Nothing is lost: the same command goes on from here.")
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="longtake-export", description="Turn films into reels.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    pack = commands.add_parser("pack", help="turn a film into a reel, or go on with one that was broken off")
    pack.set_defaults(command=_pack)
    pack.add_argument("film", type=Path)
    pack.add_argument("-o", "--out", type=Path, help="the reel (default: the film's name with .reel)")
    pack.add_argument("--ditherer", choices=DITHERERS, default="hysteresis", help="default: %(default)s")
    pack.add_argument(
        "--step", type=_at_least_one, default=1, help="take every so manieth frame (default: 1)"
    )
    pack.add_argument(
        "--key-interval",
        type=_at_least_one,
        default=64,
        help="frames between two that stand alone (default: 64)",
    )
    pack.add_argument("--title", default="", help="default: what the film file says")
    pack.add_argument("--credit", default="", help="who made the film, and under which licence")
    pack.add_argument("--workers", type=int, default=0, help="processes (default: one on each core)")
    pack.add_argument("--anew", action="store_true", help="replace a reel made of another film or otherwise")
    _add_look(pack)

    preview = commands.add_parser("preview", help="show one moment in every ditherer, as PNG")
    preview.set_defaults(command=_preview)
    preview.add_argument("film", type=Path)
    preview.add_argument("--at", type=_film_time, default=0.0, help="film time, as 83.5 or 1:23.5 or 1:01:23")
    preview.add_argument("-o", "--out", type=Path, default=Path("preview.png"), help="default: %(default)s")
    _add_look(preview)

    info = commands.add_parser("info", help="say what a reel is")
    info.set_defaults(command=_info)
    info.add_argument("reel", type=Path)

    check = commands.add_parser(
        "check", help="decode every frame of a reel and hold it against its checksums"
    )
    check.set_defaults(command=_check)
    check.add_argument("reel", type=Path)
    return parser


def _add_look(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--panel", type=_size, default=Size(1448, 1072), help="its size (default: 1448x1072)")
    parser.add_argument("--fit", choices=[fit.value for fit in Fit], default=Fit.LETTERBOX.value)
    parser.add_argument("--brightness", type=_doublings, default=0.0, help="-2 to 2 (default: 0)")
    parser.add_argument("--contrast", type=_doublings, default=0.0, help="-2 to 2 (default: 0)")


def _look(options: argparse.Namespace) -> Look:
    return Look(options.panel, Fit(options.fit), options.brightness, options.contrast)


def _pack(options: argparse.Namespace) -> int:
    out = options.out or options.film.with_suffix(".reel")
    job = Job(
        options.film, _look(options), options.ditherer, options.step, options.key_interval,
        options.title, options.credit,
    )  # fmt: skip
    with tqdm(unit=" frames", dynamic_ncols=True, desc=out.name) as bar:

        def tell(progress: Progress) -> None:
            bar.total = max(progress.expected, progress.frames) or None
            bar.set_postfix_str(f"{progress.length / 1e6:.1f} MB", refresh=False)
            if bar.n:
                bar.update(progress.frames - bar.n)
            else:
                bar.initial = bar.n = progress.frames

        frames = render(job, out, options.workers, tell, options.anew)
    log.info("%s: %d frames, %.1f MB.", out, frames, out.stat().st_size / 1e6)
    return 0


def _preview(options: argparse.Namespace) -> int:
    with Film(options.film) as film:
        sheet(film.at(options.at), _look(options)).save(options.out)
    log.info("%s", options.out)
    return 0


def _info(options: argparse.Namespace) -> int:
    with Reel.open(options.reel) as reel:
        header, length = reel.header, options.reel.stat().st_size
        whole = "complete" if reel.finished else "not finished"
        rows = {
            "title": header.title,
            "credit": header.credit,
            "film": f"{header.source}, {header.duration:g} s at {header.rate:g} frames/s",
            "sha256": header.source_sha256,
            "frames": f"{len(reel)} of {reel.size}, every {header.step}. of the film's, {whole}",
            "shots": str(reel.record(len(reel) - 1).stamp.shot + 1) if len(reel) else "0",
            "ditherer": f"{header.ditherer} {dict(header.settings)}",
            "size": f"{length / 1e6:.1f} MB, {length / max(1, len(reel)) / 1e3:.1f} kB a frame",
            "chapters": ", ".join(chapter.title for chapter in header.chapters),
            "made by": header.made_by,
            "trouble": reel.fault,
        }
    for name, value in rows.items():
        if value:
            sys.stdout.write(f"{name:9} {value}\n")
    return 0


def _check(options: argparse.Namespace) -> int:
    with Reel.open(options.reel) as reel:
        bad = 0
        for number in tqdm(range(len(reel)), unit=" frames", dynamic_ncols=True):
            try:
                reel.check(number)
            except ReelError as error:
                bad += 1
                log.error("%s", error)
        if reel.fault:
            log.error("%s", reel.fault)
        state = "complete" if reel.finished else "not finished"
        log.info("%s: %d frames, %d damaged, %s.", options.reel.name, len(reel), bad, state)
        return 1 if bad or reel.fault else 0


def _size(text: str) -> Size:
    match = re.fullmatch(r"(\d{1,4})[x×](\d{1,4})", text)
    if not match or "0" in match.groups():
        raise argparse.ArgumentTypeError(f"{text!r} is no size such as 1448x1072")
    return Size(int(match[1]), int(match[2]))


def _film_time(text: str) -> float:
    if not re.fullmatch(r"(\d+:){0,2}\d+(\.\d+)?", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no film time such as 1:23.5")
    seconds = 0.0
    for part in text.split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to 65535")
    return int(text)


def _doublings(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 9.0
    if not -2 <= value <= 2:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from -2 to 2")
    return value


if __name__ == "__main__":
    sys.exit(main())
