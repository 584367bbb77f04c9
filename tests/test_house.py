"""Laws of the house that no linter knows."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = [path for package in ("player", "web") for path in sorted((ROOT / package).rglob("*.py"))]
MODULES = [path for package in ("player", "export", "web") for path in sorted((ROOT / package).rglob("*.py"))]
LONGEST = 250
"""Lines of a module that a stranger still reads in one go."""
WAITS = {"wait", "result", "acquire", "communicate"}
ENDING = {
    # loops that do not wait, and end by themselves: they eat what they are given
    "_write", "replace_file", "_read", "grow", "_load", "_newest_segment", "_take_over", "frame_at",
    "card", "_broken", "boxes", "redraw", "rectangles", "_areas",
}  # fmt: skip
FOR_EVER = {"run"}
"""The one loop that is meant to go on: the show's, each of whose waits is bounded."""


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_wait_has_a_deadline(path):
    """A loop names its deadline or is known to end; a call that waits is told for how long."""
    for function in functions(path):
        for node in ast.walk(function):
            where = f"{path.name}, {function.name}"
            if isinstance(node, ast.While) and function.name not in ENDING | FOR_EVER:
                assert "deadline" in ast.unparse(node), f"{where}: a loop that may go on for ever"
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in WAITS
            ):
                assert node.args or node.keywords, f"{where}: {ast.unparse(node)} waits for ever"


def test_the_law_would_find_a_loop_that_waits_for_ever():
    loop = ast.parse("def f(chip):\n    while chip.busy():\n        sleep(0.01)\n")
    node = next(one for one in ast.walk(loop) if isinstance(one, ast.While))
    assert "deadline" not in ast.unparse(node)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_too_long_to_be_read_in_one_go(path):
    assert len(path.read_text().splitlines()) <= LONGEST


def test_every_module_is_imported_without_spidev_and_gpiozero():
    """And without reaching for the network."""
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in SOURCES
    ]
    program = (
        "import sys, importlib\n"
        "sys.modules['spidev'] = sys.modules['gpiozero'] = sys.modules['lgpio'] = None\n"
        "def watch(event, arguments):\n"
        "    if event in ('socket.connect', 'socket.bind', 'socket.getaddrinfo'):\n"
        "        raise SystemExit(f'{event} while importing')\n"
        "sys.addaudithook(watch)\n"
        f"for name in {modules!r}:\n"
        "    importlib.import_module(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=120, cwd=ROOT)
    assert done.returncode == 0, done.stderr.decode()
