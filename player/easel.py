"""A panel and what we believe is on it, and the pictures of it that the page shows."""

from __future__ import annotations

from PIL import Image

from player.cards import card
from player.errors import LongtakeError
from player.frame import Box, Frame, Size
from player.home import Home, replace_file
from player.ink import seen
from player.panels import Panel, RegionalPanel, TemperatureError, Thermometer
from player.picture import png, to_image
from player.refresh import FLASH, Glass, Moment, Redraw, Redrawing, RefreshPolicy


class StuckError(LongtakeError, RuntimeError):
    """A panel that did not take a frame, not even when it was set up anew."""


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
        self._partials = 0
        self._said = ""
        self.last = Redraw.NONE
        """How the last frame was drawn."""
        self.redraws = 0
        """Redraws of any kind so far."""
        self.flashes = 0
        """Full ones among them."""
        self.resets = 0
        """Times that the panel had to be set up anew, or would not be."""
        self.ghosts = 0.0
        """Share of the picture that is grey instead of black."""

    @property
    def size(self) -> Size:
        """Of the panel."""
        return self._panel.size

    @property
    def temperature(self) -> int | None:
        """Of the panel, in °C, as it was read last; None where nothing measures it."""
        return self._panel.temperature if isinstance(self._panel, Thermometer) else None

    def say(self, title: str, line: str) -> None:
        """Put a card with a title and a line, unless it is there already."""
        if self._said != title + line:
            self.put(card(self.size, title, line), FLASH)
            self._said = title + line

    def show(self, frame: Frame, calm_clean: float, moment: Moment) -> None:
        """Draw a frame as the policy thinks best."""
        policy = RefreshPolicy(calm_clean, regional=isinstance(self._panel, RegionalPanel))
        how = policy.redraw(self.glass, frame, moment)
        most = self._panel.most_partials
        if how.kind is Redraw.PARTIAL and most and self._partials >= most:
            how = FLASH  # the maker's rule goes before the owner's wish for calm
        self.put(frame, how)

    def put(self, frame: Frame, how: Redrawing) -> None:
        """Draw a frame in this way, and write what is now to be seen.

        Raises:
            StuckError: the panel did not take it; what is on it is not known then.
            TemperatureError: it is too cold or too warm to be drawn on; the next redraw must be a full one.
        """
        self._said = ""
        if how.kind is not Redraw.NONE:
            try:
                how = self._draw(frame, how)
            except TemperatureError:
                self.glass = Glass()  # areas may have been flashed before
                raise
            except LongtakeError as error:
                self.glass = Glass()
                self.resets += 1
                raise StuckError(f"the panel does not take the frame: {error}") from error
            self.redraws += 1
            self.flashes += how.kind is Redraw.FULL
            self._partials = 0 if how.kind is Redraw.FULL else self._partials + 1
        self.glass = self.glass.after(frame, how)
        self.last = how.kind
        ink = self.glass.ink
        if ink is not None and how.kind is not Redraw.NONE:
            self.ghosts = ink.ghosts() / frame.size.pixels
            replace_file(self._home.panel, png(to_image(frame)), durable=False)
            replace_file(self._home.eye, png(Image.fromarray(seen(ink))), durable=False)

    def close(self) -> None:
        """Let go of the panel; the picture stays."""
        self._panel.close()

    def _draw(self, frame: Frame, how: Redrawing) -> Redrawing:
        """Tell the panel; returns what it did, which is a full redraw if it had to be set up anew."""
        anew = Redraw.PARTIAL
        if how.areas and how.under is not None:
            assert isinstance(self._panel, RegionalPanel), "the policy was told"
            anew = self._panel.flash(how.under, how.areas)
        done = self._panel.show(frame, how.kind)
        if done is Redraw.FULL:
            self.resets += how.kind is not Redraw.FULL
            return FLASH
        if anew is Redraw.FULL and how.under is not None:
            self.resets += 1
            return Redrawing(how.kind, (Box(0, 0, *frame.size),), how.under)
        return how
