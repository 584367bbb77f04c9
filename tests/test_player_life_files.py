"""Pattern files: what is written is read again, what Golly reads is read, and hostile files cost little."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from player.frame import Size
from player.life import (
    Board,
    Bounds,
    LifeError,
    Pattern,
    Rule,
    Soup,
    named,
    read_cells,
    read_pattern,
    read_rle,
    write_rle,
)
from player.life.pattern import MAX_BYTES
from player.life.rule import MAX_CELLS

GLIDER = "bo$2bo$3o!"
HEADER = "x = 3, y = 3, rule = B3/S23\n"


def cells(pattern: Pattern) -> list[str]:
    return ["".join(".O"[cell] for cell in row) for row in pattern.board.mask().astype(int)]


def read_both_ways(text: str) -> Pattern:
    """From text and from bytes; they must be the same."""
    pattern = read_rle(text)
    assert read_rle(text.encode()) == read_pattern(text) == pattern
    return pattern


# What goes out comes in again.

control = [chr(code) for code in (*range(32), *range(127, 160))]
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=control), max_size=40).map(
    lambda text: text.rstrip(" \t")
)
boards = st.tuples(st.integers(0, 30), st.integers(0, 140)).flatmap(
    lambda shape: arrays.arrays(bool, shape, elements=st.booleans(), fill=st.just(False)).map(Board.of)
)
numbers = st.integers(-(10**9) + 1, 10**9 - 1)
rules = st.sampled_from(["B3/S23", "B36/S23", "B2/S", "B3/S23:T200,200", "B3/S23:P141,31"]).map(Rule.parse)
patterns = st.builds(
    Pattern,
    boards,
    rules,
    words,
    words,
    st.lists(words, max_size=3).map(tuple),
    st.none() | st.tuples(numbers, numbers),
    st.integers(0, 10**9 - 1),
)


@settings(deadline=None, max_examples=300)
@given(patterns)
@example(Pattern(Board.empty(Size(0, 0))))
@example(Pattern(Board.empty(Size(7, 3)), comments=("", "XRLE Pos=1,2", "N x", "  indented", "#C", "P 1 2")))
def test_a_pattern_is_read_as_it_was_written(pattern):
    text = write_rle(pattern)
    assert read_both_ways(text) == pattern
    rest = [line for line in text.split("\n") if not line.startswith("#")]
    assert rest[0].startswith("x = ") and all(len(line) <= 70 for line in rest)
    assert text.endswith("!\n")


@settings(deadline=None, max_examples=50)
@given(patterns, st.sampled_from(["\n", "\r\n", "\r"]), st.randoms())
def test_white_space_and_line_ends_change_nothing(pattern, end, random):
    head, _, runs = write_rle(pattern).rpartition("B3" if "B3" in str(pattern.rule) else "B2")
    first, _, rest = runs.partition("\n")
    spaced = []
    for one, next_one in zip(rest, [*rest[1:], ""], strict=True):
        within_count = one.isdigit() and next_one.isdigit()
        spaced.append(one + ("" if within_count else random.choice(["", "", " ", "\t", "\n"])))
    birth = "B3" if "B3" in str(pattern.rule) else "B2"
    text = head + birth + first + "\n" + "".join(spaced)
    assert read_rle(text.replace("\n", end)) == pattern


def test_a_soup_as_large_as_the_largest_panel_goes_through_a_file():
    board = Soup(Size(1448, 1072), 0.5, 1).board()
    text = write_rle(Pattern(board))
    assert len(text) < MAX_BYTES
    assert read_rle(text).board == board


# Golly's conventions.


@pytest.mark.parametrize(
    "text",
    [
        HEADER + GLIDER,
        HEADER + "bo$2bo$3o",
        HEADER + "bob$2bo$3o$!",
        HEADER + ".A$..A$AAA!",
        HEADER + "bob$bbo$ooo!",
        HEADER + "b\no\n$\n2bo$3o!",
        HEADER + "bo $ 2 b o$\n\n3\no!",
        HEADER + "bo$\n#C between the rows\n2bo$3o!",
        HEADER + "bo$2bo$3o!\nbooo and so on, which is not read $$$ ¡",
        HEADER + "#C a comment\n\n  " + GLIDER,
        "\n\n" + HEADER + GLIDER,
        "\ufeff" + HEADER + GLIDER,
        "x=3,y=3\n" + GLIDER,
        "x = 3, y = 3\n" + GLIDER,
        "x = 3 , y = 3 , rule = b3/s23 ,\n" + GLIDER,
        "X = 3, Y = 3, Rule = 23/3\n" + GLIDER,
        "x = 3, y = 3, rule = Life\n" + GLIDER,
        "#r 23/3\nx = 3, y = 3\n" + GLIDER,
        "x = 0, y = 0, rule = B3/S23\n" + GLIDER,
        "x = 1, y = 2, rule = B3/S23\n" + GLIDER,
    ],
)
def test_a_glider_is_read_in_every_spelling(text):
    pattern = read_rle(text.encode())
    assert cells(pattern) == [".O.", "..O", "OOO"]
    assert pattern.rule == Rule()


def test_the_header_may_say_more_than_there_is_alive():
    assert cells(read_rle("x = 4, y = 3, rule = B3/S23\n2o!")) == ["OO..", "....", "...."]


def test_rows_are_counted():
    assert cells(read_rle("x = 2, y = 4\no3$bo!")) == ["O.", "..", "..", ".O"]


def test_comments_are_kept_apart():
    pattern = read_both_ways(
        "#N Glider\n#O Richard K. Guy, 1970\n#C first\n#C\n#c  second\n#D third\n#N another name\n# bare\n"
        "#CXRLE Pos=-5,7 Gen=12\n" + HEADER + "bo$\n#C inside\n2bo$3o!\n#C after"
    )
    assert (pattern.name, pattern.author) == ("Glider", "Richard K. Guy, 1970")
    assert pattern.comments == ("first", "", " second", "third", "another name", "bare", "inside")
    assert (pattern.corner, pattern.generation) == ((-5, 7), 12)
    for line in ("#R -3 4", "#P -3 4"):
        assert read_rle(f"{line}\n{HEADER}{GLIDER}").corner == (-3, 4)


def test_writing_is_gollys():
    """As Golly 4.2 saves them, but for its line #CXRLE."""
    assert write_rle(Pattern(named("glider").board)) == HEADER + GLIDER + "\n"
    assert write_rle(Pattern(Board.empty(Size(0, 0)))) == "x = 0, y = 0, rule = B3/S23\n!\n"
    corner = Pattern(
        named("blinker").board, Rule.parse("23/3:T30,20"), "Blinker", corner=(-1, 0), generation=3
    )
    assert write_rle(corner) == "#N Blinker\n#CXRLE Pos=-1,0 Gen=3\nx = 3, y = 1, rule = B3/S23:T30,20\n3o!\n"


