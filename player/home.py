"""Where the files lie, and how one is replaced as a whole: a reader sees the old one or the new one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """Where the files lie.

    Args:
        root: on a disk that keeps what is written.
        run: in memory, if possible.
    """

    root: Path
    run: Path

    @property
    def reels(self) -> Path:
        """The shelf."""
        return self.root / "reels"

    @property
    def wishes(self) -> Path:
        """What the owner wants."""
        return self.root / "wishes.json"

    @property
    def bookmark(self) -> Path:
        """Where we are."""
        return self.root / "bookmark.json"

    @property
    def status(self) -> Path:
        """What is true."""
        return self.run / "status.json"

    @property
    def panel(self) -> Path:
        """The exact bits on the panel, as PNG."""
        return self.run / "panel.png"

    @property
    def eye(self) -> Path:
        """The panel as an eye sees it, as PNG."""
        return self.run / "eye.png"

    def make(self) -> Home:
        """Create the directories that are missing."""
        for directory in (self.root, self.reels, self.run):
            directory.mkdir(parents=True, exist_ok=True)
        return self


def default_root() -> Path:
    """Where the files lie if nothing else is said: what systemd gave, else the user's data directory."""
    given = os.environ.get("STATE_DIRECTORY")
    if given:
        return Path(given)
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "longtake"


def replace_file(path: Path, data: bytes, durable: bool = True) -> None:
    """Replace a file as a whole: readers, and a machine whose plug is pulled, see the old or the new one.

    Args:
        path: to replace.
        data: its new content.
        durable: whether to wait until it is on the disk.
    """
    aside = path.with_name(path.name + ".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
    try:
        written = 0
        while written < len(data):
            written += os.write(descriptor, data[written:])
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.replace(aside, path)  # noqa: PTH105 - the one call that is atomic, by its own name
    if durable:
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
