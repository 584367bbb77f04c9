"""What a worker process does with one piece of a film: look it up, dither it, and code it."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import threading
from collections import deque
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import wait
from pathlib import Path

from export.ditherers import ditherer
from export.film import Film
from export.job import Job, RenderError
from export.stages.tone import Grey
from export.survey import Piece
from player.frame import Frame
from player.reel import Coded, encode, is_key

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of malloc.h


@dataclass(frozen=True, eq=False)
class Done:
    """A piece, dithered: the first frame plain, since only the reel knows what comes before it."""

    first: Frame
    rest: tuple[Coded, ...]
    last: Frame


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
            return Done(first, tuple(rest), frame)
    raise RenderError(f"{job.film.name} gave other frames the second time it was read")


@cache
def _film(path: Path) -> Film:
    return Film(path, threads=1)
