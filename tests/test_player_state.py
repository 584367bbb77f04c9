"""The files by which page and player talk, and what is left of them when the plug is pulled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import player
from player import state
from player.settings import SettingError
from player.state import (
    Applied,
    Bookmark,
    FilmWish,
    SeekWish,
    StateError,
    Status,
    Wishes,
    read_bookmark,
    read_status,
    read_wishes,
    save,
)

OLD = Bookmark("a.reel", "0badcafe", 41, 1_700_000_000.25, {"0badcafe": 41}, Applied(1, 2, 3))
NEW = replace(OLD, frame=42, shown_at=1_700_000_180.25, places={"0badcafe": 42, "12345678": 7})
WISHES = Wishes(
    paused=True,
    film=FilmWish(5, "Le Voyage dans la Lune – Méliès.reel"),
    seek=SeekWish(7, "0badcafe", 4200),
    redraw=6,
    settings={"seconds_per_frame": 240.0, "frames_per_step": 2, "at_end": "next"},
)
STATUS = Status("playing", film="a.reel", frame=3, next_due=1.5, ghosts=0.01, settings={"at_end": "stop"})
READERS = [read_wishes, read_bookmark, read_status]


# --- there and back ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (read_wishes, Wishes()),
        (read_wishes, WISHES),
        (read_bookmark, Bookmark()),
        (read_bookmark, NEW),
        (read_status, Status()),
        (read_status, STATUS),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
@pytest.mark.parametrize("durable", [True, False])
def test_what_is_saved_is_read(tmp_path, read, value, durable):
    save(tmp_path / "state.json", value, durable)
    assert read(tmp_path / "state.json") == value
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_a_state_file_is_json_that_a_person_can_read(tmp_path):
    save(tmp_path / "wishes.json", WISHES)
    text = (tmp_path / "wishes.json").read_text(encoding="utf-8")
    assert json.loads(text)["seek"] == {"id": 7, "reel": "0badcafe", "frame": 4200}
    assert "Méliès" in text and text.count("\n") > 5 and text.endswith("}\n")


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
bookmarks = st.builds(
    Bookmark,
    film=names,
    reel=names,
    frame=st.integers(0, 4_000_000),
    shown_at=st.floats(allow_nan=False, allow_infinity=False),
    places=st.dictionaries(names, st.integers(0, 4_000_000), max_size=4),
    applied=st.builds(Applied, *[st.integers(0, 10**9)] * 3),
)


@settings(deadline=None)
@given(bookmarks)
def test_any_bookmark_comes_back(tmp_path_factory, bookmark):
    path = tmp_path_factory.getbasetemp() / "any-bookmark.json"
    save(path, bookmark, durable=False)
    assert read_bookmark(path) == bookmark


def test_a_file_that_is_not_there_is_the_beginning(tmp_path):
    assert read_wishes(tmp_path / "none") == Wishes()
    assert read_bookmark(tmp_path / "none") == Bookmark()
    assert read_status(tmp_path / "none") is None


def test_a_file_of_an_older_or_newer_program_is_read_as_far_as_it_is_known(tmp_path):
    path = tmp_path / "bookmark.json"
    path.write_text('{"film": "a.reel", "frame": 4, "colour": {"of": ["ink"]}}')
    assert read_bookmark(path) == Bookmark(film="a.reel", frame=4)


def test_the_next_wish_has_a_number_that_no_wish_had():
    assert Wishes().next_id() == 1
    assert WISHES.next_id() == 8
    assert Wishes(redraw=9, film=FilmWish(3, "a")).next_id() == 10
    assert Wishes(film=FilmWish(3, "a")).next_id() == 4


# --- files that cannot be understood ----------------------------------------------------------------------


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 300,
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"{} {}",
        b"\xff\xfe{}",
        b'{"film": "\xff"}',
        b'{"paused": 1, "film": 2, "frames": "3"}',
        b"[" * 100_000,
        b'{"settings": ' * 50_000,
        b'{"unknown": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"title": "\\ud800", "film": "\\ud800"}',
        b"PK\x03\x04 this is something else entirely",
    ],
    ids=lambda data: repr(data[:16]),
)
def test_a_file_that_is_something_else_is_a_state_error_that_names_it(tmp_path, read, data):
    path = tmp_path / "some.json"
    path.write_bytes(data)
    with pytest.raises(StateError, match=r"some\.json"):
        read(path)
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    "text",
    [
        '{"frame": "4"}',
        '{"frame": 4.5}',
        '{"frame": true}',
        '{"film": null}',
        '{"film": 4}',
        '{"shown_at": "now"}',
        '{"shown_at": NaN}',
        '{"shown_at": 1e999}',
        '{"places": []}',
        '{"places": {"a": "b"}}',
        '{"applied": 4}',
        '{"applied": {"seek": []}}',
        '{"frame": ' + "9" * 5000 + "}",
    ],
)
def test_a_bookmark_with_a_field_of_the_wrong_kind_is_a_state_error(tmp_path, text):
    (tmp_path / "bookmark.json").write_text(text)
    with pytest.raises(StateError, match=r"^bookmark\.json "):
        read_bookmark(tmp_path / "bookmark.json")


@pytest.mark.parametrize(
    "text",
    [
        '{"paused": "yes"}',
        '{"film": "a.reel"}',
        '{"film": {"id": 1}}',
        '{"seek": {"id": 1, "reel": "a", "frame": "b"}}',
        '{"redraw": true}',
        '{"settings": {"at_end": ["loop"]}}',
        '{"settings": null}',
    ],
)
def test_wishes_with_a_field_of_the_wrong_kind_are_a_state_error(tmp_path, text):
    (tmp_path / "wishes.json").write_text(text)
    with pytest.raises(StateError, match=r"^wishes\.json "):
        read_wishes(tmp_path / "wishes.json")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ('{"settings": {"seconds_per_frame": 0}}', "Seconds per frame"),
        ('{"settings": {"frames_per_step": 1.5}}', "Frames per step"),
        ('{"settings": {"frames_per_step": ' + "9" * 400 + "}}", "Frames per step"),
        ('{"settings": {"at_end": "explode"}}', "At the end"),
        ('{"settings": {"warp": 9}}', 'no setting "warp"'),
    ],
)
def test_wishes_for_a_setting_that_cannot_be_are_refused(tmp_path, text, label):
    (tmp_path / "wishes.json").write_text(text)
    with pytest.raises(SettingError, match=label):
        read_wishes(tmp_path / "wishes.json")


@pytest.mark.parametrize("read", READERS)
def test_a_huge_file_is_refused_and_not_read_to_its_end(tmp_path, read):
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.write(b"{")
        file.truncate(1 << 36)  # a hole: it takes no room on the disk, and no Pi could hold it in memory
    with pytest.raises(StateError, match=r"huge\.json is longer than"):
        read(path)


def test_a_file_of_the_greatest_length_is_read(tmp_path):
    path = tmp_path / "bookmark.json"
    body = b'{"frame": 4}'
    path.write_bytes(body + b" " * (state.MAX_BYTES - len(body)))
    assert read_bookmark(path) == Bookmark(frame=4)
    path.write_bytes(body + b" " * (state.MAX_BYTES - len(body) + 1))
    with pytest.raises(StateError):
        read_bookmark(path)


# --- pulling the plug -------------------------------------------------------------------------------------

# Each child is killed just before the k-th call into C that `replace_file` makes. The parent holds no
# threads, so it may fork; numpy's threads would be in the way, which is why this is a process of its own.
KILLER = """
import json, os, signal, sys
from pathlib import Path
from player.home import replace_file
from player.state import read_bookmark, save

