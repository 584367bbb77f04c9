"""One moment of a film in every ditherer, side by side."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

from export.ditherers import DITHERERS, ditherer
from export.film import Moment
from export.look import Look
from player.picture import to_image

COLUMNS = 3
LABEL = 48
"""Height of the line under each picture, in pixels."""


def sheet(moment: Moment, look: Look) -> Image.Image:
    """The moment in greys and in every ditherer, each at the panel's own size with its name below.

    A ditherer that remembers is given its own last frame, of the same moment, so that it shows how it
    looks once it has settled.
    """
    grey = look.grey(moment)
    pictures = [("grey", Image.fromarray(grey))]
    for name in DITHERERS:
        one = ditherer(name)
        frame = one.dither(grey, None)
        pictures.append((name, to_image(one.dither(grey, frame) if one.remembers else frame)))
    width, height = look.panel.width, look.panel.height + LABEL
    rows = -(-len(pictures) // COLUMNS)
    paper = Image.new("L", (COLUMNS * width, rows * height), 255)
    draw = ImageDraw.Draw(paper)
    font = ImageFont.load_default(LABEL * 0.7)
    for index, (name, picture) in enumerate(pictures):
        x, y = index % COLUMNS * width, index // COLUMNS * height
        paper.paste(picture, (x, y))
        draw.text((x + width / 2, y + height - LABEL / 2), name, fill=0, font=font, anchor="mm")
    return paper
