"""A first, quick pass over a film: which frames there are, where the shots begin, and pieces to share out.

It decodes everything once and keeps next to nothing, so the whole of a long film can be surveyed while its
first pieces are being dithered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from export.film import Film, Glimpse, Place
from export.likeness import Sight
from export.shots import BEHIND, Turn, is_parted, turns
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
        lead: numbers in the film of those before them, since the last cut, that a ditherer wants to see, in
            order.
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
            least; none to begin at the beginning. If they do not go `BEHIND` frames of the film back, all
            before them is looked at again.
        number: of the first frame to come in the reel.
        memory: how many frames since the last cut before its own a piece is led in with.
        window: how many frames, counted from a cut, a ditherer takes at once; between them no piece ends.
            What is done already ends with such a window.
    """
    piece: list[Stamp] = []
    lead = recent = deque[Place](maxlen=memory)
    start = Place(0, None)
    since = -1
    known = {stamp.number: stamp for stamp in done}
    for glimpse, stamp in _stamped(film, step, done):
        if stamp.number not in known:
            since = 0 if stamp.cut else since + 1
            enough = len(piece) >= LONG or (len(piece) >= SHORT and (glimpse.key or stamp.cut))
            if piece and enough and since % window == 0:
                yield _piece(start, number, piece, lead)
                number += len(piece)
                piece = []
            if stamp.cut:
                recent.clear()
            if not piece:
                lead = recent.copy()
                start = lead[0] if lead else glimpse.place
            piece.append(stamp)
        elif stamp.cut:
            recent.clear()
        recent.append(glimpse.place)
    if piece:
        yield _piece(start, number, piece, lead)


def _stamped(film: Film, step: int, done: Sequence[Stamp]) -> Iterator[tuple[Glimpse, Stamp]]:
    """The frames that are taken, from the first of those done on.

    Every frame is looked at, whatever the step, for where the shots begin. A taken frame is a cut if it is of
    another shot than the one taken before it and nothing leads over: a dissolve does, unless the step goes
    over it, and so may the shot itself, if the step goes over another and back into it.
    """
    shot, newest = (done[-1].shot, done[-1].number) if done else (0, -1)
    known = {stamp.number: stamp for stamp in done}
    before: Sight | None = None
    turned: set[Turn] = set()
    for glimpse, turn in turns(film.glimpses(_context(film, done)), lambda glimpse: glimpse.thumbnail):
        number = glimpse.place.number
        if number > newest and turn is not Turn.ON:
            turned.add(turn)
        if number % step or (number <= newest and number not in known):
            continue
        sight = Sight.of(glimpse.thumbnail)
        shot += bool(turned)
        if step == 1:
            cut = before is None or Turn.CUT in turned
        else:
            cut = before is None or is_parted(before, sight, turned)
        yield glimpse, known.get(number) or Stamp(number, glimpse.time, shot, cut)
        before = sight
        turned.clear()


def _context(film: Film, done: Sequence[Stamp]) -> Place | None:
    """Where to begin to look, so that what follows is told as in a single run; None for the beginning."""
    if not done or done[-1].number + 1 - done[0].number < BEHIND:
        return None
    return film.place(done[0].number, done[0].time)


def _piece(start: Place, number: int, stamps: list[Stamp], lead: Iterable[Place]) -> Piece:
    return Piece(start, number, tuple(stamps), tuple(place.number for place in lead))
