"""Shots with a known truth, of the demo's film and of drawn pictures: what begins a shot, and what does not.

Frames are grey, 256×144. Everything is drawn from seeds, so each case is the same in every run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from films import clip
from PIL import Image

from export.film import Film

Grey = npt.NDArray[np.uint8]
Frames = npt.NDArray[np.float32]
Random = np.random.Generator

WIDTH, HEIGHT = 256, 144
SIZE = (WIDTH, HEIGHT)
LENGTH = 48
"""Frames of a shot."""


@dataclass(frozen=True, eq=False)
class Case:
    """Some frames, and what they are.

    Args:
        frames: grey, of shape ``(frames, 144, 256)``.
        cuts: numbers of the frames that begin a shot at once.
        gradual: first and last number between which a shot begins little by little.
    """

    frames: Grey
    cuts: tuple[int, ...] = ()
    gradual: tuple[tuple[int, int], ...] = ()

    def thumbnails(self) -> Grey:
        """As the survey has them, ``(frames, 36, 64)``."""
        means = self.frames.reshape(-1, 36, 4, 64, 4).mean((2, 4))
        return np.round(means).astype(np.uint8)


# --- shots ------------------------------------------------------------------------------------------------


@cache
def _film() -> tuple[Image.Image, ...]:
    with Film(clip()) as film:
        pictures = (Image.fromarray(moment.rgb.astype(np.uint8)) for moment in film.moments())
        return tuple(picture.convert("L").resize((640, 360)) for picture in pictures)


CROPS = {
    "whole": (0, 0, 640, 360, False),
    "face": (100, 20, 356, 164, False),
    "meadow": (300, 200, 620, 380, True),
    "trees": (330, 0, 640, 174, False),
    "mirror": (0, 40, 512, 328, True),
    "cave": (0, 120, 256, 264, False),
}
"""Of the demo's film: left, top, right, bottom, and whether it is mirrored."""


def real(which: str, first: int = 0, count: int = LENGTH) -> Frames:
    """A moving shot."""
    left, top, right, bottom, mirrored = CROPS[which]
    first %= len(_film()) - count
    pictures = _film()[first : first + count]
    shot = np.stack([picture.crop((left, top, right, bottom)).resize(SIZE) for picture in pictures])
    return (shot[:, :, ::-1] if mirrored else shot).astype(np.float32)


