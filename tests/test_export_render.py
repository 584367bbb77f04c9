"""From a real film to a reel: whole, interrupted, on any number of processes, cut and bent."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from films import clip, repeated

from export.ditherers import dithered, ditherer
from export.film import Film, FilmError
from export.job import Job
from export.look import Look
from export.render import Progress, render
from export.stages.fit import Fit
from player.frame import Size, difference
from player.reel import Reel, ReelError, record

SMALL = Look(Size(362, 268))
LENGTH = 132
KEYS = 16


@pytest.fixture(scope="module")
def small_reel(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("small") / "clip.reel"
    assert render(Job(clip(), SMALL), out) == LENGTH
    return out


@pytest.fixture(scope="module")
def long_film(tmp_path_factory) -> Path:
    return repeated(4, tmp_path_factory.mktemp("long") / "long.mp4")


def long_job(film: Path) -> Job:
    return Job(film, Look(Size(1448, 1072)), key_interval=KEYS)


@pytest.fixture(scope="module")
def long_reel(long_film) -> Path:
    """Over 500 frames at the panel's full size."""
    out = long_film.with_suffix(".reel")
    assert render(long_job(long_film), out) == 4 * LENGTH
    return out


def test_every_frame_is_the_films_in_order_dithered(small_reel):
    one = ditherer("direct-search")
    with Film(clip()) as film, Reel.open(small_reel) as reel:
        assert reel.finished and reel.header.size == SMALL.panel
        moments = list(film.moments())
        stamps = [reel.record(number).stamp for number in range(len(reel))]
        assert [(stamp.number, stamp.time) for stamp in stamps] == [(one.number, one.time) for one in moments]
        cuts = [number for number, stamp in enumerate(stamps) if stamp.cut]
        for begin, end in itertools.pairwise([*cuts, len(stamps)]):
            greys = [SMALL.grey(moment) for moment in moments[begin:end]]
            for number, frame in enumerate(dithered(one, greys), begin):
                assert reel.frame(number) == frame
                reel.check(number)
        assert cuts[0] == 0 and len(moments) == len(reel)


def test_the_header_says_what_was_done(small_reel):
    with Reel.open(small_reel) as reel:
        head = reel.header
    assert (head.title, head.source, head.ditherer) == (
        "big-buck-bunny",
        "big-buck-bunny.mp4",
        "direct-search",
    )
    assert head.source_sha256 == "f25b31f155970c46300934bda4a76cd2f581acab45c49762832ffdfddbcf9fdd"
    assert head.rate == 25 and head.duration == pytest.approx(5.28)
    assert head.settings == {
        "price": 40, "lean": 110, "faithful": 0, "fit": "letterbox", "brightness": 0, "contrast": 0,
    }  # fmt: skip


def test_the_letterbox_is_straight_and_the_picture_upright(small_reel):
    with Reel.open(small_reel) as reel:
        mask = reel.frame(60).mask()
    bar = (268 - round(362 * 9 / 16)) // 2
    assert not mask[:bar].any() and not mask[-bar:].any()
    assert mask[bar : bar + 4].any() and mask[-bar - 4 : -bar].any()
    sky, shade = mask[bar : bar + 60, -60:].mean(), mask[bar : bar + 60, :60].mean()
    assert sky > 0.6 > shade, "the sky is bright and on the right"


@pytest.mark.parametrize("name", ["direct-search", "hysteresis", "floyd-steinberg"])
def test_any_number_of_processes_gives_the_same_bytes(tmp_path, name):
    made = []
    for workers in (1, 2, 4):
        out = tmp_path / f"{workers}.reel"
        render(Job(clip(), Look(Size(122, 250), Fit.CROP), name), out, workers)
        made.append(out.read_bytes())
    assert made[0] == made[1] == made[2]


@pytest.mark.parametrize("name", ["direct-search", "blue-noise"])
def test_any_executor_gives_the_same_bytes(tmp_path, name):
    job = Job(clip(), Look(Size(122, 250), Fit.CROP), name)
    render(job, tmp_path / "processes.reel")
    with ThreadPoolExecutor(3) as executor:
        render(job, tmp_path / "threads.reel", 3, executor=executor)
    assert (tmp_path / "threads.reel").read_bytes() == (tmp_path / "processes.reel").read_bytes()


def test_steps_take_every_nth_frame(tmp_path):
    render(Job(clip(), SMALL, "bayer", step=24), tmp_path / "a.reel")
    with Reel.open(tmp_path / "a.reel") as reel:
        stamps = [reel.record(number).stamp for number in range(len(reel))]
    assert [stamp.number for stamp in stamps] == list(range(0, LENGTH, 24))
    assert [stamp.time for stamp in stamps] == [number * 40_000 for number in range(0, LENGTH, 24)]


