"""Boards: how they are packed, stamped and shown; soups, which make them from three numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from player.frame import Size
from player.life import Board, LifeError, Soup
from player.life.board import words_across
from player.life.soup import splitmix64

quick = settings(deadline=None, max_examples=100)
masks = st.tuples(st.integers(0, 9), st.integers(0, 200)).flatmap(lambda shape: arrays.arrays(bool, shape))


@quick
@given(masks)
def test_a_mask_comes_back_out_of_its_board(mask):
    board = Board.of(mask)
    assert (board.size.height, board.size.width) == mask.shape
    assert np.array_equal(board.mask(), mask)
    assert board.population == mask.sum()


@pytest.mark.parametrize("width", [1, 61, 62, 63, 126, 127, 250, 1448])
def test_a_cell_lies_where_the_layout_says(width):
    for x in {0, 1, width // 2, width - 1} & set(range(width)):
        mask = np.zeros((1, width), dtype=bool)
        mask[0, x] = True
        words, across = Board.of(mask).words[0], words_across(width)
        assert words[(x + 1) % across] == 1 << (x + 1) // across
        assert np.count_nonzero(words) == 1


def test_boards_are_equal_by_what_is_on_them():
    board = Soup(Size(70, 9), 0.5, 1).board()
    assert board == Soup(Size(70, 9), 0.5, 1).board() != Soup(Size(70, 9), 0.5, 2).board()
    assert board != "a board"
    assert board.digest == Board.of(board.mask()).digest != Board.empty(board.size).digest
    with pytest.raises(ValueError):
        board.words[0, 0] = 1


def test_what_is_no_board_is_refused():
    with pytest.raises(LifeError, match="needs uint64 words of shape"):
        Board(Size(5, 5), np.zeros((5, 2), dtype=np.uint64))
    with pytest.raises(LifeError, match="bits set where there is no cell"):
        Board(Size(5, 1), np.ones((1, 1), dtype=np.uint64))


def test_a_stamp_adds_its_living_cells():
    two = Board.of(np.array([[True, False]]))
    board = Board.empty(Size(4, 3)).stamped(two, 2, 1).stamped(two, 1, 1)
    assert np.argwhere(board.mask()).tolist() == [[1, 1], [1, 2]]
    assert np.argwhere(two.centred_on(Size(5, 3)).mask()).tolist() == [[1, 1]]
    for left, top in ((3, 0), (-1, 0), (0, 3)):
        with pytest.raises(LifeError, match="do not lie on a board of 4×3"):
            board.stamped(two, left, top)


def test_a_frame_shows_the_living_black_in_its_middle():
    board = Board.of(np.array([[True, False], [False, True]]))
    white = board.frame(Size(9, 8), cell=3).mask()
    black = np.argwhere(~white)
    assert len(black) == 18
    assert black.min(axis=0).tolist() == [1, 1] and black.max(axis=0).tolist() == [6, 6]
    assert not white[1:4, 1:4].any() and not white[4:7, 4:7].any() and white[1:4, 4:7].all()
    assert np.array_equal(board.frame(Size(2, 2)).mask(), ~board.mask())


@pytest.mark.parametrize(("size", "cell"), [(Size(5, 6), 3), (Size(6, 5), 3), (Size(9, 9), 0)])
def test_a_frame_that_is_too_small_is_refused(size, cell):
    with pytest.raises(LifeError, match="do not fit into a picture"):
        Board.empty(Size(2, 2)).frame(size, cell)


def test_splitmix64_gives_the_numbers_of_its_authors():
    assert splitmix64(1234567, 5).tolist() == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    assert splitmix64(0, 1).tolist() == [0xE220A8397B1DCDAF]


def test_a_soup_is_for_ever_the_same():
    board = Soup(Size(20, 4), 0.375, 2**64 - 1).board()
    assert ["".join(".O"[cell] for cell in row) for row in board.mask().astype(int)] == GOLDEN


GOLDEN = ["..O....O.OO.O.O..OO.", "O..OO....OO....OOOO.", "..O..O....O..O.O.O..", "..O.OOOO.....O..O..."]


@quick
@given(st.floats(0, 1), st.integers(0, 2**64 - 1), st.integers(1, 300), st.integers(1, 300))
def test_a_soup_is_read_from_its_own_record(density, seed, width, height):
    soup = Soup(Size(width, height), density, seed)
    assert Soup.parse(str(soup)) == soup


def test_a_soup_has_its_density():
    size = Size(300, 300)
    for density in (0.0, 0.1, 0.5, 1.0):
        assert Soup(size, density, 9).board().population == pytest.approx(density * size.pixels, rel=0.03)


NO_SOUPS = [
    "",
    "soup",
    "soup 0x5 density 0.5 seed 1",
    "soup 5x5 density 2 seed 1",
    "soup 5x5 density 0.5 seed x",
]
NO_SOUPS += [
    f"soup 5x5 density 0.5 seed {2**64}",
    "soup 99999x1 density 0.5 seed 1",
    "soup 9999x9999 density 0 seed 1",
    "a" * 10_000,
]


@pytest.mark.parametrize("text", NO_SOUPS)
def test_what_is_no_soup_is_refused(text):
    with pytest.raises(LifeError):
        Soup.parse(text)
