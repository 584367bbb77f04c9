"""Flashes against ghosts, on one film and one simulated glass: what a refresh policy is worth.

Three ways to play the same frames, first each by itself: ours at its usual setting; (i) the rule that the
maker of the first such player published, partial redraws, and a full one when more than 100,000 pixels differ
from the last full one and at least 20 frames have passed; (ii) a clear and a full redraw for every frame.
Each moves the ink of a `PaperPanel`, and that ink is what is judged: by `player.ghosts.visible` at every
frame, and at every 7th also by an eye made otherwise, Näsänen's filter by Fourier's transform at full size.

Then the whole curve from calm to clean, ours with redraws of the whole panel only, and the limit: the best
that could be done for each tile by itself if the whole film were known, areas were free and nothing had to
rest. It comes of dynamic programming over every frame and every picture that could lie under it, for one tile
in sixteen.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from eye import Eye
from PIL import Image, ImageDraw, ImageFont

from player.frame import Frame, difference
from player.ghosts import TILE, ghosts, look, shares, strength, visible
from player.ink import REACH
from player.panels.paper import PaperPanel
from player.reel import Reel
from player.refresh import FLASH, HORIZON, QUIET, Glass, Moment, Redrawing, RefreshPolicy

FRAMES = 1000
KNOB = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0)
PRICES = (64.0, 32.0, 16.0, 8.0, 4.0, 2.0, 1.0, 0.5, 0.25)
BIN = Path(sys.executable).parent

Way = Callable[[Glass, Frame, Moment], Redrawing]


@dataclass(frozen=True)
class Film:
    """Frames of one size, and for each what is known when it is due."""

    frames: tuple[Frame, ...]
    shots: tuple[int, ...]

    def moment(self, number: int) -> Moment:
        to_come = self.frames[number + 1 : number + 1 + HORIZON]
        shot, last = self.shots[number + len(to_come)], number + len(to_come)
        rest = self.shots[last + 1 : last + 65]
        lasting = next((count for count, other in enumerate(rest) if other != shot), None)
        return Moment(to_come, lasting, number == 0 or self.shots[number] != self.shots[number - 1])


@dataclass(frozen=True)
class Outcome:
    """Of a film that was played. Flashes and area are for 1,000 frames, area in panels, ghosts in L*."""

    flashes: float
    area: float
    mean: float
    worst: float
    mean_worst: float
    by_fourier: float = 0.0
    areas: float = 0.0
    milliseconds: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("film", type=Path, help="a reel, or a film to make one of")
    parser.add_argument("--ditherer", default="hysteresis")
    parser.add_argument("--frames", type=int, default=FRAMES)
    parser.add_argument("--plot", type=Path, help="where to draw the curve (default: build/refresh.png)")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.film
        if path.suffix != ".reel":
            path = packed(path, Path(folder), options.ditherer)
        film = read(path, options.frames)
        name = f"{options.film.name}, {options.ditherer}" if path != options.film else path.name
    plot = options.plot or Path("build") / "refresh.png"
    bench(film, name, plot, options.workers)


def bench(film: Film, name: str, plot: Path, workers: int) -> None:
    size = film.frames[0].size
    print(f"{name}: {len(film.frames)} frames of {size}; flashes and area for 1,000 frames, ghosts in L*\n")
    usual = RefreshPolicy()
    rows = {
        "ours, as usual": judged(film, usual.redraw),
        "(i) published rule": judged(film, published),
        "(ii) clear and full, always": judged(film, lambda *_: FLASH, clears=True),
    }
    table(rows, rows["(i) published rule"])
    with ProcessPoolExecutor(workers, initializer=share, initargs=(film,)) as pool:
        curve = list(pool.map(played, [RefreshPolicy(knob) for knob in KNOB]))
        whole = list(pool.map(played, [RefreshPolicy(knob, regional=False) for knob in KNOB[::2]]))
    print()
    table(
        {f"calm 0 … 10 clean: {knob:g}": one for knob, one in zip(KNOB, curve, strict=True)},
        rows["(i) published rule"],
    )
    table(
        {f"whole panel only: {knob:g}": one for knob, one in zip(KNOB[::2], whole, strict=True)},
        rows["(i) published rule"],
        head=False,
    )
    best = limit(film)
    theirs = rows["(i) published rule"]
    print()
    against(curve, theirs, "ours")
    against(whole, theirs, "whole panel only")
    against(best, theirs, "the limit")
    plot.parent.mkdir(parents=True, exist_ok=True)
    draw(plot, name, curve, whole, best, {"(i)": theirs, "(ii)": rows["(ii) clear and full, always"]})
    print(f"\nThe curve is in {plot}.")


def table(rows: dict[str, Outcome], theirs: Outcome, head: bool = True) -> None:
    if head:
        print(
            f"{'':28}{'flashes':>8}{'area':>9}{'of (i)':>8}{'mean':>8}{'of (i)':>8}{'worst':>7}"
            f"{'mean worst':>11}{'Fourier':>9}{'areas':>7}{'ms':>6}"
        )
    for name, one in rows.items():
        print(
            f"{name:28}{one.flashes:8.1f}{one.area:9.2f}{one.area / theirs.area:8.3f}{one.mean:8.4f}"
            f"{one.mean / theirs.mean:8.2f}{one.worst:7.2f}{one.mean_worst:11.2f}"
            f"{f'{one.by_fourier:.4f}' if one.by_fourier else '':>9}{one.areas:7.1f}{one.milliseconds:6.0f}"
        )


def against(curve: list[Outcome], theirs: Outcome, name: str) -> None:
    """Where a curve passes the rule's ghost, and the rule's area."""
    ordered = sorted(curve, key=lambda one: one.area)
    areas, means = np.array([[one.area, one.mean] for one in ordered]).T
    area = np.exp(np.interp(-theirs.mean, -means, np.log(np.maximum(areas, 1e-3))))
    mean = np.interp(np.log(theirs.area), np.log(np.maximum(areas, 1e-3)), means)
    print(f"{name:18} at the ghost of (i): 1/{theirs.area / area:.1f} of its area", end="")
    reached = areas[-1] >= theirs.area
    print(f"; at its area{'' if reached else ' or less'}: 1/{theirs.mean / mean:.1f} of its ghost")


# --- ways to play -----------------------------------------------------------------------------------------


def published(glass: Glass, frame: Frame, _: Moment) -> Redrawing:
    if glass.under is None:
        return FLASH
    due = glass.since + 1 >= 20 and difference(glass.under, frame).changed > 100_000
    return FLASH if due else QUIET


def drawn(film: Film, way: Way) -> Iterator[tuple[Frame, Redrawing, Glass, float]]:
    glass = Glass()
    for number, frame in enumerate(film.frames):
        moment = film.moment(number)
        begin = time.perf_counter()
        how = way(glass, frame, moment)
        spent = time.perf_counter() - begin
        glass = glass.after(frame, how)
        yield frame, how, glass, spent


def judged(film: Film, way: Way, clears: bool = False) -> Outcome:
    """Played on paper; its ink is judged, and not what the policy believes."""
    size = film.frames[0].size
    panel, parts, eye = PaperPanel(size), shares(size), Eye(size)
    found, exact = [], []
    for number, (frame, how, _, spent) in enumerate(drawn(film, way)):
        if how.areas and how.under is not None:
            panel.flash(how.under, how.areas)
        panel.show(frame, how.kind)
        plain = visible(panel.ink)
        flashed = how.flashed(size.pixels)
        found.append(
            (flashed > 0.5, flashed * (1 + clears), (plain * parts).sum(), plain.max(), len(how.areas), spent)
        )
        if number % 7 == 0:
            exact.append((eye.ghosts(panel.ink) * parts).sum())
    return outcome(found, float(np.mean(exact)))


_film: Film


def share(film: Film) -> None:
    global _film
    _film = film


def played(policy: RefreshPolicy) -> Outcome:
    """The same by what the policy believes, which a test holds against the ink: quicker."""
    parts, found = shares(_film.frames[0].size), []
    for frame, how, glass, spent in drawn(_film, policy.redraw):
        assert glass.under is not None
        plain = ghosts(look(glass.under).tone, look(frame), strength(glass.reach))
        flashed = how.flashed(frame.size.pixels)
        found.append((flashed > 0.5, flashed, (plain * parts).sum(), plain.max(), len(how.areas), spent))
    return outcome(found)


def outcome(found: list[tuple[float, ...]], exact: float = 0.0) -> Outcome:
    """The first frame, which nobody can draw but with a flash, does not count."""
    flashes, area, mean, worst, areas, spent = np.array(found[1:], dtype=float).T
    return Outcome(
        1000 * flashes.mean(),
        1000 * area.mean(),
        mean.mean(),
        worst.max(),
        worst.mean(),
        exact,
        areas.mean(),
        1000 * np.median(spent),
    )


# --- the limit --------------------------------------------------------------------------------------------


def limit(film: Film) -> list[Outcome]:
    """What could be had if every frame were known: the cheapest way through the film for each tile."""
    tones, slopes = [], []
    cells = TILE // 8
    for frame in film.frames:
        seen = look(frame)
        rows, columns = (length // cells for length in seen.tone.shape)
        for plane, into in ((seen.tone, tones), (seen.slope, slopes)):
            whole = plane[: rows * cells, : columns * cells].reshape(rows, cells, columns, cells)
            into.append(whole.swapaxes(1, 2).reshape(rows * columns, -1)[5::16])
    tone, slope = np.array(tones), np.array(slopes) * np.float32(strength(REACH))
    bill = np.empty((len(tone), *tone.shape[:2]), np.float16)  # frame, picture below, tile
    for number in range(len(tone)):
        bill[number] = np.sqrt((((tone - tone[number]) * slope[number]) ** 2).mean(axis=-1))
    return [cheapest(bill, price) for price in PRICES]


def cheapest(bill: np.ndarray, price: float) -> Outcome:
    count, _, tiles = bill.shape
    cost = np.full((count, tiles), np.inf, np.float32)
    cost[0] = 0  # the first picture is clean
    ghost, flashes = np.zeros_like(cost), np.zeros_like(cost)
    at = np.arange(tiles)
    for number in range(1, count):
        best = cost.argmin(axis=0)
        fresh = cost[best, at] + price
        later = np.s_[number:]  # what is put below the frame is this one, or one to come
        better = fresh < cost[later]
        for plane, value in ((flashes, flashes[best, at] + 1), (ghost, ghost[best, at]), (cost, fresh)):
            plane[later] = np.where(better, value, plane[later])
        cost += bill[number]
        ghost += bill[number]
    best = cost.argmin(axis=0)
    shown = (count - 1) / 1000
    return Outcome(0, flashes[best, at].mean() / shown, ghost[best, at].mean() / shown / 1000, 0, 0)


# --- reels and pictures -----------------------------------------------------------------------------------


def packed(film: Path, folder: Path, ditherer: str) -> Path:
    out = folder / f"{film.stem}.reel"
    command = [BIN / "longtake-export", "pack", film, "-o", out, "--ditherer", ditherer]
    subprocess.run(command, check=True, timeout=1200, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return out


def read(path: Path, most: int) -> Film:
    with Reel.open(path) as reel:
        numbers = range(min(len(reel), most))
        shots = tuple(reel.record(number).stamp.shot for number in numbers)
        return Film(tuple(reel.frame(number) for number in numbers), shots)


def draw(
    path: Path,
    name: str,
    curve: list[Outcome],
    whole: list[Outcome],
    best: list[Outcome],
    points: dict[str, Outcome],
) -> None:
    width, height, left, top, right, bottom = 1200, 800, 110, 70, 1160, 710
    image = Image.new("RGB", (width, height), "white")
    pen, font, small = ImageDraw.Draw(image), ImageFont.load_default(24), ImageFont.load_default(20)
    low, high = np.log10(0.3), np.log10(3000)
    most = 1.25 * max(one.mean for one in (*points.values(), *(one for one in curve if one.area > 3)))

    def place(one: Outcome) -> tuple[float, float]:
        across = (np.log10(max(one.area, 0.3)) - low) / (high - low)
        return left + across * (right - left), bottom - min(one.mean / most, 1.02) * (bottom - top)

    for tick in (1, 3, 10, 30, 100, 300, 1000, 3000):
        x = place(Outcome(0, tick, 0, 0, 0))[0]
        pen.line((x, top, x, bottom), fill="#e4e4e4")
        pen.text((x, bottom + 8), f"{tick}", fill="black", font=small, anchor="ma")
    step = next(one for one in (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if most / one < 9)
    for number in range(int(most / step) + 1):
        y = place(Outcome(0, 1, number * step, 0, 0))[1]
        pen.line((left, y, right, y), fill="#e4e4e4")
        pen.text((left - 10, y), f"{number * step:g}", fill="black", font=small, anchor="rm")
    pen.rectangle((left, top, right, bottom), outline="black")
    pen.text((left, 8), name, fill="black", font=font)
    pen.text(
        (right, height - 14), "flashed area, panels for 1,000 frames", fill="black", font=small, anchor="rb"
    )
    pen.text((left, top - 8), "mean visible ghost, L*", fill="black", font=small, anchor="lb")
    legend = [
        ("the limit: the whole film known", best, "#9a9a9a"),
        ("whole panel only", whole, "#c8781e"),
        ("ours, calm 0 to 10 clean", curve, "#1450a0"),
    ]
    for row, (label, line, colour) in enumerate(legend):
        spots = [place(one) for one in sorted(line, key=lambda one: one.area) if one.mean <= most]
        pen.line(spots, fill=colour, width=4, joint="curve")
        for x, y in spots:
            pen.ellipse((x - 5, y - 5, x + 5, y + 5), fill=colour)
        y = top + 24 + 34 * row
        pen.line((right - 420, y, right - 370, y), fill=colour, width=4)
        pen.text((right - 360, y), label, fill="black", font=small, anchor="lm")
    for knob, one in zip(KNOB, curve, strict=True):
        if one.mean <= most:
            x, y = place(one)
            pen.text((x + 9, y - 9), f"{knob:g}", fill="#1450a0", font=small, anchor="lm")
    for label, one in points.items():
        x, y = place(one)
        pen.regular_polygon((x, y, 11), 4, rotation=45, fill="#b41e1e")
        pen.text((x, y - 16), label, fill="#b41e1e", font=font, anchor="mb")
    image.save(path)


if __name__ == "__main__":
    main()