@pytest.mark.parametrize("kept", [0.0, 0.02, 0.3, 0.6, 0.97])
def test_an_interrupted_render_goes_on_to_the_identical_file(small_reel, tmp_path, kept):
    data = small_reel.read_bytes()
    out = tmp_path / "a.reel"
    out.write_bytes(data[: int(kept * len(data))])
    told: list[Progress] = []
    render(Job(clip(), SMALL), out, tell=told.append)
    assert out.read_bytes() == data
    assert told[-1] == Progress(LENGTH, LENGTH, len(data))
    assert told[0].frames < LENGTH and told[0].expected == LENGTH
    before = out.stat().st_mtime_ns
    assert render(Job(clip(), SMALL), out) == LENGTH and out.stat().st_mtime_ns == before


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_render_stopped_by_force_is_playable_and_goes_on(long_film, long_reel, tmp_path, how):
    out = tmp_path / "long.reel"
    command = [
        sys.executable,
        "-m",
        "export.cli",
        "pack",
        str(long_film),
        "-o",
        str(out),
        "--key-interval",
        "16",
    ]
    child = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background shell ignores it
    )
    deadline = time.monotonic() + 60
    while not (out.exists() and out.stat().st_size > 500_000):
        assert child.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    if how is signal.SIGINT:
        os.killpg(child.pid, how)
    else:
        child.kill()
    words = child.communicate(timeout=60)[1].decode()
    if how is signal.SIGINT:
        assert child.returncode == 130 and "Nothing is lost" in words and "Traceback" not in words
    with Reel.open(out) as reel:
        assert 0 < len(reel) < 4 * LENGTH and not reel.finished
        reel.frame(len(reel) - 1)
    render(long_job(long_film), out)
    assert out.read_bytes() == long_reel.read_bytes()
    assert gone(child.pid), "no worker is left behind"


def gone(group: int) -> bool:
    """Whether a process group has ended, within ten seconds."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_another_films_reel_is_kept_unless_it_is_to_be_replaced(small_reel, tmp_path):
    out = tmp_path / "a.reel"
    out.write_bytes(small_reel.read_bytes())
    other = Job(clip(), SMALL, "bayer")
    with pytest.raises(ReelError, match="made with other settings"):
        render(other, out)
    assert out.read_bytes() == small_reel.read_bytes()
    render(other, out, anew=True)
    with Reel.open(out) as reel:
        assert reel.header.ditherer == "bayer" and reel.finished


def test_what_is_no_film_leaves_nothing_behind(tmp_path):
    film = tmp_path / "letter.mp4"
    film.write_bytes(b"Dear film-maker, " * 100)
    with pytest.raises(FilmError, match=r"letter\.mp4 cannot be opened as a film"):
        render(Job(film, SMALL), tmp_path / "a.reel")
    assert not (tmp_path / "a.reel").exists()


def test_real_frames_survive_truncation_at_200_random_bytes(long_reel, tmp_path):
    data = long_reel.read_bytes()
    cut = tmp_path / "cut.reel"
    with Reel.open(long_reel) as reel:
        ends = [reel.offset(n) + record.HEAD.size + reel.record(n).length for n in range(len(reel))]
        whites = [reel.frame(n).whites for n in range(len(reel))]
        begin = reel.offset(0)
    cut.write_bytes(data)
    for length in sorted(np.random.default_rng(200).integers(0, len(data), 200).tolist(), reverse=True):
        os.truncate(cut, length)
        if length < begin:
            with pytest.raises(ReelError):
                Reel.open(cut)
            continue
        with Reel.open(cut) as reel:
            assert len(reel) == sum(end <= length for end in ends)
            if len(reel):
                assert reel.frame(len(reel) - 1).whites == whites[len(reel) - 1]


def test_real_frames_survive_200_random_byte_flips(long_reel, tmp_path):
    """Each is refused or found, and no frame is ever shown with wrong pixels."""
    data = bytearray(long_reel.read_bytes())
    bent = tmp_path / "bent.reel"
    with Reel.open(long_reel) as reel:
        count, whole = len(reel), [reel.frame(n).tobytes() for n in range(len(reel))]
        offsets = [reel.offset(n) for n in range(count)]
    random = np.random.default_rng(201)
    bent.write_bytes(data)
    with bent.open("r+b", buffering=0) as file:
        for position, value in zip(
            random.integers(0, len(data), 200), random.integers(1, 256, 200), strict=True
        ):
            file.seek(position)
            file.write(bytes([data[position] ^ value]))
            assert noticed(bent, count, whole, near=int(np.searchsorted(offsets, position, "right")) - 1)
            file.seek(position)
            file.write(bytes([data[position]]))


def noticed(path: Path, count: int, whole: list[bytes], near: int) -> bool:
    """Read the frame that holds the flip, some that build on it, and some that do not."""
    try:
        with Reel.open(path) as reel:
            seen = bool(reel.fault) or not reel.finished or len(reel) != count
            for number in (0, near, near + 1, near + 9, near + KEYS + 1):
                if 0 <= number < len(reel):
                    try:
                        assert reel.frame(number).tobytes() == whole[number], (
                            f"wrong pixels in frame {number}"
                        )
                        reel.check(number)
                    except ReelError:
                        seen = True
            return seen
    except ReelError:
        return True


def test_the_film_is_calm_where_floyd_steinberg_boils(small_reel, tmp_path):
    render(Job(clip(), SMALL, "floyd-steinberg"), tmp_path / "fs.reel")
    changed = []
    for path in (small_reel, tmp_path / "fs.reel"):
        with Reel.open(path) as reel:
            changes = [difference(reel.frame(n - 1), reel.frame(n)).changed for n in range(1, LENGTH)]
            changed.append(np.mean(changes))
    assert changed[1] > 3 * changed[0]
