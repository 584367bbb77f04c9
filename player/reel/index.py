"""Where each frame of a reel begins: found by the index in the file, and by walking what it misses."""

from __future__ import annotations

from array import array
from collections.abc import Callable

import numpy as np

from player.frame import Size
from player.reel.layout import (
    END,
    MAX_FRAMES,
    SEGMENT,
    SEGMENT_BYTES,
    SEGMENT_MAGIC,
    ReelError,
    Segment,
    unpack_end,
    unpack_segment,
)
from player.reel.record import HEAD, RECORD_MAGIC, raw_length, unpack_record

_STRIDE_BACK = 1 << 20


class Index:
    """Offsets of a reel's records: eight bytes a frame, whatever the file claims.

    Args:
        read: bytes of the file, by offset and number; fewer where it ends before.
        length: of the file now, in bytes.
        start: where the first record begins.
        size: of every frame.
        key_interval: of the reel.
    """

    def __init__(
        self,
        read: Callable[[int, int], bytes],
        length: Callable[[], int],
        start: int,
        size: Size,
        key_interval: int,
    ) -> None:
        self._read = read
        self._length = length
        self._start = self._end = start
        self._size = size
        self._key_interval = key_interval
        self.offsets = array("Q")
        """Of each frame's record."""
        self.finished = False
        """Whether the exporter has put its end mark; until then frames may still be added."""
        self.fault = ""
        """Why the frames stop before the end of the file, if they do and no exporter is to blame."""
        self._load()
        self.grow()

    def grow(self) -> bool:
        """Look whether the file has grown; true if there are new frames or an end mark."""
        if self.finished:
            return False
        before = len(self.offsets)
        length = self._length()
        while self._step(length):
            pass
        return self.finished or len(self.offsets) > before

    def _step(self, length: int) -> bool:
        """Take in what lies at the end of what is known; false when nothing whole does."""
        at, count = self._end, len(self.offsets)
        head = self._read(at, HEAD.size)
        if head.startswith(RECORD_MAGIC) and len(head) == HEAD.size and count < MAX_FRAMES:
            try:
                record = unpack_record(head, self._size, self._key_interval)
            except ReelError as error:
                return self._stop(f"{error}, where frame {count} should be")
            if record.number != count:
                return self._stop(f"frame {record.number}, where frame {count} should be")
            if at + HEAD.size + record.length > length:
                return False
            self.offsets.append(at)
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

    def _load(self) -> None:
        """Take the offsets from the segments, newest to oldest; what they miss, `grow` will walk."""
        length = self._length()
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
            self.offsets = array("Q", offsets.tobytes())
            self._end = known_to

    def _segment(self, at: int) -> Segment | None:
        return unpack_segment(self._read(at, SEGMENT_BYTES), at)

    def _newest_segment(self, length: int) -> int:
        """Search backwards for a whole segment, no further than one segment's frames can reach."""
        reach = (SEGMENT + 1) * (HEAD.size + raw_length(self._size)) + SEGMENT_BYTES
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
