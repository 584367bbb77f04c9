"""How a film shall look on the panel: from a moment to the grey picture that is dithered."""

from __future__ import annotations

from dataclasses import dataclass

from export.film import Moment
from export.stages.fit import Fit, framed, place, scaled
from export.stages.light import light
from export.stages.tone import Grey, toned
from player.frame import Size


@dataclass(frozen=True)
class Look:
    """All that decides the grey picture.

    Args:
        panel: its size.
        fit: letterbox or crop.
        brightness: see `export.stages.tone`.
        contrast: see there.
    """

    panel: Size
    fit: Fit = Fit.LETTERBOX
    brightness: float = 0.0
    contrast: float = 0.0

    def grey(self, moment: Moment) -> Grey:
        """The moment in greys, as it goes to the ditherer.

        Returns:
            ``uint8`` of shape ``(panel.height, panel.width)``: share of white dots, 255 for all.
        """
        height, width, _ = moment.rgb.shape
        placing = place(Size(width, height), moment.aspect, self.panel, self.fit)
        grey = toned(scaled(light(moment.rgb), placing), self.brightness, self.contrast)
        return framed(grey, placing, self.panel)

    def settings(self) -> dict[str, str | float]:
        """For the reel's header."""
        return {"fit": self.fit.value, "brightness": self.brightness, "contrast": self.contrast}
