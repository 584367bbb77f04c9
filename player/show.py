"""The film's loop: the one place that holds clock, reel and panel together.

Each tick takes the owner's wishes in, draws if something is due, and says what is true. What is decided and
how is elsewhere and pure: `schedule` for when, `refresh` for how. The order in `_draw` is the promise to a
machine whose plug may be pulled: first the ink, then the bookmark.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from player import schedule, shelf
from player.cards import card
from player.clock import Clock
from player.easel import Easel
from player.errors import LongtakeError
from player.reel import Record, Reel, ReelError
from player.refresh import Redraw, RefreshPolicy
from player.settings import Settings
from player.state import Bookmark, Home, Status, Wishes, read_bookmark, read_wishes, save

POLL = 0.5
"""Seconds between two looks at the owner's wishes."""


class Show:
    """Plays reels on a panel.

    Args:
        home: where the files lie.
        easel: with the panel.
        clock: where time comes from.
        settings: the defaults; what the owner set on the page goes before.
        panel: its name, for the status.
    """

    def __init__(
        self, home: Home, easel: Easel, clock: Clock, settings: Settings | None = None, panel: str = "paper"
    ) -> None:
        self._home = home
        self._easel = easel
        self._clock = clock
        self._defaults = self._settings = settings or Settings()
        self._panel = panel
        self._wishes = Wishes()
        self._wishes_file = (0, 0)
        self._bookmark: Bookmark | None = None
        self._reel: Reel | None = None
        self._record: Record | None = None
        self._pace = schedule.pace(self._settings, 0)
        self._due = 0.0
        self._due_at = 0.0
        self._state = "empty"
        self._trouble = ""
        self._wishes_trouble = ""
        self._bookmark_trouble = ""
        self._card = ""
        self._shelf_seen: list[tuple[str, int]] | None = None
        self._said: Status | None = None

    def run(self, stopped: Callable[[], bool]) -> None:
        """Play until told to stop. Every wait is `POLL` seconds long at the most."""
        while not stopped():
            self._clock.wait(self.tick())

    def close(self) -> None:
        """Let go of reel and panel; the picture stays."""
        if self._reel is not None:
            self._reel.close()
            self._reel = None
        self._easel.close()

    def tick(self) -> float:
        """Do what is due, and return for how many seconds there is nothing to do."""
        self._read_wishes()
        if self._bookmark is None:
            self._bookmark = self._start()
        self._apply_film_wish()
        if self._reel is None:
            self._look_for_a_film()
        self._apply_wishes()
        if self._reel is not None:
            self._go_on(self._reel)
        self._say()
        if self._state != "playing":
            return POLL
        return max(0.0, min(POLL, self._due - self._clock.ticks()))

    # --- what the owner wants ----------------------------------------------------------------------------

    def _read_wishes(self) -> None:
        try:
            there = self._home.wishes.stat()
        except FileNotFoundError:
            return
        written = there.st_mtime_ns, there.st_ino  # two files in a row may have one time, but not one inode
        if written == self._wishes_file:
            return
        self._wishes_file = written
        try:
            wishes = read_wishes(self._home.wishes)
            self._settings = self._defaults.with_values(wishes.settings)
        except LongtakeError as error:
            self._wishes_trouble = f"The wishes could not be read: {error}."
            return
        self._wishes = wishes
        self._wishes_trouble = ""
        self._keep_pace()

    def _apply_film_wish(self) -> None:
        """Take the film that the owner chose, unless the bookmark knows of it; then it does."""
        film, applied = self._wishes.film, self._mark.applied
        if film is not None and film.id > applied.film:
            self._mark = replace(self._mark, applied=replace(applied, film=film.id))
            self._trouble = ""
            reel = self._take(film.name)
            if reel is not None:
                self._begin(reel, self._place_in(reel))
            elif not self._trouble:
                self._trouble = f"{film.name} has no frames yet."
            self._save()

    def _apply_wishes(self) -> None:
        """Carry out the other wishes that the bookmark does not know; they are for the film there is."""
        wishes, applied = self._wishes, self._mark.applied
        if wishes.seek is not None and wishes.seek.id > applied.seek:
            self._mark = replace(self._mark, applied=replace(applied, seek=wishes.seek.id))
            if self._reel is not None and self._reel.id == wishes.seek.reel:
                self._draw(self._reel, wishes.seek.frame)
            self._save()
        applied = self._mark.applied
        if wishes.redraw > applied.redraw:
            self._mark = replace(self._mark, applied=replace(applied, redraw=wishes.redraw))
            if self._reel is not None:
                self._draw(self._reel, self._mark.frame, flash=True)
            self._save()

    # --- which film --------------------------------------------------------------------------------------

    def _start(self) -> Bookmark:
        """Pick up the bookmark; its film is looked for on the shelf."""
        try:
            return read_bookmark(self._home.bookmark)
        except LongtakeError as error:
            aside = self._home.bookmark.with_name("bookmark.unreadable.json")
            self._home.bookmark.replace(aside)
            self._bookmark_trouble = f"The bookmark was lost: {error}; it is kept as {aside.name}."
            return Bookmark()

    def _look_for_a_film(self) -> None:
        """Open the film of the bookmark, or the first on the shelf; while there is none, say so."""
        found = [(name, _length(self._home.reels / name)) for name in shelf.names(self._home.reels)]
        if found == self._shelf_seen:
            return
        if self._shelf_seen is not None:
            self._trouble = ""
        self._shelf_seen = found
        name = self._mark.film or (found[0][0] if found else "")
        reel = self._take(name) if name else None
        if reel is not None:
            frame = self._mark.frame if reel.id == self._mark.reel else 0
            self._begin(reel, self._caught_up(reel, frame))
        elif self._trouble:
            self._show_card("No film", self._trouble)
        else:
            self._show_card("No film yet", "Put a reel on the shelf, and it begins.")

    def _take(self, name: str) -> Reel | None:
        """Open a reel that this panel can show, or say what is wrong."""
        try:
            reel = shelf.take(self._home.reels, name)
        except ReelError as error:
            self._trouble = f"{error}."
            return None
        if reel.size != self._easel.size:
            self._trouble = f"{name} is made for {reel.size}, and this panel is {self._easel.size}."
        elif not len(reel) and reel.finished:
            self._trouble = f"{name} has no frames."
        elif len(reel) and reel.next_key(-1) is None:
            self._trouble = f"{name} has no whole frame."
        elif len(reel):
            return reel
        reel.close()
        return None

    def _begin(self, reel: Reel, frame: int) -> None:
        if self._reel is not None and self._reel is not reel:
            self._reel.close()
        self._reel = reel
        self._pace, self._due = schedule.pace(self._settings, len(reel)), self._clock.ticks()
        if not self._draw(reel, frame, flash=True):
            self._draw(reel, 0, flash=True)

    def _place_in(self, reel: Reel) -> int:
        """Where this reel was left; the beginning if that was its end."""
        frame = min(self._mark.places.get(reel.id, 0), len(reel) - 1)
        pace = schedule.pace(self._settings, len(reel))
        return 0 if reel.finished and frame + pace.step >= len(reel) else frame

    def _caught_up(self, reel: Reel, frame: int) -> int:
        """The frame to go on with after having been off."""
        frame = min(frame, len(reel) - 1)
        if self._settings.after_off == "hold" or not self._mark.shown_at or self._wishes.paused:
            return frame
        pace = schedule.pace(self._settings, len(reel))
        steps = schedule.missed(pace, self._mark.shown_at, self._clock.now())
        loop = reel.finished and self._settings.at_end == "loop"
        there = schedule.advance(frame, steps, pace, len(reel), loop)
        return len(reel) - 1 if there is None else there

    # --- playing it --------------------------------------------------------------------------------------

    def _go_on(self, reel: Reel) -> None:
        """Draw the next frame if it is due."""
        if reel.refresh():
            self._keep_pace()
        if self._wishes.paused:
            self._state = "paused"
            return
        if self._state == "paused":
            self._state = "playing"
            self._set_due(self._clock.ticks() + self._pace.seconds)
        if self._clock.ticks() < self._due:
            return
        loop = reel.finished and self._settings.at_end == "loop"
        there = schedule.advance(self._mark.frame, 1, self._pace, len(reel), loop)
        if there is not None and self._draw(reel, there):
            return
        if not reel.finished:
            self._state = "waiting"
            if reel.fault:
                self._trouble = f"{reel.path.name}: {reel.fault}."
        elif self._settings.at_end == "next":
            following = self._take(shelf.after(self._home.reels, self._mark.film))
            self._begin(following or reel, 0)
        elif loop:
            self._draw(reel, 0)
        else:
            self._state = "ended"

    def _draw(self, reel: Reel, number: int, flash: bool = False) -> bool:
        """Bring a frame onto the glass, then remember that it is there; false if none from it on is whole."""
        number, due = max(0, min(number, len(reel) - 1)), min(self._due, self._clock.ticks())
        try:
            frame = reel.frame(number)
        except ReelError as error:
            further = reel.next_key(number)
            if further is None:
                self._trouble = f"{error}; there is no whole frame after it."
                self._set_due(self._clock.ticks() + self._pace.seconds)
                return False
            self._trouble = f"{error}; the film went on at frame {further}."
            number, frame = further, reel.frame(further)
        self._record = reel.record(number)
        if flash:
            self._easel.put(frame, Redraw.FULL)
        else:
            policy = RefreshPolicy(self._settings.ghost_limit / 100, self._settings.redraw_cooldown)
            self._easel.show(frame, policy, good_moment=self._record.redraw)
        self._card = ""
        self._mark = replace(
            self._mark,
            film=reel.path.name,
            reel=reel.id,
            frame=number,
            shown_at=round(self._clock.now(), 3),
            places={**self._mark.places, reel.id: number},
        )
        self._save()
        self._state = "paused" if self._wishes.paused else "playing"
        self._set_due(schedule.next_due(due, self._clock.ticks(), self._pace))
        return True

    def _show_card(self, title: str, line: str) -> None:
        if self._card != title + line:
            self._easel.put(card(self._easel.size, title, line), Redraw.FULL)
            self._card = title + line
        self._state = "empty"

    def _keep_pace(self) -> None:
        """Take a change of pace into account, counted from when the present frame came."""
        before = self._pace
        self._pace = schedule.pace(self._settings, len(self._reel) if self._reel is not None else 0)
        if self._pace.seconds != before.seconds:
            self._set_due(self._due - before.seconds + self._pace.seconds)

    def _set_due(self, due: float) -> None:
        self._due = due
        self._due_at = round(self._clock.now() + max(0.0, due - self._clock.ticks()), 3)

    # --- the bookmark, and what is true ------------------------------------------------------------------

    @property
    def _mark(self) -> Bookmark:
        assert self._bookmark is not None
        return self._bookmark

    @_mark.setter
    def _mark(self, bookmark: Bookmark) -> None:
        self._bookmark = bookmark

    def _save(self) -> None:
        save(self._home.bookmark, self._mark)

    def _say(self) -> None:
        status = self._status()
        if status != self._said:
            save(self._home.status, status, durable=False)
            self._said = status

    def _status(self) -> Status:
        easel, size = self._easel, self._easel.size
        status = Status(
            state=self._state,
            trouble=" ".join(filter(None, (self._bookmark_trouble, self._wishes_trouble, self._trouble))),
            seconds_per_frame=self._pace.seconds,
            step=self._pace.step,
            redraw=easel.last.value,
            redraws=easel.redraws,
            flashes=easel.flashes,
            ghosts=round(easel.ghosts, 5),
            panel=self._panel,
            width=size.width,
            height=size.height,
            settings=self._settings.values(),
            seek=self._mark.applied.seek,
        )
        reel, record = self._reel, self._record
        if reel is None or record is None:
            return status
        film_time = record.stamp.time / 1e6
        playing = self._state == "playing"
        ends = self._mark.shown_at + self._pace.remaining(record.number, len(reel))
        return replace(
            status,
            film=reel.path.name,
            reel=reel.id,
            title=reel.header.title,
            credit=reel.header.credit,
            frame=record.number,
            frames=len(reel),
            complete=reel.finished,
            film_time=film_time,
            duration=reel.header.duration,
            shot=record.stamp.shot,
            chapter=next((c.title for c in reversed(reel.header.chapters) if c.time <= film_time), ""),
            shown_at=self._mark.shown_at,
            next_due=self._due_at if playing else None,
            ends_at=round(ends, 3) if playing and reel.finished else None,
        )


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
