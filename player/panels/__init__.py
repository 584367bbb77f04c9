"""The second narrow waist: a panel shows frames, and nobody above it knows how."""

from __future__ import annotations

from typing import Protocol

from player.errors import LongtakeError
from player.frame import Frame, Size
from player.panels.paper import PaperPanel
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

    def show(self, frame: Frame, redraw: Redraw) -> None:
        """Bring a frame onto the panel; when this returns, the ink is still.

        Raises:
            FrameError: the frame has another size.
            PanelError: the panel did not take it in time.
        """

    def close(self) -> None:
        """Leave the panel in a state in which it may hang for years; the picture stays."""


def open_panel(name: str, size: Size = SIX_INCH_HD) -> Panel:
    """Open a panel by name: `paper`, simulated in memory.

    Raises:
        PanelError: there is no panel of that name. Nothing else is opened instead.
    """
    if name == "paper":
        return PaperPanel(size)
    raise PanelError(f'there is no panel "{name}"; there is "paper"')
