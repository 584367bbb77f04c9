"""The film's loop: the one place that holds clock, reel and panel together.

Each tick takes the owner's wishes in, draws if something is due, and says what is true. What is decided and
how is elsewhere: `metronome` for when, `refresh` for how, `patience` for a panel that does not take a frame.
The order in `_draw` is the promise to a machine whose plug may be pulled: first the ink, then the bookmark.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from player import places, report, schedule, shelf
from player.clock import Clock
from player.desk import Desk
from player.easel import Easel, StuckError
from player.home import Home
from player.metronome import Metronome
from player.panels import TemperatureError
from player.patience import Patience
from player.reel import Record, Reel, ReelError
from player.refresh import FLASH, Moment, Redraw
from player.settings import Settings
from player.spool import Spool
from player.state import Status

POLL = 0.5
"""Seconds between two looks at the owner's wishes."""
DAY = 86_400.0


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
        self._spool: Spool | None = None
        self._metronome = Metronome(clock, schedule.pace(self._desk.settings, 0))
        self._patience = Patience()
        self._state = "empty"
        self._trouble = ""
        self._wanted = 0
        self._cleaned = clock.ticks()
        self._shelf_seen: list[tuple[str, int]] | None = None

    def run(self, stopped: Callable[[], bool]) -> None:
        """Play until told to stop. Every wait is `POLL` seconds long at the most."""
        while not stopped():
            self._clock.wait(self.tick())

    def close(self) -> None:
        """Let go of reel and panel; the picture stays."""
        if self._spool is not None:
            self._spool.close()
            self._spool = None
        self._easel.close()

    def tick(self) -> float:
        """Do what is due, and return for how many seconds there is nothing to do.

        Raises:
            StuckError: the panel has not taken a frame for so long that it is time to start anew.
        """
        if self._desk.look():
            self._keep_pace()
        try:
            if self._patience.until is None:
                self._do_what_is_due()
            elif self._clock.ticks() >= self._patience.until:
                self._try_again()
        except StuckError as error:
            self._patience = self._patience.hung(self._clock.ticks())
            self._state, self._trouble = "stuck", f"{error}."
        except TemperatureError as error:
            self._patience = self._patience.asked(self._clock.ticks())
            self._state, self._trouble = "holding", f"Waiting: {error}."
        self._desk.say(self._status())
        if self._patience.spent:
            raise StuckError(f"given up after {self._patience.failures} times: {self._trouble}")
        return max(0.0, min(POLL, self._metronome.left())) if self._state == "playing" else POLL

    def _do_what_is_due(self) -> None:
        self._apply_film_wish()
        if self._spool is None:
            self._look_for_a_film()
        self._apply_wishes()
        if self._spool is not None:
            self._go_on(self._spool)

    def _try_again(self) -> None:
        """Draw what the panel did not take, in full."""
        self._trouble = ""
        if self._spool is not None:
            self._draw(self._spool, self._wanted, flash=True)
        else:
            self._shelf_seen = None
            self._look_for_a_film()
        self._patience = Patience()

    def _apply_film_wish(self) -> None:
        """Take the film that the owner chose, unless the bookmark knows of it; then it does."""
        wish = self._desk.film_wish()
        if wish is None:
            return
        self._trouble = ""
        reel = self._take(wish.name)
        if reel is not None:
            self._begin(reel, places.where_left(reel, self._desk.bookmark, self._desk.settings), asked=True)
        elif not self._trouble:
            self._trouble = f"{wish.name} has no frames yet."
        self._desk.keep()

    def _apply_wishes(self) -> None:
        """Carry out the other wishes that the bookmark does not know; they are for the film there is."""
        seek = self._desk.seek_wish()
        if seek is not None and self._spool is not None and self._spool.reel.id == seek.reel:
            self._draw(self._spool, seek.frame)
        if self._desk.redraw_wish() and self._spool is not None:
            self._draw(self._spool, self._desk.bookmark.frame, flash=True)
        self._desk.keep()

    def _look_for_a_film(self) -> None:
        """Open the film of the bookmark, or the first on the shelf; while there is none, say so."""
        found = shelf.contents(self._shelf)
        if found == self._shelf_seen:
            return
        if self._shelf_seen is not None:
            self._trouble = ""
        self._shelf_seen = found
        name = self._desk.bookmark.film or (found[0][0] if found else "")
        reel = self._take(name) if name else None
        if reel is not None:
            settings, now = self._desk.settings, None if self._desk.wishes.paused else self._clock.now()
            self._begin(reel, places.where_by_now(reel, self._desk.bookmark, settings, now))
            return
        title = "No film" if self._trouble else "No film yet"
        self._easel.say(title, self._trouble or "Put a reel on the shelf, and it begins.")
        self._state = "empty"

    def _take(self, name: str) -> Reel | None:
        """Open a reel that this panel can show, or say what is wrong."""
        try:
            return shelf.take_for(self._shelf, name, self._easel.size)
        except ReelError as error:
            self._trouble = f"{error}."
            return None

    def _begin(self, reel: Reel, frame: int, asked: bool = False) -> None:
        """Go on with this reel; with a flash, unless it is night and nobody asked for it."""
        if self._spool is not None:
            self._spool.close()
        self._spool = spool = Spool(reel)
        self._metronome.begin(schedule.pace(self._desk.settings, len(reel)))
        flash = asked or not self._quiet()
        if not self._draw(spool, frame, flash):
            self._draw(spool, 0, flash)

    def _go_on(self, spool: Spool) -> None:
        """Draw the next frame if it is due."""
        reel, settings = spool.reel, self._desk.settings
        if reel.refresh():
            self._keep_pace()
        if self._state != "playing" and self._clock.ticks() - self._cleaned >= DAY and not self._quiet():
            # Ink that stands still for days stays there.
            self._draw(spool, self._desk.bookmark.frame, flash=True)
        if self._desk.wishes.paused:
            self._state = "paused"
            return
        if self._state == "paused":
            self._state = "playing"
            self._metronome.pause()
        if self._metronome.left() > 0:
            return
        loops = places.loops(reel, settings)
        there = schedule.advance(self._desk.bookmark.frame, 1, self._metronome.pace, len(reel), loops)
        if there is not None and self._draw(spool, there):
            return
        if not reel.finished:
            self._state = "waiting"
            if reel.fault:
                self._trouble = f"{reel.path.name}: {reel.fault}."
        elif settings.at_end == "next":
            following = self._take(shelf.after(self._shelf, self._desk.bookmark.film))
            if following is not None:
                self._begin(following, 0)
            else:
                self._draw(spool, 0)
        elif loops:
            self._draw(spool, 0)
        else:
            self._state = "ended"

    def _draw(self, spool: Spool, number: int, flash: bool = False) -> bool:
        """Bring a frame onto the glass, then remember that it is there; false if none from it on is whole."""
        reel, beat = spool.reel, self._metronome.beat()
        self._wanted = number = max(0, min(number, len(reel) - 1))
        try:
            found = spool.find(number)
        except ReelError as error:
            self._trouble = f"{error}."
            self._metronome.pause()
            return False
        self._trouble = found.trouble or self._trouble
        if flash:
            self._easel.put(found.frame, FLASH)
        else:
            self._easel.show(found.frame, self._desk.settings.calm_clean, self._moment(spool, found.record))
        spool.record = found.record
        if self._easel.last is Redraw.FULL:
            self._cleaned = self._clock.ticks()
        self._desk.shown(reel.path.name, reel.id, found.record.number, self._clock.now())
        self._state = "paused" if self._desk.wishes.paused else "playing"
        self._metronome.after(beat)
        return True

    def _moment(self, spool: Spool, record: Record) -> Moment:
        """What there is to know for the decision how to redraw."""
        if self._quiet():
            return Moment(quiet=True)
        to_come, lasting = spool.look(record.number, self._metronome.pace.step)
        days = (self._clock.ticks() - self._cleaned) / DAY
        return Moment(to_come, lasting, spool.cuts_to(record), days=days)

    def _quiet(self) -> bool:
        return schedule.quiet(self._desk.settings, time.localtime(self._clock.now()).tm_hour)

    def _keep_pace(self) -> None:
        """Take a change of pace into account."""
        frames = len(self._spool.reel) if self._spool is not None else 0
        self._metronome.change(schedule.pace(self._desk.settings, frames))

    def _status(self) -> Status:
        trouble = " ".join(filter(None, (self._desk.trouble, self._trouble)))
        status = Status(state=self._state, trouble=trouble, panel=self._panel)
        return report.filled(status, self._easel, self._desk, self._metronome, self._spool)
