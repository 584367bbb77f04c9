"""Film files as they come: numbering, time, seeking, shape, depth and colour, and files that are none."""

from __future__ import annotations

import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from made_films import (
    H264,
    HEIGHT,
    WIDTH,
    Picture,
    Recipe,
    decoded,
    moving_pictures,
    planes_frame,
    write_film,
    write_sound,
)

from export.film import Film, FilmError, Moment, Place
from export.look import Look
from export.stages.fit import Fit
from export.survey import survey
from player.frame import Size

SLOW = Fraction(2)
"""Frames a second at which a film of 60 frames is long enough for every way of seeking back."""
LOSSLESS = Recipe(codec="ffv1", pixels="yuv444p")
ALL_KEYS = Recipe(
    codec="libx264", options={"qp": "10", "x264-params": "keyint=1:scenecut=0"}, gop=1, b_frames=0
)


def x264(options: str, **rest: object) -> Recipe:
    return Recipe(codec="libx264", options={"x264-params": options}, gop=12, b_frames=2, **rest)


KINDS = {
    "long-gop.mp4": Recipe(gop=250, b_frames=3, rate=SLOW),
    "long-gop.ts": x264("keyint=250:bframes=3:scenecut=0", rate=SLOW),
    "short-gop.ts": x264("keyint=12:bframes=3:scenecut=0", rate=SLOW),
    "open-gop.mp4": x264("open-gop=1:keyint=12:bframes=3:scenecut=0", rate=SLOW),
    "open-gop.mkv": x264("open-gop=1:keyint=12:bframes=3:scenecut=0"),
    "rolling.ts": x264("intra-refresh=1:keyint=12:bframes=0", rate=SLOW),
    "h264.avi": x264("keyint=12:bframes=3:scenecut=0"),
    "mpeg4.avi": Recipe(codec="mpeg4", gop=12, b_frames=2),
    "mpeg4.ts": Recipe(codec="mpeg4", gop=12, b_frames=2, rate=SLOW),
    "mpeg2.mpg": Recipe(codec="mpeg2video", gop=12, b_frames=2),
    "hevc.mkv": Recipe(
        codec="libx265", options={"x265-params": "keyint=12:bframes=3:open-gop=1:log-level=none:pools=1"}
    ),
    "vp9.webm": Recipe(codec="libvpx-vp9", options={"g": "20", "lag-in-frames": "16", "cpu-used": "8"}),
    "bare.h264": x264("keyint=12:bframes=3:scenecut=0"),
}


def needs(recipe: Recipe) -> Recipe:
    if not recipe.available:
        pytest.skip(f"this build of PyAV has no {recipe.codec} encoder")
    return recipe


def same(one: Moment, other: Moment) -> bool:
    return (
        (one.number, one.time, one.aspect) == (other.number, other.time, other.aspect)
        and one.rgb.dtype == other.rgb.dtype
        and np.array_equal(one.rgb, other.rgb)
    )


def moments(path: Path, start: Place | None = None, threads: int = 1) -> list[Moment]:
    with Film(path, threads) as film:
        return list(film.moments(start))


def first(path: Path) -> Moment:
    return moments(path)[0]


# --- numbers and times ------------------------------------------------------------------------------------


def test_moments_are_every_picture_in_order(tmp_path: Path) -> None:
    pictures = moving_pictures(60)
    path = write_film(tmp_path / "film.mkv", pictures, LOSSLESS)
    found = moments(path)
    assert [moment.number for moment in found] == list(range(60))
    assert [moment.time for moment in found] == [number * 40_000 for number in range(60)]
    for moment, picture in zip(found, pictures, strict=True):
        assert moment.rgb.dtype == np.uint8
        assert moment.rgb.shape == (HEIGHT, WIDTH, 3)
        assert np.abs(moment.rgb.astype(int) - picture).max() <= 3


@pytest.mark.parametrize("name", KINDS)
def test_a_film_has_all_its_frames_whatever_it_is_packed_in(tmp_path: Path, name: str) -> None:
    path = write_film(tmp_path / name, moving_pictures(60), needs(KINDS[name]))
    plain = decoded(path)
    found = moments(path)
    assert len(found) == len(plain) == 60
    for moment, frame in zip(found, plain, strict=True):
        luma = frame.to_ndarray(format="gray")
        assert np.abs(Look(Size(WIDTH, HEIGHT)).grey(moment).mean() - toned_mean(luma)) < 12


