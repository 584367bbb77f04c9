"""The reel file: written, cut, bent, and read again."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from player.frame import Frame, Size
from player.reel import Chapter, NoFrameError, Reel, ReelError, ReelHeader, ReelWriter, Stamp, layout, record

GOLDEN = Path(__file__).parent / "golden" / "small.reel"
SMALL = Size(21, 13)


def header(size: Size = SMALL, key_interval: int = 8, **more) -> ReelHeader:
    fields = {
        "title": "A film",
        "source": "film.mp4",
        "source_sha256": "00" * 32,
        "ditherer": "none",
        "rate": 24.0,
    }
    return ReelHeader(size=size, key_interval=key_interval, **{**fields, **more})


def frames(count: int, size: Size = SMALL, seed: int = 1, share: float = 0.03) -> list[Frame]:
    """Frames each of which changes a few pixels of the one before."""
    random = np.random.default_rng(seed)
    mask = random.random((size.height, size.width)) < 0.5
    made = []
    for _ in range(count):
        mask = mask ^ (random.random(mask.shape) < share)
        made.append(Frame.of(mask))
    return made


def stamp(number: int, cut: bool = False) -> Stamp:
    return Stamp(number * 2, number * 41_667, number // 20, cut)


def write(path: Path, made: list[Frame], finish: bool = True, head: ReelHeader | None = None) -> None:
    with ReelWriter.create(path, head or header(made[0].size)) as writer:
        for number, frame in enumerate(made):
            writer.append(stamp(number, number % 20 == 0), frame)
        if finish:
            writer.finish()


def head_length(path: Path) -> int:
    return (
        layout.PREAMBLE.size + layout.unpack_preamble(path.read_bytes()[: layout.PREAMBLE.size]).json_length
    )


# --- what is written is read ------------------------------------------------------------------------------


def test_frames_and_stamps_come_back(tmp_path):
    made = frames(600)
    write(tmp_path / "a.reel", made)
    with Reel.open(tmp_path / "a.reel") as reel:
        assert reel.finished and len(reel) == 600 and not reel.fault
        for number, frame in enumerate(made):
            assert reel.frame(number) == frame
            assert reel.record(number).stamp == stamp(number, number % 20 == 0)
            reel.check(number)


def test_the_header_comes_back(tmp_path):
    head = header(
        title="Le Voyage « dans » la Lune",
        credit="Méliès",
        settings={"lean": 64, "fit": "crop", "brightness": 0.5, "flag": True},
        chapters=(Chapter(0.0, "Start"), Chapter(61.5, "Mond")),
        step=3,
        duration=812.25,
        made_by="test",
    )
    write(tmp_path / "a.reel", frames(2), head=head)
    with Reel.open(tmp_path / "a.reel") as reel:
        assert reel.header == head


def test_every_access_at_random_gives_the_same_as_in_order(tmp_path):
    made = frames(300)
    write(tmp_path / "a.reel", made)
    random = np.random.default_rng(2)
    with Reel.open(tmp_path / "a.reel") as reel:
        for number in random.integers(0, 300, 400):
            assert reel.frame(int(number)) == made[number]


def test_keys_stand_at_cuts_and_at_least_every_interval(tmp_path):
    write(tmp_path / "a.reel", frames(100))
    with Reel.open(tmp_path / "a.reel") as reel:
        keys = [number for number in range(100) if reel.record(number).key]
    assert set(range(0, 100, 20)) <= set(keys)
    assert max(np.diff([*keys, 100])) <= 8
    assert len(keys) < 50, "differences are used at all"


def test_a_frame_that_changes_much_is_stored_whole(tmp_path):
    made = frames(4, share=0.5)
    write(tmp_path / "a.reel", made)
    with Reel.open(tmp_path / "a.reel") as reel:
        assert all(reel.record(number).key for number in range(4))


class Counting(Reel):
    """Counts the records whose payload is read."""

    def _read(self, offset, length):
        self.reads = getattr(self, "reads", 0) + (offset in getattr(self, "payloads", ()))
        return super()._read(offset, length)


def test_in_order_one_record_is_read_and_at_random_no_more_than_one_key_interval(tmp_path):
    write(tmp_path / "a.reel", frames(200))
    path = tmp_path / "a.reel"
    reel = Counting(path, os.open(path, os.O_RDONLY))
    reel.payloads = {reel.offset(number) + record.HEAD.size for number in range(200)}
    reel.frame(0)
    for number in range(1, 200):
        reel.reads = 0
        reel.frame(number)
        assert reel.reads == 1
    for number in np.random.default_rng(3).integers(0, 200, 200):
        reel.reads = 0
        reel.frame(int(number))
        assert reel.reads <= 8
    reel.close()


def test_a_frame_that_is_not_there_is_named(tmp_path):
    write(tmp_path / "alien.reel", frames(5))
    with Reel.open(tmp_path / "alien.reel") as reel:
        for number in (5, -1, 10**9):
            with pytest.raises(NoFrameError, match=f"frame {number} of 5 in alien.reel"):
                reel.frame(number)


def test_a_reader_written_from_the_page_alone_agrees(tmp_path):
    """`docs/reel.md`, followed by hand with struct and zlib and none of the package's code."""
    made = frames(300)
    write(tmp_path / "a.reel", made)
    data = (tmp_path / "a.reel").read_bytes()
    magic, version, width, height, _, json_length, crc = struct.unpack_from("<8sHHHHII", data)
    assert (magic, version, width, height) == (b"\x89REEL\r\n\x1a", 1, 21, 13)
    assert zlib.crc32(data[24 : 24 + json_length], zlib.crc32(data[:20])) == crc
    assert json.loads(data[24 : 24 + json_length])["title"] == "A film"
    stride, bands = 3, 2
    segment = struct.unpack_from("<4sIQQ4xI", data, len(data) - 32)[2]
    offsets: list[int] = []
    while True:
        _, count, first, _, own, before = struct.unpack_from("<4sIIIQQ", data, segment)
        assert own == segment
        offsets = [*struct.unpack_from(f"<{count}Q", data, segment + 32), *offsets]
        if first == 0:
            break
        segment = before
    assert len(offsets) == 300
    bits = b""
    for number, at in enumerate(offsets):
        fields = struct.unpack_from("<4scBBxIIQII4HIIIIII", data, at)
        kind, codec, length = fields[1], fields[2], fields[13]
        assert fields[4] == number
        payload = data[at + 64 : at + 64 + length]
        raw = zlib.decompress(payload) if codec else payload
        rows = [bytearray(stride) for _ in range(bands * 8)]
        for index, byte in enumerate(raw):
            band, rest = divmod(index, stride * 8)
            column, row = divmod(rest, 8)
            rows[band * 8 + row][column] = byte
        plain = b"".join(rows[:height])
        bits = plain if kind == b"K" else bytes(a ^ b for a, b in zip(bits, plain, strict=True))
        assert zlib.crc32(bits) == fields[15]
        assert bits == made[number].tobytes()


