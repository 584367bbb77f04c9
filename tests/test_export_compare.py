"""Ditherers side by side on a clip: the table, its files and its plot."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest
from made_films import Recipe, moving_pictures, write_film
from PIL import Image

from export.cli import main
from export.compare import Stretch, as_csv, as_json, as_text, compare
from export.ditherers import BlueNoise, DithererError, FloydSteinberg, Hysteresis, dithered, ditherer
from export.ditherers.direct_search import DirectSearch
from export.film import Film
from export.look import Look
from export.measure import Contone, MeasureError, Meter
from player.frame import Frame, Size

LOOK = Look(Size(96, 72))
DITHERERS = {"floyd-steinberg": FloydSteinberg(), "calm": Hysteresis(64), "blue-noise": BlueNoise()}


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Twelve frames, and a cut in the middle."""
    y, x = np.mgrid[:64, :96]
    waves = [128 + 90 * np.sin((x - number) / 11) * np.cos(y / 13) for number in range(12)]
    pictures = [wave if number < 6 else 255 - 0.5 * wave for number, wave in enumerate(waves)]
    coloured = [np.repeat(picture.astype(np.uint8)[..., None], 3, axis=2) for picture in pictures]
    return write_film(tmp_path_factory.mktemp("compare") / "waves.mp4", coloured)


@pytest.fixture(scope="module")
def rows(film):
    return compare(Stretch(film), LOOK, DITHERERS)


def test_each_row_is_what_its_ditherer_makes_of_the_film(film, rows):
    with Film(film) as opened:
        greys = [LOOK.grey(moment) for moment in opened.moments()]
    for row, (name, one) in zip(rows, DITHERERS.items(), strict=True):
        meter, before, last = Meter(LOOK.panel), None, None
        for grey in greys:
            before = Contone.of(grey, before)
            frame = one.dither(grey, None if before.cut else last)
            meter = meter.add(before, frame, last)
            last = frame
        assert (row.name, row.measures) == (name, meter.result())
    assert rows[0].measures.frames == 12 and rows[0].measures.cuts == 1


def test_a_foresighted_ditherer_is_given_windows_of_each_shot(film):
    one = DirectSearch()
    (row,) = compare(Stretch(film), LOOK, {"search": one})
    with Film(film) as opened:
        greys = [LOOK.grey(moment) for moment in opened.moments()]
    meter, before, last = Meter(LOOK.panel), None, None
    for shot in (greys[:6], greys[6:]):
        for grey, frame in zip(shot, dithered(one, shot), strict=True):
            before = Contone.of(grey, before)
            meter, last = meter.add(before, frame, last), frame
    assert row.measures == meter.result()


def test_the_rows_tell_the_ditherers_apart(rows):
    diffused, calm, masked = (row.measures for row in rows)
    assert diffused.changed > calm.changed and diffused.changed > masked.changed
    assert diffused.shifted30 > masked.shifted30
    assert rows[2].fade.of_bound < 1.1 < 20 < rows[0].fade.of_bound
    assert all(row.kilobytes > 0.06 and row.milliseconds > 0 for row in rows)


def test_a_stretch_begins_where_it_is_told_and_takes_every_so_manieth_frame(film):
    def numbers(**how):
        with Film(film) as opened:
            return [moment.number for moment in Stretch(film, **how).moments(opened)]

    assert numbers() == list(range(12))
    assert numbers(frames=3) == [0, 1, 2]
    assert numbers(start=0.2) == list(range(5, 12))
    assert numbers(start=0.19, frames=2, step=3) == [5, 8]
    with pytest.raises(MeasureError, match=r"waves\.mp4 is over before 9 s"):
        numbers(start=9)


@dataclass
class Chatty:
    """Blue noise that tells with what it was asked."""

    asked: list

    remembers = True
    memory = 2

    def settings(self):
        return {}

    def dither(self, grey, previous, before=()):
        self.asked.append((previous, len(before)))
        return BlueNoise().dither(grey, None)


def test_a_ditherer_is_given_its_own_last_frame_and_none_after_a_cut(film):
    asked: list[tuple[Frame | None, int]] = []
    told: list[int] = []
    compare(Stretch(film), LOOK, {"chatty": Chatty(asked), "other": FloydSteinberg()}, told.append)
    with Film(film) as opened:
        shown = [BlueNoise().dither(LOOK.grey(moment), None) for moment in opened.moments()]
    assert [previous for previous, _ in asked[:12]] == [None, *shown[:5], None, *shown[6:11]]
    assert [count for _, count in asked[:12]] == [0, 1, 2, 2, 2, 2, 0, 1, 2, 2, 2, 2]
    assert told == list(range(1, 13))


