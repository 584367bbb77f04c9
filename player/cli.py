"""`longtake-player`: what a person types on the Pi, or on a laptop."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from pathlib import Path

from PIL import Image

from player.clock import SystemClock
from player.easel import Easel
from player.errors import LongtakeError
from player.frame import FrameError
from player.home import Home, default_root
from player.panels import NAMES, Panel, PanelError, open_panel
from player.panels.it8951 import It8951Panel
from player.picture import from_image
from player.refresh import Redraw
from player.settings import Settings
from player.show import Show
from player.state import read_wishes
from player.workbench import describe, selftest

log = logging.getLogger("longtake.player")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    try:
        return int(options.command(options))
    except (LongtakeError, OSError) as error:
        log.error("%s", error)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="longtake-player", description="Play reels on a panel.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    play = commands.add_parser("play", help="play the film that the owner chose, until stopped")
    play.set_defaults(command=_play)
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

    draw = commands.add_parser("draw", help="draw a picture file, black and white, and leave it there")
    draw.set_defaults(command=_draw)
    draw.add_argument("file", type=Path)

    clear = commands.add_parser("clear", help="clear the panel to white, as before storing it")
    clear.set_defaults(command=_clear)

    info = commands.add_parser("info", help="say what the controller says of itself")
    info.set_defaults(command=_info)

    test = commands.add_parser("selftest", help="show pictures to photograph, measure, and write a report")
    test.set_defaults(command=_selftest)
    test.add_argument("--pause", type=float, default=30.0, help="seconds for each picture (default: 30)")
    test.add_argument(
        "--report", type=Path, default=Path("longtake-selftest.txt"), help="default: %(default)s"
    )

    for command in (play, draw, clear, info, test):
        usual = "it8951" if command is not play else "paper"
        command.add_argument("--panel", default=usual, help=f"one of {', '.join(NAMES)} (default: {usual})")
        command.add_argument("--vcom", type=float, default=0.0, help="volts, as printed on the panel's cable")
        command.add_argument(
            "--temperature", type=int, default=0, help="°C to go by instead of the panel's own sensor"
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
    wished = _wished(home, settings)
    panel = open_panel(
        options.panel,
        vcom=options.vcom or wished.vcom,
        temperature=options.temperature or wished.temperature,
    )
    show = Show(home, Easel(panel, home), clock, settings, options.panel)
    log.info("playing from %s on panel %s", home.reels, options.panel)
    try:
        show.run(lambda: bool(stopping))
    finally:
        show.close()
    return 0


def _wished(home: Home, settings: Settings) -> Settings:
    """The settings with the owner's on top; wishes that cannot be read are the show's to tell about."""
    try:
        return settings.with_values(read_wishes(home.wishes).settings)
    except LongtakeError:
        return settings


def _draw(options: argparse.Namespace) -> int:
    try:
        image = Image.open(options.file)
        image.load()
    except (OSError, Image.DecompressionBombError) as error:
        raise FrameError(f"{options.file.name} cannot be read as a picture ({error})") from error
    panel = _open(options)
    try:
        panel.show(from_image(image.convert("L").resize(panel.size).convert("1")), Redraw.FULL)
    finally:
        panel.close()
    return 0


def _clear(options: argparse.Namespace) -> int:
    panel = _controller(options)
    try:
        panel.clear()
    finally:
        panel.close()
    return 0


def _info(options: argparse.Namespace) -> int:
    panel = _controller(options)
    try:
        sys.stdout.write("\n".join(describe(panel)) + "\n")
    finally:
        panel.close()
    return 0


def _selftest(options: argparse.Namespace) -> int:
    panel = _controller(options)
    try:
        with options.report.open("w") as report:

            def tell(line: str) -> None:
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
                report.write(line + "\n")

            selftest(panel, options.pause, tell)
    finally:
        panel.close()
    log.info("the report is in %s", options.report)
    return 0


def _open(options: argparse.Namespace) -> Panel:
    return open_panel(options.panel, vcom=options.vcom, temperature=options.temperature)


def _controller(options: argparse.Namespace) -> It8951Panel:
    panel = _open(options)
    if not isinstance(panel, It8951Panel):
        panel.close()
        raise PanelError(f'the panel "{options.panel}" has no controller to speak to')
    return panel


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
