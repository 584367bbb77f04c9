"""Quality against changed pixels, drawn by matplotlib, which is loaded only when a plot is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from export.compare import BASELINE, Row

LEAST = 1e-5
"""Share of changed pixels: what changes fewer is drawn here, since a logarithm has no nought."""
DEEPEST = 8.0
"""dB below the best: what looks worse is drawn at the lower edge, with its figure."""
NAME, LINE = 200.0, 21.0
"""Pixels that a name takes across and down, so that none is written over another."""
INK, SOFT, BLUE, RED = "#26231f", "#8a847a", "#1f5d8c", "#a33b1f"


def plot(rows: Sequence[Row], title: str, out: Path) -> None:
    """Draw shift-compensated HPSNR at 30 cm over the share of pixels that change from frame to frame.

    Args:
        rows: of the table; those of one ditherer with several settings are joined by a line.
        title: to stand above.
        out: a PNG.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 6), dpi=130, layout="constrained")
    axes = figure.add_subplot()
    axes.set_xscale("log")
    bound = rows[0].measures.bound
    if bound > LEAST:
        axes.axvline(100 * bound, color=SOFT, linestyle="--", linewidth=1)
        axes.annotate(
            " the content's own bound", (100 * bound, 1), xycoords=("data", "axes fraction"),
            xytext=(0, -4), textcoords="offset points", color=SOFT, fontsize=9, va="top",
        )  # fmt: skip
    floor = max(row.measures.shifted30 for row in rows) - DEEPEST
    families: dict[str, list[Row]] = {}
    for row in rows:
        families.setdefault(row.name.partition(":")[0], []).append(row)
    for name, family in families.items():
        family.sort(key=lambda row: row.measures.changed)
        places = [_place(row, floor) for row in family]
        colour = RED if name == BASELINE else BLUE
        axes.plot(*zip(*places, strict=True), "o-", color=colour, markersize=6, linewidth=1)
    base = next((row.measures.shifted30 for row in rows if row.name == BASELINE), None)
    if base is not None:
        axes.axhline(base, color=RED, linewidth=0.8, alpha=0.4)
    axes.margins(x=0.2, y=0.1)
    axes.set_xlabel("pixels that change from frame to frame, % (cuts left out)")
    axes.set_ylabel("HPSNR at 30 cm, shift taken out, dB")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.grid(True, which="both", color="#ece8e0", linewidth=0.6)
    axes.set_axisbelow(True)
    figure.canvas.draw()  # so that it is known where everything lies
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    written: list[tuple[float, float]] = []
    for row in sorted(rows, key=lambda row: -row.measures.shifted30):
        place = _place(row, floor)
        across, up = axes.transData.transform(place)
        lower = 0.0
        while any(abs(across - x) < NAME and abs(up + lower - y) < LINE for x, y in written):
            lower -= LINE / 4
        written.append((across, up + lower))
        axes.annotate(
            _label(row, floor), place, xytext=(17, lower), textcoords="offset pixels", color=INK, fontsize=9,
            va="center", parse_math=False,
        )  # fmt: skip
    axes.set_title(title, loc="left", fontsize=11, color=INK, parse_math=False)
    figure.savefig(out, metadata={"Software": None})


def _place(row: Row, floor: float) -> tuple[float, float]:
    return 100 * max(LEAST, row.measures.changed), max(floor, row.measures.shifted30)


def _label(row: Row, floor: float) -> str:
    quality = row.measures.shifted30
    return f"{row.name} ({quality:.1f} dB)" if quality < floor else row.name
