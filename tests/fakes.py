"""Stand-ins that behave: a clock on which a year is short, a panel that remembers, and reels to play."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from player.frame import Frame, Size
from player.panels import PanelError
from player.reel import Chapter, Reel, ReelHeader, ReelWriter, Stamp
from player.refresh import Redraw

SMALL = Size(64, 48)
FRAME_TIME = 40_000
"""Microseconds of film from one frame to the next."""


class FakeClock:
    """Time that passes when it is waited for, and at no other moment."""

    def __init__(self, now: float = 1_700_000_000.0, ticks: float = 1_000.0) -> None:
        self._now = now
        self._ticks = ticks

    def now(self) -> float:
        return self._now

    def ticks(self) -> float:
        return self._ticks

    def wait(self, seconds: float) -> None:
        assert seconds >= 0
        self._now += seconds
        self._ticks += seconds

    def jump(self, seconds: float) -> None:
        """Set the time of day, as NTP does; no time passes."""
        self._now += seconds


class RecordingPanel:
    """Remembers what it was told to show; can be broken, and can be watched while its ink moves."""

    most_partials = 0

    def __init__(self, size: Size = SMALL) -> None:
        self.size = size
        self.shown: list[tuple[Frame, Redraw]] = []
        self.broken = False
        self.closed = False
        self.while_moving: Callable[[], None] = lambda: None

    def show(self, frame: Frame, redraw: Redraw) -> Redraw:
        assert frame.size == self.size and not self.closed
        self.while_moving()
        if self.broken:
            raise PanelError("the panel did not answer in time")
        self.shown.append((frame, redraw))
        return redraw

    def close(self) -> None:
        self.closed = True

    @property
    def frames(self) -> list[Frame]:
        return [frame for frame, _ in self.shown]

    @property
    def redraws(self) -> list[Redraw]:
        return [redraw for _, redraw in self.shown]


def random_frame(seed: int, size: Size = SMALL, share: float = 0.5) -> Frame:
    random = np.random.default_rng(seed)
    return Frame.of(random.random((size.height, size.width)) < share)


def film(count: int, size: Size = SMALL, seed: int = 1, changes: int = 12) -> list[Frame]:
    """Frames each of which turns exactly so many pixels of the one before."""
    random = np.random.default_rng(seed)
    mask = random.random((size.height, size.width)) < 0.5
    frames = []
    for _ in range(count):
        frames.append(Frame.of(mask))
        turned = random.choice(size.pixels, changes, replace=False)
        mask = mask.copy()
        mask.flat[turned] = ~mask.flat[turned]
    return frames


def header(title: str, size: Size = SMALL, chapters: Iterable[Chapter] = (), **more) -> ReelHeader:
    fields = {"key_interval": 8, "rate": 25.0, "duration": 60.0, "ditherer": "none", **more}
    return ReelHeader(
        size=size,
        title=title,
        source=f"{title}.mp4",
        source_sha256="00" * 32,
        chapters=tuple(chapters),
        **fields,
    )


def begin_reel(path: Path, size: Size = SMALL, **more) -> ReelWriter:
    """A reel that is being written; its title, and so its id, comes of its file name."""
    return ReelWriter.create(path, header(more.pop("title", path.stem), size, **more))


def add_frames(writer: ReelWriter, frames: Iterable[Frame], cuts: Iterable[int] = ()) -> None:
    cuts = set(cuts)
    for frame in frames:
        number = writer.count
        shot = sum(cut <= number for cut in cuts)
        writer.append(Stamp(number, number * FRAME_TIME, shot, number in cuts), frame)


def write_reel(path: Path, frames: list[Frame], cuts: Iterable[int] = (), finish=True, **more) -> Path:
    with begin_reel(path, frames[0].size, **more) as writer:
        add_frames(writer, frames, cuts)
        if finish:
            writer.finish()
    return path


def reel_id(path: Path) -> str:
    with Reel.open(path) as reel:
        return reel.id


def damage_frame(path: Path, number: int) -> None:
    """Spoil the last byte of a frame's payload, which the record after it follows."""
    with Reel.open(path) as reel:
        at = reel.offset(number + 1) - 1
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)