def test_the_table_says_how_many_times_fewer_pixels_change(rows):
    text = as_text(rows)
    lines = text.splitlines()
    assert len(lines) == 2 + 3 and len({len(line) for line in lines[2:]}) == 1
    changed = {row.name: row.measures.changed for row in rows}
    cells = {line.split()[0]: line.split() for line in lines[2:]}
    assert cells["floyd-steinberg"][1] == "1.0"
    assert float(cells["calm"][1]) == pytest.approx(changed["floyd-steinberg"] / changed["calm"], abs=0.06)
    assert float(cells["calm"][2]) == pytest.approx(100 * changed["calm"], abs=6e-4)


def test_without_the_baseline_there_is_nothing_to_hold_against(rows):
    assert as_text(rows[1:]).splitlines()[2].split()[1] == "–"


def test_the_files_hold_every_figure(rows, film):
    table = list(csv.DictReader(io.StringIO(as_csv(rows))))
    found = json.loads(as_json(rows, Stretch(film), LOOK))
    assert found["film"] == "waves.mp4" and found["panel"] == [96, 72]
    for row, line, entry in zip(rows, table, found["ditherers"], strict=True):
        assert line["ditherer"] == entry["ditherer"] == row.name
        assert float(line["shifted30"]) == entry["shifted30"] == row.measures.shifted30
        assert entry["of_bound"] == row.measures.of_bound


def test_what_is_no_number_is_no_number_in_json(tmp_path):
    film = write_film(tmp_path / "black.mp4", [np.zeros((64, 96, 3), dtype=np.uint8)] * 3)
    rows = compare(Stretch(film), LOOK, {"bayer": ditherer("bayer")})
    assert rows[0].measures.hpsnr30 == float("inf")
    entry = json.loads(as_json(rows, Stretch(film), LOOK))["ditherers"][0]
    assert entry["hpsnr30"] is None and entry["lag"] is None and entry["of_bound"] is None
    assert "–" in as_text(rows)


def test_the_command_writes_table_files_and_plot(film, tmp_path, capsys):
    out = tmp_path / "new" / "out"
    options = ["--panel", "96x72", "--frames", "8", "--from", "0:00.04", "-o", str(out)]
    assert main(["compare", str(film), *options, "--ditherers", "bayer", "hysteresis:lean=64"]) == 0
    said = capsys.readouterr()
    assert "hysteresis:lean=64" in said.out and "8/8" in said.err
    assert [row["ditherer"] for row in json.loads((out / "compare.json").read_text())["ditherers"]] == [
        "bayer",
        "hysteresis:lean=64",
    ]
    assert (out / "compare.csv").read_text().count("\n") == 3
    plot = np.asarray(Image.open(out / "compare.png").convert("RGB")).astype(int)
    blue = (np.abs(plot - (0x1F, 0x5D, 0x8C)).sum(axis=2) < 30).sum()
    assert plot.shape[0] > 500 and blue > 50


def test_still_pictures_can_be_plotted(tmp_path):
    film = write_film(tmp_path / "still.mp4", [moving_pictures(1)[0]] * 3, Recipe(codec="mpeg4"))
    assert main(["compare", str(film), "--panel", "96x72", "-o", str(tmp_path), "--ditherers", "bayer"]) == 0
    assert (tmp_path / "compare.png").stat().st_size > 1000


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("hysteresis", Hysteresis()),
        ("hysteresis:lean=7", Hysteresis(7)),
        ("blue-noise", BlueNoise()),
    ],
)
def test_a_ditherer_is_found_by_its_name_and_settings(text, one):
    assert ditherer(text) == one


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("none", 'there is no ditherer "none"'),
        ("hysteresis:", 'no setting ""; it has lean'),
        ("hysteresis:learn=3", 'no setting "learn"; it has lean'),
        ("hysteresis:lean", 'no setting "lean"'),
        ("hysteresis:lean=3.5", 'lean is a whole number, and not "3.5"'),
        ("hysteresis:lean=1,lean=2", 'is given "lean" twice'),
        ("blue-noise:side=64", 'no setting "side", nor any other'),
        ("hysteresis:settings=1", 'no setting "settings"'),
    ],
)
def test_a_wrong_setting_is_ditherer(text, said, capsys):
    with pytest.raises(DithererError) as error:
        ditherer(text)
    assert said in str(error.value) and "\n" not in str(error.value)
    with pytest.raises(SystemExit):
        main(["compare", "film.mp4", "--ditherers", text])
    assert said in capsys.readouterr().err


def test_packing_needs_neither_scipy_nor_matplotlib_nor_jinja():
    program = (
        "import sys\n"
        "for name in ('scipy', 'matplotlib', 'jinja2'):\n"
        "    sys.modules[name] = None\n"
        "import export.cli, export.render, export.preview\n"
        "assert export.cli.main(['info', 'no-such.reel']) == 1\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
