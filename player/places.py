"""Where in a film to go on. Pure: time comes in as a number."""

from __future__ import annotations

from player import schedule
from player.reel import Reel
from player.settings import Settings
from player.state import Bookmark


def loops(reel: Reel, settings: Settings) -> bool:
    """Whether the film begins again after its last frame; one that is still being written waits for more."""
    return reel.finished and settings.at_end == "loop"


def where_left(reel: Reel, bookmark: Bookmark, settings: Settings) -> int:
    """The frame at which this reel was left; the beginning if that was its end, or if it is new."""
    frame = min(bookmark.places.get(reel.id, 0), len(reel) - 1)
    pace = schedule.pace(settings, len(reel))
    return 0 if reel.finished and frame + pace.step >= len(reel) else frame


def where_by_now(reel: Reel, bookmark: Bookmark, settings: Settings, now: float | None) -> int:
    """The frame to go on with after having been off: the bookmark's, or where the film would be by now.

    Args:
        reel: to go on with; the bookmark may be of another one.
        bookmark: where we were.
        settings: of which `after_off` decides.
        now: time of day, in seconds since 1970; None for a film that is paused, to which no time passes.
    """
    frame = min(bookmark.frame, len(reel) - 1) if reel.id == bookmark.reel else 0
    if settings.after_off == "hold" or not bookmark.shown_at or now is None:
        return frame
    pace = schedule.pace(settings, len(reel))
    steps = schedule.missed(pace, bookmark.shown_at, now)
    there = schedule.advance(frame, steps, pace, len(reel), loops(reel, settings))
    return len(reel) - 1 if there is None else there