def drawn(seed: int, scale: int = 1) -> npt.NDArray[np.float32]:
    """A landscape of noise in all sizes with hard-edged things on it, `scale` times as large as a frame."""
    random = np.random.default_rng(seed)
    width, height = WIDTH * scale, HEIGHT * scale
    canvas = np.zeros((height, width), dtype=np.float32)
    for cells in (3, 7, 16, 40):
        noise = random.random((cells * 9 // 16 + 2, cells)).astype(np.float32)
        canvas += (
            np.asarray(Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)) / cells**0.6
        )
    canvas = (canvas - canvas.min()) / np.ptp(canvas) * random.uniform(90, 200) + random.uniform(10, 50)
    for _ in range(5 * scale * scale):
        x, y = int(random.integers(0, width)), int(random.integers(0, height))
        canvas[y : y + int(random.integers(10, 60)), x : x + int(random.integers(10, 60))] = random.uniform(
            0, 255
        )
    return canvas


def moving(seed: int, count: int = LENGTH, speed: float = 0.004) -> Frames:
    """A drawn shot: a slow pan, and a thing that walks through it."""
    random = np.random.default_rng(seed + 1000)
    canvas = drawn(seed, 2)
    size, y, shade = int(random.integers(16, 40)), int(random.integers(20, 90)), random.uniform(0, 255)
    frames = []
    for number in range(count):
        left = round(number * speed * WIDTH) % WIDTH
        frame = canvas[40 : 40 + HEIGHT, left : left + WIDTH].copy()
        x = (number * 3 + seed * 37) % WIDTH
        frame[y : y + size, x : x + size // 2] = shade
        frames.append(frame)
    return np.stack(frames)


def case(frames: Frames, cuts: tuple[int, ...] = (), gradual: tuple[tuple[int, int], ...] = ()) -> Case:
    return Case(np.clip(np.round(frames), 0, 255).astype(np.uint8), cuts, gradual)


def joined(*shots: Frames) -> Case:
    """Shots with a hard cut between each."""
    ends = np.cumsum([len(shot) for shot in shots])
    return case(np.concatenate(shots), tuple(int(end) for end in ends[:-1]))


def dissolved(one: Frames, other: Frames, length: int) -> Case:
    """Two shots, of which the second comes in over so many frames."""
    share = (np.arange(1, length + 1, dtype=np.float32) / (length + 1))[:, None, None]
    between = one[-length:] * (1 - share) + other[:length] * share
    first = len(one) - length
    return case(np.concatenate((one[:-length], between, other[length:])), (), ((first, first + length),))


def faded(one: Frames, other: Frames, length: int, blank: int, shade: float = 16) -> Case:
    """Out in so many frames, nothing for a while, and in again."""
    share = (np.arange(1, length + 1, dtype=np.float32) / (length + 1))[:, None, None]
    out = one[-length:] * (1 - share) + shade * share
    into = other[:length] * share + shade * (1 - share)
    nothing = np.full((blank, HEIGHT, WIDTH), shade, dtype=np.float32)
    first = len(one) - length
    frames = np.concatenate((one[:-length], out, nothing, into, other[length:]))
    return case(frames, (), ((first, first + 2 * length + blank),))


def at(shot: Frames, change: Callable[[Frames], Frames | float], first: int, count: int) -> Frames:
    """The shot, with a few frames changed."""
    changed = shot.copy()
    changed[first : first + count] = change(changed[first : first + count])
    return changed


# --- cases ------------------------------------------------------------------------------------------------

SEEDS = range(12, 18)
"""The rules were made by the look of 0 to 11."""
NAMES = tuple(CROPS)


def pair(seed: int) -> tuple[Frames, Frames]:
    """Two shots that are not much alike: drawn ones, or one of the film."""
    if seed % 3 == 0:
        return real(NAMES[seed % 6], 7 * seed), moving(seed)
    return moving(seed + 20), moving(seed + 40)


def dark(shot: Frames) -> Frames:
    return 30 + (shot - shot.mean()) * 0.2


def pale(shot: Frames) -> Frames:
    return 128 + (shot - shot.mean()) * 0.2


def grain(shot: Frames, seed: int, sigma: float = 8) -> Frames:
    return shot + np.random.default_rng(seed).normal(0, sigma, shot.shape).astype(np.float32)


def pan(seed: int, share: float) -> Frames:
    """So much of the width a frame, to and fro over a canvas twice as wide."""
    canvas, step = drawn(seed, 2), share * WIDTH
    path = np.abs((np.arange(LENGTH) * step + WIDTH) % (2 * WIDTH) - WIDTH)
    return np.stack([canvas[40 : 40 + HEIGHT, round(x) : round(x) + WIDTH] for x in path])


def zoom(shot: npt.NDArray[np.float32], rate: float) -> Frames:
    picture, frames = Image.fromarray(shot), []
    for number in range(LENGTH):
        part = (1 + rate) ** -number
        width, height = WIDTH * 2 * part, HEIGHT * 2 * part
        box = (WIDTH - width / 2, HEIGHT - height / 2, WIDTH + width / 2, HEIGHT + height / 2)
        frames.append(np.asarray(picture.resize(SIZE, Image.Resampling.BILINEAR, box)))
    return np.stack(frames)


def shaken(seed: int, share: float = 0.05) -> Frames:
    canvas, random = drawn(seed, 2), np.random.default_rng(seed)
    steps = random.uniform(-share, share, (LENGTH, 2)) * (WIDTH, HEIGHT)
    return np.stack(
        [
            canvas[50 + round(y) : 50 + round(y) + HEIGHT, 90 + round(x) : 90 + round(x) + WIDTH]
            for x, y in steps
        ]
    )


def explosion(shot: Frames, seed: int) -> Frames:
    """A ball of fire that fills most of the picture within half a second, and smoke that clears."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    random = np.random.default_rng(seed)
    fire = 190 + 60 * random.random((9, 16)).astype(np.float32)
    flames = np.asarray(Image.fromarray(fire).resize(SIZE, Image.Resampling.BICUBIC))
    frames = shot.copy()
    for number in range(30):
        radius = 20 + 110 * min(1, number / 8)
        heat = np.clip((radius - np.hypot(x - 128, y - 80)) / 12, 0, 1) * 0.8 ** max(0, number - 12)
        roll = np.roll(flames, (-2 * number, number), (0, 1))
        frames[10 + number] = frames[10 + number] * (1 - heat) + roll * heat
    return frames


def lettered(shot: Frames, first: int, rows: tuple[int, ...], shade: float = 235) -> Frames:
    """With lines of something like text from a frame on."""
    random, frames = np.random.default_rng(len(rows)), shot.copy()
    for row in rows:
        for x in range(60, 196, 9):
            for stroke in range(3):
                if random.random() < 0.7:
                    frames[first:, row : row + 11, x + 2 * stroke : x + 2 * stroke + 2] = shade
    return frames


def passing(shot: Frames, frames: int) -> Frames:
    """Somebody dark walks by, close to the lens."""
    changed = shot.copy()
    for number in range(frames):
        left = round((number + 1) / frames * 456) - 200
        changed[15 + number, :, max(0, left) : max(0, left + 200)] = 25
    return changed


def spread(shot: Frames, times: int) -> Frames:
    """Every frame several times, as drawn films and slow motion have them."""
    return np.repeat(shot, times, axis=0)[: len(shot)]


CASES: dict[str, Callable[[int], Case]] = {
    # hard cuts
    "cut": lambda seed: joined(*pair(seed), pair(seed + 9)[1]),
    "cut, same film and light": lambda seed: joined(
        real(NAMES[seed % 6]), real(NAMES[(seed + 1) % 6], 30), real(NAMES[(seed + 3) % 6], 60)
    ),
    "cut, dark to dark": lambda seed: joined(*(dark(shot) for shot in pair(seed))),
    "cut, pale to pale": lambda seed: joined(*(pale(shot) for shot in pair(seed))),
    "cut, grain": lambda seed: joined(*(grain(shot, seed) for shot in pair(seed))),
    "cut in a fast pan": lambda seed: joined(pan(seed, 0.06), pan(seed + 50, 0.06)),
    "cut by way of half of each": lambda seed: _halved(*pair(seed)),
    "shots of 6 frames": lambda seed: joined(*(moving(seed * 7 + one, 6) for one in range(8))),
    "black frames between": lambda seed: joined(
        pair(seed)[0], np.full((2 + 3 * (seed % 2), HEIGHT, WIDTH), 16, np.float32), pair(seed)[1]
    ),
    # shots that begin little by little
    "dissolve of 6": lambda seed: dissolved(*pair(seed), 6),
    "dissolve of 12": lambda seed: dissolved(*pair(seed), 12),
    "dissolve of 24": lambda seed: dissolved(*pair(seed), 24),
    "dissolve of 40": lambda seed: dissolved(*pair(seed), 40),
    "dissolve, grain": lambda seed: _grained(dissolved(*pair(seed), 18), seed),
    "fade to black and back": lambda seed: faded(*pair(seed), (6, 12, 24)[seed % 3], 8),
    "fade to white and back": lambda seed: faded(*pair(seed), (6, 12, 24)[seed % 3], 8, 235),
    "slow fade to black": lambda seed: faded(moving(seed, 120), moving(seed + 40, 120), 100, 12),
    # no new shot
    "flash of a frame": lambda seed: case(at(pair(seed)[0], lambda few: 0 * few + 250, 20, 1)),
    "flash of two frames": lambda seed: case(at(pair(seed)[0], lambda few: few * 0.1 + 225, 20, 2)),
    "lightning on half of it": lambda seed: case(
        at(dark(pair(seed)[0]), lambda few: few + 150 * (np.arange(WIDTH) < 128), 20, 1 + seed % 3)
    ),
    "black frame": lambda seed: case(at(pair(seed)[0], lambda few: 0 * few + 16, 20, 1 + seed % 2)),
    "pan, 2 to 8 % a frame": lambda seed: case(pan(seed, (0.02, 0.03, 0.04, 0.05, 0.06, 0.08)[seed % 6])),
    "pan, 10 to 15 % a frame": lambda seed: case(pan(seed, (0.1, 0.11, 0.12, 0.13, 0.14, 0.15)[seed % 6])),
    "zoom": lambda seed: case(zoom(drawn(seed, 2), (0.01, 0.02, 0.03)[seed % 3])),
    "shaken camera": lambda seed: case(shaken(seed)),
    "grain": lambda seed: case(grain(pair(seed)[0], seed)),
    "grain in the dark": lambda seed: case(grain(dark(pair(seed)[0]), seed)),
    "flicker": lambda seed: case(
        pair(seed)[0] * np.random.default_rng(seed).uniform(0.85, 1.15, (LENGTH, 1, 1)).astype(np.float32)
    ),
    "explosion": lambda seed: case(explosion(pair(seed)[0], seed)),
    "title comes up": lambda seed: case(lettered(pair(seed)[0], 20, (50, 66, 82))),
    "logo": lambda seed: case(at(pair(seed)[0], _with_logo, 20, 28)),
    "passer-by": lambda seed: case(passing(pair(seed)[0], 12 + 2 * (seed % 6))),
    "every frame twice or thrice": lambda seed: case(spread(pair(seed)[0], 2 + seed % 2)),
    "still": lambda seed: case(np.repeat(pair(seed)[0][:1], LENGTH, axis=0)),
}
"""By what they are; each is made of a seed from `SEEDS`."""


def _with_logo(few: Frames) -> Frames:
    few = few.copy()
    few[:, 8:40, 200:250] = 240
    return few


def _halved(one: Frames, other: Frames) -> Case:
    half = (one[-1:] + other[:1]) / 2
    return case(np.concatenate((one[:-1], half, other[1:])), (len(one),))


def _grained(clean: Case, seed: int) -> Case:
    return case(grain(clean.frames.astype(np.float32), seed), clean.cuts, clean.gradual)


def cases() -> Iterator[tuple[str, Case]]:
    """All of them."""
    for name, make in CASES.items():
        for seed in SEEDS:
            yield name, make(seed)
