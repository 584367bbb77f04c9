"""What a worker does with one piece of a film: look it up, dither it, and code it.

It may be a process or a thread, here or elsewhere; each thread has the film open for itself.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import wait
from pathlib import Path

from export.ditherers import dithered, ditherer
from export.film import Film
from export.job import Job, RenderError
from export.stages.tone import Grey
from export.survey import Piece
from player.frame import Frame
from player.reel import Coded, Stamp, encode, is_key

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of malloc.h


@dataclass(frozen=True, eq=False)
class Done:
    """A piece, dithered: the first frame plain, since only the reel knows what comes before it."""

    first: Frame
    rest: tuple[Coded, ...]
    last: Frame

    @property
    def length(self) -> int:
        """Bytes that it takes, as good as."""
        return self.first.bits.nbytes + self.last.bits.nbytes + sum(len(one.payload) for one in self.rest)


def become_worker() -> None:
    """Leave Ctrl-C to the parent, go when the parent has gone, and keep freed memory for the next picture."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):  # glibc gives pictures back to the kernel otherwise, for a fifth of the time
        libc.mallopt(M_TRIM_THRESHOLD, -1)
        libc.mallopt(M_MMAP_THRESHOLD, 1 << 25)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def leave() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=leave, daemon=True).start()


def work(job: Job, piece: Piece, previous: Frame | None) -> Done:
    """Dither one piece.

    Args:
        job: of which it is a part.
        piece: which frames.
        previous: the frame before its first, if it goes on with a shot and the ditherer remembers.

    Raises:
        FilmError: the film cannot be read any more.
        RenderError: the film gives other frames than it did to the survey.
    """
    one = ditherer(job.ditherer)
    greys = _greys(job, piece)
    before = [next(greys) for _ in piece.lead][::-1]
    frames: list[Frame] = []
    coded: list[Coded] = []
    for shot in _shots(piece.stamps):
        start, before = (None, []) if shot[0].cut else (previous, before)
        for stamp, frame in zip(shot, dithered(one, islice(greys, len(shot)), start, before), strict=True):
            if frames:
                key = is_key(piece.number + len(coded) + 1, stamp, job.key_interval)
                coded.append(encode(frame, previous, key))
            frames = [*frames[:1], frame]
            previous = frame
    return Done(frames[0], tuple(coded), frames[-1])


def _greys(job: Job, piece: Piece) -> Iterator[Grey]:
    """The greys of the piece's lead and then of its own frames."""
    wanted = [*piece.lead, *(stamp.number for stamp in piece.stamps)][::-1]
    for moment in _film(job.film).moments(piece.start):
        if moment.number == wanted[-1]:
            yield job.look.grey(moment)
            wanted.pop()
            if not wanted:
                return
    raise RenderError(f"{job.film.name} gave other frames the second time it was read")


def _shots(stamps: Iterable[Stamp]) -> list[list[Stamp]]:
    """Stamps parted before each cut."""
    shots: list[list[Stamp]] = []
    for stamp in stamps:
        if stamp.cut or not shots:
            shots.append([])
        shots[-1].append(stamp)
    return shots


class _Mine(threading.local):
    """The film that this thread has open."""

    film: Film | None = None


_mine = _Mine()


def _film(path: Path) -> Film:
    if _mine.film is None or _mine.film.path != path:
        if _mine.film is not None:
            _mine.film.close()
        _mine.film = None
        _mine.film = Film(path, threads=1)
    return _mine.film
