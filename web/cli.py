"""`longtake-web`: serves the owner's page."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from waitress import serve

from player.home import Home, default_root
from web.app import MAX_FORM, create_app

log = logging.getLogger("longtake.web")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="longtake-web", description="Serve the owner's page.")
    parser.add_argument(
        "--home", type=Path, default=default_root(), help="directory of reels, wishes and bookmark"
    )
    parser.add_argument("--run", type=Path, help="directory of status and pictures (default: HOME/run)")
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen at (default: %(default)s, this machine)"
    )
    parser.add_argument("--port", type=_port, default=8080, help="default: %(default)s")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    try:
        app = create_app(Home(options.home, options.run or options.home / "run"))
    except OSError as error:
        log.error("cannot make %s: %s", error.filename, error.strerror)
        return 1
    try:
        serve(
            app,
            host=options.host,
            port=options.port,
            threads=4,
            ident=None,
            max_request_body_size=MAX_FORM,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "there is no such address"
        log.error("cannot listen at %s port %d: %s", options.host, options.port, reason)
        return 1
    return 0


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 65535")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
