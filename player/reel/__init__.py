"""The reel file: a film as frames, in one file. `docs/reel.md` specifies it byte by byte."""

from player.reel.header import Chapter, ReelHeader
from player.reel.layout import MAX_FRAMES, ReelError
from player.reel.reader import NoFrameError, Reel
from player.reel.record import Coded, Record, Stamp, encode
from player.reel.writer import ReelWriter, is_key

__all__ = [
    "MAX_FRAMES",
    "Chapter",
    "Coded",
    "NoFrameError",
    "Record",
    "Reel",
    "ReelError",
    "ReelHeader",
    "ReelWriter",
    "Stamp",
    "encode",
    "is_key",
]
