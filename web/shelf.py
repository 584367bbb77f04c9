"""What the page says of each reel on the shelf."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from player import shelf as reels
from player.reel import Reel, ReelError


@dataclass(frozen=True)
class Entry:
    """A reel on the shelf.

    Args:
        name: of its file, which is how a film is asked for.
        title: of the film; the file name where it cannot be read.
        frames: in it.
        complete: whether it is all there.
        trouble: why it cannot be read; empty if it can.
    """

    name: str
    title: str
    frames: int = 0
    complete: bool = False
    trouble: str = ""


def entries(shelf: Path) -> list[Entry]:
    """All reels on a shelf, in order of name. Reels that have not changed are not read again."""
    found = []
    for name in reels.names(shelf):
        path = shelf / name
        try:
            about = path.stat()
        except FileNotFoundError:
            continue
        found.append(_entry(path, about.st_mtime_ns, about.st_size))
    return found


@lru_cache(maxsize=256)
def _entry(path: Path, _modified: int, _length: int) -> Entry:
    name = _writable(path.name)
    if name != path.name:
        return Entry(name, name, trouble="its file name is not UTF-8")
    try:
        with Reel.open(path) as reel:
            return Entry(name, _writable(reel.header.title), len(reel), reel.finished)
    except (ReelError, OSError) as error:
        return Entry(name, name, trouble=str(error))


def _writable(text: str) -> str:
    """Text without the halves of characters that a file name or a header may hold, and a page may not."""
    return text.encode(errors="replace").decode()


def frame_at(shelf: Path, name: str, time: float) -> int:
    """The number of the frame that is on at a film time, in seconds; the last if the film is over by then.

    Raises:
        ReelError: the reel is not there, cannot be read, or has no frames.
    """
    microseconds = round(time * 1e6)
    with reels.take(shelf, name) as reel:
        low, high = 0, len(reel) - 1
        if high < 0:
            raise ReelError(f"{name} has no frames yet")
        while low < high:
            middle = (low + high + 1) // 2
            if reel.record(middle).stamp.time <= microseconds:
                low = middle
            else:
                high = middle - 1
        return low
