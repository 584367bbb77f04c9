"""Every ditherer on a stretch of a film: how good each looks, and how many pixels each changes for it.

The film goes by once, and each ditherer dithers every frame of it with its own last frame before it. Kept are
sums, so that a whole film takes no more memory than a clip.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import math
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from export.ditherers import Ditherer, dithered
from export.film import Film, Moment, Place
from export.look import Look
from export.measure import Contone, Fade, MeasureError, Measures, Meter, fade
from export.stages.tone import Grey
from player.frame import Frame
from player.reel import encode
from player.reel.record import HEAD

BASELINE = "floyd-steinberg"
"""What the others are held against."""
BATCH = 8
"""Pictures held at once; the window of the most foresighted ditherer."""

_Batch: TypeAlias = list[tuple[Grey, Contone]]


@dataclass(frozen=True)
class Stretch:
    """Which frames of a film.

    Args:
        film: path of the film file.
        start: film time of the first of them, in seconds.
        frames: at the most; None for all.
        step: take every so manieth frame.
    """

    film: Path
    start: float = 0.0
    frames: int | None = None
    step: int = 1

    def moments(self, film: Film) -> Iterator[Moment]:
        """The moments of the stretch."""
        begin: Place | None = None
        if self.start > 0:
            seen = (one.place for one in film.glimpses() if one.time >= self.start * 1e6)
            begin = next(seen, None)
            if begin is None:
                raise MeasureError(f"{self.film.name} is over before {self.start:g} s")
        count = 0
        for moment in film.moments(begin):
            if (moment.number - (begin.number if begin else 0)) % self.step:
                continue
            if count == self.frames:
                return
            count += 1
            yield moment


@dataclass(frozen=True)
class Row:
    """One ditherer's figures.

    Args:
        name: as it was asked for.
        measures: on the clip.
        fade: on a flat grey that grows lighter.
        kilobytes: of a frame in a reel, mean.
        milliseconds: to dither a frame on one core, median.
    """

    name: str
    measures: Measures
    fade: Fade
    kilobytes: float
    milliseconds: float

    def values(self) -> dict[str, float | str | None]:
        """All of it, flat, for a table; what is no number is None."""
        found: dict[str, float | str | None] = {"ditherer": self.name, **dataclasses.asdict(self.measures)}
        found |= {
            "of_bound": self.measures.of_bound,
            "fade_changed": self.fade.measures.changed,
            "fade_bound": self.fade.measures.bound,
            "fade_of_bound": self.fade.of_bound,
            "fade_grey_error": self.fade.noise.grey_error,
            "fade_low_power_db": self.fade.noise.low,
            "fade_anisotropy_db": self.fade.noise.direction,
            "kilobytes": self.kilobytes,
            "milliseconds": self.milliseconds,
        }
        return {
            key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in found.items()
        }


def compare(
    stretch: Stretch,
    look: Look,
    ditherers: Mapping[str, Ditherer],
    tell: Callable[[int], None] = lambda _: None,
) -> list[Row]:
    """Measure ditherers.

    Args:
        stretch: of a film.
        look: how its pictures become grey.
        ditherers: by the name that each shall have in the table.
        tell: called with the number of frames done.

    Raises:
        FilmError: the film cannot be read.
        MeasureError: there is no such stretch.
    """
    running = {name: _Running(one, Meter(look.panel)) for name, one in ditherers.items()}
    done = 0
    with Film(stretch.film) as film:
        for batch in _batches(look.grey(moment) for moment in stretch.moments(film)):
            for one in running.values():
                one.dither(batch)
            for number, (_, contone) in enumerate(batch):
                for one in running.values():
                    one.measure(contone, number)
                done += 1
                tell(done)
    return [one.row(name) for name, one in running.items()]


def _batches(greys: Iterable[Grey]) -> Iterator[_Batch]:
    """Pictures of one shot, as many as a foresighted ditherer may want at once."""
    batch: _Batch = []
    before: Contone | None = None
    for grey in greys:
        before = Contone.of(grey, before)
        if batch and (before.cut or len(batch) == BATCH):
            yield batch
            batch = []
        batch.append((grey, before))
    if batch:
        yield batch


@dataclass
class _Running:
    ditherer: Ditherer
    meter: Meter
    last: Frame | None = None
    bytes: int = 0
    frames: list[Frame] = dataclasses.field(default_factory=list)
    greys: list[Grey] = dataclasses.field(default_factory=list)
    times: list[float] = dataclasses.field(default_factory=list)

    def dither(self, batch: _Batch) -> None:
        """Dither pictures of one shot, and stop the time."""
        if batch[0][1].cut:
            self.greys = []
        greys = [grey for grey, _ in batch]
        begin = time.perf_counter()
        self.frames = list(dithered(self.ditherer, greys, self.last if self.greys else None, self.greys))
        self.times.append((time.perf_counter() - begin) / len(batch))
        self.greys = [*greys[::-1], *self.greys][: max(1, self.ditherer.memory)]

    def measure(self, contone: Contone, number: int) -> None:
        """Measure one of the frames that came of them."""
        frame = self.frames[number]
        self.meter = self.meter.add(contone, frame, self.last)
        self.bytes += HEAD.size + len(encode(frame, self.last, key=False).payload)
        self.last = frame

    def row(self, name: str) -> Row:
        measures = self.meter.result()
        size = self.bytes / measures.frames / 1e3
        return Row(name, measures, fade(self.ditherer), size, statistics.median(self.times) * 1e3)


COLUMNS: tuple[tuple[str, str, int, Callable[[Row], float | None]], ...] = (
    ("changed", "%", 3, lambda row: 100 * row.measures.changed),
    ("w→b", "%", 3, lambda row: 100 * row.measures.darkened),
    ("of bound", "×", 2, lambda row: row.measures.of_bound),
    ("ghosts", "%", 2, lambda row: 100 * row.measures.ghosted),
    ("HPSNR30", "dB", 2, lambda row: row.measures.hpsnr30),
    ("shifted", "dB", 2, lambda row: row.measures.shifted30),
    ("HPSNR60", "dB", 2, lambda row: row.measures.hpsnr60),
    ("shifted", "dB", 2, lambda row: row.measures.shifted60),
    ("SSIM30", "", 4, lambda row: row.measures.ssim30),
    ("SSIM60", "", 4, lambda row: row.measures.ssim60),
    ("lag", "", 3, lambda row: row.measures.lag),
    ("fade", "× bound", 2, lambda row: row.fade.of_bound),
    ("size", "kB", 1, lambda row: row.kilobytes),
    ("time", "ms", 1, lambda row: row.milliseconds),
)
"""Head, unit, places after the point, and value of each column of the table."""


def as_text(rows: Sequence[Row]) -> str:
    """The table for a person; `fewer` is by how many times fewer pixels change than with the baseline."""
    base = next((row.measures.changed for row in rows if row.name == BASELINE), None)
    table = [
        ["ditherer", "fewer", *(head for head, *_ in COLUMNS)],
        ["", "×", *(unit for _, unit, *_ in COLUMNS)],
    ]
    for row in rows:
        fewer = base / row.measures.changed if base and row.measures.changed else None
        values = [_written(fewer, 1), *(_written(value(row), places) for _, _, places, value in COLUMNS)]
        table.append([row.name, *values])
    wide = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    lines = [
        "  ".join([cells[0].ljust(wide[0]), *map(str.rjust, cells[1:], wide[1:])]).rstrip() for cells in table
    ]
    return "\n".join(lines) + "\n"


def as_csv(rows: Sequence[Row]) -> str:
    """The whole table for a spreadsheet."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0].values()))
    writer.writeheader()
    writer.writerows(row.values() for row in rows)
    return out.getvalue()


def as_json(rows: Sequence[Row], stretch: Stretch, look: Look) -> str:
    """The same with what it was measured on, for a program."""
    what = {
        "film": stretch.film.name,
        "from": stretch.start,
        "step": stretch.step,
        "panel": list(look.panel),
        "look": look.settings(),
        "ditherers": [row.values() for row in rows],
    }
    return json.dumps(what, indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def _written(value: float | None, places: int) -> str:
    return "–" if value is None else f"{value:.{places}f}"
