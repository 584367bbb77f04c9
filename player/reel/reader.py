"""Reading a reel, finished or still growing."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from zlib import crc32

from player.errors import LongtakeError
from player.frame import Frame, Size, difference
from player.reel.header import ReelHeader, unpack_header
from player.reel.index import Index
from player.reel.layout import PREAMBLE, ReelError, unpack_preamble
from player.reel.record import HEAD, Record, decode, unpack_record


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
        self._last: _Last | None = None
        try:
            preamble = unpack_preamble(self._read(0, PREAMBLE.size))
            head = self._read(0, PREAMBLE.size + preamble.json_length)
            self.header: ReelHeader = unpack_header(preamble, head)
            self.id = f"{crc32(head):08x}"
            """Names the film and the way it was made: equal headers, equal reels."""
            self._index = Index(self._read, self._length, len(head), self.size, self.header.key_interval)
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

    @property
    def finished(self) -> bool:
        """Whether the exporter has put its end mark; until then frames may still be added."""
        return self._index.finished

    @property
    def fault(self) -> str:
        """Why the frames stop before the end of the file, if they do and no exporter is to blame."""
        return self._index.fault

    def __len__(self) -> int:
        return len(self._index.offsets)

    def offset(self, number: int) -> int:
        """Where a frame's record begins.

        Raises:
            NoFrameError: the reel holds no frame of that number.
        """
        if not 0 <= number < len(self):
            raise NoFrameError(f"frame {number} of {len(self)} in {self.path.name}")
        return self._index.offsets[number]

    def refresh(self) -> bool:
        """Look whether the file has grown; true if there are new frames or an end mark."""
        return self._index.grow()

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
            payload = self._read(self.offset(current) + HEAD.size, step.length)
            before = decode(step, payload, before, self.size)
        assert before is not None
        self._last = _Last(number, before)
        return before

    def next_key(self, number: int) -> int | None:
        """The first frame after `number` that can be decoded, or None: the way on past damage."""
        for candidate in range(number + 1, len(self)):
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

    def _length(self) -> int:
        return os.fstat(self._descriptor).st_size
