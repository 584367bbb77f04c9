"""The systemd units start what there is, with options that it knows."""

from __future__ import annotations

import configparser
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
UNITS = sorted((ROOT / "image" / "units").glob("*.service"))


def read(unit: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str
    parser.read(unit)
    return parser


def test_there_are_units():
    assert {unit.stem for unit in UNITS} == {"longtake-player", "longtake-web"}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_a_program_of_ours_with_options_that_it_knows(unit):
    program, *arguments = read(unit)["Service"]["ExecStart"].split()
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    module, _ = scripts[Path(program).name].split(":")
    command = [argument for argument in arguments if not argument.startswith("-") and argument == "play"]
    told = subprocess.run([sys.executable, "-m", module, *command, "--help"], capture_output=True, timeout=60)
    assert told.returncode == 0
    for argument in arguments:
        if argument.startswith("--"):
            assert argument in told.stdout.decode()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_comes_back_and_can_do_little_harm(unit):
    service = read(unit)["Service"]
    assert service["Restart"] == "always" and service["User"] == "longtake"
    for guard in ("NoNewPrivileges", "ProtectHome", "PrivateTmp"):
        assert service[guard] == "yes"
    assert service["ProtectSystem"] == "strict"
