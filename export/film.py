"""A film: a video file, opened, and its moments in order.

Frames are numbered in the order in which the decoder gives them; what a header says about their number is
not believed. Film time comes from the frames' own time stamps, so a variable frame rate is just a rate.

What is not handled yet has its place here: subtitles, in `Moment`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from export.colour import Colours, Rgb
from export.decoder import Decoder, FilmError, Picture
from player.frame import Size

__all__ = ["Film", "FilmError", "Glimpse", "Moment", "Place"]

GLIMPSE = Size(64, 36)


class Place(NamedTuple):
    """Where a frame is: its number, and the time stamp by which the file knows it."""

    number: int
    stamp: int | None


@dataclass(frozen=True, eq=False)
class Moment:
    """A picture and its film time.

    Args:
        number: of the frame, in decoding order from 0.
        time: film time in microseconds.
        rgb: ``uint8``, or ``uint16`` of a film with more than 8 bits, of shape ``(height, width, 3)``;
            full range, turned upright, pixels not yet square.
        aspect: width to height of one pixel.
    """

    number: int
    time: int
    rgb: Rgb
    aspect: Fraction


@dataclass(frozen=True, eq=False)
class Glimpse:
    """What a quick look at a frame tells.

    Args:
        place: of the frame.
        time: film time in microseconds.
        key: whether decoding can begin here.
        thumbnail: ``uint8`` of shape ``(36, 64)``, in code values.
    """

    place: Place
    time: int
    key: bool
    thumbnail: npt.NDArray[np.uint8]


class Film:
    """An open film file. Use it as a context manager.

    Args:
        path: of the file.
        threads: for decoding; 0 for as many as there are cores.

    Raises:
        FilmError: the file cannot be opened, or has no moving pictures.
    """

    def __init__(self, path: Path, threads: int = 0) -> None:
        self.path = path
        self._decoder = Decoder(path, threads)
        self._colours = Colours()

    def close(self) -> None:
        """Let go of the file."""
        self._decoder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def title(self) -> str:
        """As the file says it, else the file's name."""
        return str(self._decoder.container.metadata.get("title") or self.path.stem.replace("_", " "))

    @property
    def rate(self) -> float:
        """Average frames a second; 0 where the file does not say."""
        return float(self._decoder.stream.average_rate or 0)

    @property
    def duration(self) -> float:
        """Seconds; 0 where the file does not say."""
        if self._decoder.stream.duration:
            return float(self._decoder.stream.duration * self._decoder.tick)
        return (self._decoder.container.duration or 0) / 1_000_000

    @property
    def chapters(self) -> list[tuple[float, str]]:
        """Begin in seconds, and title, of each named chapter."""
        return [
            (float(chapter["start"] * chapter["time_base"]), str(chapter["metadata"]["title"]))
            for chapter in self._decoder.container.chapters()
            if chapter["metadata"].get("title")
        ]

    def sha256(self) -> str:
        """Of the whole file, in hex."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def moments(self, start: Place | None = None) -> Iterator[Moment]:
        """Every moment in order, from the beginning or from a place on.

        Raises:
            FilmError: the film has no such place.
        """
        for number, frame in self._frames(start):
            yield self._moment(number, frame)

    def at(self, seconds: float) -> Moment:
        """The moment that is on the screen at that film time.

        Its number is the best guess from the film's rate, since nothing before it was decoded.

        Raises:
            FilmError: the film is over by then.
        """
        wanted = self._decoder.origin + int(Fraction(seconds).limit_denominator(10**6) / self._decoder.tick)
        shown: Picture | None = None
        time = 0
        for count, frame in enumerate(self._decoder.before(wanted)):
            begins = self._time(count, frame)
            if shown is not None and begins > seconds * 1e6:
                break
            shown, time = frame, begins
        else:
            if shown is None or seconds > time / 1e6 + 1:
                raise FilmError(f"{self.path.name} is over before {seconds:g} s")
        return self._moment(round(time / 1e6 * self.rate), shown)

    def glimpses(self, start: Place | None = None) -> Iterator[Glimpse]:
        """A quick look at every frame, from the beginning or from a place on.

        Raises:
            FilmError: the film has no such place, or its time begins anew, so that a stamp means two places.
        """
        stamps: tuple[int, ...] = ()
        for number, frame in self._frames(start):
            if frame.pts is not None:
                # Two are asked, so that one bad stamp far ahead is not taken for a new beginning after it.
                if len(stamps) == 2 and frame.pts < min(stamps) - 1 / self._decoder.tick:
                    raise FilmError(
                        f"{self.path.name} is films in a row, and the time begins anew at frame {number};"
                        " copy it into one first, as `ffmpeg -i FILM -c copy FILM.mkv` does"
                    )
                stamps = (*stamps[-1:], frame.pts)
            thumbnail = self._colours.thumbnail(frame, GLIMPSE)
            yield Glimpse(
                Place(number, frame.pts), self._time(number, frame), bool(frame.key_frame), thumbnail
            )

    def place(self, number: int, time: int) -> Place:
        """The place of a frame of which number and film time (microseconds) are known."""
        return Place(number, self._decoder.origin + round(Fraction(time, 1_000_000) / self._decoder.tick))

    def _frames(self, start: Place | None) -> Iterator[tuple[int, Picture]]:
        if start is None or start.number == 0:
            yield from enumerate(self._decoder.since(None))
            return
        frames = enumerate(self._decoder.since(start.stamp), start.number)
        first = next(frames, None) if start.stamp is not None else None
        if first is None or first[1].pts != start.stamp:
            # The file's stamps are no guide: count from the beginning, which is slow and always right.
            frames = enumerate(self._decoder.since(None))
            first = next((pair for pair in frames if pair[0] == start.number), None)
        if first is None:
            raise FilmError(f"{self.path.name} has no frame {start.number}")
        yield first
        yield from frames

    def _moment(self, number: int, frame: Picture) -> Moment:
        aspect = Fraction(self._decoder.stream.sample_aspect_ratio or 1) or Fraction(1)
        rgb: Any = self._colours.rgb(frame)
        turns = round(frame.rotation / 90) % 4
        if turns:
            rgb = np.ascontiguousarray(np.rot90(rgb, turns))
            aspect = 1 / aspect if turns % 2 else aspect
        return Moment(number, self._time(number, frame), rgb, aspect)

    def _time(self, number: int, frame: Picture) -> int:
        if frame.pts is None:
            return round(number / (self.rate or 25) * 1_000_000)
        return max(0, round((frame.pts - self._decoder.origin) * self._decoder.tick * 1_000_000))