def test_a_pattern_lies_where_golly_puts_it():
    world = Rule.parse("B3/S23:T30,21").bounds
    assert world == Bounds(Size(30, 21), torus=True)
    for pattern, first in (
        (read_rle(HEADER + GLIDER), (14, 9)),
        (read_rle("#P -15 -10\n" + HEADER + GLIDER), (0, 0)),
    ):
        alive = pattern.on(world.size).mask()
        assert np.array_equal(alive[first[1] :, first[0] :][:3, :3], pattern.board.mask())
        assert alive.sum() == 5
    with pytest.raises(LifeError, match="3×3 cells at 15, 25 do not lie on a board of 30×21"):
        read_rle("#P 0 15\n" + HEADER + GLIDER).on(world.size)


def test_plaintext_is_read():
    text = "!Name: Glider\n!Author: Richard K. Guy\n!\n!The first.\n.O.\n..O\nOOO\n"
    for end in ("\n", "\r\n"):
        pattern = read_cells(text.replace("\n", end).encode())
        assert read_pattern(text.replace("\n", end)) == pattern
        assert cells(pattern) == [".O.", "..O", "OOO"]
        assert (pattern.name, pattern.author) == ("Glider", "Richard K. Guy")
        assert pattern.comments == ("", "The first.")


def test_plaintext_has_rows_of_any_length():
    assert cells(read_cells(".*\n\n  o , \nO....")) == [".O...", ".....", "..O..", "O...."]
    assert read_cells("").board.size == Size(0, 0)


