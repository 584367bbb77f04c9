"""A film: a video file, opened. The only place that knows PyAV.

Frames are numbered in the order in which the decoder gives them; what a header says about their number is
not believed. Film time comes from the frames' own time stamps, so a variable frame rate is just a rate. The
stamps are also how a frame is found again: seek to the key frame before, decode up to it.

What is not handled yet has its place here: a tone-mapped HDR picture in `_rgb`, a deinterlaced one before
it, subtitles in `Moment`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import dropwhile
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeAlias

import av
import av.logging
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter

from player.errors import LongtakeError
from player.frame import Size

Rgb: TypeAlias = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
Plane: TypeAlias = npt.NDArray[np.uint16]

EXACT = Interpolation.ACCURATE_RND | Interpolation.BITEXACT
"""Of swscale: the same bytes on every processor."""

GLIMPSE = Size(64, 36)
HIGH_DEFINITION = 720
"""Lines from which on an unmarked film is taken to use the BT.709 matrix."""


class FilmError(LongtakeError, ValueError):
    """A file that is no film, or a moment that it does not have."""


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
        self._threads = threads
        self._open()
        self._reformatter = VideoReformatter()
        self._tick: Fraction = self._stream.time_base or Fraction(1, 1000)
        self._origin: int = self._stream.start_time or 0

    def _open(self) -> None:
        _silence()
        name = self.path.name
        try:
            # An absolute path, since FFmpeg would take "2001: a film.mp4" for a protocol named 2001.
            self._container: Any = av.open(str(self.path.absolute()), metadata_errors="replace")
        except (av.FFmpegError, OSError) as error:
            raise FilmError(f"{name} cannot be opened as a film ({error.strerror})") from error
        if not self._container.streams.video:
            self._container.close()
            raise FilmError(f"{name} has no moving pictures in it")
        self._stream: Any = self._container.streams.video[0]
        codec: Any = self._stream.codec_context
        if codec is None:
            self._container.close()
            raise FilmError(f"{name} is in a format that cannot be decoded")
        codec.thread_type = "AUTO"
        codec.thread_count = self._threads

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def title(self) -> str:
        """As the file says it, else the file's name."""
        return str(self._container.metadata.get("title") or self.path.stem.replace("_", " "))

    @property
    def rate(self) -> float:
        """Average frames a second; 0 where the file does not say."""
        return float(self._stream.average_rate or 0)

    @property
    def duration(self) -> float:
        """Seconds; 0 where the file does not say."""
        if self._stream.duration:
            return float(self._stream.duration * self._tick)
        return (self._container.duration or 0) / 1_000_000

    @property
    def chapters(self) -> list[tuple[float, str]]:
        """Begin in seconds, and title, of each named chapter."""
        return [
            (float(chapter["start"] * chapter["time_base"]), str(chapter["metadata"]["title"]))
            for chapter in self._container.chapters()
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
        wanted = self._origin + int(Fraction(seconds).limit_denominator(10**6) / self._tick)
        shown: VideoFrame | None = None
        time = 0
        for count, frame in enumerate(self._decode_before(wanted)):
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
                if len(stamps) == 2 and frame.pts < min(stamps) - 1 / self._tick:
                    raise FilmError(
                        f"{self.path.name} is films in a row, and the time begins anew at frame {number};"
                        " copy it into one first, as `ffmpeg -i FILM -c copy FILM.mkv` does"
                    )
                stamps = (*stamps[-1:], frame.pts)
            small: Any = self._reformatter.reformat(
                frame,
                width=GLIMPSE.width,
                height=GLIMPSE.height,
                format="gray",
                interpolation=Interpolation.AREA | EXACT,
                threads=1,
            )
            yield Glimpse(
                Place(number, frame.pts), self._time(number, frame), bool(frame.key_frame), small.to_ndarray()
            )

    def place(self, number: int, time: int) -> Place:
        """The place of a frame of which number and film time (microseconds) are known."""
        return Place(number, self._origin + round(Fraction(time, 1_000_000) / self._tick))

    def _frames(self, start: Place | None) -> Iterator[tuple[int, VideoFrame]]:
        if start is None or start.number == 0:
            yield from enumerate(self._decode_from(None))
            return
        frames = enumerate(self._decode_from(start.stamp), start.number)
        first = next(frames, None) if start.stamp is not None else None
        if first is None or first[1].pts != start.stamp:
            # The file's stamps are no guide: count from the beginning, which is slow and always right.
            frames = enumerate(self._decode_from(None))
            first = next((pair for pair in frames if pair[0] == start.number), None)
        if first is None:
            raise FilmError(f"{self.path.name} has no frame {start.number}")
        yield first
        yield from frames

    def _decode_from(self, stamp: int | None) -> Iterator[VideoFrame]:
        """Frames from the one with that time stamp on."""
        if stamp is None:
            self._rewind()
            return self._decode()
        return dropwhile(
            lambda frame: frame.pts is not None and frame.pts < stamp, self._decode_before(stamp)
        )

    def _decode_before(self, stamp: int) -> Iterator[VideoFrame]:
        """Frames from somewhere before a time stamp on, whatever the file's index makes of a seek."""
        for back in (0, 2, 10, 60):
            target = stamp - int(back / self._tick)
            if target <= self._origin:
                break
            try:
                self._container.seek(target, stream=self._stream)
            except av.FFmpegError:
                break
            # What comes before the first key frame may lack what it refers to.
            frames = dropwhile(lambda frame: not frame.key_frame, self._decode())
            first = next(frames, None)
            if first is not None and first.pts is not None and first.pts <= stamp:
                yield first
                yield from frames
                return
        self._rewind()
        yield from self._decode()

    def _rewind(self) -> None:
        """Open the file anew: by a seek, not every format comes back to its very first frame."""
        self._container.close()
        self._open()

    def _decode(self) -> Iterator[VideoFrame]:
        """Decode from where the file stands; packets that are no good are passed over."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError as error:
                raise FilmError(f"{self.path.name} cannot be read to its end ({error.strerror})") from error
            if packet is None:
                return
            try:
                yield from packet.decode()
            except av.error.InvalidDataError:
                continue

    def _moment(self, number: int, frame: VideoFrame) -> Moment:
        aspect = Fraction(self._stream.sample_aspect_ratio or 1) or Fraction(1)
        rgb: Any = self._rgb(frame)
        turns = round(frame.rotation / 90) % 4
        if turns:
            rgb = np.ascontiguousarray(np.rot90(rgb, turns))
            aspect = 1 / aspect if turns % 2 else aspect
        return Moment(number, self._time(number, frame), rgb, aspect)

    def _time(self, number: int, frame: VideoFrame) -> int:
        if frame.pts is None:
            return round(number / (self.rate or 25) * 1_000_000)
        return max(0, round((frame.pts - self._origin) * self._tick * 1_000_000))

    def _rgb(self, frame: VideoFrame) -> Rgb:
        deep = frame.format.components[0].bits > 8
        full = frame.color_range == _FULL_RANGE or frame.format.name.startswith("yuvj") or frame.format.is_rgb
        usual = Colorspace.ITU709 if frame.height >= HIGH_DEFINITION else Colorspace.ITU601
        matrix = _MATRICES.get(frame.colorspace, usual)
        picture: Any = self._reformatter.reformat(
            frame,
            # Not rgb24, which swscale makes in a quicker and coarser way: white would be 253.
            format="gbrp16le" if deep else "gbrp",
            src_colorspace=matrix,
            dst_colorspace=matrix,
            src_color_range="JPEG" if full else "MPEG",
            dst_color_range="JPEG",
            interpolation=Interpolation.BILINEAR | EXACT,
            threads=1,
        )
        green, blue, red = (_values(plane, "<u2" if deep else "u1") for plane in picture.planes)
        rgb: Rgb = np.stack((red, green, blue))
        if deep:
            bits = min(16, frame.format.components[0].bits)
            rgb = np.take(_stretch(((1 << bits) - 1) << (16 - bits) if full else 255 << 8), rgb)
        return np.moveaxis(rgb, 0, 2)


def _values(plane: Any, kind: str) -> npt.NDArray[Any]:
    return np.frombuffer(plane, kind).reshape(plane.height, -1)[:, : plane.width]


@cache
def _stretch(white: int) -> npt.NDArray[np.uint16]:
    """By code value, what brings white to 65535: swscale only shifts the bits of a deep film up."""
    return np.minimum(np.arange(65_536) * 65_535 // white, 65_535).astype(np.uint16)


def _silence() -> None:
    """Have FFmpeg keep its log to itself, without asking Python.

    PyAV's own way takes Python's lock in FFmpeg's threads, and a film with a damaged packet then waits for
    ever: the decoder is being closed by a thread that holds that lock.
    """
    av.logging.restore_default_callback()
    av.logging.set_libav_level(av.logging.PANIC)


def resized(plane: Plane, size: Size) -> Plane:
    """Scale a plane of light (bicubic, by swscale).

    Args:
        plane: ``uint16`` of shape ``(height, width)``.
        size: wanted.
    """
    frame = VideoFrame.from_ndarray(plane, format="gray16le")
    scaled: Any = VideoReformatter().reformat(
        frame, width=size.width, height=size.height, interpolation=Interpolation.BICUBIC | EXACT, threads=1
    )
    result: Plane = scaled.to_ndarray()
    return result


_FULL_RANGE = 2
_MATRICES = {
    1: Colorspace.ITU709,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
}
"""By AVColorSpace: what a file may say of itself, and swscale's name for it."""
