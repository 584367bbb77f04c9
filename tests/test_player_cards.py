"""What the panel says when it shows no film: legible, and inside its edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.cards import card
from player.frame import Frame, Size
from player.panels import SIX_INCH_HD

SIZES = [SIX_INCH_HD, Size(122, 250), Size(250, 122)]
SENTENCES = [
    "Put a reel on the shelf, and it begins.",
    "big-buck-bunny.reel is made for 1448×1072, and this panel is 122×250.",
    "the-cabinet-of-dr-caligari.reel: not a reel: it does not begin with the reel's magic bytes.",
    "nosferatu_eine_symphonie_des_grauens_1922_restored_1080p.reel is not on the shelf.",
]

on_each_panel = pytest.mark.parametrize("size", SIZES, ids=str)


def ink(frame: Frame) -> np.ndarray:
    return ~frame.mask()


def margins(size: Size) -> np.ndarray:
    inside = np.ones((size.height, size.width), dtype=bool)
    x, y = size.width * 3 // 100, size.height * 3 // 100
    inside[y : size.height - y, x : size.width - x] = False
    return inside


def bands(frame: Frame) -> list[int]:
    """Heights of the rows of text, from top to bottom."""
    filled = np.concatenate([[0], ink(frame).any(axis=1).astype(int), [0]])
    edges = np.flatnonzero(np.diff(filled))
    return [int(height) for height in edges[1::2] - edges[::2]]


@on_each_panel
@pytest.mark.parametrize("sentence", SENTENCES)
def test_text_is_black_on_white_and_keeps_clear_of_the_edges(size, sentence):
    frame = card(size, "No film", sentence)
    assert frame.size == size
    assert 0.005 < ink(frame).mean() < 0.2
    assert not ink(frame)[margins(size)].any()


@on_each_panel
def test_a_title_stands_above_its_line_and_is_the_larger(size):
    title, line = bands(card(size, "HEHE", "HEHE"))
    assert title > 1.5 * line
    alone = bands(card(size, "HEHE"))
    assert alone == [title]


@on_each_panel
def test_text_stands_in_the_middle(size):
    rows, columns = np.nonzero(ink(card(size, "No film yet", SENTENCES[0])))
    assert abs((rows.min() + rows.max()) / 2 - size.height / 2) < 0.08 * size.height
    assert abs((columns.min() + columns.max()) / 2 - size.width / 2) < 0.03 * size.width


@on_each_panel
def test_a_long_sentence_stays_as_large_as_it_can_be_read(size):
    rows = bands(card(size, "HEHE", " ".join(["HEHE"] * 25)))
    assert len(rows) > 2, "it goes on in a further row rather than shrink to nothing"
    assert min(rows) >= 5


@on_each_panel
def test_a_card_says_what_it_is_given(size):
    titles, lines = ("No film", "No film yet"), ([], ["a"], ["b"])
    cards = [card(size, title, *more) for title in titles for more in lines]
    assert len({frame.tobytes() for frame in cards}) == len(cards)
    assert card(size, "No film", "a") == card(size, "No film", "a")


@pytest.mark.parametrize("sign", "×–’é")
def test_signs_that_our_sentences_use_are_not_drawn_as_missing(sign):
    # U+FFFE is no character, so every font draws its mark for a missing one.
    assert card(SIX_INCH_HD, sign) != card(SIX_INCH_HD, "\ufffe")


def test_a_panel_too_small_for_words_gets_a_card_all_the_same():
    for size in (Size(64, 48), Size(16, 16), Size(8, 8), Size(1, 1)):
        assert card(size, "No film", SENTENCES[1]).size == size


def test_a_message_as_long_as_a_book_is_cut_short():
    frame = card(Size(250, 122), "No film", "x" * 1_000_000)
    assert not ink(frame)[margins(frame.size)].any()


@on_each_panel
def test_lines_that_have_no_room_are_left_out_from_the_last_one_on(size):
    frame = card(size, "HEHE", *["HEHE"] * 60)
    assert not ink(frame)[margins(size)].any()
    title, *lines = bands(frame)
    assert title > 1.5 * max(lines) and 2 < len(lines) < 60


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=300))
def test_whatever_a_file_is_called_it_can_be_said(name):
    frame = card(Size(250, 122), "No film", name)
    assert not ink(frame)[margins(frame.size)].any()
