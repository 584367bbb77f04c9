"""Draws flashed area against visible ghost: docs/refresh.png."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from bench_hat import Outcome
from PIL import Image, ImageDraw, ImageFont

LEAST = 0.03
"""Panels in 1,000 frames where the scale begins: less is nothing, and a scale of powers has no nothing."""


def draw(
    path: Path,
    name: str,
    curve: dict[float, Outcome],
    whole: list[Outcome],
    best: list[Outcome],
    points: dict[str, Outcome],
) -> None:
    """Flashed area across, on a scale of powers of ten, and mean visible ghost upwards.

    What flashes less than the scale shows, or leaves more ghost, is left out.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    width, height, left, top, right, bottom = 1200, 800, 110, 70, 1160, 710
    image = Image.new("RGB", (width, height), "white")
    pen, font, small = ImageDraw.Draw(image), ImageFont.load_default(24), ImageFont.load_default(20)
    low, high = np.log10(LEAST), np.log10(3000)
    most = 1.1 * max(one.mean for one in (*points.values(), *curve.values()) if one.area >= LEAST)

    def place(one: Outcome) -> tuple[float, float]:
        across = (np.log10(one.area) - low) / (high - low)
        return left + across * (right - left), bottom - one.mean / most * (bottom - top)

    def there(line: list[Outcome]) -> list[Outcome]:
        inside = [one for one in line if one.area >= LEAST and one.mean <= most]
        return sorted(inside, key=lambda one: one.area)

    for tick in (0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000):
        x = place(Outcome(tick, 0))[0]
        pen.line((x, top, x, bottom), fill="#e4e4e4")
        pen.text((x, bottom + 8), f"{tick:,}", fill="black", font=small, anchor="ma")
    step = next(one for one in (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if most / one < 9)
    for number in range(int(most / step) + 1):
        y = place(Outcome(1, number * step))[1]
        pen.line((left, y, right, y), fill="#e4e4e4")
        pen.text((left - 10, y), f"{number * step:g}", fill="black", font=small, anchor="rm")
    pen.rectangle((left, top, right, bottom), outline="black")
    pen.text((left, 8), name.replace("×", " by "), fill="black", font=font)
    pen.text(
        (right, height - 14), "flashed area: panels in 1,000 frames", fill="black", font=small, anchor="rb"
    )
    pen.text(
        (left, top - 8), "mean visible ghost: steps of lightness, L*", fill="black", font=small, anchor="lb"
    )
    legend = [
        ("the limit: the whole film known", best, "#9a9a9a"),
        ("ours, flashes of the whole panel only", whole, "#c8781e"),
        ("ours, from 0 (calm) to 10 (clean)", list(curve.values()), "#1450a0"),
    ]
    for row, (label, line, colour) in enumerate(legend):
        pen.line([place(one) for one in there(line)], fill=colour, width=4, joint="curve")
        for x, y in map(place, there(line)):
            pen.ellipse((x - 5, y - 5, x + 5, y + 5), fill=colour)
        y = top + 24 + 34 * row
        pen.line((right - 460, y, right - 410, y), fill=colour, width=4)
        pen.text((right - 400, y), label, fill="black", font=small, anchor="lm")
    for knob, one in curve.items():
        if there([one]):
            x, y = place(one)
            pen.text((x + 9, y - 9), f"{knob:g}", fill="#1450a0", font=small, anchor="lm")
    for label, one in points.items():
        x, y = place(one)
        pen.regular_polygon((x, y, 11), 4, rotation=45, fill="#b41e1e")
        pen.text((x, y - 16), label, fill="#b41e1e", font=font, anchor="mb")
    image.save(path)
