"""How long to wait for a panel that does not take a frame, and when to give it up. Pure: time is a number.

There are two reasons to wait. A panel that hangs is tried again soon, then less and less often, and in the
end given up, so that systemd may start everything anew. A panel that answers, but is too cold or too warm to
be drawn on, has nothing wrong with it: it is asked again now and then, and never given up.
"""

from __future__ import annotations

from dataclasses import dataclass

FIRST_RETRY, LONGEST_RETRY, GIVE_UP = 10.0, 600.0, 6
"""A panel that hangs is tried again after so many seconds, twice as many each time, and so many times."""
ASK_AGAIN = 60.0
"""Seconds until a panel that is too cold or too warm is asked again; it is a matter of minutes at least."""


@dataclass(frozen=True)
class Patience:
    """Where we are in waiting.

    Args:
        failures: times in a row that the panel hung.
        until: when it is tried again, on the clock that only goes forward; None if nothing is waited for.
    """

    failures: int = 0
    until: float | None = None

    @property
    def spent(self) -> bool:
        """Whether the panel is to be given up."""
        return self.failures >= GIVE_UP

    def hung(self, now: float) -> Patience:
        """The panel hung, once more."""
        wait = min(LONGEST_RETRY, FIRST_RETRY * 2**self.failures)
        return Patience(self.failures + 1, now + wait)

    def asked(self, now: float) -> Patience:
        """The panel answered, and is not to be drawn on for now; so it does not hang."""
        return Patience(0, now + ASK_AGAIN)
