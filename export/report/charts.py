"""Charts of figures over film time, drawn as SVG that takes its colours from the page's style.

However long the film, a chart is of at most `BINS` means, each over an equal stretch of film time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from export.report.facts import Facts
from export.report.forecast import Forecast

BINS = 300
WIDTH, HEIGHT = 960, 230
LEFT, RIGHT, TOP, BOTTOM = 58, 8, 14, 34
TICKS = 8
"""On the axis of time, at the most."""
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
"""Seconds from one tick to the next."""
Numbers = npt.NDArray[np.float64]


def clock(seconds: float) -> str:
    """Film time as 1:23 or 1:02:03."""
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def changes(facts: Facts) -> Markup:
    """Changed pixels: those that turn white go up, those that turn black down; cuts are marks below."""
    times, within = facts.times, facts.within
    up = binned(facts, times[within], 100 * facts.lightened[within])
    down = binned(facts, times[within], -100 * facts.darkened[within])
    axes = _Axes(facts, float(np.nanmin(down, initial=0)), float(np.nanmax(up, initial=0)), "% of pixels")
    words = [("up", "black → white"), ("down", "white → black")]
    cuts = times[facts.cuts][1:] if len(times) else times
    return axes.drawn(
        axes.area(up, "up"), axes.area(down, "down"), axes.marks(cuts), _legend(words), label="Changed pixels"
    )


def flashes(facts: Facts, forecast: Forecast) -> Markup:
    """Share of the panel that flashes with a frame."""
    values = binned(facts, _times(facts, forecast), 100 * forecast.flashed)
    axes = _Axes(facts, 0, float(np.nanmax(values, initial=0)), "% of the panel")
    return axes.drawn(axes.bars(values, "flash"), label="Flashed share of the panel")


def ghosts(facts: Facts, forecast: Forecast) -> Markup:
    """Share of the panel that should be black and is grey."""
    values = binned(facts, _times(facts, forecast), 100 * forecast.ghosts)
    axes = _Axes(facts, 0, float(np.nanmax(values, initial=0)), "% of pixels")
    return axes.drawn(axes.area(values, "ghost"), label="Ghosts")


def sizes(facts: Facts) -> Markup:
    """Megabytes that a minute of film takes: by the minute, or by more in a long film and less in a short."""
    begin, end = float(facts.times[0]), float(facts.times[0]) + facts.seconds
    step = 60.0 * max(1, math.ceil(facts.seconds / 60 / BINS))
    if facts.seconds < 600:
        step = float(next(one for one in STEPS if facts.seconds / one <= 60))
    edges = np.arange(begin, end, step)
    lengths = np.diff(np.append(edges, end))
    totals, _ = np.histogram(facts.times, np.append(edges, np.inf), weights=facts.bytes)
    if len(edges) > 1 and lengths[-1] < step / 4:  # so short a stretch does not tell
        edges, lengths, totals = edges[:-1], lengths[:-1], totals[:-1]
    rates = totals / 1e6 / lengths * 60
    axes = _Axes(facts, 0, float(rates.max()), "MB a minute of film")
    return axes.drawn(axes.columns(edges, edges + lengths, rates, "size"), label="Size")


def binned(facts: Facts, times: Numbers, values: Numbers) -> Numbers:
    """Means over equal stretches of the whole film; NaN where there is nothing."""
    bins = max(1, min(BINS, len(facts.times)))
    begin = facts.times[0]
    index = np.clip((times - begin) / facts.seconds * bins + 0.01, 0, bins - 1).astype(int)
    counts = np.bincount(index, minlength=bins).astype(float)
    sums = np.bincount(index, values, minlength=bins)
    means: Numbers = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return means


def _times(facts: Facts, forecast: Forecast) -> Numbers:
    times: Numbers = np.interp(forecast.numbers, facts.numbers, facts.times)
    return times


class _Axes:
    """Where film time and a figure lie on a chart."""

    def __init__(self, facts: Facts, low: float, high: float, unit: str) -> None:
        self._begin, self._seconds, self._unit = float(facts.times[0]), facts.seconds, unit
        step = _step(max(high - low, 1e-3))
        self._low = step * math.floor(low / step + 1e-9)
        self._high = max(step * math.ceil(high / step - 1e-9), self._low + step)
        self._step = step

    def x(self, time: float) -> float:
        return LEFT + (time - self._begin) / self._seconds * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return float(TOP) + (self._high - value) / (self._high - self._low) * (HEIGHT - TOP - BOTTOM)

    def area(self, values: Numbers, kind: str) -> str:
        """Filled down to nought, in steps, with gaps where nothing is known."""
        parts = []
        for run in _runs(values):
            xs = [self._edge(index, len(values)) for index in (*run, run[-1] + 1)]
            path = [f"M{xs[0]:.1f} {self.y(0):.1f}"]
            for left, right, index in zip(xs, xs[1:], run, strict=False):
                height = self.y(float(values[index]))
                path.append(f"L{left:.1f} {height:.1f}L{right:.1f} {height:.1f}")
            parts.append("".join(path) + f"L{xs[-1]:.1f} {self.y(0):.1f}Z")
        return f'<path class="{kind}" d="{"".join(parts)}"/>'

    def bars(self, values: Numbers, kind: str) -> str:
        """The same, with a faint ground where something is known, so that calm can be told from unknown."""
        ends = [
            (self._edge(run[0], len(values)), self._edge(run[-1] + 1, len(values))) for run in _runs(values)
        ]
        grounds = "".join(f"M{left:.1f} {self.y(0) + 3:.1f}H{right:.1f}" for left, right in ends)
        return f'<path class="known" d="{grounds}"/>' + self.area(values, kind)

    def columns(self, begins: Numbers, ends: Numbers, values: Numbers, kind: str) -> str:
        """A column for each stretch of time."""
        parts = []
        for left, right, value in zip(begins, ends, values, strict=True):
            x, far = self.x(float(left)), self.x(float(right))
            gap = min(1.0, (far - x) / 4)
            parts.append(
                f"M{x:.1f} {self.y(0):.1f}V{self.y(float(value)):.1f}H{far - gap:.1f}V{self.y(0):.1f}Z"
            )
        return f'<path class="{kind}" d="{"".join(parts)}"/>'

    def marks(self, times: Numbers) -> str:
        """Short strokes on the axis of time."""
        places = sorted({round(self.x(float(time)), 1) for time in times})
        strokes = "".join(f"M{x} {HEIGHT - BOTTOM}v5" for x in places)
        return f'<path class="cut" d="{strokes}"/>'

    def drawn(self, *parts: str, label: str) -> Markup:
        """The whole chart. All that is in it are numbers, and words of ours."""
        shapes = "".join((*self._grid(), *parts))
        said = f"{label}, in {self._unit}, over film time"
        return Markup(f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}">{shapes}</svg>')

    def _edge(self, index: int, bins: int) -> float:
        return LEFT + index / bins * (WIDTH - LEFT - RIGHT)

    def _grid(self) -> list[str]:
        found = []
        for number in range(round((self._high - self._low) / self._step) + 1):
            value = self._low + number * self._step
            y = self.y(value)
            kind = "nought" if abs(value) < self._step / 1e3 else "line"
            found.append(f'<path class="{kind}" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
            found.append(f'<text class="y" x="{LEFT - 8}" y="{y + 4:.1f}">{abs(value):g}</text>')
        middle = f"translate(13 {TOP + (HEIGHT - TOP - BOTTOM) / 2:.0f}) rotate(-90)"
        found.append(f'<text class="unit" transform="{middle}">{self._unit}</text>')
        step = next((one for one in STEPS if self._seconds / one <= TICKS), STEPS[-1])
        tick = float(step * math.ceil(self._begin / step))
        while tick <= self._begin + self._seconds:
            x = self.x(tick)
            end = " end" if x > WIDTH - RIGHT - 20 else ""
            found.append(f'<text class="x{end}" x="{x:.1f}" y="{HEIGHT - 12}">{clock(tick)}</text>')
            tick += step
        return found


def _step(span: float) -> float:
    """A round number that goes into a span three to six times."""
    size = 10.0 ** np.floor(np.log10(span / 3))
    return float(next(one * size for one in (1, 2, 5, 10) if span / (one * size) <= 5))


def _runs(values: Numbers) -> list[Sequence[int]]:
    """Indices in a row whose values are known."""
    known = np.flatnonzero(~np.isnan(values))
    return [run.tolist() for run in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1) if run.size]


def _legend(words: Sequence[tuple[str, str]]) -> str:
    parts = []
    for row, (kind, text) in enumerate(words):
        x = LEFT + 10 + 160 * row
        parts.append(f'<rect class="{kind}" x="{x}" y="{TOP + 2}" width="10" height="10"/>')
        parts.append(f'<text class="legend" x="{x + 16}" y="{TOP + 11}">{text}</text>')
    return "".join(parts)
