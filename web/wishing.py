"""Changing the owner's wishes: the page is their one writer, and takes turns with itself."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from player.home import Home
from player.state import Wishes, read_wishes, save


class WishBook:
    """The wishes of one home. Safe to use from several threads.

    Args:
        home: where they lie.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._turn = Lock()

    def read(self) -> Wishes:
        """The wishes as they stand.

        Raises:
            StateError: the file cannot be understood.
        """
        return read_wishes(self._home.wishes)

    def change(self, how: Callable[[Wishes], Wishes]) -> Wishes:
        """Replace the wishes by what `how` makes of them; on the disk when this returns.

        Raises:
            StateError: the file cannot be understood; it stays as it is.
        """
        with self._turn:
            wishes = how(self.read())
            save(self._home.wishes, wishes)
            return wishes
