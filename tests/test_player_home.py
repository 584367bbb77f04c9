"""Where the files lie, and how one is replaced as a whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import player
from player.home import Home, default_root, replace_file

DISK_FULL = """
import resource, signal, sys
from pathlib import Path
from player.home import replace_file

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    replace_file(Path(sys.argv[1]), b"n" * 5000)
except OSError:
    sys.exit(3)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_disk_that_fills_up_during_a_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "bookmark.json"
    path.write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", DISK_FULL, path], cwd=Path(player.__file__).parent.parent)
    assert done.returncode == 3
    assert path.read_bytes() == b"old"


def test_who_has_the_old_file_open_goes_on_reading_the_old_one(tmp_path):
    path = tmp_path / "panel.png"
    replace_file(path, b"old" * 10_000)
    with path.open("rb") as reader:
        start = reader.read(10)
        replace_file(path, b"new", durable=False)
        assert start + reader.read() == b"old" * 10_000
    assert path.read_bytes() == b"new"


def test_a_home_makes_its_directories_and_may_be_made_again(tmp_path):
    home = Home(tmp_path / "state" / "longtake", tmp_path / "run")
    for _ in range(2):
        assert home.make() is home
        assert home.reels.is_dir() and home.run.is_dir()
    paths = [home.wishes, home.bookmark, home.status, home.panel, home.eye]
    assert len(set(paths)) == 5
    assert {path.parent for path in paths} == {home.root, home.run}


def test_files_lie_where_systemd_says_else_in_the_user_s_data(monkeypatch, tmp_path):
    for name in ("STATE_DIRECTORY", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_root() == tmp_path / ".local" / "share" / "longtake"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_root() == tmp_path / "data" / "longtake"
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/longtake")
    assert default_root() == Path("/var/lib/longtake")