def toned_mean(luma: Picture) -> float:
    grey = np.repeat(luma[..., None], 3, axis=2)
    return float(Look(Size(WIDTH, HEIGHT)).grey(Moment(0, 0, grey, Fraction(1))).mean())


@pytest.mark.parametrize("name", KINDS)
def test_moments_from_any_place_are_those_of_a_straight_run(tmp_path: Path, name: str) -> None:
    path = write_film(tmp_path / name, moving_pictures(60), needs(KINDS[name]))
    straight = moments(path, threads=0)
    with Film(path) as film:
        places = [glimpse.place for glimpse in film.glimpses()]
    assert [place.number for place in places] == list(range(60))
    with Film(path, threads=1) as film:
        for place in places:
            found = list(film.moments(place))
            assert len(found) == 60 - place.number
            for moment, wanted in zip(found, straight[place.number :], strict=True):
                assert same(moment, wanted), (place, moment.number)


@pytest.mark.parametrize("name", ["long-gop.mp4", "open-gop.mkv", "short-gop.ts", "h264.avi", "bare.h264"])
def test_a_place_is_found_again_by_number_and_time(tmp_path: Path, name: str) -> None:
    path = write_film(tmp_path / name, moving_pictures(60), needs(KINDS[name]))
    straight = moments(path)
    with Film(path, threads=1) as film:
        for wanted in reversed(straight):
            assert same(next(iter(film.moments(film.place(wanted.number, wanted.time)))), wanted)


