"""`longtake-export`: what a person types on a workstation."""

from __future__ import annotations

import argparse
import logging
import sys
from contextlib import ExitStack
from pathlib import Path

from tqdm import tqdm

from export import arguments
from export.ditherers import DITHERERS, ditherer
from export.ditherers.direct_search import price_of
from export.film import Film
from export.job import Job
from export.preview import sheet
from export.render import Progress, render
from player.errors import LongtakeError
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
    pack.add_argument(
        "--ditherer",
        type=arguments.ditherer_entry,
        default=Job.ditherer,
        metavar="NAME[:SETTING=VALUE,…]",
        help=f"one of {', '.join(DITHERERS)} (default: %(default)s)",
    )
    pack.add_argument(
        "--still", type=arguments.still, metavar="0…10",
        help="0 is most faithful to the picture; with 10 fewest dots change (default: 5)",
    )  # fmt: skip
    pack.add_argument(
        "--step", type=arguments.at_least_one, default=1, help="take every so manieth frame (default: 1)"
    )
    pack.add_argument(
        "--key-interval",
        type=arguments.at_least_one,
        default=64,
        help="frames between two that stand alone (default: 64)",
    )
    pack.add_argument("--title", default="", help="default: what the film file says")
    pack.add_argument("--credit", default="", help="who made the film, and under which licence")
    pack.add_argument("--workers", type=int, default=0, help="processes (default: one on each core)")
    pack.add_argument("--cluster", metavar="ADDRESS", help="of a Dask scheduler, whose workers do the work")
    pack.add_argument("--anew", action="store_true", help="replace a reel made of another film or otherwise")
    arguments.add_look(pack)

    preview = commands.add_parser("preview", help="show one moment in every ditherer, as PNG")
    preview.set_defaults(command=_preview)
    preview.add_argument("film", type=Path)
    preview.add_argument(
        "--at", type=arguments.film_time, default=0.0, help="film time, as 83.5 or 1:23.5 or 1:01:23"
    )
    preview.add_argument("-o", "--out", type=Path, default=Path("preview.png"), help="default: %(default)s")
    arguments.add_look(preview)

    info = commands.add_parser("info", help="say what a reel is")
    info.set_defaults(command=_info)
    info.add_argument("reel", type=Path)

    check = commands.add_parser(
        "check", help="decode every frame of a reel and hold it against its checksums"
    )
    check.set_defaults(command=_check)
    check.add_argument("reel", type=Path)
    compare = commands.add_parser("compare", help="measure every ditherer on a stretch of a film")
    compare.set_defaults(command=_compare)
    compare.add_argument("film", type=Path)
    compare.add_argument("--frames", type=arguments.at_least_one, help="at most so many (default: all)")
    compare.add_argument(
        "--from", dest="start", type=arguments.film_time, default=0.0, help="film time (default: 0)"
    )
    compare.add_argument(
        "--step", type=arguments.at_least_one, default=1, help="take every so manieth frame (default: 1)"
    )
    compare.add_argument(
        "--ditherers",
        nargs="+",
        type=arguments.ditherer_entry,
        default=list(DITHERERS),
        metavar="NAME[:SETTING=VALUE,…]",
        help="default: all, as they are",
    )
    compare.add_argument(
        "-o", "--out", type=Path, default=Path("comparison"), help="a folder (default: %(default)s)"
    )
    arguments.add_look(compare)

    report = commands.add_parser("report", help="make a page of figures and pictures of a reel")
    report.set_defaults(command=_report)
    report.add_argument("reel", type=Path)
    report.add_argument("-o", "--out", type=Path, help="default: the reel's name with .html")
    return parser


def _pack(options: argparse.Namespace) -> int:
    out = options.out or options.film.with_suffix(".reel")
    spelling = options.ditherer
    if options.still is not None:
        spelling += f"{',' if ':' in spelling else ':'}price={price_of(options.still)}"
    job = Job(
        options.film, arguments.look(options), spelling, options.step, options.key_interval,
        options.title, options.credit,
    )  # fmt: skip
    with ExitStack() as stack:
        cluster: Cluster | None = None
        if options.cluster:
            from export.cluster import Cluster  # imports Dask

            cluster = stack.enter_context(Cluster(options.cluster, options.film))
        bar = stack.enter_context(tqdm(unit=" frames", dynamic_ncols=True, desc=out.name))

        def tell(progress: Progress) -> None:
            bar.total = max(progress.expected, progress.frames) or None
            bar.set_postfix_str(f"{progress.length / 1e6:.1f} MB", refresh=False)
            if bar.n:
                bar.update(progress.frames - bar.n)
            else:
                bar.initial = bar.n = progress.frames

        workers = cluster.hands if cluster else options.workers
        frames = render(job, out, workers, tell, options.anew, cluster)
    log.info("%s: %d frames, %.1f MB.", out, frames, out.stat().st_size / 1e6)
    return 0


def _preview(options: argparse.Namespace) -> int:
    with Film(options.film) as film:
        sheet(film.at(options.at), arguments.look(options)).save(options.out)
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


def _compare(options: argparse.Namespace) -> int:
    from export.compare import Stretch, as_csv, as_json, as_text, compare  # what they need, pack does not
    from export.compare_plot import plot

    stretch = Stretch(options.film, options.start, options.frames, options.step)
    look = arguments.look(options)
    ditherers = {entry: ditherer(entry) for entry in options.ditherers}
    with tqdm(unit=" frames", dynamic_ncols=True, desc=stretch.film.name, total=stretch.frames) as bar:

        def tell(done: int) -> None:
            bar.update(done - bar.n)

        rows = compare(stretch, look, ditherers, tell)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "compare.csv").write_text(as_csv(rows), encoding="utf-8")
    (options.out / "compare.json").write_text(as_json(rows, stretch, look), encoding="utf-8")
    plot(rows, f"{stretch.film.name}, {rows[0].measures.frames} frames", options.out / "compare.png")
    sys.stdout.write(as_text(rows))
    log.info("%s: compare.csv, compare.json, compare.png", options.out)
    return 0


def _report(options: argparse.Namespace) -> int:
    from export.report import report

    out = options.out or options.reel.with_suffix(".html")
    with Reel.open(options.reel) as reel, tqdm(unit=" frames", dynamic_ncols=True, desc=out.name) as bar:

        def tell(done: int, all_of_them: int) -> None:
            bar.total = all_of_them
            bar.update(done - bar.n)

        page = report(reel, tell)
    out.write_text(page, encoding="utf-8")
    log.info("%s: %.1f MB.", out, out.stat().st_size / 1e6)
    return 0


if __name__ == "__main__":
    sys.exit(main())
