"""Pieces to whoever works on them, and back in order.

A ditherer that remembers goes through a shot from its beginning to its end, so a shot's pieces are worked on
one after the other; shots do not wait for each other. While one worker is in a long shot, the others go
ahead into the next ones, and what they bring waits here, coded, until the long shot is done.

What waits is bounded: no further piece is begun ahead of the first while `HELD` bytes wait, so there are
never more than those and the pieces in hand; and no more than `FAR` frames are surveyed ahead.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import TypeAlias

from export.job import RenderError
from export.survey import Piece
from export.worker import Done
from player.frame import Frame

PATIENCE = 1800.0
"""Seconds that pass without any piece being done before it is given up."""
HELD = 512 << 20
"""Bytes of finished pieces that wait for their turn. A piece is of 128 frames at most; of dots as noisy as
they can be at 1448×1072 those are 25 MB, of calm ones 3."""
FAR = 1 << 15
"""Frames surveyed ahead: some 20 minutes of film, of which 8 MB are known."""

Submit: TypeAlias = Callable[[Piece, Frame | None], "Future[Done]"]


@dataclass(eq=False)
class _Share:
    """A piece on its way; `heir` if it goes on from the last frame of the one before."""

    piece: Piece
    heir: bool
    future: Future[Done] | None = None
    done: Done | None = None


def in_order(
    pieces: Iterator[Piece],
    submit: Submit,
    hands: Callable[[], int],
    chained: bool,
    last: Frame | None,
    room: int = HELD,
    far: int = FAR,
    patience: float = PATIENCE,
) -> Iterator[tuple[Piece, Done]]:
    """Share pieces out, and yield them in order, each with what was made of it.

    Args:
        pieces: surveyed as they are wanted, one at a time, while others are worked on.
        submit: hand a piece to a worker, with the frame before it if that matters.
        hands: how many pieces can be worked on at once; asked again and again.
        chained: whether a piece that does not begin with a cut goes on from the one before.
        last: the frame before the first piece, if that goes on from there.
        room: for bytes that wait.
        far: how many frames are surveyed ahead.
        patience: seconds.

    Raises:
        RenderError: nothing was done in that time.
    """
    shares = deque[_Share]()
    running: dict[Future[Done], _Share] = {}
    held, more = 0, True
    try:
        while more or shares:
            places = hands()
            places += 1 + places // 8  # some lie ready, so that no worker waits for this process
            while len(running) < places:
                found = _next(shares, last, held < room)
                if found is None:
                    break
                share, previous = found
                share.future = submit(share.piece, previous)
                running[share.future] = share
            surveying = more and len(running) < places and held < room and _frames(shares) < far
            if surveying:
                piece = next(pieces, None)
                more = piece is not None
                if piece is not None:
                    shares.append(_Share(piece, chained and not piece.stamps[0].cut))
            finished = wait(running, 0 if surveying else patience, FIRST_COMPLETED).done
            if running and not finished and not surveying:
                raise RenderError(f"no worker gave an answer for {patience:g} s; run again to go on")
            for future in finished:
                share = running.pop(future)
                share.done = future.result(0)
                held += share.done.length
            while shares and shares[0].done is not None:
                first = shares.popleft()
                assert first.done is not None
                held -= first.done.length
                last = first.done.last
                yield first.piece, first.done
    finally:
        for future in running:
            future.cancel()


def _next(shares: deque[_Share], last: Frame | None, room: bool) -> tuple[_Share, Frame | None] | None:
    """The first share that can be begun, and the frame before it; without room the first of all or none."""
    known = True
    for share in shares:
        if share.future is None and (known or not share.heir):
            return share, last if share.heir else None
        if not room:
            return None
        known, last = share.done is not None, share.done.last if share.done else None
    return None


def _frames(shares: deque[_Share]) -> int:
    return shares[-1].piece.number + len(shares[-1].piece.stamps) - shares[0].piece.number if shares else 0
