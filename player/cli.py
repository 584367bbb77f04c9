"""`longtake-player`: what a person types on the Pi, or on a laptop."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from pathlib import Path

from player.clock import SystemClock
from player.easel import Easel
from player.errors import LongtakeError
from player.panels import open_panel
from player.settings import Settings
from player.show import Show
from player.state import Home, default_root

log = logging.getLogger("longtake.player")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    try:
        return _play(options)
    except (LongtakeError, OSError) as error:
        log.error("%s", error)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="longtake-player", description="Play reels on a panel.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    play = commands.add_parser("play", help="play the film that the owner chose, until stopped")
    play.add_argument(
        "--panel", default="paper", help="which panel to draw on (default: %(default)s, simulated)"
    )
    play.add_argument(
        "--home", type=Path, default=default_root(), help="directory of reels, wishes and bookmark"
    )
    play.add_argument("--run", type=Path, help="directory of status and pictures (default: HOME/run)")
    play.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="another default for a setting, such as seconds_per_frame=1",
    )
    return parser


def _play(options: argparse.Namespace) -> int:
    settings = Settings().with_values(dict(_pair(text) for text in options.set))
    home = Home(options.home, options.run or options.home / "run").make()
    clock, stopping = SystemClock(), []

    def stop(number: int, _: object) -> None:
        stopping.append(number)
        clock.wake()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    show = Show(home, Easel(open_panel(options.panel), home), clock, settings, options.panel)
    log.info("playing from %s on panel %s", home.reels, options.panel)
    try:
        show.run(lambda: bool(stopping))
    finally:
        show.close()
    return 0


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
