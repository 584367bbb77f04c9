"""The patterns that come with the house: RLE files in `data/`, each with who found it and when.

What each is said to do is held against what it does in `tests/test_player_life_library.py`. Discoverers and
years are those of Stephen Silver's Life Lexicon, and of LifeWiki where that says nothing.
"""

from __future__ import annotations

from importlib.resources import files

from player.life.board import LifeError
from player.life.pattern import Pattern
from player.life.rle import read_rle


def names() -> tuple[str, ...]:
    """What `named` knows, in order of the alphabet."""
    here = (file.name for file in (files("player.life") / "data").iterdir())
    return tuple(sorted(name.removesuffix(".rle") for name in here if name.endswith(".rle")))


def named(name: str) -> Pattern:
    """The pattern of that name.

    Raises:
        LifeError: there is none.
    """
    if name not in names():
        raise LifeError(f"there is no pattern {name[:60]!r} here; there are {', '.join(names())}")
    return read_rle((files("player.life") / "data" / f"{name}.rle").read_bytes())
