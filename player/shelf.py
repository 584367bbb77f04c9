"""The shelf: the reels that the owner may choose from."""

from __future__ import annotations

from pathlib import Path

from player.frame import Size
from player.reel import Reel, ReelError


def names(shelf: Path) -> list[str]:
    """File names of the reels on a shelf, in order; damaged ones too, which say so when opened."""
    return sorted(path.name for path in shelf.glob("*.reel") if not path.name.startswith("."))


def contents(shelf: Path) -> list[tuple[str, int]]:
    """Name and length in bytes of each reel; another answer than before means that something is new."""
    return [(name, _length(shelf / name)) for name in names(shelf)]


def take(shelf: Path, name: str) -> Reel:
    """Open the reel of that file name.

    Raises:
        ReelError: there is none of that name, or it cannot be read.
    """
    if name not in names(shelf):
        raise ReelError(f"{name} is not on the shelf")
    try:
        return Reel.open(shelf / name)
    except OSError as error:
        raise ReelError(f"{name} cannot be read ({error.strerror})") from error


def take_for(shelf: Path, name: str, size: Size) -> Reel | None:
    """Open a reel that a panel of this size can show; None while it is written and has no frames yet.

    Raises:
        ReelError: it cannot be shown, and why.
    """
    reel = take(shelf, name)
    unfit = ""
    if reel.size != size:
        unfit = f"{name} is made for {reel.size}, and this panel is {size}"
    elif not len(reel) and reel.finished:
        unfit = f"{name} has no frames"
    elif len(reel) and reel.next_key(-1) is None:
        unfit = f"{name} has no whole frame"
    elif len(reel):
        return reel
    reel.close()
    if unfit:
        raise ReelError(unfit)
    return None


def after(shelf: Path, name: str) -> str:
    """The name that follows on the shelf, from the last one round to the first."""
    there = names(shelf)
    return next((other for other in there if other > name), there[0] if there else name)


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
