"""Films for the tests: the demo's clip, and longer ones made of it."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

CLIP = Path(__file__).parent.parent / "build" / "film" / "big-buck-bunny.mp4"


def clip() -> Path:
    """A real film: 132 frames of Big Buck Bunny at 1280×720."""
    if not CLIP.exists():
        pytest.skip(f"{CLIP} is not there; `make test` fetches it")
    return CLIP


def repeated(times: int, out: Path) -> Path:
    """The clip several times over, its packets copied behind each other."""
    with av.open(str(out), "w") as target:
        stream, shift = None, 0
        for _ in range(times):
            with av.open(str(clip())) as source:
                video = source.streams.video[0]
                if stream is None:
                    stream = target.add_stream_from_template(video)
                end = 0
                for packet in source.demux(video):
                    if packet.dts is None:
                        continue
                    packet.pts += shift
                    packet.dts += shift
                    end = max(end, packet.pts + packet.duration)
                    packet.stream = stream
                    target.mux(packet)
                shift = end
    return out
