"""A first, quick pass over a film: which frames there are, where the shots begin, and pieces to share out.

It decodes everything once and keeps next to nothing, so the whole of a long film can be surveyed while its
first pieces are being dithered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from export.film import Film, Glimpse, Place
from export.shots import is_cut
from player.reel import Stamp

SHORT, LONG = 32, 128
"""A piece ends where decoding can begin anew once it has so many frames, and with so many wherever it may."""


@dataclass(frozen=True)
class Piece:
    """Some frames in a row, for one worker.

    Args:
        start: where to begin in the film: at the first of `lead`, else at the first of `stamps`.
        number: of the first of them in the reel.
        stamps: one for each.
        lead: numbers in the film of those before them in their shot that a ditherer wants to see, in order.
    """

    start: Place
    number: int
    stamps: tuple[Stamp, ...]
    lead: tuple[int, ...] = ()


def survey(
    film: Film, step: int, done: Sequence[Stamp] = (), number: int = 0, memory: int = 0, window: int = 1
) -> Iterator[Piece]:
    """Cut a film into pieces.

    Args:
        film: the film.
        step: take every so manieth frame.
        done: stamps of the last frames that are done already, in order, `memory` of them or one at the
            least; none to begin at the beginning.
        number: of the first frame to come in the reel.
        memory: how many frames of its shot before its own a piece is led in with.
        window: how many frames of a shot, counted from its beginning, a ditherer takes at once; between
            them no piece ends. What is done already ends with such a window.
    """
    piece: list[Stamp] = []
    lead = recent = deque[Place](maxlen=memory)
    start = Place(0, None)
    before: Glimpse | None = None
    shot = done[-1].shot if done else 0
    since = -1
    known = {stamp.number: stamp for stamp in done}
    for glimpse in film.glimpses(film.place(done[0].number, done[0].time) if done else None):
        if glimpse.place.number % step:
            continue
        stamp = known.get(glimpse.place.number)
        if stamp is None:
            cut = before is None or is_cut(before.thumbnail, glimpse.thumbnail)
            shot += cut and before is not None
            since = 0 if cut else since + 1
            enough = len(piece) >= LONG or (len(piece) >= SHORT and (glimpse.key or cut))
            if piece and enough and since % window == 0:
                yield _piece(start, number, piece, lead)
                number += len(piece)
                piece = []
            stamp = Stamp(glimpse.place.number, glimpse.time, shot, cut)
            if stamp.cut:
                recent.clear()
            if not piece:
                lead = recent.copy()
                start = lead[0] if lead else glimpse.place
            piece.append(stamp)
        elif stamp.cut:
            recent.clear()
        recent.append(glimpse.place)
        before = glimpse
    if piece:
        yield _piece(start, number, piece, lead)


def _piece(start: Place, number: int, stamps: list[Stamp], lead: Iterable[Place]) -> Piece:
    return Piece(start, number, tuple(stamps), tuple(place.number for place in lead))