def test_reels_written_by_earlier_versions_are_read():
    with Reel.open(GOLDEN) as reel:
        assert len(reel) == 12 and reel.finished
        assert reel.header.title == "Golden" and reel.size == Size(40, 24)
        whites = [reel.frame(number).whites for number in range(12)]
        for number in range(12):
            reel.check(number)
    assert whites == json.loads(GOLDEN.with_suffix(".json").read_text())["whites"]


# --- cut anywhere -----------------------------------------------------------------------------------------


def test_cut_at_every_byte_it_opens_with_all_whole_frames_before_the_cut(tmp_path):
    made = frames(12)
    write(tmp_path / "whole.reel", made)
    data = (tmp_path / "whole.reel").read_bytes()
    with Reel.open(tmp_path / "whole.reel") as reel:
        ends = [reel.offset(n) + record.HEAD.size + reel.record(n).length for n in range(12)]
    begin = head_length(tmp_path / "whole.reel")
    cut = tmp_path / "cut.reel"
    for length in range(len(data)):
        cut.write_bytes(data[:length])
        if length < begin:
            with pytest.raises(ReelError, match=r"^cut\.reel: "):
                Reel.open(cut)
            continue
        with Reel.open(cut) as reel:
            assert len(reel) == sum(end <= length for end in ends)
            assert not reel.finished
            for number in range(len(reel)):
                assert reel.frame(number) == made[number]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    count=st.integers(250, 800),
    back=st.integers(1, 40_000),
    seed=st.integers(0, 5),
    window=st.integers(1, 25),
)
def test_cut_long_reels_are_indexed_and_resumed_to_the_identical_file(tmp_path, count, back, seed, window):
    made = frames(count, Size(16, 9), seed)
    whole, cut = tmp_path / "whole.reel", tmp_path / "cut.reel"
    whole.unlink(missing_ok=True)
    write(whole, made)
    data = whole.read_bytes()
    cut.write_bytes(data[: max(0, len(data) - back)])
    with ReelWriter.resume(cut, header(Size(16, 9)), window) as writer:
        assert writer.count <= count
        assert writer.finished or (writer.count % 20 or 20) % window in (0, 20 % window)
        if writer.count:
            last = writer.last
            assert last is not None and last[1] == made[writer.count - 1]
        for number in range(writer.count, count):
            writer.append(stamp(number, number % 20 == 0), made[number])
        writer.finish()
    assert cut.read_bytes() == data


