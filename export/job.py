"""All that decides a reel."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from export.ditherers import ditherer
from export.film import Film
from export.look import Look
from player.errors import LongtakeError
from player.reel import Chapter, ReelHeader


class RenderError(LongtakeError, RuntimeError):
    """A render that could not go on; what is in the reel stays there."""


@dataclass(frozen=True)
class Job:
    """All that decides a reel.

    Args:
        film: path of the film file.
        look: how its pictures become grey.
        ditherer: its name, and settings if it is to have others, as `export.ditherers.ditherer` reads them.
        step: take every so manieth frame.
        key_interval: at least every so many frames one stands alone.
        title: of the film; empty to take the file's own.
        credit: who made it, under which licence.
    """

    film: Path
    look: Look
    ditherer: str = "direct-search"
    step: int = 1
    key_interval: int = 64
    title: str = ""
    credit: str = ""

    def header(self) -> ReelHeader:
        """The header of the reel. Reads the whole film file once, for its hash.

        Raises:
            FilmError: the film cannot be opened.
            DithererError: there is no such ditherer.
        """
        with Film(self.film) as film:
            return ReelHeader(
                size=self.look.panel,
                key_interval=self.key_interval,
                title=self.title or film.title,
                credit=self.credit,
                source=self.film.name,
                source_sha256=film.sha256(),
                ditherer=self.ditherer.partition(":")[0],
                settings={**ditherer(self.ditherer).settings(), **self.look.settings()},
                rate=film.rate,
                step=self.step,
                duration=film.duration,
                chapters=tuple(Chapter(max(0.0, time), title) for time, title in film.chapters),
                made_by=f"longtake {version('longtake')}",
            )