def test_glimpses_are_of_the_same_frames_as_moments(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mp4", moving_pictures(40), needs(KINDS["open-gop.mp4"]))
    with Film(path) as film:
        glimpses = list(film.glimpses())
    found = moments(path)
    assert [(glimpse.place.number, glimpse.time) for glimpse in glimpses] == [
        (moment.number, moment.time) for moment in found
    ]
    assert glimpses[0].key
    assert not glimpses[1].key
    for glimpse, moment in zip(glimpses, found, strict=True):
        assert glimpse.thumbnail.shape == (36, 64)
        assert glimpse.thumbnail.dtype == np.uint8
        assert abs(float(glimpse.thumbnail.mean()) - float((moment.rgb @ (0.299, 0.587, 0.114)).mean())) < 24


def test_a_place_beyond_the_end_is_refused(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mp4", moving_pictures(10))
    with Film(path) as film, pytest.raises(FilmError, match=r"film\.mp4 has no frame 10"):
        list(film.moments(Place(10, None)))
    with Film(path) as film, pytest.raises(FilmError, match=r"film\.mp4 has no frame 99"):
        list(film.glimpses(film.place(99, 99_000_000)))


def test_a_wrong_stamp_still_leads_to_the_frame_of_that_number(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mp4", moving_pictures(30))
    straight = moments(path)
    for stamp in (None, 1, 10**12, -(10**12)):
        found = moments(path, Place(17, stamp))
        assert [moment.number for moment in found] == list(range(17, 30))
        assert same(found[0], straight[17])


IRREGULAR = (0, 33, 66, 100, 500, 501, 2000, 2040, 2041, 2100, 5000, 5400, 5401, 9000, 9999)


@pytest.mark.parametrize("container", ["mkv", "mp4"])
def test_a_film_of_varying_rate_keeps_its_times(tmp_path: Path, container: str) -> None:
    path = write_film(
        tmp_path / f"film.{container}", moving_pictures(len(IRREGULAR)), Recipe(stamps=IRREGULAR, b_frames=2)
    )
    found = moments(path)
    assert [moment.time for moment in found] == [1000 * stamp for stamp in IRREGULAR]
    for moment in found:
        assert same(moments(path, Place(moment.number, None))[0], moment)


@pytest.mark.parametrize("container", ["mkv", "mp4", "ts"])
def test_film_time_begins_at_the_first_frame_wherever_the_stamps_begin(
    tmp_path: Path, container: str
) -> None:
    stamps = [7000 + 40 * number for number in range(30)]
    path = write_film(tmp_path / f"film.{container}", moving_pictures(30), Recipe(stamps=stamps, b_frames=2))
    assert min(frame.time for frame in decoded(path)) > 5
    found = moments(path)
    assert [moment.time for moment in found] == [40_000 * number for number in range(30)]
    with Film(path) as film:
        assert same(film.at(0.5), found[12])
        assert same(next(iter(film.moments(film.place(21, 840_000)))), found[21])


def test_times_of_a_film_that_has_none_come_from_its_rate(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.h264", moving_pictures(25), needs(KINDS["bare.h264"]))
    assert all(frame.pts is None for frame in decoded(path))
    with Film(path) as film:
        rate = film.rate
        assert [moment.time for moment in film.moments()] == [round(n / rate * 1e6) for n in range(25)]


def test_what_the_header_says_of_the_number_of_frames_does_not_matter(tmp_path: Path) -> None:
    recipe = Recipe(codec="mpeg4", gop=5, b_frames=0)
    path = write_film(tmp_path / "film.avi", moving_pictures(20), recipe)
    straight = moments(path)
    data = path.read_bytes()
    in_main_header, in_stream_header = data.index(b"avih") + 24, data.index(b"strh") + 40
    for place in (in_main_header, in_stream_header):
        assert struct.unpack_from("<I", data, place) == (20,)
    for lie in (0, 3, 9999, 0x7FFFFFFF):
        told = bytearray(data)
        struct.pack_into("<I", told, in_main_header, lie)
        struct.pack_into("<I", told, in_stream_header, lie)
        path.write_bytes(told)
        found = moments(path)
        assert len(found) == 20
        assert all(same(moment, wanted) for moment, wanted in zip(found, straight, strict=True))


# --- the moment at a time ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["long-gop.mp4", "short-gop.ts", "open-gop.mkv"])
def test_at_is_the_frame_on_the_screen_then(tmp_path: Path, name: str) -> None:
    recipe = needs(KINDS[name])
    path = write_film(tmp_path / name, moving_pictures(60), recipe)
    straight = moments(path)
    length = float(1 / recipe.rate)
    with Film(path) as film:
        for number in (0, 1, 2, 11, 12, 30, 47, 58, 59):
            for share in (0.0, 0.2, 0.8, 0.98):
                found = film.at((number + share) * length)
                assert same(found, straight[number]), (number, share)


def test_at_in_a_film_of_varying_rate_is_the_frame_before(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mkv", moving_pictures(len(IRREGULAR)), Recipe(stamps=IRREGULAR))
    straight = moments(path)
    with Film(path) as film:
        for milliseconds in (0, 32, 33, 99, 499, 500, 1500, 4999, 5000, 8000, 9998):
            shown = max(number for number, stamp in enumerate(IRREGULAR) if stamp <= milliseconds)
            assert np.array_equal(film.at(milliseconds / 1000).rgb, straight[shown].rgb)
            assert film.at(milliseconds / 1000).time == straight[shown].time


def test_at_works_in_a_film_without_times(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.h264", moving_pictures(60), needs(KINDS["bare.h264"]))
    with Film(path) as film:
        rate = film.rate
        assert film.at(50.5 / rate).number == 50


@pytest.mark.parametrize("name", ["long-gop.mp4", "short-gop.ts", "bare.h264"])
def test_at_is_refused_when_the_film_is_over(tmp_path: Path, name: str) -> None:
    path = write_film(tmp_path / name, moving_pictures(60), needs(KINDS[name]))
    for seconds in (40, 1000, 1e9):
        with Film(path) as film, pytest.raises(FilmError, match=rf"^{name} is over before"):
            film.at(seconds)


# --- shape ------------------------------------------------------------------------------------------------


def extent(grey: Picture) -> tuple[int, int]:
    """Width and height of what is light."""
    rows, columns = np.flatnonzero((grey > 127).any(axis=1)), np.flatnonzero((grey > 127).any(axis=0))
    return int(columns[-1] - columns[0] + 1), int(rows[-1] - rows[0] + 1)


@pytest.mark.parametrize("aspect", [Fraction(64, 45), Fraction(16, 11), Fraction(8, 9), Fraction(1)])
@pytest.mark.parametrize("turned", [0, 90])
def test_pixels_that_are_not_square_do_not_stretch_the_picture(
    tmp_path: Path, aspect: Fraction, turned: int
) -> None:
    width, height = 180, 144
    rows, columns = np.mgrid[0:height, 0:width]
    disc = (float(aspect) * (columns - 89.5)) ** 2 + (rows - 71.5) ** 2 < 50**2
    picture = np.repeat((disc * 255).astype(np.uint8)[..., None], 3, axis=2)
    path = write_film(tmp_path / "film.mp4", [picture], Recipe(aspect=aspect, turned=turned))
    moment = first(path)
    assert moment.aspect == (1 / aspect if turned else aspect)
    for fit in Fit:
        across, down = extent(Look(Size(400, 300), fit).grey(moment))
        assert across > 100
        assert abs(across - down) <= 3


CORNERS = {
    "top left": (255, 0, 0),
    "top right": (0, 255, 0),
    "bottom left": (0, 0, 255),
    "bottom right": (0, 0, 0),
}


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_film_that_was_turned_is_shown_upright(tmp_path: Path, turned: int) -> None:
    upright = np.zeros((64, 96, 3), dtype=np.uint8)
    upright[:32, :48], upright[:32, 48:], upright[32:, :48] = list(CORNERS.values())[:3]
    stored = np.ascontiguousarray(np.rot90(upright, -turned // 90))
    path = write_film(tmp_path / "film.mp4", [stored] * 3, Recipe(turned=turned))
    moment = first(path)
    assert moment.rgb.shape == upright.shape
    found = [moment.rgb[y, x] for y, x in ((16, 24), (16, 72), (48, 24), (48, 72))]
    assert np.abs(np.array(found, dtype=int) - list(CORNERS.values())).max() < 12


# --- depth and colour -------------------------------------------------------------------------------------

WEIGHTS = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114), 7: (0.212, 0.087), 9: (0.2627, 0.0593)}
"""Of red and blue in luma, by AVColorSpace: BT.709, BT.601 (twice), SMPTE 240M, BT.2020."""
COLOURS = np.array(
    [
        (0, 0, 0), (255, 255, 255), (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255),
        (255, 0, 255), (128, 128, 128), (200, 120, 40), (30, 60, 90), (17, 200, 180),
    ]
)  # fmt: skip


def colour_frame(matrix: int, full: bool, pixels: str, mark: bool = True, height: int = 32):
    """Stripes of `COLOURS`, coded by hand."""
    bits = 10 if "10" in pixels else 8
    red_weight, blue_weight = WEIGHTS[matrix]
    red, green, blue = (COLOURS / 255).T
    luma = red_weight * red + (1 - red_weight - blue_weight) * green + blue_weight * blue
    chroma = ((blue - luma) / (2 - 2 * blue_weight), (red - luma) / (2 - 2 * red_weight))
    top, unit = 2**bits - 1, 2 ** (bits - 8)
    if full:
        values = [luma * top, *(part * top + 128 * unit for part in chroma)]
    else:
        values = [(16 + 219 * luma) * unit, *((128 + 224 * part) * unit for part in chroma)]
    kind = np.uint8 if bits == 8 else np.dtype("<u2")
    planes = []
    for number, value in enumerate(values):
        part = 2 if number and "420" in pixels else 1
        row = np.repeat(np.clip(np.round(value), 0, top), 16 // part)
        planes.append(np.tile(row, (height // part, 1)).astype(kind))
    frame = planes_frame(planes, pixels)
    frame.color_range = 2 if full else 1
    if mark:
        frame.colorspace = matrix
    return frame


def stripes(picture: np.ndarray) -> np.ndarray:
    """The colour in the middle of each stripe."""
    return picture[picture.shape[0] // 2, 8::16]


@pytest.mark.parametrize("pixels", ["yuv420p", "yuv444p", "yuv420p10le"])
@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize("matrix", WEIGHTS)
def test_colours_are_those_that_the_file_means(tmp_path: Path, matrix: int, full: bool, pixels: str) -> None:
    recipe = Recipe(codec="ffv1", pixels=pixels)
    path = write_film(tmp_path / "film.mkv", [colour_frame(matrix, full, pixels)], recipe)
    rgb = stripes(first(path).rgb)
    if rgb.dtype == np.uint16:
        rgb = rgb / 257
    assert np.abs(rgb.astype(float) - COLOURS).max() <= 2


@pytest.mark.parametrize(("height", "matrix"), [(32, 5), (576, 5), (720, 1)])
def test_a_film_that_does_not_name_its_colours_has_the_usual_ones_of_its_size(
    tmp_path: Path, height: int, matrix: int
) -> None:
    frame = colour_frame(matrix, False, "yuv420p", mark=False, height=height)
    path = write_film(tmp_path / "film.mkv", [frame], Recipe(codec="ffv1"))
    assert np.abs(stripes(first(path).rgb).astype(int) - COLOURS).max() <= 2


@pytest.mark.parametrize("pixels", ["yuv420p", "yuv444p", "yuv422p10le", "yuv420p10le"])
@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
def test_black_is_all_ink_and_white_is_all_paper(tmp_path: Path, full: bool, pixels: str) -> None:
    deep = "10" in pixels
    unit = 4 if deep else 1
    black, white = (0, 256 * unit - 1) if full else (16 * unit, 235 * unit)
    kind = np.dtype("<u2") if deep else np.dtype("u1")
    luma = np.full((32, 64), black, dtype=kind)
    luma[:, 32:] = white
    shape = (16 if "420" in pixels else 32, 64 if "444" in pixels else 32)
    chroma = np.full(shape, 128 * unit, dtype=kind)
    frame = planes_frame([luma, chroma, chroma], pixels)
    frame.color_range = 2 if full else 1
    path = write_film(tmp_path / "film.mkv", [frame], Recipe(codec="ffv1", pixels=pixels))
    grey = Look(Size(64, 32)).grey(first(path))
    assert (grey[:, :28] == 0).all()
    assert (grey[:, 36:] == 255).all()


def test_a_deep_film_is_deep_and_as_grey_as_its_shallow_twin(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(16, 235, 256).round().astype(np.uint8), (32, 1))
    chroma = np.full((16, 128), 128, dtype=np.uint8)
    shallow = planes_frame([ramp, chroma, chroma], "yuv420p")
    deep = planes_frame([plane.astype("<u2") * 4 for plane in (ramp, chroma, chroma)], "yuv420p10le")
    found = []
    for name, frame in (("shallow", shallow), ("deep", deep)):
        frame.color_range = 1
        recipe = Recipe(codec="ffv1", pixels=frame.format.name)
        found.append(first(write_film(tmp_path / f"{name}.mkv", [frame], recipe)))
    assert [moment.rgb.dtype for moment in found] == [np.uint8, np.uint16]
    greys = [Look(Size(256, 32)).grey(moment).astype(int) for moment in found]
    assert np.abs(greys[0] - greys[1]).max() <= 1
    assert len(np.unique(greys[1])) > 100


def test_a_deep_film_has_more_than_256_shades(tmp_path: Path) -> None:
    ramp = np.tile(np.arange(64, 64 + 512, dtype="<u2"), (16, 1))
    chroma = np.full((8, 256), 512, dtype="<u2")
    frame = planes_frame([ramp, chroma, chroma], "yuv420p10le")
    frame.color_range = 1
    path = write_film(tmp_path / "film.mkv", [frame], Recipe(codec="ffv1", pixels="yuv420p10le"))
    shades = first(path).rgb[8, :, 1]
    assert len(np.unique(shades)) > 500
    assert (np.diff(shades.astype(int)) >= 0).all()


@pytest.mark.parametrize(
    ("pixels", "planes"),
    [("gray", 1), ("gray10le", 1), ("gray16le", 1), ("gbrp10le", 3), ("gbrp16le", 3), ("bgr0", 1)],
)
def test_films_of_other_pixels_have_their_black_and_white(tmp_path: Path, pixels: str, planes: int) -> None:
    if pixels == "bgr0":
        plane = np.zeros((32, 256), dtype=np.uint8)
        plane[:, 128:] = 255
        frame = VideoFrame(64, 32, pixels)
        frame.planes[0].update(plane.tobytes())
    else:
        bits = 10 if "10" in pixels else 16 if "16" in pixels else 8
        plane = np.zeros((32, 64), dtype=np.uint8 if bits == 8 else np.dtype("<u2"))
        plane[:, 32:] = 2**bits - 1
        frame = planes_frame([plane] * planes, pixels)
    path = write_film(tmp_path / "film.mkv", [frame], Recipe(codec="ffv1", pixels=pixels))
    assert decoded(path)[0].format.name == pixels
    grey = Look(Size(64, 32)).grey(first(path))
    assert (grey[:, :30] == 0).all()
    assert (grey[:, 34:] == 255).all()


@pytest.mark.parametrize("size", [(2, 2), (3, 5), (97, 65), (131, 33)])
def test_odd_sizes(tmp_path: Path, size: tuple[int, int]) -> None:
    width, height = size
    pictures = moving_pictures(3, width, height)
    path = write_film(tmp_path / "film.mkv", pictures, LOSSLESS)
    for moment, picture in zip(moments(path), pictures, strict=True):
        assert np.abs(moment.rgb.astype(int) - picture).max() <= 3
        assert Look(Size(33, 17)).grey(moment).shape == (17, 33)


# --- what a film says of itself ---------------------------------------------------------------------------


def test_title_rate_and_length(tmp_path: Path) -> None:
    path = write_film(
        tmp_path / "a_long_take.mp4", moving_pictures(50), Recipe(metadata={"title": "A Long Take"})
    )
    with Film(path) as film:
        assert film.title == "A Long Take"
        assert film.rate == 25
        assert film.duration == pytest.approx(2.0, abs=0.05)
        assert film.chapters == []
    with Film(write_film(tmp_path / "a_long_take.mkv", moving_pictures(5))) as film:
        assert film.title == "a long take"


def test_chapters_that_have_a_title(tmp_path: Path) -> None:
    plain = write_film(tmp_path / "plain.mkv", moving_pictures(50))
    path = tmp_path / "film.mkv"
    with av.open(str(plain)) as source, av.open(str(path), "w") as target:
        tick = Fraction(1, 1000)
        target.set_chapters(
            [
                {"id": 1, "start": 0, "end": 500, "time_base": tick, "metadata": {"title": "Dawn"}},
                {"id": 2, "start": 500, "end": 1500, "time_base": tick, "metadata": {}},
                {"id": 3, "start": 1500, "end": 2000, "time_base": tick, "metadata": {"title": "Dusk"}},
            ]
        )
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    with Film(path) as film:
        assert film.chapters == [(0.0, "Dawn"), (1.5, "Dusk")]


def test_a_title_in_an_old_alphabet_does_not_keep_the_film_from_opening(tmp_path: Path) -> None:
    path = write_film(
        tmp_path / "film.avi", moving_pictures(5), Recipe(codec="mpeg4", metadata={"title": "Cafeteria"})
    )
    data = path.read_bytes()
    assert b"Cafeteria" in data
    path.write_bytes(data.replace(b"Cafeteria", b"Caf\xe9teria"[:9]))
    with Film(path) as film:
        assert film.title.startswith("Caf")
        assert len(list(film.moments())) == 5


@pytest.mark.parametrize(
    "name", ["2001: a film.mp4", "http:film.mp4", "50%d film.mp4", "pipe:0", "-i.mp4", "a|b.mp4"]
)
def test_any_file_name_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    write_film(tmp_path / "plain.mp4", moving_pictures(5)).rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    with Film(Path(name)) as film:
        assert len(list(film.moments())) == 5


# --- files that are no film, or half of one ---------------------------------------------------------------


def sentence_of(path: Path) -> str:
    with pytest.raises(FilmError) as raised:
        moments(path)
    sentence = str(raised.value)
    assert path.name in sentence
    assert "\n" not in sentence
    assert not sentence.endswith(".")
    return sentence


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 5000, b"This is no film.\n" * 300, b"\x00\x00\x00\x18ftypmp42" + b"\xff" * 3000],
    ids=["empty", "zeros", "text", "only-a-head"],
)
@pytest.mark.parametrize("kind", ["mp4", "mkv", "avi", "bin"])
def test_a_file_that_is_no_film_is_refused(tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / f"film.{kind}"
    path.write_bytes(content)
    assert "cannot be opened as a film" in sentence_of(path)


def test_noise_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(np.random.default_rng(5).bytes(20_000))
    sentence_of(path)


def test_a_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    assert "No such file" in sentence_of(tmp_path / "film.mp4")


def test_a_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").mkdir()
    sentence_of(tmp_path / "film.mp4")


def test_sound_alone_is_refused(tmp_path: Path) -> None:
    assert "no moving pictures" in sentence_of(write_sound(tmp_path / "sound.wav"))


def test_a_codec_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mp4", moving_pictures(5))
    mark = b"avc1" if H264 == "libx264" else b"mp4v"
    path.write_bytes(path.read_bytes().replace(mark, b"zzzz"))
    assert "cannot be decoded" in sentence_of(path)


def test_half_an_mp4_without_its_index_is_refused(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mp4", moving_pictures(30))
    for share in (0.1, 0.5, 0.9):
        half = tmp_path / "half.mp4"
        data = path.read_bytes()
        half.write_bytes(data[: int(len(data) * share)])
        sentence_of(half)


def test_a_size_that_no_packet_can_have_ends_in_a_sentence(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mp4", moving_pictures(30), Recipe(codec="mpeg4", gop=12, b_frames=2))
    data = bytearray(path.read_bytes())
    sizes = data.index(b"stsz") + 16
    struct.pack_into(">I", data, sizes + 4 * 20, 0x2000_0000)
    path.write_bytes(data)
    assert "cannot be read to its end" in sentence_of(path)


def test_half_a_film_is_decoded_as_far_as_it_goes(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mkv", moving_pictures(60), needs(ALL_KEYS))
    whole = moments(path)
    half = tmp_path / "half.mkv"
    data = path.read_bytes()
    half.write_bytes(data[: len(data) // 2])
    found = moments(half)
    assert 10 < len(found) < 50
    assert all(same(moment, wanted) for moment, wanted in zip(found[:-1], whole, strict=False))


def spoilt(path: Path, numbers: range) -> Path:
    """The film with some packets made senseless."""
    with av.open(str(path)) as container:
        packets = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    for at, size in packets[numbers.start : numbers.stop]:
        data[at : at + size] = b"\xff" * size
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("threads", [0, 1])
def test_packets_that_are_no_good_are_passed_over(tmp_path: Path, threads: int) -> None:
    recipe = needs(ALL_KEYS)
    path = write_film(tmp_path / "film.mp4", moving_pictures(60), recipe)
    whole = moments(path)
    spoilt(path, range(20, 25))
    left = whole[:20] + whole[25:]
    found = moments(path, threads=threads)
    assert [moment.number for moment in found] == list(range(55))
    for moment, wanted in zip(found, left, strict=True):
        assert moment.time == wanted.time
        assert np.array_equal(moment.rgb, wanted.rgb)


def test_survey_and_moments_agree_on_a_film_that_is_damaged(tmp_path: Path) -> None:
    recipe = needs(ALL_KEYS)
    path = spoilt(write_film(tmp_path / "film.mp4", moving_pictures(200), recipe), range(90, 97))
    straight = moments(path)
    with Film(path) as film:
        pieces = list(survey(film, 1))
    stamps = [stamp for piece in pieces for stamp in piece.stamps]
    assert [(stamp.number, stamp.time) for stamp in stamps] == [(one.number, one.time) for one in straight]
    assert len(pieces) > 2
    with Film(path, threads=1) as film:
        for piece in pieces:
            found = iter(film.moments(piece.start))
            for stamp in piece.stamps:
                assert same(next(found), straight[stamp.number])


def test_films_in_a_row_whose_time_begins_anew_are_refused_by_the_survey(tmp_path: Path) -> None:
    recipe = needs(x264("keyint=12:bframes=3:scenecut=0", rate=SLOW))
    parts = [
        write_film(tmp_path / f"{seed}.ts", moving_pictures(40, seed=seed), recipe).read_bytes()
        for seed in (1, 2)
    ]
    path = tmp_path / "joined.ts"
    path.write_bytes(b"".join(parts))
    with Film(path) as film, pytest.raises(FilmError, match=r"^joined\.ts .* begins anew at frame 40"):
        list(film.glimpses())


def test_one_bad_stamp_is_not_taken_for_a_new_beginning(tmp_path: Path) -> None:
    stamps = [40 * number for number in range(30)]
    stamps[17] = 7_000_000
    path = tmp_path / "film.mkv"
    recipe = replace(LOSSLESS, stamps=[40 * number for number in range(30)])
    plain = write_film(tmp_path / "plain.mkv", moving_pictures(30), recipe)
    with av.open(str(plain)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(source.demux(video=0)):
            if packet.dts is not None:
                packet.pts = stamps[number]
                packet.stream = stream
                target.mux(packet)
    with Film(path) as film:
        glimpses = list(film.glimpses())
    assert len(glimpses) == 30
    assert max(glimpse.time for glimpse in glimpses) == 7_000_000_000
    straight = moments(path)
    for glimpse, wanted in zip(glimpses, straight, strict=True):
        assert same(moments(path, glimpse.place)[0], wanted)


def test_a_film_can_be_read_again_and_again(tmp_path: Path) -> None:
    path = write_film(tmp_path / "film.mp4", moving_pictures(20))
    opened = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").is_dir() else None
    with Film(path) as film:
        runs = [list(film.moments()) for _ in range(4)]
    for run in runs[1:]:
        assert all(same(one, other) for one, other in zip(run, runs[0], strict=True))
    if opened is not None:
        assert len(list(Path("/proc/self/fd").iterdir())) <= opened
