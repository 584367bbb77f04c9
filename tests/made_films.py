"""Small films, made to order for the tests of the exporter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.logging
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

Picture = npt.NDArray[np.uint8]

H264 = "libx264" if "libx264" in av.codecs_available else "mpeg4"
WIDTH, HEIGHT = 96, 64

# As `export.decoder` has it: FFmpeg's threads must not wait for Python's lock.
av.logging.restore_default_callback()
av.logging.set_libav_level(av.logging.PANIC)


@dataclass(frozen=True)
class Recipe:
    """How to code a film."""

    codec: str = H264
    pixels: str = "yuv420p"
    rate: Fraction = Fraction(25)
    options: Mapping[str, str] = field(default_factory=dict)
    gop: int | None = None
    b_frames: int | None = None
    stamps: Sequence[int] | None = None
    """In milliseconds; by the rate if there are none."""
    aspect: Fraction | None = None
    turned: int = 0
    """Degrees counterclockwise by which a player is to turn the pictures."""
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def available(self) -> bool:
        return self.codec in av.codecs_available


def moving_pictures(count: int, width: int = WIDTH, height: int = HEIGHT, seed: int = 1) -> list[Picture]:
    """Blocks of colour that drift, each picture unlike every other, with a hard cut in the middle."""
    random = np.random.default_rng(seed)
    blocks = random.integers(0, 255, ((height + 7) // 8, (width + 7) // 8, 3), dtype=np.uint8)
    still = np.kron(blocks, np.ones((8, 8, 1), dtype=np.uint8))[:height, :width]
    pictures = []
    for number in range(count):
        picture = np.roll(still, (2 * number, 3 * number), (0, 1))
        picture[:8, :8] = number * 37 % 256
        pictures.append(255 - picture if number >= count // 2 else picture)
    return pictures


def frame_of(picture: Picture, pixels: str) -> VideoFrame:
    return VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixels)


def write_film(path: Path, pictures: Iterable[Picture | VideoFrame], recipe: Recipe | None = None) -> Path:
    """Write a film; pictures are RGB, or frames whose planes are to be taken as they are."""
    recipe = recipe or Recipe()
    tick = Fraction(1, 1000) if recipe.stamps is not None else 1 / recipe.rate
    with av.open(str(path), "w") as container:
        container.metadata.update(recipe.metadata)
        stream: Any = None
        for number, picture in enumerate(pictures):
            frame = picture if isinstance(picture, VideoFrame) else frame_of(picture, recipe.pixels)
            if stream is None:
                stream = container.add_stream(recipe.codec, rate=recipe.rate, options=dict(recipe.options))
                stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, recipe.pixels
                codec = stream.codec_context
                codec.time_base, codec.thread_count = tick, 1
                codec.colorspace, codec.color_range = frame.colorspace, frame.color_range
                if recipe.gop is not None:
                    codec.gop_size = recipe.gop
                if recipe.b_frames is not None:
                    codec.max_b_frames = recipe.b_frames
                if recipe.aspect is not None:
                    codec.sample_aspect_ratio = recipe.aspect
                if recipe.turned:
                    stream.set_display_rotation(recipe.turned)
            frame.pts = number if recipe.stamps is None else recipe.stamps[number]
            frame.time_base = tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def planes_frame(planes: Sequence[npt.NDArray[Any]], pixels: str) -> VideoFrame:
    """A frame of exactly those code values."""
    height, width = planes[0].shape
    frame = VideoFrame(width, height, pixels)
    for plane, values in zip(frame.planes, planes, strict=True):
        raw = np.ascontiguousarray(values).view(np.uint8)
        padded = np.zeros((plane.height, plane.line_size), dtype=np.uint8)
        padded[:, : raw.shape[1]] = raw
        plane.update(padded.tobytes())
    return frame


def decoded(path: Path) -> list[VideoFrame]:
    """Every frame of a film, read from beginning to end in one go by PyAV alone."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        return list(container.decode(stream))


def write_sound(path: Path) -> Path:
    """A second of silence and nothing to see."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), dtype=np.int16), format="s16", layout="mono")
        frame.rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
