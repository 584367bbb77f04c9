"""Which rectangles to send, when what changed is spread over a panel.

Every byte on the wire takes time, and so does every rectangle. Changed pixels are gathered into cells as
wide as the controller can address; the box around them is cut where an empty band of rows or columns saves
more than another rectangle costs, and so on inside the parts.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from player.frame import Box, Frame, Mask


def changed_cells(before: Frame, after: Frame, width: int) -> Mask:
    """Cells of one row and `width` pixels in which two frames differ.

    Args:
        before: a frame.
        after: another of its size.
        width: a multiple of 8.

    Returns:
        Booleans of shape ``(height, ceil(frame width / width))``.
    """
    bits = before.bits ^ after.bits
    each = width // 8
    padded = np.pad(bits, ((0, 0), (0, -bits.shape[1] % each)))
    return np.asarray(padded.reshape(len(bits), -1, each).any(axis=2), dtype=np.bool_)


def boxes(cells: Mask, cost: float) -> list[Box]:
    """Rectangles, in cells, that together cover every true cell and do not overlap.

    Args:
        cells: of shape ``(rows, columns)``.
        cost: of one rectangle more, in cells that need not be sent.
    """
    found: list[Box] = []
    waiting = [Box(0, 0, cells.shape[1], cells.shape[0])]
    while waiting:
        box = _tight(cells, waiting.pop())
        if box.area == 0:
            continue
        parts = _cut(cells[box.top : box.bottom, box.left : box.right], box, cost)
        if parts:
            waiting += parts
        else:
            found.append(box)
    return sorted(found, key=lambda box: (box.top, box.left))


def _tight(cells: Mask, box: Box) -> Box:
    part = cells[box.top : box.bottom, box.left : box.right]
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    if not rows.size:
        return Box(0, 0, 0, 0)
    return Box(
        box.left + int(columns[0]),
        box.top + int(rows[0]),
        box.left + int(columns[-1]) + 1,
        box.top + int(rows[-1]) + 1,
    )


def _cut(part: Mask, box: Box, cost: float) -> list[Box]:
    """The two sides of the empty band that saves most, or nothing if none saves enough."""
    height, width = part.shape
    top, bottom = _widest_gap(np.logical_or.reduce(part, axis=1))
    left, right = _widest_gap(np.logical_or.reduce(part, axis=0))
    by_rows, by_columns = (bottom - top) * width, (right - left) * height
    if max(by_rows, by_columns) <= cost:
        return _cut_at_step(part, box, cost)
    if by_rows >= by_columns:
        return [box._replace(bottom=box.top + top), box._replace(top=box.top + bottom)]
    return [box._replace(right=box.left + left), box._replace(left=box.left + right)]


def _cut_at_step(part: Mask, box: Box, cost: float) -> list[Box]:
    """Two boxes above each other, where one side of a line reaches less far to left and right."""
    reach = np.arange(part.shape[1])
    first = np.where(part, reach, part.shape[1]).min(axis=1)
    last = np.where(part, reach, -1).max(axis=1)
    above = np.maximum.accumulate(last) - np.minimum.accumulate(first) + 1
    below = (np.maximum.accumulate(last[::-1]) - np.minimum.accumulate(first[::-1]) + 1)[::-1]
    rows = np.arange(1, len(part))
    sent = rows * above[:-1] + (len(part) - rows) * below[1:]
    if not sent.size or part.size - sent.min() <= cost:
        return []
    line = box.top + int(sent.argmin()) + 1
    return [box._replace(bottom=line), box._replace(top=line)]


def _widest_gap(used: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Begin and end of the longest run of unused places between used ones."""
    places = np.flatnonzero(used)
    gaps = np.diff(places)
    if not gaps.size:
        return 0, 0
    widest = int(gaps.argmax())
    return int(places[widest]) + 1, int(places[widest + 1])
