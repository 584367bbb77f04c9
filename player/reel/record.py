"""One frame in a reel: coding it, and reading it back with every checksum held against it.

A key record holds the whole frame, a difference record its exclusive-or with the frame before. Either way the
bytes are laid out by tiles of 8×8 pixels, so that what lies together in the picture lies together in the
file: on calm dither that saves 8 to 17 % after deflate, and it costs a byte transpose.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import NamedTuple
from zlib import crc32

import numpy as np

from player.frame import Bits, Box, Difference, Frame, FrameError, Size, difference
from player.reel.layout import CRC, ReelError

RECORD_MAGIC = b"LTfr"
KEY, DIFFERENCE = b"K", b"D"
STORED, DEFLATE = 0, 1
CUT, REDRAW = 1, 2

HEAD = struct.Struct("<4scBBxIIQII4HIIIIII")
LEVEL = 4
"""Of zlib, for what repeats (masks, flat areas); 9 takes ten times as long for a few per cent."""
CROWDED = 0.12
"""Above this share of changed pixels a whole frame takes fewer bytes than a difference (measured)."""


class Stamp(NamedTuple):
    """Where in the film a frame comes from.

    Args:
        number: of the film's frame, counted in the order in which the decoder gives them.
        time: film time in microseconds.
        shot: number of the shot, from 0.
        cut: whether it begins its shot, and is unlike the frame before. A shot that fades in begins without.
    """

    number: int
    time: int
    shot: int
    cut: bool


@dataclass(frozen=True)
class Coded:
    """A frame as it will lie in the file, before it is known where.

    Args:
        key: whether it stands alone; otherwise it needs the frame before.
        codec: `STORED` or `DEFLATE`.
        payload: the coded bytes.
        payload_crc: CRC-32 of the payload.
        frame_crc: CRC-32 of the decoded frame's bits.
        difference: to the frame before; for the first of a reel, to white paper.
    """

    key: bool
    codec: int
    payload: bytes
    payload_crc: int
    frame_crc: int
    difference: Difference


@dataclass(frozen=True)
class Record:
    """The 64 bytes before every payload.

    Args:
        number: of the frame in the reel, from 0.
        stamp: where in the film it comes from.
        key: whether it stands alone.
        key_distance: how many records back the nearest key is; 0 for a key.
        codec: how the payload is packed.
        length: of the payload, in bytes.
        payload_crc: CRC-32 of the payload.
        frame_crc: CRC-32 of the decoded frame's bits.
        difference: to the frame before.
        redraw: whether the exporter thinks that this is a good moment for a full redraw.
    """

    number: int
    stamp: Stamp
    key: bool
    key_distance: int
    codec: int
    length: int
    payload_crc: int
    frame_crc: int
    difference: Difference
    redraw: bool

    def pack(self) -> bytes:
        """The record's head."""
        flags = CUT * self.stamp.cut | REDRAW * self.redraw
        bare = HEAD.pack(
            RECORD_MAGIC,
            KEY if self.key else DIFFERENCE,
            self.codec,
            flags,
            self.number,
            self.stamp.shot,
            self.stamp.time,
            self.difference.darkened,
            self.difference.lightened,
            *self.difference.box,
            self.length,
            self.payload_crc,
            self.frame_crc,
            self.key_distance,
            self.stamp.number,
            0,
        )[: -CRC.size]
        return bare + CRC.pack(crc32(bare))


def unpack_record(data: bytes, size: Size, key_interval: int) -> Record:
    """Read a record's head.

    Raises:
        ReelError: short, damaged, or promising what no frame of that size can be.
    """
    if len(data) != HEAD.size:
        raise ReelError("cut off inside a record's head")
    (magic, kind, codec, flags, number, shot, time, darkened, lightened, left, top, right, bottom,
     length, payload_crc, frame_crc, distance, film_number, crc) = HEAD.unpack(data)  # fmt: skip
    if magic != RECORD_MAGIC or crc != crc32(data[: -CRC.size]):
        raise ReelError("a record's head is damaged (checksum)")
    box = Box(left, top, right, bottom)
    if (
        kind not in (KEY, DIFFERENCE)
        or codec not in (STORED, DEFLATE)
        or length > raw_length(size)
        or distance >= key_interval
        or distance > number
        or (kind == KEY) != (distance == 0)
        or not (left <= right <= size.width and top <= bottom <= size.height)
    ):
        raise ReelError(f"record {number} contradicts itself")
    return Record(
        number, Stamp(film_number, time, shot, bool(flags & CUT)), kind == KEY, distance, codec, length,
        payload_crc, frame_crc, Difference(darkened, lightened, box), bool(flags & REDRAW),
    )  # fmt: skip


