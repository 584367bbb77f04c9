"""The files by which the page and the player talk, one writer each.

| file | writer | survives a pulled plug |
|---|---|---|
| ``wishes.json`` | the page | yes |
| ``bookmark.json`` | the player | yes |
| ``status.json``, ``panel.png``, ``eye.png`` | the player | no need |

Where they lie, and how they are replaced, is `player.home`'s to say.

A wish is a level and not an edge: "be at frame 4200, wish 7" is carried out once, because the bookmark
remembers 7. So a command given while the ink moves, or just before the plug is pulled, is neither lost nor
doubled. Files are replaced as a whole, so that a reader sees the old one or the new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec

from player.errors import LongtakeError
from player.home import replace_file
from player.settings import Settings, Value

MAX_BYTES = 1 << 20


class StateError(LongtakeError, ValueError):
    """A state file that cannot be understood."""


@dataclass(frozen=True)
class FilmWish:
    """Play the reel of this file name."""

    id: int
    name: str


@dataclass(frozen=True)
class SeekWish:
    """Be at this frame of the reel with this id."""

    id: int
    reel: str
    frame: int


@dataclass(frozen=True)
class Wishes:
    """What the owner wants.

    Args:
        paused: whether to stay at the frame.
        film: the film chosen last.
        seek: the place asked for last.
        redraw: number of the full redraw asked for last; 0 for none ever.
        settings: those that the owner set.
    """

    paused: bool = False
    film: FilmWish | None = None
    seek: SeekWish | None = None
    redraw: int = 0
    settings: Mapping[str, Value] = field(default_factory=dict)

    def next_id(self) -> int:
        """A number that no wish has had."""
        return 1 + max(self.film.id if self.film else 0, self.seek.id if self.seek else 0, self.redraw)


@dataclass(frozen=True)
class Applied:
    """Numbers of the wishes carried out last."""

    film: int = 0
    seek: int = 0
    redraw: int = 0


@dataclass(frozen=True)
class Bookmark:
    """Where we are. Written after the ink is still: a crash repeats a frame and never skips one.

    Args:
        film: file name of the reel being shown; empty for none.
        reel: its id.
        frame: on the glass.
        shown_at: time of day when it came there, in seconds since 1970.
        places: where each reel was left, by its id.
        applied: wishes already carried out.
    """

    film: str = ""
    reel: str = ""
    frame: int = 0
    shown_at: float = 0.0
    places: Mapping[str, int] = field(default_factory=dict)
    applied: Applied = Applied()


@dataclass(frozen=True)
class Status:
    """What is true now. Times of day are in seconds since 1970, film time in seconds.

    Args:
        state: playing, paused, waiting (the reel is still being written), ended, empty (no film), holding
            (the panel is too cold or too warm to be drawn on), or stuck (it does not take a frame).
        trouble: what is wrong, in one sentence for the owner; empty when nothing is.
        ghosts: share of the picture that is grey instead of black.
        redraw: how the frame came onto the panel.
        flashes: full redraws since the player started.
        resets: times since then that the panel hung and had to be set up anew, or would not be.
        temperature: of the panel, in °C, as it was read last; null where nothing measures it.
        seek: number of the seek wish carried out last.
    """

    state: str = "empty"
    trouble: str = ""
    film: str = ""
    reel: str = ""
    title: str = ""
    credit: str = ""
    frame: int = 0
    frames: int = 0
    complete: bool = False
    film_time: float = 0.0
    duration: float = 0.0
    shot: int = 0
    chapter: str = ""
    shown_at: float = 0.0
    next_due: float | None = None
    ends_at: float | None = None
    seconds_per_frame: float = 0.0
    step: int = 1
    redraw: str = ""
    flashes: int = 0
    resets: int = 0
    redraws: int = 0
    ghosts: float = 0.0
    temperature: int | None = None
    panel: str = ""
    width: int = 0
    height: int = 0
    settings: Mapping[str, Value] = field(default_factory=dict)
    seek: int = 0


def save(path: Path, state: Wishes | Bookmark | Status, durable: bool = True) -> None:
    """Write a state file."""
    replace_file(path, msgspec.json.format(msgspec.json.encode(state), indent=1) + b"\n", durable)


def read_wishes(path: Path) -> Wishes:
    """Read the owner's wishes; none where there is no file.

    Raises:
        StateError: the file is not what this program wrote.
        SettingError: one of its settings is out of range.
    """
    wishes = _read(path, Wishes) or Wishes()
    Settings().with_values(wishes.settings)
    return wishes


def read_bookmark(path: Path) -> Bookmark:
    """Read the bookmark; the beginning of nothing where there is no file.

    Raises:
        StateError: the file is not what this program wrote.
    """
    return _read(path, Bookmark) or Bookmark()


def read_status(path: Path) -> Status | None:
    """Read the status; None where the player has not written one.

    Raises:
        StateError: the file is not what this program wrote.
    """
    return _read(path, Status)


_T = TypeVar("_T")


def _read(path: Path, kind: type[_T]) -> _T | None:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    if len(data) > MAX_BYTES:
        raise StateError(f"{path.name} is longer than {MAX_BYTES} bytes")
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise StateError(f"{path.name} cannot be understood ({error})") from error
