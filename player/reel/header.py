"""The header of a reel: what the film is and how its frames were made."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from zlib import crc32

from player.frame import Size
from player.reel.layout import CRC, MAX_JSON, PREAMBLE, Preamble, ReelError, pack_preamble

Settings: TypeAlias = Mapping[str, str | int | float | bool]


@dataclass(frozen=True)
class Chapter:
    """A named stretch of the film; `time` is where it begins, in seconds of film time."""

    time: float
    title: str


@dataclass(frozen=True)
class ReelHeader:
    """All that is known before the first frame.

    Args:
        size: of every frame.
        key_interval: at least every so many frames one can be decoded on its own.
        title: of the film, for the owner's eyes.
        credit: who made the film and under which licence, for the owner's eyes.
        source: name of the film file.
        source_sha256: of the film file, in hex.
        ditherer: name of the ditherer.
        settings: everything else that decides the pixels (ditherer, tone, fit).
        rate: average frames a second of the film.
        step: how many film frames one reel frame stands for.
        duration: of the film, in seconds; 0 where the file does not say.
        chapters: in order of time.
        made_by: program and version.
    """

    size: Size
    key_interval: int
    title: str
    source: str
    source_sha256: str
    ditherer: str
    rate: float
    step: int = 1
    duration: float = 0.0
    credit: str = ""
    settings: Settings = field(default_factory=dict)
    chapters: tuple[Chapter, ...] = ()
    made_by: str = ""

    def pack(self) -> bytes:
        """The bytes at the beginning of the reel.

        Raises:
            ReelError: its JSON would be longer than `MAX_JSON`.
        """
        fields = {
            "title": self.title,
            "credit": self.credit,
            "source": {"name": self.source, "sha256": self.source_sha256},
            "ditherer": self.ditherer,
            "settings": dict(self.settings),
            "film": {"rate": self.rate, "step": self.step, "duration": self.duration},
            "chapters": [{"time": chapter.time, "title": chapter.title} for chapter in self.chapters],
            "made_by": self.made_by,
        }
        text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(
            errors="replace"
        )
        if len(text) > MAX_JSON:
            raise ReelError(f"a header of {len(text)} bytes is longer than {MAX_JSON}")
        return pack_preamble(self.size, self.key_interval, text) + text


def unpack_header(preamble: Preamble, data: bytes) -> ReelHeader:
    """Read the header from the whole of its bytes, preamble included; unknown fields are passed over.

    Raises:
        ReelError: short, damaged, or a field of the wrong kind.
    """
    text = data[PREAMBLE.size :]
    if len(text) < preamble.json_length:
        raise ReelError("cut off inside its header")
    if crc32(text, crc32(data[: PREAMBLE.size - CRC.size])) != preamble.crc:
        raise ReelError("its header is damaged (checksum)")
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReelError(f"its header is not JSON ({error})") from error
    film = _get(fields, "film", dict)
    source = _get(fields, "source", dict)
    return ReelHeader(
        size=preamble.size,
        key_interval=preamble.key_interval,
        title=_get(fields, "title", str),
        credit=_get(fields, "credit", str),
        source=_get(source, "name", str),
        source_sha256=_get(source, "sha256", str),
        ditherer=_get(fields, "ditherer", str),
        settings=_settings(_get(fields, "settings", dict)),
        rate=_number(film, "rate"),
        step=max(1, int(_number(film, "step"))),
        duration=_number(film, "duration"),
        chapters=tuple(
            Chapter(_number(chapter, "time"), _get(chapter, "title", str))
            for chapter in _get(fields, "chapters", list)
        ),
        made_by=_get(fields, "made_by", str),
    )


def _get(fields: Any, name: str, kind: type) -> Any:
    value = fields.get(name) if isinstance(fields, dict) else None
    if not isinstance(value, kind):
        raise ReelError(f'its header has no {kind.__name__} named "{name}"')
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def _number(fields: Any, name: str) -> float:
    value = fields.get(name) if isinstance(fields, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ReelError(f'its header has no number named "{name}"')
    if not (0 <= value < 1e12 and math.isfinite(value)):
        raise ReelError(f'its header says {value} for "{name}"')
    return float(value)


def _settings(fields: dict[str, Any]) -> Settings:
    for name, value in fields.items():
        if not isinstance(value, str | int | float | bool):
            raise ReelError(f'its header has a setting "{name}" that is neither text nor number')
    return fields
