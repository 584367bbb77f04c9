"""`longtake-web` as it is started: another process, a real port."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from player.home import Home
from player.state import read_wishes
from web.app import MAX_FORM

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 30.0


@contextmanager
def started(*arguments: str, cwd: Path = ROOT) -> Iterator[subprocess.Popen[str]]:
    """The page's program, running; it is gone afterwards, whatever happens."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    program = subprocess.Popen(
        [sys.executable, "-m", "web.cli", *arguments],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield program
    finally:
        program.kill()
        program.communicate(timeout=PATIENCE)


def ended(*arguments: str) -> tuple[int, str]:
    """Exit status and output of the program when it is expected to stop by itself."""
    with started(*arguments) as program:
        output, _ = program.communicate(timeout=PATIENCE)
        return program.returncode, output


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(
    port: int, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def wait_for(port: int, program: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            assert program.poll() is None, program.communicate(timeout=PATIENCE)[0]
            assert time.monotonic() < deadline, "nothing listens"
            time.sleep(0.05)


def test_page_is_served_and_acts_reach_the_wishes(tmp_path: Path) -> None:
    port = free_port()
    home = Home(tmp_path / "home", tmp_path / "home" / "run")
    with started("--home", str(home.root), "--port", str(port)) as program:
        wait_for(port, program)
        status, page = ask(port, "GET", "/")
        assert status == 200
        assert b"The player is not running." in page
        assert home.reels.is_dir()
        assert home.run.is_dir()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert ask(port, "POST", "/pause", "paused=yes", form)[0] == 303
        assert read_wishes(home.wishes).paused
        assert ask(port, "POST", "/redraw", "x" * (MAX_FORM + 1), form)[0] == 413
        assert read_wishes(home.wishes).redraw == 0


def test_directories_may_be_relative_and_run_may_lie_elsewhere(tmp_path: Path) -> None:
    port = free_port()
    with started("--home", "home", "--run", "elsewhere", "--port", str(port), cwd=tmp_path) as program:
        wait_for(port, program)
        (tmp_path / "elsewhere" / "panel.png").write_bytes(b"a picture")
        assert ask(port, "GET", "/panel.png") == (200, b"a picture")
        assert (tmp_path / "home" / "reels").is_dir()


def test_page_listens_at_this_machine_only_unless_told(tmp_path: Path) -> None:
    port = free_port()
    with started("--home", str(tmp_path), "--port", str(port)) as program:
        wait_for(port, program)
        # Free only if the page does not listen at every address.
        with socket.socket() as probe:
            probe.bind(("127.0.0.2", port))


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, output = ended("--home", str(tmp_path), "--port", str(port))
    assert status == 1
    assert output == f"longtake.web: cannot listen at 127.0.0.1 port {port}: Address already in use\n"


@pytest.mark.parametrize("host", ["no such host", "203.0.113.7"], ids=["unknown", "not-ours"])
def test_an_address_that_cannot_be_is_one_sentence(tmp_path: Path, host: str) -> None:
    status, output = ended("--home", str(tmp_path), "--host", host, "--port", str(free_port()))
    assert status == 1
    assert output.startswith(f"longtake.web: cannot listen at {host} port")
    assert output.count("\n") == 1


def test_a_home_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    status, output = ended("--home", str(tmp_path / "file"), "--port", str(free_port()))
    assert status == 1
    assert output.startswith("longtake.web: ")
    assert str(tmp_path / "file") in output
    assert output.count("\n") == 1


@pytest.mark.parametrize("port", ["http", "-1", "0", "65536", "99999"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    status, output = ended("--home", str(tmp_path), f"--port={port}")
    assert status == 2
    assert f"'{port}' is no number from 1 to 65535" in output
    assert "Traceback" not in output
