"""A panel in memory, with ink that behaves: for trying things out, and for every test."""

from __future__ import annotations

from PIL import Image

from player.frame import Box, Frame, FrameError, Size
from player.ink import REACH, Ink, seen
from player.refresh import Redraw


class PaperPanel:
    """A simulated panel.

    It comes out of its box with somebody else's picture in its ink, as panels do: a partial redraw before
    the first full one leaves a mess.

    Args:
        size: in pixels.
        reach: of a partial redraw, see `player.ink`.
    """

    most_partials = 0

    def __init__(self, size: Size, reach: float = REACH) -> None:
        self.size = size
        self.ink = Ink.clean(_stripes(size), reach)
        self.redraws: list[Redraw] = []
        """The last thousand redraws, newest last."""
        self.flashes: list[tuple[Box, ...]] = []
        """The areas that flashed, the last thousand times."""

    def show(self, frame: Frame, redraw: Redraw) -> Redraw:
        """Move the ink."""
        self._fits(frame)
        if redraw is Redraw.FULL:
            self.ink = self.ink.full(frame)
        elif redraw is Redraw.PARTIAL:
            self.ink = self.ink.partial(frame)
        self.redraws = [*self.redraws[-999:], redraw]
        return redraw

    def flash(self, frame: Frame, areas: tuple[Box, ...]) -> Redraw:
        """Move the ink in these areas."""
        self._fits(frame)
        self.ink = self.ink.flash(frame, areas)
        self.flashes = [*self.flashes[-999:], areas]
        return Redraw.PARTIAL

    def close(self) -> None:
        """Nothing to do: the ink stays."""

    def picture(self) -> Image.Image:
        """What an eye sees, as a grey image of half the size."""
        return Image.fromarray(seen(self.ink))

    def _fits(self, frame: Frame) -> None:
        if frame.size != self.size:
            raise FrameError(f"a {frame.size} frame does not fit a {self.size} panel")


def _stripes(size: Size) -> Frame:
    mask = Frame.white(size).mask()
    mask[::16] = False
    return Frame.of(mask)
