"""A film packed on a real Dask cluster of processes, some of which do not live to see its end."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from films import clip, repeated
from made_films import H264, Recipe, write_film

from export.cli import main
from export.cluster import Cluster, ClusterError
from export.errand import Order, difference, forget, found, keep, lack, makings, seal
from export.film import Film
from export.job import Job
from export.look import Look
from export.render import Progress, render
from player.frame import Size
from player.reel import Reel

NODE = Path(__file__).with_name("dask_node.py")
LOOK = Look(Size(181, 134))
LENGTH = 132
SHOTS = 4


class Node:
    """A scheduler or a worker, in a process of its own."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(NODE), *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    @property
    def address(self) -> str:
        """Once it has one."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode().strip()
        assert line, "it did not start"
        return line

    def kill(self) -> None:
        """As a power cut does."""
        self._process.kill()
        self._process.wait(20)
        assert self._process.stdout is not None
        self._process.stdout.close()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None


class Nodes:
    """A cluster to which workers can be added."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._nodes = [Node("scheduler")]
        self.address = self._nodes[0].address

    def worker(self, *arguments: str) -> Node:
        folder = self.folder / f"worker-{len(self._nodes)}"
        self._nodes.append(Node("worker", self.address, str(folder), *arguments))
        return self._nodes[-1]

    def scheduler(self) -> Node:
        return self._nodes[0]

    def films(self) -> list[Path]:
        """Those that were sent."""
        return [path for path in self.folder.rglob("longtake-*") if path.is_file()]

    def close(self) -> None:
        for node in reversed(self._nodes):
            node.kill()


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    cluster = Nodes(tmp_path)
    yield cluster
    cluster.close()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clip in small, with cuts."""
    with Film(clip()) as opened:
        pictures = [moment.rgb[::4, ::4] for moment in opened.moments()]
    shots = [picture if shot % 2 else 255 - picture for shot in range(SHOTS) for picture in pictures]
    return write_film(tmp_path_factory.mktemp("film") / "film.mp4", shots, Recipe(H264, gop=32))


@pytest.fixture(scope="module")
def reel(film: Path) -> bytes:
    """As one process makes it."""
    return by_one_process(film)


def by_one_process(film: Path) -> bytes:
    out = film.with_suffix(".reel")
    render(Job(film, LOOK), out, 1)
    with Reel.open(out) as reel:
        assert len(reel) % LENGTH == 0 and reel.finished
    return out.read_bytes()


def test_a_worker_is_killed_in_mid_film_and_the_reel_is_the_same(nodes: Nodes, caplog):
    """One of the two sees the film; to the other it was sent."""
    film = repeated(3, nodes.folder / "film.mp4")
    killed, other = nodes.worker(), nodes.worker("--blind", str(film))
    assert killed.address and other.address
    out = nodes.folder / "a.reel"
    with caplog.at_level("INFO"), Cluster(nodes.address, film) as cluster:
        assert "not seen by 1 of the workers" in caplog.text
        assert cluster.hands() == 2 and len(nodes.films()) == 1

        def tell(progress: Progress) -> None:
            if progress.frames and killed.alive:
                assert progress.frames < 3 * LENGTH // 2
                killed.kill()

        render(Job(film, LOOK), out, cluster.hands, tell, executor=cluster)
    assert not killed.alive and other.alive
    assert out.read_bytes() == by_one_process(film)
    assert not nodes.films(), "what was sent is removed"


def test_all_are_lost_and_one_comes_that_does_not_see_the_film(nodes: Nodes, film: Path, reel: bytes):
    first = nodes.worker()
    assert first.address
    out = nodes.folder / "a.reel"
    with Cluster(nodes.address, film) as cluster:

        def tell(progress: Progress) -> None:
            if progress.frames and first.alive:
                first.kill()
                nodes.worker("--blind", str(film))

        render(Job(film, LOOK), out, cluster.hands, tell, executor=cluster)
        assert len(nodes.films()) == 1
    assert out.read_bytes() == reel
    assert not nodes.films()


def test_when_the_scheduler_goes_the_reel_can_be_gone_on_with(nodes: Nodes, film: Path, reel: bytes):
    assert nodes.worker().address
    out = nodes.folder / "a.reel"

    def tell(progress: Progress) -> None:
        if progress.frames:
            nodes.scheduler().kill()

    with (
        pytest.raises(ClusterError, match=r"run again to go on"),
        Cluster(nodes.address, film, patience=10) as cluster,
    ):
        render(Job(film, LOOK), out, cluster.hands, tell, executor=cluster)
    with Reel.open(out) as begun:
        assert 0 < len(begun) < SHOTS * LENGTH
    render(Job(film, LOOK), out)
    assert out.read_bytes() == reel


def test_a_worker_of_another_version_makes_no_reel(nodes: Nodes, film: Path, caplog):
    assert nodes.worker("--version", "0.0.9").address
    out = nodes.folder / "a.reel"
    assert main(["pack", str(film), "-o", str(out), "--cluster", nodes.address]) == 1
    assert len(caplog.records) == 1
    assert "would make another reel: it has longtake 0.0.9 instead of" in caplog.text
    assert not out.exists()


def test_a_worker_that_cannot_keep_the_film_is_told_of(nodes: Nodes, film: Path):
    worker = nodes.worker("--blind", str(film))
    assert worker.address
    shutil.rmtree(nodes.folder / "worker-1")
    with pytest.raises(ClusterError, match=r"cannot keep the film \(No such file or directory\)"):
        Cluster(nodes.address, film)


def test_a_cluster_without_workers_is_told_of(nodes: Nodes, film: Path):
    with pytest.raises(ClusterError, match="has no workers"):
        Cluster(nodes.address, film, patience=1)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "tcp://nowhere.invalid:8786", "nonsense"])
def test_a_scheduler_that_does_not_answer_is_told_of_at_a_deadline(address, film: Path):
    with pytest.raises(ClusterError, match=f"no Dask scheduler answers at {address} within 1 s"):
        Cluster(address, film, patience=1)


@dataclass(frozen=True)
class Mate:
    """A worker, as far as the film goes."""

    local_directory: str
    address: str = "tcp://127.0.0.1:1"
    id: str = "mate"


def test_a_film_of_the_same_length_is_not_taken_for_the_film(tmp_path: Path):
    film, mate = tmp_path / "film.mp4", Mate(str(tmp_path))
    film.write_bytes(b"A film. " * 1_000_000)
    order = Order.of(film)
    assert found(order, mate) == film and not lack(order, mate)
    film.write_bytes(b"A fi1m. " * 1_000_000)
    assert found(order, mate) is None and lack(order, mate) == "mate"


def test_a_film_is_sent_in_blocks_and_looked_at_before_it_is_taken(tmp_path: Path):
    there, data = Mate(str(tmp_path / "there")), bytes(range(256)) * 300
    (tmp_path / "there").mkdir()
    film = tmp_path / "film.mkv"
    film.write_bytes(data)
    order = Order.of(film)
    film.unlink()
    for part, middle in (("a", b"?" * 50_000), ("b", data[10_000:60_000])):
        assert keep(order, part, 0, data[:10_000], there) == ""
        assert keep(order, part, 10_000, middle, there) == ""
        assert keep(order, part, 60_000, data[60_000:], there) == ""
        assert seal(order, part, there) is (part == "b")
    sent = found(order, there)
    assert sent is not None and sent.read_bytes() == data and sent.suffix == ".mkv"
    forget(order, there)
    assert found(order, there) is None and not list((tmp_path / "there").iterdir())


def test_a_difference_in_what_makes_a_reel_is_named():
    mine = makings()
    assert mine.keys() >= {"longtake", "av", "numba", "numpy", "pillow", "sources", "zlib"}
    assert difference(mine, dict(mine)) == ""
    assert difference(mine, {**mine, "av": "9.0"}) == f"av 9.0 instead of {mine['av']}"


def test_dask_is_imported_for_a_cluster_only():
    program = (
        "import sys, export.cli, export.render; sys.exit(bool({'dask', 'distributed'} & {*sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == 0
