"""Writing a reel: append only, so that whatever happens the frames written so far stay."""

from __future__ import annotations

import fcntl
import os
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from player.frame import Frame
from player.reel.header import ReelHeader
from player.reel.layout import MAX_FRAMES, SEGMENT, End, ReelError, Segment, pack_end, pack_segment
from player.reel.reader import Reel
from player.reel.record import HEAD, Coded, Record, Stamp, encode

RECENT = 64
"""Stamps of so many frames are at hand for whoever goes on with a reel."""


class ReelWriter:
    """A reel that grows. Use it as a context manager; `finish` puts the end mark.

    A reader may play the file meanwhile. One writer at a time holds it, by an advisory lock.
    """

    def __init__(self, path: Path, header: ReelHeader, descriptor: int) -> None:
        self.path = path
        self.header = header
        self._descriptor = descriptor
        self._end = os.lseek(descriptor, 0, os.SEEK_END)
        self._offsets: list[int] = []
        self._segment = 0
        self._key_distance = 0
        self.count = 0
        """Frames in the reel."""
        self.finished = False
        """Whether the end mark is there."""
        self._last: Frame | None = None
        self._recent: deque[Stamp] = deque(maxlen=RECENT)

    @classmethod
    def create(cls, path: Path, header: ReelHeader) -> ReelWriter:
        """Begin a new reel.

        Raises:
            FileExistsError: the file is there already.
        """
        head = header.pack()
        writer = cls(path, header, _locked(path, os.O_CREAT | os.O_EXCL))
        writer._write(head)
        return writer

    @classmethod
    def resume(cls, path: Path, header: ReelHeader, window: int = 1) -> ReelWriter:
        """Go on with a reel that was interrupted: whatever follows its last whole window is cut off.

        The frames from its last key on are decoded, so that a torn tail is found.

        Args:
            path: of the reel.
            header: what it must have.
            window: frames of a shot that are made together, counted from the shot's beginning.

        Raises:
            ReelError: it is another film's or was made with other settings; nothing is changed then.
        """
        descriptor = _locked(path, 0)
        head = header.pack()
        try:
            writer = cls(path, header, descriptor)
            if head.startswith(os.pread(descriptor, len(head) + 1, 0)):
                writer._truncate(0)
                writer._write(head)
                return writer
            with Reel.open(path) as reel:
                if reel.header.pack() != head:
                    raise ReelError(f"{path.name} is of another film or was made with other settings")
                writer._take_over(reel, window)
        except BaseException:
            os.close(descriptor)
            raise
        return writer

    def append(self, stamp: Stamp, frame: Frame) -> None:
        """Add one frame.

        Raises:
            ReelError: the reel holds as many frames as a reel can.
        """
        key = is_key(self.count, stamp, self.header.key_interval)
        self._add(stamp, encode(frame, self._last, key))
        self._last = frame

    def extend(self, stamps: Iterable[Stamp], coded: Iterable[Coded], last: Frame) -> None:
        """Add frames that were coded elsewhere, each against the one before.

        Args:
            stamps: one for each frame.
            coded: the frames, keys where `is_key` wants them.
            last: the last of them.

        Raises:
            ReelError: the reel holds as many frames as a reel can.
        """
        for stamp, one in zip(stamps, coded, strict=True):
            self._add(stamp, one)
        self._last = last

    @property
    def last(self) -> tuple[Stamp, Frame] | None:
        """Where in the film the newest frame comes from, and that frame; None in an empty reel."""
        return None if self._last is None else (self._recent[-1], self._last)

    @property
    def recent(self) -> tuple[Stamp, ...]:
        """Where in the film the newest frames come from, up to `RECENT` of them, in order."""
        return tuple(self._recent)

    def finish(self) -> None:
        """Put the end mark; the reel is then whole and on the disk."""
        if not self.finished:
            if self._offsets:
                self._close_segment()
            self._write(pack_end(End(self.count, self._segment), self._end))
            os.fsync(self._descriptor)
            self.finished = True

    def close(self) -> None:
        """Let go of the file; without `finish` it can be resumed."""
        if self._descriptor >= 0:
            os.fsync(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def length(self) -> int:
        """Bytes in the file so far."""
        return self._end

    def _write(self, data: bytes) -> None:
        written = 0
        while written < len(data):
            written += os.write(self._descriptor, data[written:])
        self._end += len(data)

    def _add(self, stamp: Stamp, coded: Coded) -> None:
        if self.count >= MAX_FRAMES:
            raise ReelError(f"a reel holds at most {MAX_FRAMES} frames")
        self._key_distance = 0 if coded.key else self._key_distance + 1
        record = Record(
            number=self.count,
            stamp=stamp,
            key=coded.key,
            key_distance=self._key_distance,
            codec=coded.codec,
            length=len(coded.payload),
            payload_crc=coded.payload_crc,
            frame_crc=coded.frame_crc,
            difference=coded.difference,
            redraw=stamp.cut,
        )
        self._offsets.append(self._end)
        self._write(record.pack() + coded.payload)
        self.count += 1
        self._recent.append(stamp)
        if len(self._offsets) == SEGMENT:
            self._close_segment()

    def _close_segment(self) -> None:
        at = self._end
        first = self.count - len(self._offsets)
        self._write(pack_segment(Segment(first, self._segment, tuple(self._offsets)), at))
        self._segment, self._offsets = at, []
        os.fsync(self._descriptor)

    def _take_over(self, reel: Reel, window: int) -> None:
        whole = len(reel)
        while whole and not _decodes(reel, whole - 1):
            whole -= 1
        self.finished = reel.finished and whole == len(reel)
        if not self.finished:
            whole -= _since_cut(reel, whole) % window
        if not whole:
            self._truncate(len(self.header.pack()))
            return
        record = reel.record(whole - 1)
        self.count = whole
        self._last = reel.frame(whole - 1)
        self._recent.extend(reel.record(number).stamp for number in range(max(0, whole - RECENT), whole))
        self._key_distance = record.key_distance
        if self.finished:
            return
        tail = whole % SEGMENT or SEGMENT
        self._offsets = [reel.offset(number) for number in range(whole - tail, whole)]
        if whole > tail:
            before = reel.record(whole - tail - 1)
            self._segment = reel.offset(whole - tail - 1) + HEAD.size + before.length
        self._truncate(reel.offset(whole - 1) + HEAD.size + record.length)
        if tail == SEGMENT:
            self._close_segment()

    def _truncate(self, length: int) -> None:
        os.ftruncate(self._descriptor, length)
        self._end = os.lseek(self._descriptor, length, os.SEEK_SET)


def is_key(number: int, stamp: Stamp, key_interval: int) -> bool:
    """Whether the frame of that number in the reel must stand alone."""
    return stamp.cut or number % key_interval == 0


def _decodes(reel: Reel, number: int) -> bool:
    try:
        reel.frame(number)
    except ReelError:
        return False
    return True


def _since_cut(reel: Reel, count: int) -> int:
    """How many of the first `count` frames are of the last one's shot."""
    number = count
    for number in reversed(range(count)):
        if reel.record(number).stamp.cut:
            break
    return count - number


def _locked(path: Path, flags: int) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | flags, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise ReelError(f"{path.name} is being written by another program") from error
    return descriptor
