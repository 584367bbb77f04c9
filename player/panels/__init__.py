"""The second narrow waist: a panel shows frames, and nobody above it knows how."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol, runtime_checkable

from player.clock import SystemClock
from player.errors import LongtakeError
from player.frame import Box, Frame, Size
from player.panels.bus import LinuxBus, Wiring
from player.panels.climate import TemperatureError as TemperatureError
from player.panels.it8951 import It8951Panel
from player.panels.paper import PaperPanel
from player.panels.sim import SimBus
from player.panels.sim.it8951 import It8951Chip
from player.panels.sim.it8951_profiles import PROFILES as IT8951_PROFILES
from player.panels.sim.ssd168x import Ssd168xChip
from player.panels.sim.ssd168x_profiles import PROFILES as SSD168X_PROFILES
from player.panels.ssd168x import Ssd168xPanel
from player.panels.ssd168x_facts import HAT, PANELS
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

    @property
    def most_partials(self) -> int:
        """Partial redraws in a row that its maker allows; 0 where nothing is said."""

    def show(self, frame: Frame, redraw: Redraw) -> Redraw:
        """Bring a frame onto the panel; when this returns, the ink is still.

        Returns:
            What was done: a full redraw, whatever was asked for, if the panel had to be set up anew.

        Raises:
            FrameError: the frame has another size.
            TemperatureError: the panel is too cold or too warm to be drawn on; nothing was done. The next
                redraw is a full one.
            LongtakeError: the panel did not take it in time, and not when it was set up anew either.
        """

    def close(self) -> None:
        """Leave the panel in a state in which it may hang for years; the picture stays."""


@runtime_checkable
class RegionalPanel(Panel, Protocol):
    """A panel that can redraw areas in full quality."""

    def flash(self, frame: Frame, areas: tuple[Box, ...]) -> Redraw:
        """Drive these areas in full quality (GC16), and nothing outside them; then the ink is still.

        A `show` follows at once, with a partial redraw.

        Args:
            frame: the whole picture that is on the panel once this is done. Outside the areas it is the one
                that is there already.
            areas: none over another; their left edges are multiples of 32, and so are their widths but at
                the panel's far edge.

        Returns:
            What was done: partial, or full if the panel had to be set up anew; then it shows this frame.

        Raises:
            FrameError: the frame has another size.
            LongtakeError: as `show`.
        """


@runtime_checkable
class Thermometer(Protocol):
    """A panel that knows how warm it is."""

    @property
    def temperature(self) -> int | None:
        """In °C, as it was read at the start or before the last redraw; None if the sensor says nothing."""


NAMES = ("paper", "it8951", "sim:it8951", *PANELS, *(f"sim:{name}" for name in PANELS))


def open_panel(name: str, size: Size = SIX_INCH_HD, vcom: float = 0.0, temperature: int = 0) -> Panel:
    """Open a panel by name.

    Args:
        name: `paper`, simulated in memory; `it8951`, the 6" HD HAT; or one of the small panels' names. With
            `sim:` before it, that panel's driver on a simulated chip.
        size: of the panel, where it has not one of its own.
        vcom: volts, as printed on the panel's cable; needed by `it8951`.
        temperature: °C for `it8951` to go by; 0 for what its sensor says.

    Raises:
        PanelError: there is no panel of that name. Nothing else is opened instead.
        LongtakeError: it cannot be opened, or does not answer.
    """
    if name == "paper":
        return PaperPanel(size)
    clock = SystemClock()
    if name == "it8951":
        return It8951Panel(LinuxBus(Wiring()), size, vcom, temperature or None)
    if name == "sim:it8951":
        chip = It8951Chip(replace(IT8951_PROFILES["6-inch-hd"], size=size), clock)
        return It8951Panel(SimBus(chip, clock), size, vcom, temperature or None)
    if name in PANELS:
        return Ssd168xPanel(LinuxBus(HAT), PANELS[name])
    small = name.removeprefix("sim:")
    if small in PANELS:
        return Ssd168xPanel(SimBus(Ssd168xChip(SSD168X_PROFILES[small], clock), clock), PANELS[small])
    raise PanelError(f'there is no panel "{name}"; there are {", ".join(NAMES)}')
