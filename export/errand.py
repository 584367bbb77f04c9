"""What a worker of a cluster does before it works: see that it is like us, and has the film.

Each machine makes of a film what its libraries make of it, so those that decide the reel must be the same.
The film is there if a file of its length and with the same samples lies at its path; else it is sent.
"""

from __future__ import annotations

import hashlib
import random
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Protocol

import export
import player
from export.job import Job
from player.reel.record import LEVEL

SAMPLES, SAMPLE = 64, 1 << 16
"""Bytes of a film that are compared: so many blocks, spread evenly, of so many."""


class Worker(Protocol):
    """Of Dask's worker, what is needed here."""

    @property
    def address(self) -> str:
        """Where the scheduler finds it."""

    @property
    def id(self) -> str:
        """What no other is called, not even the next one at that address."""

    @property
    def local_directory(self) -> str:
        """A folder of its own."""


@dataclass(frozen=True)
class Order:
    """Whose reel is made, and of what.

    Args:
        film: its path there.
        length: of the file in bytes.
        sample: hash of its length and of blocks spread over it.
        makings: what decides the bytes of a reel, see `makings`.
    """

    film: Path
    length: int
    sample: str
    makings: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, film: Path) -> Order:
        """The order for a film on this machine.

        Raises:
            OSError: there is no such file.
        """
        film = film.resolve()
        return cls(film, film.stat().st_size, sampled(film), tuple(makings().items()))


@dataclass(frozen=True)
class Absent:
    """The worker at that address does not have the film."""

    address: str


@dataclass(frozen=True)
class Unlike:
    """The worker at that address would make another reel, and why."""

    address: str
    why: str


def errand(order: Order, call: Callable[..., object], arguments: tuple[object, ...]) -> object:
    """Make a call on a worker of a cluster.

    Args:
        order: for whom.
        call: the function.
        arguments: of it; in each `Job` among them the film's path becomes the one on this machine.

    Returns:
        What the call returns, or why it could not be made: `Absent`, `Unlike`.
    """
    from distributed import get_worker  # it is there, for it called us

    worker: Worker = get_worker()
    why = difference(dict(order.makings), makings())
    if why:
        return Unlike(worker.address, why)
    film = found(order, worker)
    if film is None:
        return Absent(worker.address)
    return call(*(replace(one, film=film) if isinstance(one, Job) else one for one in arguments))


@dataclass(frozen=True)
class Packed:
    """An errand that is run by being unpickled, so that a scheduler without Longtake need not know it."""

    order: Order
    call: Callable[..., object]
    arguments: tuple[object, ...]

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return errand, (self.order, self.call, self.arguments)


def difference(wanted: Mapping[str, str], there: Mapping[str, str]) -> str:
    """In words, in what the makings of a worker are not those that are wanted; empty if in nothing."""
    return ", ".join(
        f"{name} {there.get(name, 'none')} instead of {value}"
        for name, value in wanted.items()
        if there.get(name) != value
    )


@cache
def makings() -> dict[str, str]:
    """What decides the bytes of a reel besides the film and the job: name and version or hash of each."""
    made_with = {name: _version(name) for name in ("longtake", "av", "numpy", "pillow", "numba")}
    sources = hashlib.sha256()
    for package in (player, export):
        root = Path(package.__path__[0])
        for path in sorted(root.rglob("*.py")):
            sources.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    made_with["sources"] = sources.hexdigest()[:12]
    # Not what zlib calls itself, but what it does: there are others under its name that pack otherwise.
    noise = bytes(value % 7 * value % 5 for value in random.Random(1).randbytes(50_000))
    made_with["zlib"] = hashlib.sha256(zlib.compress(noise, LEVEL)).hexdigest()[:12]
    return made_with


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def sampled(film: Path) -> str:
    """Hash of a file's length and of blocks spread over it; of all of it if it is small."""
    length = film.stat().st_size
    digest = hashlib.sha256(str(length).encode())
    with film.open("rb") as file:
        for number in range(SAMPLES):
            file.seek(max(0, length - SAMPLE) * number // (SAMPLES - 1))
            digest.update(file.read(SAMPLE))
    return digest.hexdigest()


def found(order: Order, worker: Worker) -> Path | None:
    """Where on a worker's machine the film lies: at its own path, or as it was sent; None if nowhere."""
    for path in (order.film, _sent(order, worker)):
        if _is_it(path, order):
            return path
    return None


def _sent(order: Order, worker: Worker) -> Path:
    """The film's ending is kept, for by it some formats are known."""
    return Path(worker.local_directory) / f"longtake-{order.sample[:24]}{order.film.suffix}"


_seen: dict[tuple[Path, int, int, int], str] = {}


def _is_it(path: Path, order: Order) -> bool:
    try:
        stat = path.stat()
        key = (path, stat.st_ino, stat.st_size, stat.st_mtime_ns)
        if stat.st_size == order.length and key not in _seen:
            _seen[key] = sampled(path)
        return _seen.get(key) == order.sample
    except OSError:
        return False


# What follows is called on a worker between its pieces, and Dask puts the worker in as `dask_worker`.


def lack(order: Order, dask_worker: Worker) -> str:
    """What a worker that does not have the film is called; empty if it has it."""
    return "" if found(order, dask_worker) else dask_worker.id


def keep(order: Order, part: str, offset: int, data: bytes, dask_worker: Worker) -> str:
    """Write a part of a film that is being sent; empty, or why it cannot be written.

    Args:
        order: of that film.
        part: a name for this sending, so that two of them do not meet.
        offset: of the bytes in the film.
        data: the bytes.
        dask_worker: in its folder, which goes when it does.
    """
    path = _sent(order, dask_worker).with_suffix(f".{part}")
    try:
        with path.open("r+b" if offset else "wb") as file:
            file.seek(offset)
            file.write(data)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def seal(order: Order, part: str, dask_worker: Worker) -> bool:
    """Put a film that was sent where it is looked for; whether it is there then."""
    path = _sent(order, dask_worker)
    path.with_suffix(f".{part}").replace(path)
    return _is_it(path, order)


def forget(order: Order, dask_worker: Worker) -> None:
    """Remove a film that was sent."""
    _sent(order, dask_worker).unlink(missing_ok=True)
