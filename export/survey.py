"""A first, quick pass over a film: which frames there are, where the shots begin, and pieces to share out.

It decodes everything once and keeps next to nothing, so the whole of a long film can be surveyed while its
first pieces are being dithered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from export.film import Film, Glimpse, Place
from export.shots import is_cut
from player.reel import Stamp

SHORT, LONG = 32, 128
"""A piece ends where decoding can begin anew, once it has so many frames; and at the latest with so many."""


@dataclass(frozen=True)
class Piece:
    """Some frames in a row, for one worker.

    Args:
        start: where the first of them is in the film.
        number: of the first of them in the reel.
        stamps: one for each.
    """

    start: Place
    number: int
    stamps: tuple[Stamp, ...]


def survey(film: Film, step: int, last: Stamp | None = None, number: int = 0) -> Iterator[Piece]:
    """Cut a film into pieces.

    Args:
        film: the film.
        step: take every so manieth frame.
        last: stamp of the last frame that is done already; None to begin at the beginning.
        number: of the first frame to come in the reel.
    """
    piece: list[Stamp] = []
    start = Place(0, None)
    before: Glimpse | None = None
    shot = last.shot if last else 0
    for glimpse in film.glimpses(film.place(last.number, last.time) if last else None):
        if glimpse.place.number % step:
            continue
        if before is None and last is not None:
            before = glimpse
            continue
        cut = before is None or is_cut(before.thumbnail, glimpse.thumbnail)
        shot += cut and before is not None
        if piece and (len(piece) >= LONG or (len(piece) >= SHORT and (glimpse.key or cut))):
            yield Piece(start, number, tuple(piece))
            number += len(piece)
            piece = []
        if not piece:
            start = glimpse.place
        piece.append(Stamp(glimpse.place.number, glimpse.time, shot, cut))
        before = glimpse
    if piece:
        yield Piece(start, number, tuple(piece))
