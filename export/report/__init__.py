"""A page about a reel: what changes, what will flash, what it looks like. One file that needs no other."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from export.report import charts, pictures
from export.report.facts import Facts, facts
from export.report.forecast import WINDOWS, forecast
from player.reel import Reel

MOST_SHOTS = 2000
"""Rows of the table of shots; of a film with more, the longest."""


def report(reel: Reel, tell: Callable[[int, int], None] = lambda _, __: None) -> str:
    """Make the page.

    Args:
        reel: that it is about; it need not be finished.
        tell: called with the frames done, and how many there are to be done in all.

    Returns:
        HTML.

    Raises:
        ReelError: there is not one frame in it that can be read.
    """
    known = facts(reel)
    forecasts = forecast(reel, tell)
    shots = sorted(
        sorted(known.shots, key=lambda shot: -shot.frames)[:MOST_SHOTS], key=lambda shot: shot.number
    )
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["clock"] = charts.clock
    home = files(__package__)
    return environment.from_string(home.joinpath("page.html").read_text(encoding="utf-8")).render(
        style=home.joinpath("page.css").read_text(encoding="utf-8"),
        header=reel.header,
        finished=reel.finished,
        trouble=_trouble(reel, known),
        facts=known,
        forecast=forecasts,
        changes=charts.changes(known),
        flashes=charts.flashes(known, forecasts),
        ghosts=charts.ghosts(known, forecasts),
        sizes=charts.sizes(known),
        shots=shots,
        stills=pictures.stills(reel, known),
        crops=pictures.crops(reel, known),
        windows=WINDOWS,
        made_by=f"longtake {version('longtake')}",
    )


def _trouble(reel: Reel, known: Facts) -> list[str]:
    said = []
    if reel.fault:
        said.append(f"The file is damaged: {reel.fault}.")
    if known.damaged:
        said.append(f"{known.damaged} frames cannot be read, and are left out.")
    return said
