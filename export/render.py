"""From a film to a reel, on all cores, in a way that can be broken off at any point.

The survey cuts the film into pieces; each worker process opens the film itself, and looks up, dithers and
codes its piece; this process puts the pieces into the reel in order. A ditherer that remembers gets its
pieces of one shot one after the other, and a new shot at once. What comes out does not depend on how the film
was cut or by how many it was worked on, so an interrupted reel that is taken up again ends as the same file.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from export.ditherers import ditherer
from export.film import Film
from export.job import Job, RenderError
from export.survey import Piece, survey
from export.worker import Done, become_worker, work
from player.frame import Frame
from player.reel import ReelError, ReelHeader, ReelWriter, Stamp

PATIENCE = 1800.0
"""Seconds that a worker may take for one piece before it is given up."""
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of malloc.h
AHEAD = 4
"""Pieces surveyed ahead for each worker."""


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
    workers: int = 0,
    tell: Callable[[Progress], None] = lambda _: None,
    anew: bool = False,
) -> int:
    """Render a film into a reel, or go on where that was broken off.

    Args:
        job: what to render.
        out: path of the reel.
        workers: processes; 0 for one on each core.
        tell: called after every piece.
        anew: throw away a reel of another film or other settings that lies there.

    Returns:
        Frames in the reel.

    Raises:
        FilmError: the film cannot be read.
        ReelError: `out` is a reel of another film or other settings, or no reel at all.
        RenderError: a worker died.
    """
    header = job.header()
    expected = round(header.duration * header.rate / header.step)
    with _writer(out, header, anew) as writer, Film(job.film) as film:
        tell(Progress(writer.count, expected, writer.length))
        if writer.finished:
            return writer.count
        memory = ditherer(job.ditherer).memory
        pieces = survey(film, job.step, writer.recent[-max(1, memory) :], writer.count, memory)
        for piece, done in _work(job, pieces, lambda: writer.last, workers or os.cpu_count() or 1):
            writer.append(piece.stamps[0], done.first)
            writer.extend(piece.stamps[1:], done.rest, done.last)
            tell(Progress(writer.count, expected, writer.length))
        if not writer.count:
            raise RenderError(f"{job.film.name} has not one frame that can be decoded")
        writer.finish()
        tell(Progress(writer.count, writer.count, writer.length))
        return writer.count


def _writer(out: Path, header: ReelHeader, anew: bool) -> ReelWriter:
    try:
        return ReelWriter.create(out, header)
    except FileExistsError:
        try:
            return ReelWriter.resume(out, header)
        except ReelError:
            if not anew:
                raise
            out.unlink()
            return ReelWriter.create(out, header)


def _work(
    job: Job, pieces: Iterator[Piece], newest: Callable[[], tuple[Stamp, Frame] | None], workers: int
) -> Iterator[tuple[Piece, Done]]:
    """Share the pieces out, and yield them in order."""
    chained = ditherer(job.ditherer).remembers
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), become_worker)
    waiting: deque[tuple[Piece, Future[Done] | None]] = deque()
    try:
        more = True
        while more or waiting:
            while more and len(waiting) < AHEAD * workers:
                piece = next(pieces, None)
                more = piece is not None
                if piece is not None:
                    free = not chained or piece.stamps[0].cut
                    waiting.append((piece, pool.submit(work, job, piece, None) if free else None))
            if not waiting:
                break
            piece, future = waiting.popleft()
            if future is None:
                last = newest()
                future = pool.submit(work, job, piece, last[1] if last else None)
            yield piece, future.result(PATIENCE)
    except BrokenExecutor as error:
        raise RenderError("a worker process died, perhaps for lack of memory; run again to go on") from error
    except TimeoutError as error:
        raise RenderError(f"a worker gave no answer for {PATIENCE:g} s; run again to go on") from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
