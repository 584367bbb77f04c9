"""What is true, put together for the status file."""

from __future__ import annotations

from dataclasses import replace

from player.desk import Desk
from player.easel import Easel
from player.metronome import Metronome
from player.reel import Record, Reel
from player.spool import Spool
from player.state import Status


def filled(status: Status, easel: Easel, desk: Desk, metronome: Metronome, spool: Spool | None) -> Status:
    """A status with all that these know.

    Args:
        status: with what only the show knows: `state`, `trouble`, `panel`.
        easel: with the panel.
        desk: with the bookmark.
        metronome: that beats for the film.
        spool: with the film, if there is one.
    """
    size, pace = easel.size, metronome.pace
    status = replace(
        status,
        seconds_per_frame=pace.seconds,
        step=pace.step,
        redraw=easel.last.value,
        redraws=easel.redraws,
        flashes=easel.flashes,
        resets=easel.resets,
        ghosts=round(easel.ghosts, 5),
        temperature=easel.temperature,
        width=size.width,
        height=size.height,
        settings=desk.settings.values(),
        seek=desk.bookmark.applied.seek,
    )
    if spool is None or spool.record is None:
        return status
    return _with_film(status, spool.reel, spool.record, desk.bookmark.shown_at, metronome)


def _with_film(status: Status, reel: Reel, record: Record, shown_at: float, metronome: Metronome) -> Status:
    film_time = record.stamp.time / 1e6
    playing = status.state == "playing"
    ends = shown_at + metronome.pace.remaining(record.number, len(reel))
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
        shown_at=shown_at,
        next_due=metronome.due_at if playing else None,
        ends_at=round(ends, 3) if playing and reel.finished else None,
    )
