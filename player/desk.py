"""The player's side of the files that it shares with the page: wishes in, bookmark and status out."""

from __future__ import annotations

from dataclasses import replace

from player.errors import LongtakeError
from player.home import Home
from player.settings import Settings
from player.state import (
    Bookmark,
    FilmWish,
    SeekWish,
    Status,
    Wishes,
    read_bookmark,
    read_wishes,
    save,
)


class Desk:
    """Holds what was read last, and writes only what has changed.

    Args:
        home: where the files lie.
        defaults: settings for whatever the owner has not set.
    """

    def __init__(self, home: Home, defaults: Settings) -> None:
        self._home = home
        self._defaults = defaults
        self._seen = (0, 0)
        self._said: Status | None = None
        self._trouble = {"bookmark": "", "wishes": ""}
        self.settings = defaults
        """The owner's, on top of the defaults."""
        self.wishes = Wishes()
        """As they were read last; if they cannot be read now, they stay as they were."""
        self.bookmark = self._kept = self._pick_up()
        """Where we are; `keep` writes it down."""

    @property
    def trouble(self) -> str:
        """What is wrong with the files, in sentences for the owner."""
        return " ".join(filter(None, self._trouble.values()))

    def look(self) -> bool:
        """Read the wishes if there are new ones; true if there were."""
        try:
            there = self._home.wishes.stat()
        except FileNotFoundError:
            return False
        written = there.st_mtime_ns, there.st_ino  # two files in a row may have one time, but not one inode
        if written == self._seen:
            return False
        self._seen = written
        try:
            wishes = read_wishes(self._home.wishes)
            self.settings = self._defaults.with_values(wishes.settings)
        except LongtakeError as error:
            self._trouble["wishes"] = f"The wishes could not be read: {error}."
            return False
        self.wishes = wishes
        self._trouble["wishes"] = ""
        return True

    def film_wish(self) -> FilmWish | None:
        """The film chosen since the last time; from now on the bookmark knows of it."""
        wish, applied = self.wishes.film, self.bookmark.applied
        if wish is None or wish.id <= applied.film:
            return None
        self.bookmark = replace(self.bookmark, applied=replace(applied, film=wish.id))
        return wish

    def seek_wish(self) -> SeekWish | None:
        """The place asked for since the last time; from now on the bookmark knows of it."""
        wish, applied = self.wishes.seek, self.bookmark.applied
        if wish is None or wish.id <= applied.seek:
            return None
        self.bookmark = replace(self.bookmark, applied=replace(applied, seek=wish.id))
        return wish

    def redraw_wish(self) -> bool:
        """Whether a full redraw was asked for since the last time; from now on the bookmark knows of it."""
        wish, applied = self.wishes.redraw, self.bookmark.applied
        if wish <= applied.redraw:
            return False
        self.bookmark = replace(self.bookmark, applied=replace(applied, redraw=wish))
        return True

    def shown(self, film: str, reel: str, frame: int, now: float) -> None:
        """Keep that a frame came onto the glass, and that the wishes that led there are carried out.

        Args:
            film: file name of its reel.
            reel: id of its reel.
            frame: its number.
            now: time of day, in seconds since 1970.
        """
        places = {**self.bookmark.places, reel: frame}
        self.bookmark = replace(
            self.bookmark, film=film, reel=reel, frame=frame, shown_at=round(now, 3), places=places
        )
        self.keep()

    def keep(self) -> None:
        """Write the bookmark, if it is another than before; it is on the disk when this returns."""
        if self.bookmark != self._kept:
            save(self._home.bookmark, self.bookmark)
            self._kept = self.bookmark

    def say(self, status: Status) -> None:
        """Publish what is true, unless it was said already."""
        if status != self._said:
            save(self._home.status, status, durable=False)
            self._said = status

    def _pick_up(self) -> Bookmark:
        """Read the bookmark; one that cannot be read is kept aside, not lost."""
        try:
            return read_bookmark(self._home.bookmark)
        except LongtakeError as error:
            aside = self._home.bookmark.with_name("bookmark.unreadable.json")
            self._home.bookmark.replace(aside)
            self._trouble["bookmark"] = f"The bookmark was lost: {error}; it is kept as {aside.name}."
            return Bookmark()
