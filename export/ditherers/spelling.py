"""A ditherer as a person spells it: its name, and settings if others than its own are wanted.

``hysteresis``, ``hysteresis:lean=64``, ``direct-search:price=30,lean=80``. The settings are the fields of the
ditherer's dataclass, and their types are held to.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any, cast, get_type_hints

from export.ditherers.protocol import Ditherer, DithererError

WORDS = {"yes": True, "true": True, "no": False, "false": False}


def with_settings(plain: Ditherer, name: str, text: str) -> Ditherer:
    """A ditherer with other settings than its own.

    Args:
        plain: the ditherer.
        name: what a person calls it.
        text: ``setting=value,setting=value``.

    Raises:
        DithererError: there is no such setting, or the value is of the wrong kind or out of range.
    """
    kinds = _kinds(plain)
    values: dict[str, object] = {}
    for part in text.split(","):
        setting, equals, value = part.partition("=")
        if not equals or setting not in kinds:
            known = f"; it has {', '.join(kinds)}" if kinds else ", nor any other"
            raise DithererError(f'the ditherer "{name}" has no setting "{setting}"{known}')
        if setting in values:
            raise DithererError(f'the ditherer "{name}" is given "{setting}" twice')
        values[setting] = _parsed(name, setting, value, kinds[setting])
    return cast(Ditherer, dataclasses.replace(cast(Any, plain), **values))


def _kinds(plain: Ditherer) -> dict[str, type]:
    value: Any = plain
    if not dataclasses.is_dataclass(value):
        return {}
    hints = get_type_hints(type(value))
    return {
        field.name: hints[field.name]
        for field in dataclasses.fields(value)
        if field.init and hints[field.name] in (bool, int, float, str)
    }


def _parsed(name: str, setting: str, text: str, kind: type) -> object:
    value: object
    wanted = {bool: "yes or no", int: "a whole number", float: "a number"}.get(kind, "text")
    try:
        value = WORDS[text.lower()] if kind is bool else kind(text)
        if kind is float and not math.isfinite(value):
            raise ValueError
        return value
    except (KeyError, ValueError):
        raise DithererError(f'the ditherer "{name}": {setting} is {wanted}, and not "{text}"') from None
