"""What a maker asks of whoever drives a small e-paper panel, and what a driver did against it.

None of it shows on the wire or on the day; panels fade of it in a year.
"""

from __future__ import annotations

SHORTEST_INTERVAL = 180.0
LONGEST_INTERVAL = 24 * 3600.0
"""Seconds between two redraws, as Waveshare asks for."""
LONGEST_RAILS = 60.0
"""Seconds that high voltage may stand at the glass (assumed; the maker says "not for long")."""


class Care:
    """Keeps the notes.

    Args:
        most_partials: partial redraws that may follow a full one.
    """

    def __init__(self, most_partials: int) -> None:
        self._most_partials = most_partials
        self._redrawn: float | None = None
        self._rails: float | None = None
        self.partials = 0
        """Partial redraws since the last full one."""
        self.notes: list[str] = []
        """One sentence each, in order."""

    def redraw(self, now: float, full: bool) -> None:
        """A redraw begins."""
        if self._redrawn is not None:
            since = now - self._redrawn
            if since < SHORTEST_INTERVAL:
                self.notes.append(f"a redraw {since:.1f} s after another, and not {SHORTEST_INTERVAL:g} s")
            if since > LONGEST_INTERVAL:
                self.notes.append(f"no redraw for {since / 3600:.1f} h")
        self._redrawn = now
        self.partials = 0 if full else self.partials + 1
        if self.partials == self._most_partials + 1:
            self.notes.append(f"more than {self._most_partials} partial redraws without a full one")

    def rails(self, now: float, stand: bool) -> None:
        """The high voltages come or go."""
        if stand:
            self._rails = now if self._rails is None else self._rails
        elif self._rails is not None:
            if now - self._rails > LONGEST_RAILS:
                self.notes.append(f"the high voltages stood for {now - self._rails:.0f} s")
            self._rails = None

    def sleep(self) -> None:
        """Deep sleep begins."""
        if self._rails is not None:
            self.notes.append("deep sleep began with the high voltages on")
