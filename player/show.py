"""The film's loop: the one place that holds clock, reel and panel together.

Each tick takes the owner's wishes in, draws if something is due, and says what is true. What is decided and
how is elsewhere and pure: `schedule` for when, `refresh` for how. The order in `_draw` is the promise to a
machine whose plug may be pulled: first the ink, then the bookmark.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from player import schedule, shelf
from player.cards import card
from player.clock import Clock
from player.desk import Desk
from player.easel import Easel, StuckError
from player.lookout import Lookout
from player.reel import Record, Reel, ReelError
from player.refresh import FLASH, Moment, Redraw
from player.settings import Settings
from player.state import Home, Status

POLL = 0.5
"""Seconds between two looks at the owner's wishes."""
DAY = 86_400.0
RETRY, LONGEST_RETRY, GIVE_UP = 10.0, 600.0, 6
"""A panel that is stuck is tried again after so many seconds, twice as many each time, and so many times."""


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
        self._shelf = home.reels
        self._desk = Desk(home, settings or Settings())
        self._easel = easel
        self._clock = clock
        self._panel = panel
        self._reel: Reel | None = None
        self._lookout: Lookout | None = None
        self._record: Record | None = None
        self._pace = schedule.pace(self._desk.settings, 0)
        self._due = 0.0
        self._due_at = 0.0
        self._state = "empty"
        self._trouble = ""
        self._card = ""
        self._wanted = 0
        self._failures = 0
        self._retry_at = 0.0
        self._cleaned = clock.ticks()
        self._shelf_seen: list[tuple[str, int]] | None = None

    def run(self, stopped: Callable[[], bool]) -> None:
        """Play until told to stop. Every wait is `POLL` seconds long at the most."""
        while not stopped():
            self._clock.wait(self.tick())

    def close(self) -> None:
        """Let go of reel and panel; the picture stays."""
        if self._lookout is not None:
            self._lookout.close()
        if self._reel is not None:
            self._reel.close()
            self._reel = None
        self._easel.close()

    def tick(self) -> float:
        """Do what is due, and return for how many seconds there is nothing to do.

        Raises:
            StuckError: the panel has not taken a frame for so long that it is time to start anew.
        """
        try:
            if self._failures:
                self._try_again()
            else:
                self._do_what_is_due()
        except StuckError as error:
            self._be_stuck(error)
        self._desk.say(self._status())
        if self._failures >= GIVE_UP:
            raise StuckError(f"given up after {GIVE_UP} times: {self._trouble}")
        if self._state != "playing":
            return POLL
        return max(0.0, min(POLL, self._due - self._clock.ticks()))

    def _do_what_is_due(self) -> None:
        if self._desk.look():
            self._keep_pace()
        self._apply_film_wish()
        if self._reel is None:
            self._look_for_a_film()
        self._apply_wishes()
        if self._reel is not None:
            self._go_on(self._reel)

    # --- a panel that hangs ------------------------------------------------------------------------------

    def _be_stuck(self, error: StuckError) -> None:
        """Say so, and wait before the panel is tried again: longer each time, and not for ever."""
        self._state, self._trouble = "stuck", f"{error}."
        self._retry_at = self._clock.ticks() + min(LONGEST_RETRY, RETRY * 2**self._failures)
        self._failures += 1

    def _try_again(self) -> None:
        if self._clock.ticks() < self._retry_at:
            return
        self._trouble = ""
        if self._reel is not None:
            self._draw(self._reel, self._wanted, flash=True)
        else:
            self._shelf_seen = None
            self._look_for_a_film()
        self._failures = 0

    # --- what the owner wants ----------------------------------------------------------------------------

    def _apply_film_wish(self) -> None:
        """Take the film that the owner chose, unless the bookmark knows of it; then it does."""
        film, applied = self._desk.wishes.film, self._desk.bookmark.applied
        if film is not None and film.id > applied.film:
            self._desk.bookmark = replace(self._desk.bookmark, applied=replace(applied, film=film.id))
            self._trouble = ""
            reel = self._take(film.name)
            if reel is not None:
                self._begin(reel, self._place_in(reel), asked=True)
            elif not self._trouble:
                self._trouble = f"{film.name} has no frames yet."
            self._desk.keep()

    def _apply_wishes(self) -> None:
        """Carry out the other wishes that the bookmark does not know; they are for the film there is."""
        wishes, applied = self._desk.wishes, self._desk.bookmark.applied
        if wishes.seek is not None and wishes.seek.id > applied.seek:
            self._desk.bookmark = replace(self._desk.bookmark, applied=replace(applied, seek=wishes.seek.id))
            if self._reel is not None and self._reel.id == wishes.seek.reel:
                self._draw(self._reel, wishes.seek.frame)
            self._desk.keep()
        applied = self._desk.bookmark.applied
        if wishes.redraw > applied.redraw:
            self._desk.bookmark = replace(self._desk.bookmark, applied=replace(applied, redraw=wishes.redraw))
            if self._reel is not None:
                self._draw(self._reel, self._desk.bookmark.frame, flash=True)
            self._desk.keep()

    # --- which film --------------------------------------------------------------------------------------

    def _look_for_a_film(self) -> None:
        """Open the film of the bookmark, or the first on the shelf; while there is none, say so."""
        found = [(name, _length(self._shelf / name)) for name in shelf.names(self._shelf)]
        if found == self._shelf_seen:
            return
        if self._shelf_seen is not None:
            self._trouble = ""
        self._shelf_seen = found
        name = self._desk.bookmark.film or (found[0][0] if found else "")
        reel = self._take(name) if name else None
        if reel is not None:
            frame = self._desk.bookmark.frame if reel.id == self._desk.bookmark.reel else 0
            self._begin(reel, self._caught_up(reel, frame))
        elif self._trouble:
            self._show_card("No film", self._trouble)
        else:
            self._show_card("No film yet", "Put a reel on the shelf, and it begins.")

    def _take(self, name: str) -> Reel | None:
        """Open a reel that this panel can show, or say what is wrong."""
        try:
            reel = shelf.take(self._shelf, name)
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

    def _begin(self, reel: Reel, frame: int, asked: bool = False) -> None:
        """Go on with this reel; with a flash, unless it is night and nobody asked for it."""
        if self._lookout is not None:
            self._lookout.close()
        if self._reel is not None and self._reel is not reel:
            self._reel.close()
        self._reel, self._lookout = reel, Lookout(reel)
        self._pace, self._due = schedule.pace(self._desk.settings, len(reel)), self._clock.ticks()
        flash = asked or not self._quiet()
        if not self._draw(reel, frame, flash):
            self._draw(reel, 0, flash)

    def _place_in(self, reel: Reel) -> int:
        """Where this reel was left; the beginning if that was its end."""
        frame = min(self._desk.bookmark.places.get(reel.id, 0), len(reel) - 1)
        pace = schedule.pace(self._desk.settings, len(reel))
        return 0 if reel.finished and frame + pace.step >= len(reel) else frame

    def _caught_up(self, reel: Reel, frame: int) -> int:
        """The frame to go on with after having been off."""
        frame = min(frame, len(reel) - 1)
        if (
            self._desk.settings.after_off == "hold"
            or not self._desk.bookmark.shown_at
            or self._desk.wishes.paused
        ):
            return frame
        pace = schedule.pace(self._desk.settings, len(reel))
        steps = schedule.missed(pace, self._desk.bookmark.shown_at, self._clock.now())
        loop = reel.finished and self._desk.settings.at_end == "loop"
        there = schedule.advance(frame, steps, pace, len(reel), loop)
        return len(reel) - 1 if there is None else there

    # --- playing it --------------------------------------------------------------------------------------

    def _go_on(self, reel: Reel) -> None:
        """Draw the next frame if it is due."""
        if reel.refresh():
            self._keep_pace()
        if self._state != "playing" and self._clock.ticks() - self._cleaned >= DAY and not self._quiet():
            # Ink that stands still for days stays there.
            self._draw(reel, self._desk.bookmark.frame, flash=True)
        if self._desk.wishes.paused:
            self._state = "paused"
            return
        if self._state == "paused":
            self._state = "playing"
            self._set_due(self._clock.ticks() + self._pace.seconds)
        if self._clock.ticks() < self._due:
            return
        loop = reel.finished and self._desk.settings.at_end == "loop"
        there = schedule.advance(self._desk.bookmark.frame, 1, self._pace, len(reel), loop)
        if there is not None and self._draw(reel, there):
            return
        if not reel.finished:
            self._state = "waiting"
            if reel.fault:
                self._trouble = f"{reel.path.name}: {reel.fault}."
        elif self._desk.settings.at_end == "next":
            following = self._take(shelf.after(self._shelf, self._desk.bookmark.film))
            self._begin(following or reel, 0)
        elif loop:
            self._draw(reel, 0)
        else:
            self._state = "ended"

    def _draw(self, reel: Reel, number: int, flash: bool = False) -> bool:
        """Bring a frame onto the glass, then remember that it is there; false if none from it on is whole."""
        number, due = max(0, min(number, len(reel) - 1)), min(self._due, self._clock.ticks())
        self._wanted = number
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
        record, before = reel.record(number), self._record
        cut = record.stamp.cut or before is None or record.stamp.shot != before.stamp.shot
        if flash:
            self._easel.put(frame, FLASH)
        else:
            self._easel.show(frame, self._desk.settings.calm_clean, self._moment(number, cut))
        self._record = record
        if self._easel.last is Redraw.FULL:
            self._cleaned = self._clock.ticks()
        self._card = ""
        self._desk.bookmark = replace(
            self._desk.bookmark,
            film=reel.path.name,
            reel=reel.id,
            frame=number,
            shown_at=round(self._clock.now(), 3),
            places={**self._desk.bookmark.places, reel.id: number},
        )
        self._desk.keep()
        self._state = "paused" if self._desk.wishes.paused else "playing"
        self._set_due(schedule.next_due(due, self._clock.ticks(), self._pace))
        return True

    def _moment(self, number: int, cut: bool) -> Moment:
        """What there is to know for the decision how to redraw."""
        if self._quiet() or self._lookout is None:
            return Moment(quiet=self._quiet())
        to_come, lasting = self._lookout.look(number, self._pace.step)
        days = (self._clock.ticks() - self._cleaned) / DAY
        return Moment(to_come, lasting, cut, days=days)

    def _quiet(self) -> bool:
        return schedule.quiet(self._desk.settings, time.localtime(self._clock.now()).tm_hour)

    def _show_card(self, title: str, line: str) -> None:
        if self._card != title + line:
            self._easel.put(card(self._easel.size, title, line), FLASH)
            self._card = title + line
        self._state = "empty"

    def _keep_pace(self) -> None:
        """Take a change of pace into account, counted from when the present frame came."""
        before = self._pace
        self._pace = schedule.pace(self._desk.settings, len(self._reel) if self._reel is not None else 0)
        if self._pace.seconds != before.seconds:
            self._set_due(self._due - before.seconds + self._pace.seconds)

    def _set_due(self, due: float) -> None:
        self._due = due
        self._due_at = round(self._clock.now() + max(0.0, due - self._clock.ticks()), 3)

    # --- what is true ------------------------------------------------------------------------------------

    def _status(self) -> Status:
        easel, size = self._easel, self._easel.size
        status = Status(
            state=self._state,
            trouble=" ".join(filter(None, (self._desk.trouble, self._trouble))),
            seconds_per_frame=self._pace.seconds,
            step=self._pace.step,
            redraw=easel.last.value,
            redraws=easel.redraws,
            flashes=easel.flashes,
            resets=easel.resets,
            ghosts=round(easel.ghosts, 5),
            panel=self._panel,
            width=size.width,
            height=size.height,
            settings=self._desk.settings.values(),
            seek=self._desk.bookmark.applied.seek,
        )
        reel, record = self._reel, self._record
        if reel is None or record is None:
            return status
        film_time = record.stamp.time / 1e6
        playing = self._state == "playing"
        ends = self._desk.bookmark.shown_at + self._pace.remaining(record.number, len(reel))
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
            shown_at=self._desk.bookmark.shown_at,
            next_due=self._due_at if playing else None,
            ends_at=round(ends, 3) if playing and reel.finished else None,
        )


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
