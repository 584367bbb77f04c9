"""Where the bytes of a reel lie: the fixed parts, each guarded by its own CRC.

All numbers are little-endian. A reel is a preamble with the header's JSON, then records; after every
`SEGMENT` frames a segment of the index; when it is finished the last segment and an end mark. Nothing already
written is ever changed, so a reel cut anywhere is a shorter reel. `docs/reel.md` is the specification.
"""

from __future__ import annotations

import struct
from typing import NamedTuple
from zlib import crc32

from player.errors import LongtakeError
from player.frame import Size

VERSION = 1
MAGIC = b"\x89REEL\r\n\x1a"
SEGMENT_MAGIC = b"LTix"
END_MAGIC = b"LTen"

SEGMENT = 256
"""Frames in one segment of the index."""
MAX_FRAMES = 4_000_000
"""Frames in one reel: 37 hours of film at 30 frames a second."""
MAX_SIDE = 8192
"""Pixels along one side of a frame."""
MAX_JSON = 256 * 1024
"""Bytes of the header's JSON."""

PREAMBLE = struct.Struct("<8sHHHHII")
SEGMENT_HEAD = struct.Struct("<4sIIIQQ")
END = struct.Struct("<4sIQQ4xI")
CRC = struct.Struct("<I")


class ReelError(LongtakeError, ValueError):
    """A file that is no reel, a damaged one, or a frame that it does not hold."""


class Preamble(NamedTuple):
    """The first 24 bytes."""

    size: Size
    key_interval: int
    json_length: int
    crc: int


def pack_preamble(size: Size, key_interval: int, text: bytes) -> bytes:
    """The preamble for a header whose JSON is `text`."""
    bare = PREAMBLE.pack(MAGIC, VERSION, size.width, size.height, key_interval, len(text), 0)[:-4]
    return bare + CRC.pack(crc32(text, crc32(bare)))


def unpack_preamble(data: bytes) -> Preamble:
    """Read the preamble and refuse what no reader of this version should go on with.

    Raises:
        ReelError: too short, another kind of file, a newer version, or a size out of bounds.
    """
    if not data.startswith(MAGIC[: len(data)]) or not data:
        raise ReelError("not a reel: it does not begin with the reel's magic bytes")
    if len(data) < PREAMBLE.size:
        raise ReelError(f"cut off inside its first {PREAMBLE.size} bytes")
    _, version, width, height, key_interval, json_length, crc = PREAMBLE.unpack(data[: PREAMBLE.size])
    if version != VERSION:
        raise ReelError(f"it is of version {version}, and this program reads version {VERSION}")
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
        raise ReelError(f"frames of {width}×{height} are outside 1×1 to {MAX_SIDE}×{MAX_SIDE}")
    if not key_interval:
        raise ReelError("its key interval is 0")
    if json_length > MAX_JSON:
        raise ReelError(f"a header of {json_length} bytes is longer than {MAX_JSON}")
    return Preamble(Size(width, height), key_interval, json_length, crc)


class Segment(NamedTuple):
    """A stretch of the index: where its frames' records begin, and where the segment before it lies."""

    first: int
    previous: int
    offsets: tuple[int, ...]

    @property
    def length(self) -> int:
        """Bytes that it takes in the file."""
        return SEGMENT_HEAD.size + 8 * len(self.offsets) + CRC.size


def pack_segment(segment: Segment, at: int) -> bytes:
    """The bytes of a segment that begins at offset `at`."""
    count = len(segment.offsets)
    head = SEGMENT_HEAD.pack(SEGMENT_MAGIC, count, segment.first, 0, at, segment.previous)
    body = head + struct.pack(f"<{count}Q", *segment.offsets)
    return body + CRC.pack(crc32(body))


def unpack_segment(data: bytes, at: int) -> Segment | None:
    """The segment that begins at offset `at`, or None if the bytes there are no whole and honest one."""
    if len(data) < SEGMENT_HEAD.size:
        return None
    magic, count, first, _, own, previous = SEGMENT_HEAD.unpack_from(data)
    end = SEGMENT_HEAD.size + 8 * count
    if magic != SEGMENT_MAGIC or own != at or not 1 <= count <= SEGMENT or len(data) < end + CRC.size:
        return None
    if CRC.unpack_from(data, end)[0] != crc32(data[:end]):
        return None
    return Segment(first, previous, struct.unpack_from(f"<{count}Q", data, SEGMENT_HEAD.size))


SEGMENT_BYTES = SEGMENT_HEAD.size + 8 * SEGMENT + CRC.size
"""The most that one segment takes."""


class End(NamedTuple):
    """The last bytes of a finished reel."""

    frames: int
    segment: int


def pack_end(end: End, at: int) -> bytes:
    """The end mark that begins at offset `at`."""
    bare = END.pack(END_MAGIC, end.frames, end.segment, at, 0)[:-4]
    return bare + CRC.pack(crc32(bare))


def unpack_end(data: bytes, at: int) -> End | None:
    """The end mark that begins at offset `at`, or None if there is none."""
    if len(data) != END.size:
        return None
    magic, frames, segment, own, crc = END.unpack(data)
    if magic != END_MAGIC or own != at or crc != crc32(data[:-4]) or frames > MAX_FRAMES:
        return None
    return End(frames, segment)
