"""What `longtake-export` takes on its command line besides plain words: sizes, film times, numbers."""

from __future__ import annotations

import argparse
import re

from export.ditherers import DithererError, ditherer
from export.look import Look
from export.stages.fit import Fit
from player.frame import Size


def add_look(parser: argparse.ArgumentParser) -> None:
    """The options that decide how a film is to look."""
    parser.add_argument("--panel", type=size, default=Size(1448, 1072), help="its size (default: 1448x1072)")
    parser.add_argument("--fit", choices=[fit.value for fit in Fit], default=Fit.LETTERBOX.value)
    parser.add_argument("--brightness", type=doublings, default=0.0, help="-2 to 2 (default: 0)")
    parser.add_argument("--contrast", type=doublings, default=0.0, help="-2 to 2 (default: 0)")


def look(options: argparse.Namespace) -> Look:
    """The look that they say."""
    return Look(options.panel, Fit(options.fit), options.brightness, options.contrast)


def size(text: str) -> Size:
    """Width and height, as 1448x1072."""
    match = re.fullmatch(r"(\d{1,4})[x×](\d{1,4})", text)
    if not match or "0" in match.groups():
        raise argparse.ArgumentTypeError(f"{text!r} is no size such as 1448x1072")
    return Size(int(match[1]), int(match[2]))


def film_time(text: str) -> float:
    """Seconds, as 83.5 or 1:23.5 or 1:01:23."""
    if not re.fullmatch(r"(\d+:){0,2}\d+(\.\d+)?", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no film time such as 1:23.5")
    seconds = 0.0
    for part in text.split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


def at_least_one(text: str) -> int:
    """A whole number from 1 to 65535."""
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to 65535")
    return int(text)


def doublings(text: str) -> float:
    """A number from -2 to 2."""
    try:
        value = float(text)
    except ValueError:
        value = 9.0
    if not -2 <= value <= 2:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from -2 to 2")
    return value


def ditherer_entry(text: str) -> str:
    """A ditherer's name, and settings if it is to have others: ``name:setting=value,setting=value``."""
    try:
        ditherer(text)
    except DithererError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def still(text: str) -> int:
    """A whole number from 0 to 10."""
    if not text.isdecimal() or int(text) > 10:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0 to 10")
    return int(text)
