"""Plays a film on the simulated panel, with the page: the three programs of Longtake, side by side.

The film is packed while it plays. Everything is kept in build/demo, so a second time it goes on.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

from player.errors import LongtakeError
from player.home import Home
from player.reel import Reel
from player.state import FilmWish, read_wishes, save

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
FILM = ROOT / "build" / "film" / "big-buck-bunny.mp4"
CREDIT = "© 2008 Blender Foundation, peach.blender.org, CC BY 3.0"
PATIENCE = 120.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--film", type=Path, default=FILM)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--home", type=Path, default=ROOT / "build" / "demo")
    parser.add_argument("--seconds", type=float, default=1.0, help="per frame")
    options = parser.parse_args()
    home = Home(options.home, options.home / "run").make()
    port = free_port(options.port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    reel = home.reels / (options.film.stem + ".reel")
    words = ["--title", "Big Buck Bunny", "--credit", CREDIT] if options.film == FILM else []
    programs: dict[str, subprocess.Popen[bytes]] = {}

    def start(name: str, *arguments: str) -> None:
        programs[name] = subprocess.Popen([BIN / name, *arguments])

    try:
        start("longtake-export", "pack", str(options.film), "-o", str(reel), "--anew", *words)
        wait_for(lambda: has_frames(reel), programs)
        wish_for(home, reel.name)
        start(
            "longtake-player",
            "play",
            "--home",
            str(home.root),
            "--set",
            f"seconds_per_frame={options.seconds}",
        )
        start("longtake-web", "--home", str(home.root), "--port", str(port))
        address = f"http://127.0.0.1:{port}/"
        wait_for(lambda: answers(address + "eye.png"), programs)
        print(f"\n  The film is on: {address}   (Ctrl-C stops it)\n", flush=True)
        while True:
            time.sleep(0.5)
            complain(programs)
    except KeyboardInterrupt:
        return 0
    except Stopped as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        for program in programs.values():
            program.terminate()
        for program in programs.values():
            try:
                program.wait(10)
            except subprocess.TimeoutExpired:
                program.kill()


class Stopped(Exception):
    """One of the programs is not running any more."""


def complain(programs: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, program in programs.items():
        status = program.poll()
        if status is not None and (status or name != "longtake-export"):
            raise Stopped(f"{name} stopped with status {status}.")


def wait_for(what, programs) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        complain(programs)
        if time.monotonic() > deadline:
            raise Stopped(f"Nothing came within {PATIENCE:g} seconds.")
        time.sleep(0.1)


def has_frames(path: Path) -> bool:
    try:
        with Reel.open(path) as reel:
            return len(reel) > 0
    except (LongtakeError, OSError):
        return False


def wish_for(home: Home, name: str) -> None:
    """Choose the film, as the page would."""
    wishes = read_wishes(home.wishes)
    if wishes.film is None or wishes.film.name != name:
        save(home.wishes, replace(wishes, film=FilmWish(wishes.next_id(), name)))


def answers(address: str) -> bool:
    with contextlib.suppress(OSError):
        return urllib.request.urlopen(address, timeout=5).status == 200
    return False


def free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise SystemExit("There is no free port.")


if __name__ == "__main__":
    sys.exit(main())
