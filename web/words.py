"""Numbers as a person says them."""

from __future__ import annotations

from datetime import datetime

FAR = 253_370_000_000
"""Seconds from 1970 to late in the year 9998: about as far as `datetime` goes."""


def clock(seconds: float) -> str:
    """Film time: 3723.4 is "1:02:03"."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def span(seconds: float) -> str:
    """A length of time, to two figures or so: 200 is "3 min 20 s", 9e6 is "104 days"."""
    if seconds < 10:
        return f"{seconds:.3g} s"
    if seconds < 3600:
        minutes, rest = divmod(round(seconds), 60)
        return " ".join(part for part in (f"{minutes} min" * bool(minutes), f"{rest} s" * bool(rest)) if part)
    if seconds < 2 * 86_400:
        hours, rest = divmod(round(seconds / 60), 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{seconds / 86_400:.0f} days"


def moment(time: float) -> str:
    """A time of day, with the date if it is not today."""
    if time >= FAR:
        return "after the year 9999"
    then, today = datetime.fromtimestamp(time).astimezone(), datetime.now().astimezone()
    if then.date() == today.date():
        return then.strftime("%H:%M:%S")
    return then.strftime("%-d %B %Y" if abs((then - today).days) > 2 else "%-d %B, %H:%M")


def seconds(text: str) -> float:
    """Film time as a person types it: "1:02:03", "12:30" or "83.5", in seconds.

    Raises:
        ValueError: it is none.
    """
    total = 0.0
    parts = text.strip().split(":")
    if not 1 <= len(parts) <= 3:
        raise ValueError(text)
    for part in parts:
        value = float(part)
        if not 0 <= value < 1e6:
            raise ValueError(text)
        total = total * 60 + value
    return total
