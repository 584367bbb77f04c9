"""What it costs to play a film on the simulated HAT, on the wire and on the glass: ours, and others' rules.

*Ours* is the player's policy on the player's driver. *(i)* is the rule that the maker of the first such
player published: partial redraws (DU), and a full one (GC16) when more than 100,000 pixels differ from the
last full one and 20 frames have passed. *(ii)* clears the panel (INIT) and redraws it in full for every
frame, as the popular players do. Both send 4 bits a pixel, as drivers of today do, over the box of what is
redrawn.

All have the same frames and the same chip, and all is read off the chip: bytes, transfers, and its own time
(bytes at 12 MHz, HRDY, waveforms); the areas of waveforms that flash; and the ink, by `player.ghosts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from bench_film import Film

from player.frame import Box, Frame, difference
from player.ghosts import shares, visible
from player.panels.it8951 import It8951Panel
from player.panels.it8951_chip import DU, GC16, INIT, It8951
from player.panels.sim import SimBus, VirtualClock
from player.panels.sim.it8951 import It8951Chip
from player.panels.sim.it8951_profiles import PROFILES
from player.refresh import Glass, RefreshPolicy

BOARD = PROFILES["6-inch-hd"]
VCOM = -2.14
BETWEEN = 10.0
"""Seconds from one frame to the next: so few that no daily care of the panel falls into 1,000 frames."""

Player = Callable[[Film, SimBus], Iterator[Frame]]
"""Shows the film's frames, one at each step."""


@dataclass(frozen=True)
class Outcome:
    """Of a film that was played.

    Args:
        area: that flashed in 1,000 frames, in panels.
        mean: visible ghost over all tiles and frames, in steps of L*.
        flashes: frames out of 1,000 at which more than half of the panel flashed.
        worst: the plainest ghost of any tile at any frame.
        usual_worst: that of the worst tile, mean over the frames.
        size: bytes on the wire for each frame.
        busy: seconds that the panel takes for each frame.
        transfers: on the bus for each frame.
    """

    area: float
    mean: float
    flashes: float = 0.0
    worst: float = 0.0
    usual_worst: float = 0.0
    size: float = 0.0
    busy: float = 0.0
    transfers: float = 0.0


def played(film: Film, player: Player) -> Outcome:
    """Play a film. The first frame, which nobody can draw but with a flash, does not count.

    Raises:
        AssertionError: a wrong picture, or something that a driver must not do.
    """
    clock = VirtualClock()
    chip = It8951Chip(BOARD, clock)
    bus = SimBus(chip, clock)
    parts, found = shares(BOARD.size), []
    play = player(film, bus)
    for wanted in film.frames:
        chip.refreshes.clear()
        begin, size, transfers = clock.ticks(), bus.bytes, bus.frames
        assert next(play) == wanted == chip.panel.picture(), "the wrong picture"
        area = sum(one.box.area for one in chip.refreshes if one.mode != DU) / BOARD.size.pixels
        plain = visible(chip.panel.ink())
        cost = bus.bytes - size, clock.ticks() - begin, bus.frames - transfers
        found.append((area, (plain * parts).sum(), area > 0.5, plain.max(), *cost))
        clock.wait(BETWEEN)
    assert chip.violations == [], chip.violations[0]
    area, mean, flashes, worst, size_, busy, frames = np.array(found[1:], dtype=float).T
    return Outcome(
        1000 * area.mean(),
        mean.mean(),
        1000 * flashes.mean(),
        worst.max(),
        worst.mean(),
        size_.mean(),
        busy.mean(),
        frames.mean(),
    )


def ours(calm_clean: float, regional: bool = True) -> Player:
    """The player's own policy and driver."""

    def play(film: Film, bus: SimBus) -> Iterator[Frame]:
        panel, glass, policy = (
            It8951Panel(bus, BOARD.size, VCOM),
            Glass(),
            RefreshPolicy(calm_clean, regional),
        )
        for number, frame in enumerate(film.frames):
            how = policy.redraw(glass, frame, film.moment(number))
            if how.areas and how.under is not None:
                panel.flash(how.under, how.areas)
            panel.show(frame, how.kind)
            glass = glass.after(frame, how)
            yield frame

    return play


def published_rule(film: Film, bus: SimBus) -> Iterator[Frame]:
    """(i)."""
    chip = _started(bus)
    before = clean = film.frames[0]
    since = 0
    for number, frame in enumerate(film.frames):
        since += 1
        if not number or (since >= 20 and difference(clean, frame).changed > 100_000):
            _bring_up(chip, frame, Box(0, 0, *frame.size), GC16)
            clean, since = frame, 0
        else:
            left, top, right, bottom = difference(before, frame).box
            _bring_up(chip, frame, Box(left // 8 * 8, top, -(-right // 8) * 8, bottom), DU)
        before = frame
        yield frame


def clear_and_full(film: Film, bus: SimBus) -> Iterator[Frame]:
    """(ii)."""
    chip = _started(bus)
    for frame in film.frames:
        whole = Box(0, 0, *frame.size)
        chip.display(whole, INIT)
        chip.settle()
        _bring_up(chip, frame, whole, GC16)
        yield frame


def _started(bus: SimBus) -> It8951:
    chip = It8951(bus, VCOM)
    chip.start()
    return chip


def _bring_up(chip: It8951, frame: Frame, box: Box, mode: int) -> None:
    if box.area:
        chip.load_greys(box.left, box.top, frame.mask()[box.top : box.bottom, box.left : box.right])
        chip.display(box, mode)
        chip.settle()
