"""The second narrow waist: a panel shows frames, and nobody above it knows how."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from player.clock import SystemClock
from player.errors import LongtakeError
from player.frame import Frame, Size
from player.panels.bus import LinuxBus, Wiring
from player.panels.it8951 import It8951Panel
from player.panels.paper import PaperPanel
from player.panels.sim import SimBus
from player.panels.sim.it8951 import It8951Chip
from player.panels.sim.it8951_profiles import PROFILES
from player.refresh import Redraw

SIX_INCH_HD = Size(1448, 1072)
"""The Waveshare 6" HD panel, 300 pixels an inch."""


class PanelError(LongtakeError, RuntimeError):
    """A panel that does not do what it is told."""


class Panel(Protocol):
    """A sheet of e-ink."""

    @property
    def size(self) -> Size:
        """In pixels."""

    def show(self, frame: Frame, redraw: Redraw) -> Redraw:
        """Bring a frame onto the panel; when this returns, the ink is still.

        Returns:
            What was done: a full redraw, whatever was asked for, if the panel had to be set up anew.

        Raises:
            FrameError: the frame has another size.
            LongtakeError: the panel did not take it in time, and not when it was set up anew either.
        """

    def close(self) -> None:
        """Leave the panel in a state in which it may hang for years; the picture stays."""


NAMES = ("paper", "it8951", "sim:it8951")


def open_panel(name: str, size: Size = SIX_INCH_HD, vcom: float = 0.0) -> Panel:
    """Open a panel by name.

    Args:
        name: `paper`, simulated in memory; `it8951`, the HAT; `sim:it8951`, its driver on a simulated chip.
        size: of the panel.
        vcom: volts, as printed on the panel's cable; needed by all but `paper`.

    Raises:
        PanelError: there is no panel of that name. Nothing else is opened instead.
        LongtakeError: it cannot be opened, or does not answer.
    """
    if name == "paper":
        return PaperPanel(size)
    if name == "it8951":
        return It8951Panel(LinuxBus(Wiring()), size, vcom)
    if name == "sim:it8951":
        clock = SystemClock()
        chip = It8951Chip(replace(PROFILES["6-inch-hd"], size=size), clock)
        return It8951Panel(SimBus(chip, clock), size, vcom)
    raise PanelError(f'there is no panel "{name}"; there are {", ".join(NAMES)}')
