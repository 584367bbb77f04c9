"""What the panel says when it is not showing a film."""

from __future__ import annotations

import unicodedata

from PIL import Image, ImageDraw, ImageFont

from player.frame import Frame, Size
from player.picture import from_image

WHITE = 255
LONGEST = 300
"""Characters of a line that are said."""
SIGNS = str.maketrans("×–—‘’“”", "x--''\"\"")


def card(size: Size, title: str, *lines: str) -> Frame:
    """White paper with a title and some lines of text in the middle; what has no room is left out.

    Args:
        size: of the panel.
        title: one short line, made as large as it fits.
        lines: more of them, smaller, broken where they are too long.
    """
    image = Image.new("L", size, WHITE)
    draw = ImageDraw.Draw(image)
    draw.fontmode = "1"
    title, font = _plain(title), _font(max(8, size.height // 22))
    rows = [(title, _fitting(title, size))]
    rows += [(row, font) for line in lines for row in _broken(_plain(line), font, 0.9 * size.width)]
    while rows and sum(1.6 * font.size for _, font in rows) > size.height:
        rows.pop()
    y = (size.height - sum(1.6 * font.size for _, font in rows)) / 2
    for text, font in rows:
        draw.text((size.width / 2, y + 0.8 * font.size), text, fill=0, font=font, anchor="mm")
        y += 1.6 * font.size
    return from_image(image.convert("1", dither=Image.Dither.NONE))


def _plain(text: str) -> str:
    """The text in the signs that Pillow's own font has: it knows no letter with an accent."""
    bare = unicodedata.normalize("NFKD", text[:LONGEST].translate(SIGNS))
    bare = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return " ".join(bare.encode("ascii", "replace").decode().split())


def _fitting(text: str, size: Size) -> ImageFont.FreeTypeFont:
    font = _font(max(8, size.height // 10))
    width = _width(text, font)
    room = 0.9 * size.width
    return font if width <= room else _font(max(8, int(font.size * room / width)))


def _broken(text: str, font: ImageFont.FreeTypeFont, room: float) -> list[str]:
    """The text in rows: broken between words, and inside one that is too long by itself."""
    rows = []
    while text:
        end = len(text)
        while end > 1 and _width(text[:end], font) > room:
            end -= 1
        if end < len(text):
            space = text.rfind(" ", 0, end + 1)
            end = space if space > 0 else end
        rows.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return rows


def _width(text: str, font: ImageFont.FreeTypeFont) -> float:
    return font.getlength(text, mode="1")


def _font(height: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(height)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType, so the panel could not say anything")
    return font
