"""Pieces shared out: nobody idles while there is work, what waits is bounded, and all of it is in order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from fakes import random_frame
from hypothesis import given
from hypothesis import strategies as st

from export.dispatch import in_order
from export.film import Place
from export.job import RenderError
from export.survey import Piece
from export.worker import Done
from player.frame import Frame
from player.reel import Stamp

PIECE = 32


def film(*shots: int) -> list[Piece]:
    """So many pieces of each shot."""
    pieces = []
    for shot, count in enumerate(shots):
        for part in range(count):
            first = len(pieces) * PIECE
            stamps = tuple(Stamp(n, n, shot, part == 0 and n == first) for n in range(first, first + PIECE))
            pieces.append(Piece(Place(first, first), first, stamps))
    return pieces


def done(piece: Piece) -> Done:
    frame = random_frame(piece.number)
    return Done(frame, (), frame)


SIZE = done(film(1)[0]).length


class Workers:
    """Does pieces in threads, and writes down what it was given; `work` may wait for something."""

    def __init__(self, count: int, work: Callable[[Piece], None] = lambda piece: None) -> None:
        self.count, self.work = count, work
        self.pool = ThreadPoolExecutor(count)
        self.previous: dict[int, Frame | None] = {}
        self.begun: list[int] = []
        self.ended: list[int] = []

    def submit(self, piece: Piece, previous: Frame | None) -> Future[Done]:
        self.previous[piece.number] = previous

        def do() -> Done:
            self.begun.append(piece.stamps[0].shot)
            self.work(piece)
            self.ended.append(piece.stamps[0].shot)
            return done(piece)

        return self.pool.submit(do)

    def hands(self) -> int:
        return self.count

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown()


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


@given(st.lists(st.integers(1, 5), max_size=8), st.integers(1, 4), st.booleans(), st.booleans())
def test_all_comes_in_order_and_each_piece_knows_the_frame_before_it(shots, count, chained, resumed):
    pieces = film(*shots)
    last = random_frame(999)
    if resumed and pieces:
        first = pieces[0]
        pieces[0] = Piece(first.start, first.number, (first.stamps[0]._replace(cut=False), *first.stamps[1:]))
    with Workers(count) as workers:
        came = list(in_order(iter(pieces), workers.submit, workers.hands, chained, last))
    assert [piece for piece, _ in came] == pieces
    before = last
    for piece, made in came:
        assert made.last == random_frame(piece.number)
        assert workers.previous[piece.number] == (None if piece.stamps[0].cut or not chained else before)
        before = made.last


def test_a_long_shot_keeps_no_worker_from_the_shots_after_it():
    def work(piece: Piece) -> None:
        if piece.stamps[0].shot == 0:
            until(lambda: workers.ended.count(0) > 0 or len(set(workers.ended)) == 12)

    with Workers(2, work) as workers:
        pieces = film(10, *[1] * 12)
        came = in_order(iter(pieces), workers.submit, workers.hands, True, None)
        assert next(came)[0] == pieces[0], "and that only when the other worker was through with all others"
        assert [piece for piece, _ in came] == pieces[1:]


def test_what_does_not_remember_need_not_be_done_in_order_in_a_shot():
    def work(piece: Piece) -> None:
        if piece.number == 0:
            until(lambda: len(workers.ended) == 9)

    with Workers(2, work) as workers:
        came = list(in_order(iter(film(10)), workers.submit, workers.hands, False, None))
    assert len(came) == 10


@pytest.mark.parametrize("room", [1, 5 * SIZE, 30 * SIZE])
def test_what_waits_is_bounded_by_its_bytes(room):
    held = threading.Event()

    def work(piece: Piece) -> None:
        if piece.number == 0:
            assert held.wait(20)

    with Workers(3, work) as workers:

        def pieces() -> Iterator[Piece]:
            yield from film(2, *[1] * 100)

        came = in_order(pieces(), workers.submit, workers.hands, True, None, room=room)
        threading.Timer(0.3, held.set).start()
        next(came)
        assert len(workers.ended) - 1 <= -(-room // SIZE) + workers.count + 1
        assert len(list(came)) == 101


def test_it_surveys_so_far_ahead_and_no_further():
    seen = 0
    held = threading.Event()

    def pieces() -> Iterator[Piece]:
        nonlocal seen
        for piece in film(100, 1):
            seen += 1
            yield piece

    def work(piece: Piece) -> None:
        assert held.wait(20)

    with Workers(2, work) as workers:
        came = in_order(pieces(), workers.submit, workers.hands, True, None, far=20 * PIECE)
        threading.Timer(0.2, held.set).start()
        next(came)
        assert seen == 20
        assert len(list(came)) == 100


def test_workers_that_say_nothing_are_given_up_at_a_deadline():
    futures: list[Future[Done]] = []

    def submit(piece: Piece, previous: Frame | None) -> Future[Done]:
        futures.append(Future())
        return futures[-1]

    with pytest.raises(RenderError, match=r"no worker gave an answer for 0\.05 s"):
        next(in_order(iter(film(1, 1)), submit, lambda: 4, True, None, patience=0.05))
    assert all(future.cancelled() for future in futures)


def test_what_goes_wrong_in_a_worker_comes_out():
    def work(piece: Piece) -> None:
        if piece.number == PIECE:
            raise RenderError("the film is torn")

    with Workers(2, work) as workers, pytest.raises(RenderError, match="the film is torn"):
        list(in_order(iter(film(3, 3)), workers.submit, workers.hands, True, None))
