"""A panel and what we believe is on it, and the pictures of it that the page shows."""

from __future__ import annotations

from PIL import Image

from player.frame import Frame, Size
from player.ink import seen
from player.panels import Panel
from player.picture import png, to_image
from player.refresh import Glass, Redraw, RefreshPolicy
from player.state import Home, replace_file


class Easel:
    """Holds the panel. Every frame that reaches it goes through `put`.

    Args:
        panel: to draw on.
        home: where the pictures go.
    """

    def __init__(self, panel: Panel, home: Home) -> None:
        self._panel = panel
        self._home = home
        self.glass = Glass()
        self.last = Redraw.NONE
        """How the last frame was drawn."""
        self.redraws = 0
        """Redraws of any kind so far."""
        self.flashes = 0
        """Full ones among them."""
        self.ghosts = 0.0
        """Share of the picture that is grey instead of black."""

    @property
    def size(self) -> Size:
        """Of the panel."""
        return self._panel.size

    def show(self, frame: Frame, policy: RefreshPolicy, good_moment: bool) -> None:
        """Draw a frame as the policy thinks best."""
        self.put(frame, policy.redraw(self.glass, frame, good_moment))

    def put(self, frame: Frame, redraw: Redraw) -> None:
        """Draw a frame in this way, and write what is now to be seen."""
        if redraw is not Redraw.NONE:
            self._panel.show(frame, redraw)
            self.redraws += 1
            self.flashes += redraw is Redraw.FULL
        self.glass = self.glass.after(frame, redraw)
        self.last = redraw
        if self.glass.ink is not None and redraw is not Redraw.NONE:
            self.ghosts = self.glass.ghosts
            replace_file(self._home.panel, png(to_image(frame)), durable=False)
            replace_file(self._home.eye, png(Image.fromarray(seen(self.glass.ink))), durable=False)

    def close(self) -> None:
        """Let go of the panel; the picture stays."""
        self._panel.close()
