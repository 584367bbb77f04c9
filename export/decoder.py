"""The frames of a video file, from its beginning or from a time stamp on, as FFmpeg decodes them.

A time stamp is how a frame is found again: seek to the key frame before, decode up to it. What the file's
index makes of a seek is not believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import dropwhile
from pathlib import Path
from typing import Any, TypeAlias

import av
import av.logging
from av.video.frame import VideoFrame

from player.errors import LongtakeError

Picture: TypeAlias = VideoFrame
"""A decoded frame, still in the colours of the file."""


class FilmError(LongtakeError, ValueError):
    """A file that is no film, or a moment that it does not have."""


class Decoder:
    """An open video file.

    Args:
        path: of the file.
        threads: for decoding; 0 for as many as there are cores.

    Raises:
        FilmError: the file cannot be opened, or has no moving pictures.
    """

    def __init__(self, path: Path, threads: int) -> None:
        self.path = path
        self._threads = threads
        self._open()  # `container` and `stream`, PyAV's, are for what the file says of itself
        self.tick: Fraction = self.stream.time_base or Fraction(1, 1000)
        """Seconds of one unit of a time stamp."""
        self.origin: int = self.stream.start_time or 0
        """Time stamp at which the film begins."""

    def _open(self) -> None:
        _silence()
        name = self.path.name
        try:
            # An absolute path, since FFmpeg would take "2001: a film.mp4" for a protocol named 2001.
            self.container: Any = av.open(str(self.path.absolute()), metadata_errors="replace")
        except (av.FFmpegError, OSError) as error:
            raise FilmError(f"{name} cannot be opened as a film ({error.strerror})") from error
        if not self.container.streams.video:
            self.container.close()
            raise FilmError(f"{name} has no moving pictures in it")
        self.stream: Any = self.container.streams.video[0]
        codec: Any = self.stream.codec_context
        if codec is None:
            self.container.close()
            raise FilmError(f"{name} is in a format that cannot be decoded")
        codec.thread_type = "AUTO"
        codec.thread_count = self._threads

    def close(self) -> None:
        """Let go of the file."""
        self.container.close()

    def since(self, stamp: int | None) -> Iterator[VideoFrame]:
        """Frames from the one with that time stamp on."""
        if stamp is None:
            self._rewind()
            return self._decode()
        return dropwhile(lambda frame: frame.pts is not None and frame.pts < stamp, self.before(stamp))

    def before(self, stamp: int) -> Iterator[VideoFrame]:
        """Frames from somewhere before a time stamp on, whatever the file's index makes of a seek."""
        for back in (0, 2, 10, 60):
            target = stamp - int(back / self.tick)
            if target <= self.origin:
                break
            try:
                self.container.seek(target, stream=self.stream)
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
        self.container.close()
        self._open()

    def _decode(self) -> Iterator[VideoFrame]:
        """Decode from where the file stands; packets that are no good are passed over."""
        packets = self.container.demux(self.stream)
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


def _silence() -> None:
    """Have FFmpeg keep its log to itself, without asking Python.

    PyAV's own way takes Python's lock in FFmpeg's threads, and a film with a damaged packet then waits for
    ever: the decoder is being closed by a thread that holds that lock.
    """
    av.logging.restore_default_callback()
    av.logging.set_libav_level(av.logging.PANIC)
