"""What the panel says when it is not showing a film."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

from player.frame import Frame, Size
from player.picture import from_image

WHITE = 255


def card(size: Size, title: str, *lines: str) -> Frame:
    """White paper with a title and some lines of text in the middle, as large as they fit.

    Args:
        size: of the panel.
        title: one short line.
        lines: more of them, smaller.
    """
    image = Image.new("L", size, WHITE)
    draw = ImageDraw.Draw(image)
    draw.fontmode = "1"
    rows = [(title, _fitting(draw, title, size, size.height // 10))]
    rows += [(line, _fitting(draw, line, size, size.height // 22)) for line in lines]
    y = (size.height - sum(1.6 * font.size for _, font in rows)) / 2
    for text, font in rows:
        draw.text((size.width / 2, y + 0.8 * font.size), text, fill=0, font=font, anchor="mm")
        y += 1.6 * font.size
    return from_image(image.convert("1", dither=Image.Dither.NONE))


def _fitting(draw: ImageDraw.ImageDraw, text: str, size: Size, height: int) -> ImageFont.FreeTypeFont:
    font = _font(max(8, height))
    width = draw.textlength(text, font=font)
    room = 0.9 * size.width
    return font if width <= room else _font(max(8, int(font.size * room / width)))


def _font(height: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(height)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType, so the panel could not say anything")
    return font
