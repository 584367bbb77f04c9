"""Draws the README's pictures of dots: Floyd–Steinberg's and ours at full size, and what changed for them.

Run by hand, as `.venv/bin/python tests/pictures.py`, when a ditherer changed; look at them before committing.
"""

from __future__ import annotations

from pathlib import Path

from films import clip
from PIL import Image

from export.ditherers import dithered, ditherer
from export.film import Film
from export.look import Look
from player.frame import Frame, Size
from player.picture import to_image

DOCS = Path(__file__).parent.parent / "docs"
LOOK = Look(Size(1448, 1072))
PLACES = {"face": (124, (318, 224)), "sky": (60, (1060, 330)), "cave": (12, (250, 500))}
"""Name of a picture: number of the frame, and left upper corner."""
SIZE = (360, 250)
GAP = 12


def pair(frames: list[tuple[Frame, Frame]], corner: tuple[int, int]) -> Image.Image:
    """Crops of each last frame above; below them, in black, the pixels that differ from the one before."""
    width, height = SIZE
    sheet = Image.new("L", (2 * width + GAP, 2 * height + GAP), 255)
    box = (*corner, corner[0] + width, corner[1] + height)
    for column, (before, after) in enumerate(frames):
        changed = Frame.of(before.mask() == after.mask())
        for row, frame in enumerate((after, changed)):
            sheet.paste(to_image(frame).crop(box), (column * (width + GAP), row * (height + GAP)))
    return sheet


def main() -> None:
    with Film(clip()) as film:
        greys = [LOOK.grey(moment) for moment in film.moments()]
    made = [list(dithered(ditherer(name), greys)) for name in ("floyd-steinberg", "direct-search")]
    for name, (number, corner) in PLACES.items():
        pair([(frames[number - 1], frames[number]) for frames in made], corner).convert("1").save(
            DOCS / f"dots-{name}.png", optimize=True
        )


if __name__ == "__main__":
    main()
