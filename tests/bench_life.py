"""Life's generations in a second, against convolutions in the same run: `make bench`.

With `--agree` instead: 200 soups for 1,000 generations by each of 6 rules, on a torus and on a plane, every
generation of every one held against `tests/life.py`. That takes minutes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import product

import numpy as np
from life import RULES, SIZES, disagreements
from scipy.signal import convolve2d

from player.frame import Size
from player.life import Rule, Soup, Stepper, Watch

PANELS = {'2.13" companion': Size(250, 122), '6" HD': Size(1448, 1072)}
AIM = 20.0
"""How many times as fast as the plain numpy convolution ours is to be at the larger size."""
SECONDS = 1.0
AROUND = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], dtype=np.uint8)


def plain(alive: np.ndarray) -> np.ndarray:
    """Life as it is mostly written in numpy: eight rolls of a Boolean array, added up."""
    count = sum(
        np.roll(np.roll(alive, down, 0), right, 1)
        for down, right in product((-1, 0, 1), repeat=2)
        if down or right
    )
    return (count == 3) | (alive & (count == 2))


def bytewise(alive: np.ndarray) -> np.ndarray:
    """The same with the sums in bytes, which few think of."""
    cells = alive.view(np.uint8)
    count = np.zeros_like(cells)
    for down, right in product((-1, 0, 1), repeat=2):
        if down or right:
            count += np.roll(cells, (down, right), (0, 1))
    return (count == 3) | (alive & (count == 2))


def scipys(alive: np.ndarray) -> np.ndarray:
    """The same by scipy.signal.convolve2d."""
    count = convolve2d(alive.view(np.uint8), AROUND, mode="same", boundary="wrap")
    return (count == 3) | (alive & (count == 2))


def seconds_each(step: Callable[[], object]) -> float:
    """Seconds a call, the best of several goes: the others were disturbed."""
    best, until = np.inf, time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        begun = time.perf_counter()
        step()
        best = min(best, time.perf_counter() - begun)
    return best


def speeds(name: str, size: Size) -> None:
    board = Soup(size, 0.35, 1).board()
    alive = board.mask()
    stepper = Stepper(size, Rule())
    watch = Watch(torus=True)
    world = board

    def lived() -> None:
        nonlocal world
        world = stepper.step(world)
        watch.see(world)
        world.frame(size)

    ways = {
        "ours, 100 at once": (lambda: stepper.step(board, 100), 100),
        "ours, one at a time": (lambda: stepper.step(board), 1),
        "ours, watched and made a frame": (lived, 1),
        "numpy, as mostly written": (lambda: plain(alive), 1),
        "numpy, in bytes": (lambda: bytewise(alive), 1),
        "scipy.signal.convolve2d": (lambda: scipys(alive), 1),
    }
    want = stepper.step(board).mask()
    assert all(np.array_equal(way(alive), want) for way in (plain, bytewise, scipys))
    rates = {way: generations / seconds_each(step) for way, (step, generations) in ways.items()}
    print(f"\nLife on a torus of {size}, as of the {name} panel:")
    for way, rate in rates.items():
        print(f"{way:32}{rate:12,.0f} generations/s{rate / rates['numpy, as mostly written']:10.1f} ×")
    if size == max(PANELS.values()):
        times = [rates["ours, one at a time"] / rates[way] for way in list(ways)[3:]]
        reached = "reached" if times[0] >= AIM else "missed"
        print(f"One at a time, ours is {times[0]:.0f} × the plain convolution, {times[1]:.1f} × that", end="")
        print(f" in bytes and {times[2]:.0f} × scipy's; the aim, {AIM:g} × the plain one, is {reached}.")


def parting(task: tuple[tuple[int, int], str, bool]) -> list[str]:
    (width, height), rule, torus = task
    return list(disagreements(Size(width, height), 200 // len(SIZES), 1_000, Rule.parse(rule), torus))


def agree(workers: int) -> None:
    begun = time.perf_counter()
    tasks = list(product(SIZES, RULES, (True, False)))
    with ProcessPoolExecutor(workers) as pool:
        partings = [one for found in pool.map(parting, tasks) for one in found]
    print(*partings[:20], sep="\n")
    worlds = 200 * len(RULES) * 2
    print(f"{worlds:,} worlds, 1,000 generations each: {len(partings)} disagreements", end="")
    print(f" in {time.perf_counter() - begun:.0f} s.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agree", action="store_true", help="hold long runs against a convolution instead")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if options.agree:
        agree(options.workers)
        return
    for name, size in PANELS.items():
        speeds(name, size)


if __name__ == "__main__":
    main()
