"""Reading a reel, finished or still growing."""

from __future__ import annotations

import os
from array import array
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from zlib import crc32

import numpy as np

from player.errors import LongtakeError
from player.frame import Frame, Size, difference
from player.reel.header import ReelHeader, unpack_header
from player.reel.layout import (
    END,
    MAX_FRAMES,
    PREAMBLE,
    SEGMENT,
    SEGMENT_BYTES,
    SEGMENT_MAGIC,
    ReelError,
    Segment,
    unpack_end,
    unpack_preamble,
    unpack_segment,
)
from player.reel.record import HEAD, RECORD_MAGIC, Record, decode, raw_length, unpack_record

_STRIDE_BACK = 1 << 20


class NoFrameError(LongtakeError, IndexError):
    """A frame number that the reel does not hold."""


@dataclass
class _Last:
    number: int
    frame: Frame


class Reel:
    """A reel on disk, open for reading.

    It reads by position and keeps one decoded frame, so memory is bounded by one frame and eight bytes of
    index a frame, whatever the file claims. Use it as a context manager.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor
        self._offsets = array("Q")
        self._last: _Last | None = None
        self.finished = False
        """Whether the exporter has put its end mark; until then frames may still be added."""
        self.fault = ""
        """Why the frames stop before the end of the file, if they do and no exporter is to blame."""
        try:
            preamble = unpack_preamble(self._read(0, PREAMBLE.size))
            head = self._read(0, PREAMBLE.size + preamble.json_length)
            self.header: ReelHeader = unpack_header(preamble, head)
            self.id = f"{crc32(head):08x}"
            """Names the film and the way it was made: equal headers, equal reels."""
            self._end = self._start = len(head)
            self._load_index()
            self.refresh()
        except BaseException as error:
            os.close(descriptor)
            if isinstance(error, ReelError):
                raise ReelError(f"{path.name}: {error}") from error
            raise

    @classmethod
    def open(cls, path: Path | str) -> Reel:
        """Open a reel.

        Raises:
            ReelError: the file is no reel of this version, or its header is damaged.
            OSError: it cannot be read.
        """
        path = Path(path)
        return cls(path, os.open(path, os.O_RDONLY | os.O_CLOEXEC))

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    @property
    def size(self) -> Size:
        """Of every frame, in pixels."""
        return self.header.size

    def __len__(self) -> int:
        return len(self._offsets)

    def offset(self, number: int) -> int:
        """Where a frame's record begins.

        Raises:
            NoFrameError: the reel holds no frame of that number.
        """
        if not 0 <= number < len(self._offsets):
            raise NoFrameError(f"frame {number} of {len(self._offsets)} in {self.path.name}")
        return self._offsets[number]

    def refresh(self) -> bool:
        """Look whether the file has grown; true if there are new frames or an end mark."""
        if self.finished:
            return False
        before = len(self._offsets)
        length = os.fstat(self._descriptor).st_size
        while self._step(length):
            pass
        return self.finished or len(self._offsets) > before

    def record(self, number: int) -> Record:
        """Read one record's head.

        Raises:
            NoFrameError: the reel holds no frame of that number.
            ReelError: the head is damaged.
        """
        record = unpack_record(
            self._read(self.offset(number), HEAD.size), self.size, self.header.key_interval
        )
        if record.number != number:
            raise ReelError(f"frame {number}: the index leads to frame {record.number}")
        return record

    def frame(self, number: int) -> Frame:
        """Decode one frame: one record if it follows the frame asked for last, else from the nearest key.

        Raises:
            NoFrameError: the reel holds no frame of that number.
            ReelError: a record on the way is damaged; never are wrong pixels returned.
        """
        record = self.record(number)
        last = self._last
        if last is not None and last.number == number:
            return last.frame
        if record.key:
            first, before = number, None
        elif last is not None and number - record.key_distance <= last.number < number:
            first, before = last.number + 1, last.frame
        else:
            first, before = number - record.key_distance, None
        for current in range(first, number + 1):
            step = record if current == number else self.record(current)
            payload = self._read(self._offsets[current] + HEAD.size, step.length)
            before = decode(step, payload, before, self.size)
        assert before is not None
        self._last = _Last(number, before)
        return before

    def next_key(self, number: int) -> int | None:
        """The first frame after `number` that can be decoded, or None: the way on past damage."""
        for candidate in range(number + 1, len(self._offsets)):
            try:
                if self.record(candidate).key:
                    self.frame(candidate)
                    return candidate
            except ReelError:
                continue
        return None

    def check(self, number: int) -> None:
        """Decode one frame and hold its record's counts and box against it.

        Raises:
            ReelError: something is not as the record says.
        """
        before = self.frame(number - 1) if number else Frame.white(self.size)
        if difference(before, self.frame(number)) != self.record(number).difference:
            raise ReelError(f"frame {number}: its counts of changed pixels are wrong")

    def _read(self, offset: int, length: int) -> bytes:
        data = b""
        while len(data) < length:
            more = os.pread(self._descriptor, length - len(data), offset + len(data))
            if not more:
                break
            data += more
        return data

    def _step(self, length: int) -> bool:
        """Take in what lies at the end of what is known; false when nothing whole does."""
        at, count = self._end, len(self._offsets)
        head = self._read(at, HEAD.size)
        if head.startswith(RECORD_MAGIC) and len(head) == HEAD.size and count < MAX_FRAMES:
            try:
                record = unpack_record(head, self.size, self.header.key_interval)
            except ReelError as error:
                return self._stop(f"{error}, where frame {count} should be")
            if record.number != count:
                return self._stop(f"frame {record.number}, where frame {count} should be")
            if at + HEAD.size + record.length > length:
                return False
            self._offsets.append(at)
            self._end = at + HEAD.size + record.length
            return True
        segment = self._segment(at)
        if segment is not None and segment.first + len(segment.offsets) == count:
            self._end = at + segment.length
            return True
        end = unpack_end(head[: END.size], at)
        if end is not None and end.frames == count and at + END.size == length:
            self.finished = True
            return False
        if length - at >= SEGMENT_BYTES:
            return self._stop(f"neither a record nor an end, where frame {count} should be")
        return False

    def _stop(self, fault: str) -> bool:
        self.fault = fault
        return False

    def _load_index(self) -> None:
        """Take the offsets from the segments, newest to oldest; what they miss, `refresh` will walk."""
        length = os.fstat(self._descriptor).st_size
        end = (
            unpack_end(self._read(length - END.size, END.size), length - END.size)
            if length > END.size
            else None
        )
        at = end.segment if end else self._newest_segment(length)
        segment = self._segment(at)
        if segment is None or segment.first + len(segment.offsets) > MAX_FRAMES:
            return
        known_to = at + segment.length
        chain = [segment]
        while segment.first:
            older = self._segment(segment.previous) if segment.previous < at else None
            if older is None or older.first + len(older.offsets) != segment.first:
                return
            at, segment = segment.previous, older
            chain.append(segment)
        offsets = np.array(
            [offset for segment in reversed(chain) for offset in segment.offsets], dtype=np.uint64
        )
        if offsets[0] == self._start and (np.diff(offsets.astype(np.int64)) >= HEAD.size).all():
            self._offsets = array("Q", offsets.tobytes())
            self._end = known_to

    def _segment(self, at: int) -> Segment | None:
        return unpack_segment(self._read(at, SEGMENT_BYTES), at)

    def _newest_segment(self, length: int) -> int:
        """Search backwards for a whole segment, no further than one segment's frames can reach."""
        reach = (SEGMENT + 1) * (HEAD.size + raw_length(self.size)) + SEGMENT_BYTES
        floor = max(self._start, length - reach)
        high = length
        while high > floor:
            low = max(floor, high - _STRIDE_BACK)
            block = self._read(low, high - low + len(SEGMENT_MAGIC) - 1)
            at = block.rfind(SEGMENT_MAGIC)
            while at >= 0:
                if self._segment(low + at) is not None:
                    return low + at
                at = block.rfind(SEGMENT_MAGIC, 0, at)
            high = low
        return 0
