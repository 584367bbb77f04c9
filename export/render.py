"""From a film to a reel, on all cores, in a way that can be broken off at any point.

The survey cuts the film into pieces; each worker process opens the film itself, and looks up, dithers and
codes its piece; this process puts the pieces into the reel in order. A ditherer that remembers gets its
pieces of one shot one after the other, and a new shot at once. What comes out does not depend on how the film
was cut or by how many it was worked on, so an interrupted reel that is taken up again ends as the same file.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from multiprocessing.connection import wait
from pathlib import Path

from export.ditherers import ditherer
from export.film import Film
from export.look import Look
from export.stages.tone import Grey
from export.survey import Piece, survey
from player.errors import LongtakeError
from player.frame import Frame
from player.reel import Chapter, Coded, ReelError, ReelHeader, ReelWriter, Stamp, encode, is_key

PATIENCE = 1800.0
"""Seconds that a worker may take for one piece before it is given up."""
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of malloc.h
AHEAD = 4
"""Pieces surveyed ahead for each worker."""


class RenderError(LongtakeError, RuntimeError):
    """A render that could not go on; what is in the reel stays there."""


@dataclass(frozen=True)
class Job:
    """All that decides a reel.

    Args:
        film: path of the film file.
        look: how its pictures become grey.
        ditherer: name of the ditherer.
        step: take every so manieth frame.
        key_interval: at least every so many frames one stands alone.
        title: of the film; empty to take the file's own.
        credit: who made it, under which licence.
    """

    film: Path
    look: Look
    ditherer: str = "direct-search"
    step: int = 1
    key_interval: int = 64
    title: str = ""
    credit: str = ""

    def header(self) -> ReelHeader:
        """The header of the reel. Reads the whole film file once, for its hash.

        Raises:
            FilmError: the film cannot be opened.
            DithererError: there is no such ditherer.
        """
        with Film(self.film) as film:
            return ReelHeader(
                size=self.look.panel,
                key_interval=self.key_interval,
                title=self.title or film.title,
                credit=self.credit,
                source=self.film.name,
                source_sha256=film.sha256(),
                ditherer=self.ditherer,
                settings={**ditherer(self.ditherer).settings(), **self.look.settings()},
                rate=film.rate,
                step=self.step,
                duration=film.duration,
                chapters=tuple(Chapter(max(0.0, time), title) for time, title in film.chapters),
                made_by=f"longtake {version('longtake')}",
            )


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


@dataclass(frozen=True, eq=False)
class _Done:
    """A piece, dithered: the first frame plain, since only the reel knows what comes before it."""

    first: Frame
    rest: tuple[Coded, ...]
    last: Frame


def _work(
    job: Job, pieces: Iterator[Piece], newest: Callable[[], tuple[Stamp, Frame] | None], workers: int
) -> Iterator[tuple[Piece, _Done]]:
    """Share the pieces out, and yield them in order."""
    chained = ditherer(job.ditherer).remembers
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _become_worker)
    waiting: deque[tuple[Piece, Future[_Done] | None]] = deque()
    try:
        more = True
        while more or waiting:
            while more and len(waiting) < AHEAD * workers:
                piece = next(pieces, None)
                more = piece is not None
                if piece is not None:
                    free = not chained or piece.stamps[0].cut
                    waiting.append((piece, pool.submit(_dither, job, piece, None) if free else None))
            if not waiting:
                break
            piece, future = waiting.popleft()
            if future is None:
                last = newest()
                future = pool.submit(_dither, job, piece, last[1] if last else None)
            yield piece, future.result(PATIENCE)
    except BrokenExecutor as error:
        raise RenderError("a worker process died, perhaps for lack of memory; run again to go on") from error
    except TimeoutError as error:
        raise RenderError(f"a worker gave no answer for {PATIENCE:g} s; run again to go on") from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _become_worker() -> None:
    """Leave Ctrl-C to the parent, go when the parent has gone, and keep freed memory for the next picture."""
    libc = ctypes.CDLL(None)
    if hasattr(
        libc, "mallopt"
    ):  # glibc; it gives pictures back to the kernel otherwise, for a fifth of the time
        libc.mallopt(M_TRIM_THRESHOLD, -1)
        libc.mallopt(M_MMAP_THRESHOLD, 1 << 25)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def leave() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=leave, daemon=True).start()


def _dither(job: Job, piece: Piece, previous: Frame | None) -> _Done:
    """Dither one piece. Runs in a worker."""
    film, ditherer_ = _film(job.film), ditherer(job.ditherer)
    wanted = {stamp.number: stamp for stamp in piece.stamps}
    first: Frame | None = None
    rest: list[Coded] = []
    before = deque[Grey](maxlen=ditherer_.memory)
    for moment in film.moments(piece.start):
        stamp = wanted.get(moment.number)
        if stamp is None:
            if moment.number in piece.lead:
                before.appendleft(job.look.grey(moment))
            continue
        if stamp.cut:
            before.clear()
        grey = job.look.grey(moment)
        frame = ditherer_.dither(grey, None if stamp.cut else previous, tuple(before))
        before.appendleft(grey)
        if first is None:
            first = frame
        else:
            number = piece.number + len(rest) + 1
            rest.append(encode(frame, previous, is_key(number, stamp, job.key_interval)))
        previous = frame
        if len(rest) + 1 == len(piece.stamps):
            return _Done(first, tuple(rest), frame)
    raise RenderError(f"{job.film.name} gave other frames the second time it was read")


@cache
def _film(path: Path) -> Film:
    return Film(path, threads=1)
