"""Every figure of one ditherer on one clip, frame by frame, in memory that does not grow."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from export.measure.changes import Changes
from export.measure.contone import Contone
from export.measure.eye import FAR, NEAR, Canvas, Eye, MeasureError, Plane
from export.measure.ssim import ssim
from export.measure.visible import Visible, decibels
from player.frame import Frame, Size

SAMPLED = 4
"""SSIM and lag are measured in every so manieth frame of a clip."""
MOVED = 0.01
"""Share of the range. Where what is seen of the picture changed by less from frame to frame, its dither is
free to stay behind, and lag is not measured."""


@dataclass(frozen=True)
class Measures:
    """What came out. Shares are of all pixels, and means over the frames that go on with a shot.

    Args:
        frames: measured.
        cuts: frames among them that began a new shot.
        changed: share of pixels that changed.
        darkened: from white to black.
        lightened: from black to white.
        bound: that had to change to keep the mean of every 8×8 block.
        at_cuts: share that changed in frames that began a shot.
        ghosted: black pixels that changed since the last full redraw.
        hpsnr30: in dB, at 30 cm: how far below the range from black to white the visible error is.
        hpsnr60: at 60 cm.
        shifted30: the same once the halftone is put back by the one shift that suits the clip best.
        shifted60: at 60 cm.
        right: that shift at 30 cm, in pixels to the right.
        down: and down.
        ssim30: likeness of structure, 1 for equal.
        ssim60: at 60 cm.
        lag: 0 if the dither follows the picture, 1 if it stays as it was; None if nothing moved.
    """

    frames: int
    cuts: int
    changed: float
    darkened: float
    lightened: float
    bound: float
    at_cuts: float
    ghosted: float
    hpsnr30: float
    hpsnr60: float
    shifted30: float
    shifted60: float
    right: float
    down: float
    ssim30: float
    ssim60: float
    lag: float | None

    @property
    def of_bound(self) -> float | None:
        """How many times as many pixels changed as had to; None if none had to."""
        return self.changed / self.bound if self.bound > 0 else None


@dataclass(frozen=True, eq=False)
class Meter:
    """What was measured so far. A value: `add` gives another one.

    Args:
        size: of the frames.
        sampled: SSIM and lag are measured in every so manieth frame.
        least: lag is measured where the picture changed by more than this.
        near: what the eye at 30 cm saw of the errors.
        far: and the one at 60 cm.
        changes: of pixels.
        structure: SSIM near and far, added up.
        samples: of it.
        behind: −(visible error)·(visible change), added up where the picture moved.
        moved: square of the visible change, added up there.
    """

    size: Size
    sampled: int = SAMPLED
    least: float = MOVED
    near: Visible = Visible()  # noqa: RUF009  # frozen, as the next ones
    far: Visible = Visible()  # noqa: RUF009
    changes: Changes = Changes()  # noqa: RUF009
    structure: tuple[float, float] = (0.0, 0.0)
    samples: int = 0
    behind: float = 0.0
    moved: float = 0.0

    def add(
        self,
        contone: Contone,
        frame: Frame,
        previous: Frame | None,
        cut: bool | None = None,
        redrawn: bool | None = None,
    ) -> Meter:
        """With one frame more.

        Args:
            contone: what the frame stands for.
            frame: the dither.
            previous: the frame that was shown before.
            cut: whether it begins a shot; if it is not said, the picture is asked.
            redrawn: whether the panel was redrawn in full for it; if it is not said, so it was at cuts.

        Raises:
            MeasureError: the picture has another size than the frames measured before.
            FrameError: the frame has.
        """
        if contone.size != self.size or frame.size != self.size:
            raise MeasureError(f"a {contone.size} picture and a {frame.size} frame on a meter of {self.size}")
        canvas = Canvas(self.size)
        spectrum = canvas.error(frame.mask().astype(np.float32) - contone.plane)
        near, far = (canvas.seen(spectrum, eye) for eye in (NEAR, FAR))
        begins = contone.cut if cut is None else cut
        sampled = self.near.frames % self.sampled == 0
        structure, behind, moved = self.structure, 0.0, 0.0
        if sampled:
            structure = (
                structure[0] + _structure(contone, near, NEAR),
                structure[1] + _structure(contone, far, FAR),
            )
            if contone.moved is not None and not begins:
                behind, moved = _lag(canvas.seen(contone.moved, NEAR), near, self.least)
        return replace(
            self,
            near=self.near.add(near, *contone.slopes(NEAR)),
            far=self.far.add(far, *contone.slopes(FAR)),
            changes=self.changes.add(frame, previous, begins, contone.bound, redrawn),
            structure=structure,
            samples=self.samples + sampled,
            behind=self.behind + behind,
            moved=self.moved + moved,
        )

    def result(self) -> Measures:
        """The figures.

        Raises:
            MeasureError: no frame was measured.
        """
        changes, going_on = self.changes, max(1, self.changes.frames)
        near, far = self.near.mean_square, self.far.mean_square
        back, back_far = self.near.shift(), self.far.shift()
        return Measures(
            frames=self.near.frames,
            cuts=changes.cuts,
            changed=(changes.darkened + changes.lightened) / going_on,
            darkened=changes.darkened / going_on,
            lightened=changes.lightened / going_on,
            bound=changes.bound / going_on,
            at_cuts=changes.at_cuts / max(1, changes.cuts),
            ghosted=changes.ghosts / going_on,
            hpsnr30=decibels(near),
            hpsnr60=decibels(far),
            shifted30=decibels(near - back.gain),
            shifted60=decibels(far - back_far.gain),
            right=back.right,
            down=back.down,
            ssim30=self.structure[0] / self.samples,
            ssim60=self.structure[1] / self.samples,
            lag=self.behind / self.moved if self.moved else None,
        )


def _structure(contone: Contone, error: Plane, eye: Eye) -> float:
    seen = contone.seen(eye)
    return ssim(seen, seen + error)


def _lag(change: Plane, error: Plane, least: float) -> tuple[float, float]:
    """Numerator and denominator of the regression of −error on change, where it changed."""
    change = np.where(np.abs(change) > least, change, np.float32(0))
    return -float(np.vdot(error, change)), float(np.vdot(change, change))
