"""From a film to a reel, on all cores, in a way that can be broken off at any point.

The survey cuts the film into pieces; each worker opens the film itself, and looks up, dithers and codes its
piece; this process puts the pieces into the reel in order. What comes out does not depend on how the film was
cut, or by whom and how many it was worked on, so an interrupted reel that is taken up again ends as the same
file.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from export.dispatch import in_order
from export.ditherers import ditherer, window
from export.film import Film
from export.job import Job, RenderError
from export.survey import Piece, survey
from export.worker import Done, become_worker, work
from player.frame import Frame
from player.reel import ReelError, ReelHeader, ReelWriter


@dataclass(frozen=True)
class Progress:
    """How far a render is.

    Args:
        frames: in the reel.
        expected: that there will be, as far as the film file can be believed; 0 if it says nothing.
        length: of the reel so far, in bytes.
    """

    frames: int
    expected: int
    length: int


def render(
    job: Job,
    out: Path,
    workers: int | Callable[[], int] = 0,
    tell: Callable[[Progress], None] = lambda _: None,
    anew: bool = False,
    executor: Executor | None = None,
) -> int:
    """Render a film into a reel, or go on where that was broken off.

    Args:
        job: what to render.
        out: path of the reel.
        workers: how many pieces are worked on at once, or what tells it; 0 for one on each core.
        tell: called after every piece.
        anew: throw away a reel of another film or other settings that lies there.
        executor: what works on them: it calls `export.worker.work`. By default so many processes.

    Returns:
        Frames in the reel.

    Raises:
        FilmError: the film cannot be read.
        ReelError: `out` is a reel of another film or other settings, or no reel at all.
        RenderError: a worker died or gave no answer.
    """
    header = job.header()
    expected = round(header.duration * header.rate / header.step)
    one = ditherer(job.ditherer)
    with _writer(out, header, anew, window(one)) as writer, Film(job.film) as film:
        tell(Progress(writer.count, expected, writer.length))
        if writer.finished:
            return writer.count
        pieces = survey(film, job.step, writer.recent, writer.count, one.memory, window(one))
        last = writer.last[1] if writer.last else None
        for piece, made in _work(job, pieces, last, workers, executor):
            writer.append(piece.stamps[0], made.first)
            writer.extend(piece.stamps[1:], made.rest, made.last)
            tell(Progress(writer.count, expected, writer.length))
        if not writer.count:
            raise RenderError(f"{job.film.name} has not one frame that can be decoded")
        writer.finish()
        tell(Progress(writer.count, writer.count, writer.length))
        return writer.count


def _writer(out: Path, header: ReelHeader, anew: bool, window: int) -> ReelWriter:
    try:
        return ReelWriter.create(out, header)
    except FileExistsError:
        try:
            return ReelWriter.resume(out, header, window)
        except ReelError:
            if not anew:
                raise
            out.unlink()
            return ReelWriter.create(out, header)


def _work(
    job: Job,
    pieces: Iterator[Piece],
    last: Frame | None,
    workers: int | Callable[[], int],
    executor: Executor | None,
) -> Iterator[tuple[Piece, Done]]:
    """Share the pieces out among the workers of an executor, by default as many processes."""
    count = (workers if isinstance(workers, int) else workers()) or os.cpu_count() or 1
    pool = None
    if executor is None:
        executor = pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), become_worker)
    hands = (lambda: count) if isinstance(workers, int) else workers

    def submit(piece: Piece, previous: Frame | None) -> Future[Done]:
        return executor.submit(work, job, piece, previous)

    try:
        yield from in_order(pieces, submit, hands, ditherer(job.ditherer).remembers, last)
    except BrokenExecutor as error:
        raise RenderError("a worker process died, perhaps for lack of memory; run again to go on") from error
    finally:
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)