# What is refused.


@pytest.mark.parametrize(
    ("text", "line", "column", "why"),
    [
        ("", 1, 1, "the file ends before a header"),
        ("#N only\n", 2, 1, "the file ends before a header"),
        (GLIDER, 1, 1, "not a header"),
        ("#C\nx = -3, y = 3\n" + GLIDER, 2, 1, "not a header"),
        ("x = 3\n" + GLIDER, 1, 1, "not a header"),
        ("x = 3, y = 3, rule = B0/S23\n", 1, 22, "has B0"),
        ("x = 3, y = 3, rule = LifeHistory\n", 1, 22, "'LifeHistory' is not like"),
        ("x = 3, y = 3, rule = B3/S23:K30,20\n", 1, 22, "edges that are not like"),
        ("#r nonsense\n" + HEADER, 1, 4, "'nonsense' is not like"),
        ("x = 3, y = 3, rule = B3/S23:T2,9\n" + GLIDER, 1, 1, "do not fit into the world of the rule"),
        ("x = 999999999, y = 1\n", 1, 5, "a pattern of 999999999×1 cells has over"),
        ("x = 9999, y = 9999\n", 1, 5, "9999×9999 cells has over 16384 along a side or 4194304 in all"),
        ("x = 1, y = " + "9" * 300 + "\n", 1, 12, "no pattern has more than 16384"),
        (HEADER + "bo$2bo$3z!", 2, 8, "'z' is none of"),
        (HEADER + "bo$\n 2bq!", 3, 4, "'q' is none of b, o, $ and !"),
        (HEADER + "boB!", 2, 3, "'B' is none of"),
        (HEADER + "bo§!", 2, 3, "'§' is none of"),
        (HEADER + "0o!", 2, 1, "'0' is no count of cells"),
        (HEADER + "2 3o!", 2, 1, "'2 3' is no count of cells"),
        (HEADER + "bo$\n12", 3, 1, "the count 12 has nothing behind it"),
        (HEADER + "99999999999o!", 2, 1, "is no count of cells"),
        (HEADER + "9" * 1_000_000, 2, 1, "is no count of cells"),
        (HEADER + "999999999o!", 2, 1, "a pattern of 999999999×3 cells"),
        (HEADER + "999999999b!", 2, 1, "no pattern has more than 16384 cells along a side"),
        (HEADER + "999999999$o!", 2, 1, "no pattern has more than 16384 cells along a side"),
        (HEADER + "9000o$9000$9000$o", 2, 12, "no pattern has more than"),
        (HEADER + "16000o$" * 400, 2, 1835, "a pattern of 16000×263 cells has over"),
        (HEADER + "b\x00o!", 2, 2, "the character U+0000 has no place"),
        (HEADER + "#C \x1b[2J\n!", 2, 4, "the character U+001B has no place"),
    ],
)
def test_bad_rle_is_refused_with_line_and_column(text, line, column, why):
    with pytest.raises(LifeError) as error:
        read_rle(text.encode())
    assert str(error.value).startswith(f"line {line}, column {column}: ")
    assert why in str(error.value)
    assert len(str(error.value)) < 300 and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff\xfe", "line 1, column 1: the byte 0xff is not of UTF-8 text"),
        (b"#C ok\r\n#C \xe9", "line 2, column 4: the byte 0xe9 is not of UTF-8 text"),
        (b"#C\r\r#C\xe9", "line 3, column 3: the byte 0xe9"),
    ],
)
def test_what_is_no_text_is_refused(data, why):
    with pytest.raises(LifeError) as error:
        read_rle(data)
    assert str(error.value).startswith(why)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("!\n.O.\n.X.", "line 3, column 2: 'X' is neither O nor . in a picture of cells"),
        (".O.\n" + "." * 20_000, "line 2, column 1: a pattern of 20000×2 cells has over"),
        ("." * 4_000 + "\n" * 2_000, "line 1049, column 1: a pattern of 4000×1049 cells has over"),
        (".\x00", "line 1, column 2: the character U+0000"),
    ],
)
def test_bad_plaintext_is_refused_with_line_and_column(text, why):
    with pytest.raises(LifeError) as error:
        read_cells(text)
    assert str(error.value).startswith(why)