def test_a_torn_tail_is_cut_off_on_resuming(tmp_path):
    made = frames(30)
    path = tmp_path / "a.reel"
    write(path, made, finish=False)
    whole = path.read_bytes()
    with Reel.open(path) as reel:
        tail = reel.offset(28) + record.HEAD.size
    path.write_bytes(
        whole[:tail] + bytes(len(whole) - tail)
    )  # what a file system may leave after a power cut
    with ReelWriter.resume(path, header()) as writer:
        assert writer.count == 28
        for number in (28, 29):
            writer.append(stamp(number), made[number])
    assert path.read_bytes() == whole


def test_it_is_played_while_it_grows(tmp_path):
    made = frames(520)
    path = tmp_path / "a.reel"
    with ReelWriter.create(path, header()) as writer, Reel.open(path) as reel:
        assert len(reel) == 0 and not reel.refresh()
        for number, frame in enumerate(made):
            writer.append(stamp(number), frame)
            assert reel.refresh() and len(reel) == number + 1
            assert reel.frame(number) == frame
            assert not reel.refresh()
        writer.finish()
        assert reel.refresh() and reel.finished and not reel.fault


def test_another_films_reel_is_not_touched(tmp_path):
    path = tmp_path / "a.reel"
    write(path, frames(3))
    before = path.read_bytes()
    with pytest.raises(ReelError, match=r"a\.reel is of another film or was made with other settings"):
        ReelWriter.resume(path, header(title="Another"))
    path.write_bytes(b"not a reel at all, but somebody's letters")
    with pytest.raises(ReelError, match="not a reel"):
        ReelWriter.resume(path, header())
    assert path.read_bytes().startswith(b"not a reel")
    path.write_bytes(before)
    with ReelWriter.resume(path, header()) as writer:
        assert writer.finished
        writer.finish()
    assert path.read_bytes() == before


def test_two_writers_do_not_meet(tmp_path):
    path = tmp_path / "a.reel"
    with ReelWriter.create(path, header()) as writer:
        writer.append(stamp(0, True), frames(1)[0])
        with pytest.raises(ReelError, match="being written by another program"):
            ReelWriter.resume(path, header())
    with pytest.raises(FileExistsError):
        ReelWriter.create(path, header())


def test_kill_9_while_writing_leaves_a_reel_that_resumes(tmp_path):
    path = tmp_path / "a.reel"
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "import test_player_reel as t\n"
        "t.write(Path(sys.argv[2]), t.frames(100000, t.Size(64, 48)))\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program, str(Path(__file__).parent), str(path)])
    try:
        for _ in range(600):
            if path.exists() and path.stat().st_size > 200_000:
                break
            with pytest.raises(subprocess.TimeoutExpired):
                child.wait(0.05)
    finally:
        child.kill()
        child.wait(10)
    with ReelWriter.resume(path, header(Size(64, 48))) as writer:
        assert writer.count > 100
        assert writer.last == (
            stamp(writer.count - 1, (writer.count - 1) % 20 == 0),
            frames(writer.count, Size(64, 48))[-1],
        )


# --- bent, and hostile ------------------------------------------------------------------------------------


def test_every_flipped_byte_is_refused_or_found_or_harmless_and_never_wrong_pixels(tmp_path):
    made = frames(10)
    write(tmp_path / "whole.reel", made)
    data = (tmp_path / "whole.reel").read_bytes()
    bent = tmp_path / "bent.reel"
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 0x41
        bent.write_bytes(changed)
        noticed = False
        try:
            with Reel.open(bent) as reel:
                noticed = bool(reel.fault) or not reel.finished
                for number in range(len(reel)):
                    try:
                        assert reel.frame(number) == made[number]
                        reel.check(number)
                    except ReelError:
                        noticed = True
        except ReelError:
            noticed = True
        assert noticed, f"a flip of byte {position} went unseen"


