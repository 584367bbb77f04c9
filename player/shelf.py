"""The shelf: the reels that the owner may choose from."""

from __future__ import annotations

from pathlib import Path

from player.reel import Reel, ReelError


def names(shelf: Path) -> list[str]:
    """File names of the reels on a shelf, in order; damaged ones too, which say so when opened."""
    return sorted(path.name for path in shelf.glob("*.reel") if not path.name.startswith("."))


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


def after(shelf: Path, name: str) -> str:
    """The name that follows on the shelf, from the last one round to the first."""
    there = names(shelf)
    return next((other for other in there if other > name), there[0] if there else name)