path, old, new, durable = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4] == "True"
data = new.read_bytes()


def write_and_die_before(call):
    seen = 0

    def count(frame, event, function):
        nonlocal seen
        if event == "c_call" and frame.f_code is replace_file.__code__:
            if seen == call:
                os.write(2, function.__name__.encode() + b" ")
                os.kill(os.getpid(), signal.SIGKILL)
            seen += 1

    sys.setprofile(count)
    replace_file(path, data, durable)
    sys.setprofile(None)


found = []
for call in range(100):
    replace_file(path, old.read_bytes())
    child = os.fork()
    if not child:
        write_and_die_before(call)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    found.append([os.WIFSIGNALED(status), path.read_text()])
    if os.WIFEXITED(status):
        break
json.dump(found, sys.stdout)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a machine that can fork")
@pytest.mark.parametrize("durable", [True, False], ids=["durable", "not durable"])
def test_a_kill_at_any_moment_of_a_write_leaves_the_old_bookmark_or_the_new_one(tmp_path, durable):
    path, old, new = tmp_path / "bookmark.json", tmp_path / "old.json", tmp_path / "new.json"
    save(old, OLD)
    save(new, NEW)
    killer = subprocess.run(
        [sys.executable, "-c", KILLER, path, old, new, str(durable)],
        cwd=Path(player.__file__).parent.parent,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert killer.returncode == 0, killer.stderr
    found = json.loads(killer.stdout)
    left = []
    for _, text in found:
        path.write_text(text, encoding="utf-8")
        left.append(read_bookmark(path))
    killed = [was_killed for was_killed, _ in found]
    assert killed == [True] * (len(found) - 1) + [False], "the last child lived to the end"
    assert left[0] == OLD and left[-1] == NEW
    turned = left.index(NEW)
    assert left == [OLD] * turned + [NEW] * (len(left) - turned)
    calls = killer.stderr.split()
    assert calls.index("replace") == turned - 1
    wanted = ["open", "write", "fsync", "close", "replace", "open", "fsync", "close"]
    if not durable:
        wanted = ["open", "write", "close", "replace"]
    assert [call for call in calls if call in wanted] == wanted
    assert NEW in left[:-1] or not durable, "killed after the new one was in place, too"


def test_a_torn_file_left_behind_by_a_kill_does_not_matter(tmp_path):
    path = tmp_path / "bookmark.json"
    save(path, OLD)
    torn = tmp_path / "bookmark.json.new"
    torn.write_bytes(path.read_bytes()[:20] + b"\xff" * 10_000)
    assert read_bookmark(path) == OLD
    save(path, NEW)
    assert read_bookmark(path) == NEW
    assert not torn.exists()


def test_a_write_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "bookmark.json"
    save(path, OLD)
    (tmp_path / "bookmark.json.new").mkdir()
    with pytest.raises(OSError, match=r"bookmark\.json\.new"):
        save(path, NEW)
    assert read_bookmark(path) == OLD


def test_a_new_file_may_be_read_by_the_page_under_another_name(tmp_path):
    mask = os.umask(0o022)
    try:
        save(tmp_path / "status.json", STATUS)
    finally:
        os.umask(mask)
    assert (tmp_path / "status.json").stat().st_mode & 0o777 == 0o644