def test_past_a_damaged_record_the_way_goes_on_at_the_next_key(tmp_path):
    made = frames(40)
    path = tmp_path / "a.reel"
    write(path, made)
    with Reel.open(path) as reel:
        at = reel.offset(9) + record.HEAD.size + 1
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)
    with Reel.open(path) as reel:
        with pytest.raises(ReelError, match="frame 9 is damaged"):
            reel.frame(11)
        assert reel.next_key(11) == 16
        assert reel.frame(16) == made[16]
        assert reel.next_key(39) is None


def refused(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    with pytest.raises(ReelError) as caught:
        Reel.open(path)
    sentence = str(caught.value)
    assert sentence.startswith(f"{path.name}: ") and "\n" not in sentence
    return sentence


def test_what_is_no_reel_is_refused_in_one_sentence(tmp_path):
    path = tmp_path / "x.reel"
    assert "magic" in refused(path, b"")
    assert "magic" in refused(path, b"RIFF" + bytes(100))
    assert "cut off" in refused(path, layout.MAGIC)
    newer = struct.pack("<8sHHHHII", layout.MAGIC, 2, 8, 8, 8, 2, 0) + b"{}"
    assert "version 2" in refused(path, newer)
    huge = struct.pack("<8sHHHHII", layout.MAGIC, 1, 60000, 60000, 8, 2, 0) + b"{}"
    assert "60000×60000" in refused(path, huge)
    assert "0×8" in refused(path, struct.pack("<8sHHHHII", layout.MAGIC, 1, 0, 8, 8, 2, 0) + b"{}")
    assert "key interval" in refused(path, struct.pack("<8sHHHHII", layout.MAGIC, 1, 8, 8, 0, 2, 0) + b"{}")
    lying = struct.pack("<8sHHHHII", layout.MAGIC, 1, 8, 8, 8, 2**32 - 1, 0) + b"{}"
    assert "header of 4294967295 bytes" in refused(path, lying)


@pytest.mark.parametrize(
    "text",
    [
        b"[]",
        b"{}",
        b"nonsense",
        b"[" * 100_000,
        b'{"title": 5}',
        json.dumps({"title": "x", "film": {"rate": float("nan"), "step": 1, "duration": 0}}).encode(),
    ],
)
def test_a_header_of_nonsense_is_refused(tmp_path, text):
    refused(tmp_path / "x.reel", layout.pack_preamble(SMALL, 8, text) + text)


def test_half_a_character_in_a_header_is_no_trouble(tmp_path):
    write(tmp_path / "a.reel", frames(1), head=header(title="half \ud83d", source="\udcff.mp4"))
    with Reel.open(tmp_path / "a.reel") as reel:
        assert (reel.header.title, reel.header.source) == ("half ?", "?.mp4")
    text = json.dumps(json.loads(header().pack()[24:])).replace("A film", "\\ud83d").encode()
    (tmp_path / "b.reel").write_bytes(layout.pack_preamble(SMALL, 8, text) + text)
    with Reel.open(tmp_path / "b.reel") as reel:
        assert reel.header.title == "?"


def test_a_folder_is_no_reel_and_nothing_stays_open(tmp_path):
    before = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else None
    with pytest.raises(OSError):
        Reel.open(tmp_path)
    if before is not None:
        assert len(list(Path("/proc/self/fd").iterdir())) == before


def forged(payload: bytes, **changes) -> bytes:
    """A reel of one record with honest checksums and whatever else is wanted."""
    white = Frame.white(SMALL)
    coded = record.encode(white, None, True)
    fields = {
        "number": 0, "stamp": Stamp(0, 0, 0, True), "key": True, "key_distance": 0, "codec": 1,
        "length": len(payload), "payload_crc": zlib.crc32(payload), "frame_crc": coded.frame_crc,
        "difference": coded.difference, "redraw": False,
    }  # fmt: skip
    return header().pack() + record.Record(**{**fields, **changes}).pack() + payload


def test_a_bomb_is_refused_in_bounded_memory(tmp_path):
    path = tmp_path / "bomb.reel"
    engine = zlib.compressobj(9)
    bomb = b"".join(engine.compress(bytes(1 << 20)) for _ in range(64)) + engine.flush()
    big = Size(1448, 1072)
    head = header(big)
    fields = {
        "number": 0, "stamp": Stamp(0, 0, 0, True), "key": True, "key_distance": 0, "codec": 1,
        "length": len(bomb), "payload_crc": zlib.crc32(bomb), "frame_crc": 0,
        "difference": record.encode(Frame.white(big), None, True).difference, "redraw": False,
    }  # fmt: skip
    path.write_bytes(head.pack() + record.Record(**fields).pack() + bomb)
    with Reel.open(path) as reel:
        tracemalloc.start()
        with pytest.raises(ReelError, match="does not unpack"):
            reel.frame(0)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 3 * record.raw_length(big)


@pytest.mark.parametrize(
    ("payload", "changes"),
    [
        (zlib.compress(b"short"), {}),
        (zlib.compress(bytes(48)) + b"more", {}),
        (zlib.compress(bytes(49)), {}),
        (b"no deflate", {}),
        (bytes(48), {"codec": 0}),
        (bytes(47), {"codec": 0}),
        (zlib.compress(bytes([255]) * 48), {"frame_crc": zlib.crc32(bytes([255]) * 39)}),
    ],
    ids=["short", "trailing", "long", "no deflate", "wrong pixels", "stored short", "bits beyond the edge"],
)
def test_payloads_that_lie_are_refused(tmp_path, payload, changes):
    path = tmp_path / "x.reel"
    path.write_bytes(forged(payload, **changes))
    with Reel.open(path) as reel:
        assert len(reel) == 1
        with pytest.raises(ReelError):
            reel.frame(0)


@pytest.mark.parametrize(
    "changes",
    [
        {"codec": 7},
        {"length": 2**32 - 1},
        {"key": False},
        {"key_distance": 3},
        {"number": 5},
        {"key": False, "key_distance": 8, "number": 9},
    ],
)
def test_records_that_contradict_themselves_end_the_reel(tmp_path, changes):
    path = tmp_path / "x.reel"
    path.write_bytes(forged(b"", **changes) + bytes(4096))
    with Reel.open(path) as reel:
        assert len(reel) == 0 and reel.fault


def test_an_index_that_lies_shows_no_frame_that_is_not_there(tmp_path):
    """Segments and end mark with honest checksums, pointing at the wrong records."""
    made = frames(10)
    path = tmp_path / "x.reel"
    write(path, made, finish=False)
    data = path.read_bytes()
    with Reel.open(path) as reel:
        offsets = [reel.offset(number) for number in range(10)]
    offsets[4], offsets[5] = offsets[5], offsets[5] + 64
    at = len(data)
    segment = layout.pack_segment(layout.Segment(0, 0, tuple(offsets)), at)
    end = layout.pack_end(layout.End(10, at), at + len(segment))
    path.write_bytes(data + segment + end)
    with Reel.open(path) as reel:
        for number in range(len(reel)):
            try:
                assert reel.frame(number) == made[number]
            except ReelError:
                assert number in (4, 5, 6, 7)


def test_segments_in_a_circle_do_not_turn_for_ever(tmp_path):
    path = tmp_path / "x.reel"
    head = header().pack()
    at = len(head)
    segment = layout.pack_segment(layout.Segment(256, at, (at,)), at)
    path.write_bytes(head + segment + layout.pack_end(layout.End(257, at), at + len(segment)))
    with Reel.open(path) as reel:
        assert len(reel) == 0 and not reel.finished


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=st.binary(max_size=400), seed=st.integers(0, 2**32 - 1), flips=st.integers(0, 4))
def test_junk_never_does_worse_than_a_reel_error(tmp_path, junk, seed, flips):
    path = tmp_path / "x.reel"
    random = np.random.default_rng(seed)
    if not (tmp_path / "good.reel").exists():
        write(tmp_path / "good.reel", frames(20))
    data = bytearray((tmp_path / "good.reel").read_bytes()[: int(random.integers(0, 4000))] + junk)
    for _ in range(flips if data else 0):
        data[int(random.integers(0, len(data)))] ^= int(random.integers(1, 256))
    path.write_bytes(data)
    try:
        with Reel.open(path) as reel:
            for number in range(len(reel)):
                reel.frame(number)
    except ReelError as error:
        assert "\n" not in str(error)


@settings(max_examples=80, deadline=None)
@given(width=st.integers(1, 70), height=st.integers(1, 40), seed=st.integers(0, 99), share=st.floats(0, 1))
def test_coding_a_frame_is_exact_at_any_size(width, height, seed, share):
    before, after = frames(2, Size(width, height), seed, share)
    for key in (True, False):
        coded = record.encode(after, before, key)
        whole = record.Record(
            1, Stamp(1, 1, 0, False), coded.key, 0 if coded.key else 1, coded.codec, len(coded.payload),
            coded.payload_crc, coded.frame_crc, coded.difference, False,
        )  # fmt: skip
        read = record.unpack_record(whole.pack(), after.size, 8)
        assert read == whole
        assert record.decode(read, coded.payload, before, after.size) == after