def encode(frame: Frame, before: Frame | None, key: bool) -> Coded:
    """Code a frame.

    Args:
        frame: what the record will decode to.
        before: the frame before it in the reel; None for the first.
        key: whether it must stand alone. It will anyway if it is the first, or if so many pixels changed
            that a whole frame is the shorter of the two.
    """
    changes = difference(before or Frame.white(frame.size), frame)
    if before is None or key or changes.changed > CROWDED * frame.size.pixels:
        key, bits = True, frame.bits
    else:
        bits = frame.bits ^ before.bits
    raw = _tiled(bits)
    packed = min((_deflate(raw, zlib.Z_DEFAULT_STRATEGY), _deflate(raw, zlib.Z_RLE)), key=len)
    codec, payload = (DEFLATE, packed) if len(packed) < len(raw) else (STORED, raw)
    return Coded(key, codec, payload, crc32(payload), crc32(frame.bits.data), changes)


def decode(record: Record, payload: bytes, before: Frame | None, size: Size) -> Frame:
    """Turn a record's payload into its frame.

    Args:
        record: its head.
        payload: exactly the bytes that the head announces.
        before: the frame before it; a key record does not look at it.
        size: of the reel's frames.

    Raises:
        ReelError: a checksum does not hold, or the payload does not unpack to exactly one frame. No more
            than one frame's bytes are ever unpacked.
    """
    if len(payload) != record.length or crc32(payload) != record.payload_crc:
        raise ReelError(f"frame {record.number} is damaged (checksum of its payload)")
    raw = payload if record.codec == STORED else _inflate(payload, raw_length(size))
    if len(raw) != raw_length(size):
        raise ReelError(f"frame {record.number} does not unpack to {raw_length(size)} bytes")
    bits = _untiled(raw, size)
    if not record.key:
        if before is None:
            raise ReelError(f"frame {record.number} is a difference with nothing before it")
        bits ^= before.bits
    if crc32(bits.data) != record.frame_crc:
        raise ReelError(f"frame {record.number} is damaged (checksum of its pixels)")
    try:
        return Frame(size, bits)
    except FrameError as error:
        raise ReelError(f"frame {record.number}: {error}") from error


def raw_length(size: Size) -> int:
    """Bytes of a tiled frame: its rows padded to a multiple of 8."""
    return _bands(size) * 8 * size.stride


def _bands(size: Size) -> int:
    return (size.height + 7) // 8


def _tiled(bits: Bits) -> bytes:
    height, stride = bits.shape
    padded = np.pad(bits, ((0, -height % 8), (0, 0)))
    return padded.reshape(-1, 8, stride).transpose(0, 2, 1).tobytes()


def _untiled(raw: bytes, size: Size) -> Bits:
    tiles = np.frombuffer(raw, dtype=np.uint8).reshape(_bands(size), size.stride, 8)
    return tiles.transpose(0, 2, 1).copy().reshape(-1, size.stride)[: size.height]


def _deflate(raw: bytes, strategy: int) -> bytes:
    """Noise holds no repeats worth looking for: there, run lengths alone are a tenth shorter, and quick."""
    engine = zlib.compressobj(LEVEL, zlib.DEFLATED, zlib.MAX_WBITS, 9, strategy)
    return engine.compress(raw) + engine.flush()


def _inflate(payload: bytes, length: int) -> bytes:
    engine = zlib.decompressobj()
    try:
        raw = engine.decompress(payload, length)
        whole = engine.eof or (not engine.decompress(engine.unconsumed_tail, 1) and engine.eof)
    except zlib.error as error:
        raise ReelError(f"a payload does not inflate ({error})") from error
    return raw if whole and not engine.unused_data else b""
