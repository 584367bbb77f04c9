"""The player as a program: it starts, it stops, it is killed, it says what is wrong."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes import film, write_reel
from PIL import Image

import player
from player.clock import SystemClock
from player.frame import Frame
from player.home import Home
from player.panels import SIX_INCH_HD
from player.picture import from_image
from player.state import Status, read_bookmark, read_status

ROOT = Path(player.__file__).parent.parent
COMMAND = [sys.executable, "-m", "player.cli"]
PATIENCE = 60.0
"""Seconds after which something that should have happened has not; never waited for in full."""


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return film(80, SIX_INCH_HD, changes=2_000)


@pytest.fixture(scope="module")
def reel(tmp_path_factory, frames) -> Path:
    return write_reel(tmp_path_factory.mktemp("reel") / "a.reel", frames, key_interval=40)


@pytest.fixture
def home(tmp_path, reel) -> Home:
    home = Home(tmp_path / "home", tmp_path / "run").make()
    (home.reels / "a.reel").symlink_to(reel)
    return home


@contextlib.contextmanager
def playing(home: Home) -> Iterator[subprocess.Popen]:
    """The player, half a second a frame; killed at the end if it still runs."""
    options = ["--home", home.root, "--run", home.run, "--set", "seconds_per_frame=0.5"]
    with subprocess.Popen(
        [*COMMAND, "play", *options], cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(reached: Callable[[], bool], process: subprocess.Popen) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def status(home: Home) -> Status:
    return read_status(home.status) or Status()


def run(*arguments: str | Path) -> subprocess.CompletedProcess:
    return subprocess.run([*COMMAND, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_film_plays_until_it_is_told_to_stop(home, frames, number):
    with playing(home) as process:
        wait_until(lambda: status(home).frame >= 2, process)
        process.send_signal(number)
        assert process.wait(PATIENCE) == 0
    said = status(home)
    assert (said.state, said.panel, said.frames) == ("playing", "paper", len(frames))
    assert read_bookmark(home.bookmark).frame == said.frame >= 2
    with Image.open(home.panel) as image:
        assert from_image(image) == frames[said.frame]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says how much memory was used")
def test_the_player_fits_into_a_small_machine(home):
    with playing(home) as process:
        wait_until(lambda: status(home).frame >= 4, process)
        used = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())
    assert int(used[1]) < 80 * 1024


def test_kills_at_random_moments_never_lose_the_place(home):
    random = np.random.default_rng(11)
    before, began = 0, time.monotonic()
    for _ in range(8):
        with playing(home) as process, pytest.raises(subprocess.TimeoutExpired):
            process.wait(random.uniform(0.3, 1.3))
        bookmark = read_bookmark(home.bookmark)
        assert bookmark.frame >= before
        before = bookmark.frame
    with playing(home) as process:
        home.status.unlink(missing_ok=True)
        wait_until(lambda: home.status.exists(), process)
        assert status(home).frame in (before, before + 1)
        wait_until(lambda: status(home).frame > before + 1, process)
    assert before <= (time.monotonic() - began) / 0.5, "and no frame was skipped"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--panel", "papier"], '"papier"'),
        (["--set", "warp=9"], '"warp"'),
        (["--set", "seconds_per_frame=fast"], "Seconds per frame"),
        (["--set", "seconds_per_frame"], "Seconds per frame"),
        (["--set", "at_end=loop", "--set", "calm_clean=11"], "Calm or clean"),
        (["--home", "/dev/null/home"], "/dev/null/home"),
    ],
)
def test_what_cannot_be_played_is_one_sentence_that_names_it(tmp_path, options, named):
    done = run("play", "--home", tmp_path / "home", *options)
    assert done.returncode == 1
    assert done.stdout == ""
    assert named in done.stderr and len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_clock_that_was_woken_waits_no_more():
    clock = SystemClock()
    began = clock.ticks()
    clock.wait(0.01)
    clock.wake()
    for _ in range(3):
        clock.wait(PATIENCE)
    assert 0.005 < clock.ticks() - began < PATIENCE
    assert abs(clock.now() - time.time()) < PATIENCE


def test_without_a_command_the_usage_is_shown():
    done = run()
    assert done.returncode == 2 and done.stderr.startswith("usage: longtake-player")


def test_the_player_needs_nothing_of_the_page_or_the_exporter():
    asked = "import sys, player.cli; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE
    ).stdout.split()
    assert "player.show" in modules
    assert not {"flask", "waitress", "av", "numba", "tqdm", "web", "export", "spidev"} & set(modules)


def test_a_home_that_does_not_exist_is_made(tmp_path):
    home = Home(tmp_path / "a" / "b", tmp_path / "a" / "b" / "run")
    with subprocess.Popen(
        [*COMMAND, "play", "--home", home.root], cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            wait_until(lambda: home.panel.exists() and home.status.exists(), process)
            assert home.reels.is_dir() and status(home).state == "empty"
            process.terminate()
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
