"""Cuts, and the pieces into which a film is shared out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_films import H264, Picture, Recipe, moving_pictures, write_film

from export.film import Film, Glimpse
from export.shots import BEHIND
from export.survey import LONG, SHORT, Piece, survey
from player.reel import Stamp

CUTS = (37, 38, 90, 203, 340, 341)
COUNT = 420


def scenes(count: int = COUNT, cuts: tuple[int, ...] = CUTS) -> list[Picture]:
    """Shots in which something moves a little, each unlike the one before."""
    random = np.random.default_rng(4)
    grounds = [np.kron(random.integers(20, 236, (4, 6, 3)), np.ones((16, 16, 1))) for _ in range(3)]
    pictures = []
    for number in range(count):
        shot = sum(cut <= number for cut in cuts)
        picture = grounds[shot % len(grounds)].astype(np.uint8)
        at = number * 2 % 80
        picture[20:36, at : at + 16] = 255 - picture[20:36, at : at + 16]
        pictures.append(picture)
    return pictures


RECIPES = {
    "film.mp4": Recipe(gop=50, b_frames=2),
    "film.mkv": Recipe(gop=12, b_frames=2, rate=Fraction(24_000, 1001)),
    "film.ts": Recipe(gop=30, b_frames=0),
    "film.avi": Recipe(codec="mpeg4", gop=250, b_frames=2),
}


@pytest.fixture(scope="module")
def film_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A film of `scenes` in a container, made once."""
    folder = tmp_path_factory.mktemp("films")

    def make(name: str) -> Path:
        path = folder / name
        return path if path.exists() else write_film(path, scenes(), RECIPES[name])

    return make


def pieces_of(
    path: Path, step: int = 1, done: Sequence[Stamp] = (), number: int = 0, memory: int = 0, window: int = 1
) -> list[Piece]:
    with Film(path) as film:
        return list(survey(film, step, done, number, memory, window))


def stamps_of(pieces: list[Piece]) -> list[Stamp]:
    return [stamp for piece in pieces for stamp in piece.stamps]


def glimpses_of(path: Path) -> list[Glimpse]:
    with Film(path) as film:
        return list(film.glimpses())


# --- pieces -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("step", [1, 2, 7, 1000])
def test_pieces_together_are_every_frame_of_the_step_once_and_in_order(
    film_of: Callable[[str], Path], name: str, step: int
) -> None:
    glimpses = glimpses_of(film_of(name))
    assert len(glimpses) == COUNT
    pieces = pieces_of(film_of(name), step)
    stamps = stamps_of(pieces)
    assert [stamp.number for stamp in stamps] == list(range(0, COUNT, step))
    assert [stamp.time for stamp in stamps] == [glimpse.time for glimpse in glimpses[::step]]


@pytest.mark.parametrize("step", [1, 3])
def test_pieces_know_their_number_in_the_reel_and_their_place_in_the_film(
    film_of: Callable[[str], Path], step: int
) -> None:
    path = film_of("film.mkv")
    places = [glimpse.place for glimpse in glimpses_of(path)]
    number = 0
    for piece in pieces_of(path, step):
        assert piece.number == number
        assert piece.start == places[piece.stamps[0].number]
        number += len(piece.stamps)
    assert [piece.number for piece in pieces_of(path, step, number=1000)] == [
        1000 + piece.number for piece in pieces_of(path, step)
    ]


@pytest.mark.parametrize("name", RECIPES)
def test_pieces_are_neither_too_short_nor_too_long(film_of: Callable[[str], Path], name: str) -> None:
    pieces = pieces_of(film_of(name))
    keys = {glimpse.place.number for glimpse in glimpses_of(film_of(name)) if glimpse.key}
    for piece in pieces[:-1]:
        assert SHORT <= len(piece.stamps) <= LONG
    for piece, before in zip(pieces[1:], pieces, strict=False):
        first = piece.stamps[0]
        assert first.number in keys or first.cut or len(before.stamps) == LONG


@pytest.mark.parametrize("name", RECIPES)
def test_shots_begin_at_the_cuts(film_of: Callable[[str], Path], name: str) -> None:
    stamps = stamps_of(pieces_of(film_of(name)))
    assert [stamp.number for stamp in stamps if stamp.cut] == [0, *CUTS]
    assert [stamp.shot for stamp in stamps] == [sum(cut <= number for cut in CUTS) for number in range(COUNT)]


def test_a_cut_between_two_steps_is_at_the_first_frame_that_is_taken_after_it(
    film_of: Callable[[str], Path],
) -> None:
    stamps = stamps_of(pieces_of(film_of("film.mp4"), 10))
    assert [stamp.number for stamp in stamps if stamp.cut] == [0, 40, 90, 210, 340, 350]
    assert [stamp.shot for stamp in stamps if stamp.cut] == [0, 1, 2, 3, 4, 5]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(RECIPES)), step=st.sampled_from([1, 1, 2, 5, 30]), data=st.data())
def test_a_survey_that_goes_on_ends_as_one_in_a_single_run(
    film_of: Callable[[str], Path], name: str, step: int, data: st.DataObject
) -> None:
    path = film_of(name)
    whole = stamps_of(pieces_of(path, step))
    done = data.draw(st.integers(1, len(whole)))
    memory, window = data.draw(st.integers(0, 9)), data.draw(st.integers(1, 9))
    shot = [stamp for stamp in whole[:done] if stamp.shot == whole[done - 1].shot]
    done = max(1, done - len(shot) % window)
    window = 1 if done == 1 else window
    known = data.draw(st.sampled_from([max(1, memory), BEHIND // step + 2]))
    rest = pieces_of(path, step, whole[max(0, done - known) : done], done, memory, window)
    assert stamps_of(rest) == whole[done:]
    number = done
    with Film(path, threads=1) as film:
        for piece in rest:
            assert piece.number == number
            first = piece.stamps[0]
            assert first.cut or sum(one.shot == first.shot for one in whole[:number]) % window == 0
            shot = [one.number for one in whole[:number] if one.shot == first.shot]
            assert list(piece.lead) == shot[len(shot) - min(memory, len(shot)) :]
            assert next(iter(film.moments(piece.start))).number == [*piece.lead, first.number][0]
            number += len(piece.stamps)


def test_a_survey_that_is_done_has_nothing_left(film_of: Callable[[str], Path]) -> None:
    whole = stamps_of(pieces_of(film_of("film.mp4")))
    assert pieces_of(film_of("film.mp4"), 1, whole[-1:], len(whole)) == []


def test_a_film_of_one_frame_is_one_piece(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mkv", moving_pictures(1), Recipe(codec="ffv1"))
    (piece,) = pieces_of(path)
    assert piece.stamps == (Stamp(0, 0, 0, True),)
    assert piece.number == 0


def test_a_film_without_cuts_is_one_shot(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mp4", scenes(150, ()), Recipe(codec=H264))
    stamps = stamps_of(pieces_of(path))
    assert [stamp.cut for stamp in stamps] == [True] + [False] * 149
    assert {stamp.shot for stamp in stamps} == {0}


def test_a_fade_is_no_cut(tmp_path: Path) -> None:
    pictures = [np.full((64, 96, 3), 4 * number, dtype=np.uint8) for number in range(60)]
    path = write_film(tmp_path / "film.mp4", pictures)
    assert {stamp.shot for stamp in stamps_of(pieces_of(path))} == {0}
