"""Flashes against ghosts, and what they cost, on one film and one simulated HAT: `make bench`.

One table: ours from calm to clean, and the rules of others, see `bench_hat`. With `--plot` also the curve:
more settings of the knob, ours with redraws of the whole panel only, and the limit of `bench_limit`.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
from bench_film import Film, film
from bench_hat import Outcome, clear_and_full, ours, played, published_rule
from bench_limit import LOTS, limit, one_lot
from bench_plot import draw

from export.job import Job

KNOB = (0.0, 2.0, 4.0, 5.0, 6.0, 8.0, 10.0)
BETWEEN = (1.0, 3.0, 7.0, 9.0)
AREA_AIM, GHOST_AIM = 5.0, 3.0
"""What ours is to be better by than (i): in flashed area for its ghost, or in ghost for its flashed area."""

_film: Film


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("film", type=Path, help="a reel, or a film to make one of")
    parser.add_argument(
        "--ditherer", default=Job.ditherer, help="for a film (default: %(default)s, as longtake-export pack)"
    )
    parser.add_argument("--frames", type=int, default=1000)
    parser.add_argument("--plot", type=Path, help="where to draw the curve, as a PNG")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    clip = film(options.film, options.ditherer, options.frames)
    with ProcessPoolExecutor(options.workers, initializer=share, initargs=(clip,)) as pool:
        theirs, always = pool.submit(rule, "(i)"), pool.submit(rule, "(ii)")
        curve = dict(zip(KNOB, pool.map(knob, KNOB), strict=True))
        rows = {f"ours, {one:g} of 10 to clean": outcome for one, outcome in curve.items()}
        rows |= {"(i) film-maker's rule": theirs.result(), "(ii) clear and full": always.result()}
        print(f'\nThe simulated 6" HD HAT plays {clip.name}.\n')
        table(rows)
        print()
        stands(list(curve.values()), theirs.result())
        if options.plot:
            curve |= zip(BETWEEN, pool.map(knob, BETWEEN), strict=True)
            whole = list(pool.map(whole_only, KNOB))
            best = limit(pool.map(limit_lot, range(LOTS)))
            points = {"(i)": theirs.result(), "(ii)": always.result()}
            draw(options.plot, clip.name, dict(sorted(curve.items())), whole, best, points)
            print(f"The curve is in {options.plot}.")


def share(clip: Film) -> None:
    """To a worker; it is too large to go with every task."""
    global _film
    _film = clip


def knob(calm_clean: float) -> Outcome:
    return played(_film, ours(calm_clean))


def whole_only(calm_clean: float) -> Outcome:
    return played(_film, ours(calm_clean, regional=False))


def limit_lot(lot: int) -> np.ndarray:
    return one_lot(_film, lot)


def rule(name: str) -> Outcome:
    return played(_film, {"(i)": published_rule, "(ii)": clear_and_full}[name])


def table(rows: dict[str, Outcome]) -> None:
    print(f"{'':24}|{'for 1,000 frames':^20}|{'visible ghost, L*':^26}|{'for each frame':^31}")
    heads = f"{'flashes':>9}{'panels':>9}  |{'mean':>8}{'usual worst':>12}{'worst':>6}"
    print(f"{'':24}|{heads}|{'bytes':>9}{'seconds busy':>13}{'transfers':>10}")
    for name, one in rows.items():
        flashed = f"{one.flashes:9.1f}{one.area:9.2f}"
        ghosts = f"{one.mean:8.4f}{one.usual_worst:12.2f}{one.worst:6.2f}"
        print(f"{name:24}|{flashed}  |{ghosts}|{one.size:9,.0f}{one.busy:13.2f}{one.transfers:10.0f}")
    print(
        "Flashes are of more than half of the panel; panels is all area that flashed, in however small parts."
    )
    print("The first frame, and the daily flash that makers ask for, count for nobody.")


def stands(curve: list[Outcome], theirs: Outcome) -> None:
    """How far the aim is reached, where ours passes the rule's ghost, and the rule's area."""
    ordered = sorted(curve, key=lambda one: one.area)
    areas = np.log(np.maximum([one.area for one in ordered], 1e-3))
    means = [one.mean for one in ordered]
    area = theirs.area / np.exp(np.interp(-theirs.mean, np.negative(means), areas))
    mean = theirs.mean / np.interp(np.log(theirs.area), areas, means)
    less = "" if ordered[-1].area >= theirs.area else " or less"
    reached = "reached" if area >= AREA_AIM or mean >= GHOST_AIM else "missed"
    print(f"For the mean ghost of (i), ours flashes 1/{area:.1f} of its area;", end=" ")
    print(f"for its area{less}, ours leaves 1/{mean:.1f} of its ghost.")
    print(f"The aim, 1/{AREA_AIM:g} of the one or 1/{GHOST_AIM:g} of the other, is {reached}.")
    for before, after in pairwise(curve):
        if after.area < before.area or after.mean > before.mean:
            print(f"The knob does not turn one way from {before.area:.2f} panels, {before.mean:.4f}", end=" ")
            print(f"to {after.area:.2f}, {after.mean:.4f}.")


if __name__ == "__main__":
    main()