BOMBS = {
    "a hundred million rows": HEADER.encode() + b"$" * 100_000_000,
    "an endless line": HEADER.encode() + b"bo" * (MAX_BYTES // 2 - 20),
    "an endless header": b"x = 3, y = 3, rule = " + b" " * (MAX_BYTES - 100) + b"x",
    "an endless comment": b"#CXRLE " + b"Pos=" * (MAX_BYTES // 4 - 100),
    "endless comments": b"#C\n" * (MAX_BYTES // 3),
    "empty lines": b"\n" * MAX_BYTES,
    "NULs": b"\0" * MAX_BYTES,
    "digits": HEADER.encode() + b"1" * (MAX_BYTES - 100),
    "runs of nothing": HEADER.encode() + b"b$" * (MAX_BYTES // 2 - 50),
    "wide and high": b"x = 16384, y = 256\n" + b"16384o$" * 300,
    "blanks": HEADER.encode() + b" \t" * (MAX_BYTES // 2 - 50) + b"z",
}


@pytest.mark.parametrize("name", BOMBS)
def test_hostile_files_are_refused_in_bounded_memory_and_time(name):
    """Bounds for a busy machine that is being traced: most of them take hundredths of a second."""
    data = BOMBS[name]
    for read in (read_rle, read_cells, read_pattern):
        tracemalloc.start()
        begun = time.process_time()
        with pytest.raises(LifeError) as error:
            read(data)
        seconds, (_, peak) = time.process_time() - begun, tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert seconds < 20
        assert peak < 16 * MAX_BYTES, "no multiple of what the largest file and board take"
        assert len(str(error.value)) < 300


def test_the_largest_patterns_are_read():
    side = 2048
    assert side * side == MAX_CELLS
    for text in (
        f"x = {side}, y = {side}\n!",
        f"x = 1, y = 1\n{side - 1}$2048o!",
        f"x = 1, y = 1\n{side}o{side - 1}$o!",
    ):
        assert read_rle(text).board.size == Size(side, side)


@settings(deadline=None, max_examples=400)
@given(
    st.text(st.sampled_from("xy=, rule3B/S2obA.$!#CNPRr\n\t0919:TPGen\0é"), max_size=120)
    | st.text("bo$!0123456789 \n", max_size=200).map(lambda runs: HEADER + runs)
    | st.binary(max_size=200)
)
def test_anything_is_read_or_refused_in_one_sentence(data):
    for read in (read_rle, read_cells, read_pattern):
        try:
            pattern = read(data)
        except LifeError as error:
            assert str(error).startswith("line ")
            assert len(str(error)) < 300 and "\n" not in str(error)
        else:
            assert read_rle(write_rle(pattern)) == pattern


@pytest.mark.parametrize("name", ["two\nlines", "a return\r", "an escape \x1b", "blanks at the end  "])
def test_words_that_no_file_could_hold_are_refused(name):
    with pytest.raises(LifeError, match="a pattern's words are lines"):
        Pattern(Board.empty(Size(1, 1)), name=name)


def test_numbers_that_no_file_could_hold_are_refused():
    for more in ({"generation": -1}, {"generation": 10**9}, {"corner": (0, -(10**9))}):
        with pytest.raises(LifeError, match="numbers have up to nine digits"):
            Pattern(Board.empty(Size(1, 1)), **more)
