"""Draws flashed area against visible ghost: docs/refresh.png."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from bench_hat import Outcome
from PIL import Image, ImageDraw, ImageFont


def draw(
    path: Path,
    name: str,
    curve: dict[float, Outcome],
    whole: list[Outcome],
    best: list[Outcome],
    points: dict[str, Outcome],
) -> None:
    """Flashed area across, on a scale of powers of ten, and mean visible ghost upwards."""
    path.parent.mkdir(parents=True, exist_ok=True)
    width, height, left, top, right, bottom = 1200, 800, 110, 70, 1160, 710
    image = Image.new("RGB", (width, height), "white")
    pen, font, small = ImageDraw.Draw(image), ImageFont.load_default(24), ImageFont.load_default(20)
    low, high = np.log10(0.3), np.log10(3000)
    most = 1.25 * max(
        one.mean for one in (*points.values(), *(one for one in curve.values() if one.area > 3))
    )

    def place(one: Outcome) -> tuple[float, float]:
        across = (np.log10(max(one.area, 0.3)) - low) / (high - low)
        return left + across * (right - left), bottom - min(one.mean / most, 1.02) * (bottom - top)

    for tick in (1, 3, 10, 30, 100, 300, 1000, 3000):
        x = place(Outcome(tick, 0))[0]
        pen.line((x, top, x, bottom), fill="#e4e4e4")
        pen.text((x, bottom + 8), f"{tick}", fill="black", font=small, anchor="ma")
    step = next(one for one in (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if most / one < 9)
    for number in range(int(most / step) + 1):
        y = place(Outcome(1, number * step))[1]
        pen.line((left, y, right, y), fill="#e4e4e4")
        pen.text((left - 10, y), f"{number * step:g}", fill="black", font=small, anchor="rm")
    pen.rectangle((left, top, right, bottom), outline="black")
    pen.text((left, 8), name.replace("×", " by "), fill="black", font=font)
    pen.text(
        (right, height - 14), "flashed area, panels for 1,000 frames", fill="black", font=small, anchor="rb"
    )
    pen.text((left, top - 8), "mean visible ghost, L*", fill="black", font=small, anchor="lb")
    legend = [
        ("the limit: the whole film known", best, "#9a9a9a"),
        ("whole panel only", whole, "#c8781e"),
        ("ours, calm 0 to 10 clean", list(curve.values()), "#1450a0"),
    ]
    for row, (label, line, colour) in enumerate(legend):
        spots = [place(one) for one in sorted(line, key=lambda one: one.area) if one.mean <= most]
        pen.line(spots, fill=colour, width=4, joint="curve")
        for x, y in spots:
            pen.ellipse((x - 5, y - 5, x + 5, y + 5), fill=colour)
        y = top + 24 + 34 * row
        pen.line((right - 420, y, right - 370, y), fill=colour, width=4)
        pen.text((right - 360, y), label, fill="black", font=small, anchor="lm")
    for knob, one in curve.items():
        if one.mean <= most:
            x, y = place(one)
            pen.text((x + 9, y - 9), f"{knob:g}", fill="#1450a0", font=small, anchor="lm")
    for label, one in points.items():
        x, y = place(one)
        pen.regular_polygon((x, y, 11), 4, rotation=45, fill="#b41e1e")
        pen.text((x, y - 16), label, fill="#b41e1e", font=font, anchor="mb")
    image.save(path)
