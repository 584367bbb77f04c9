"""`longtake-export` as a person uses it."""

from __future__ import annotations

import numpy as np
import pytest
from films import clip
from PIL import Image

from export.cli import main
from export.ditherers import DITHERERS
from player.reel import Reel


@pytest.fixture(scope="module")
def reel(tmp_path_factory):
    out = tmp_path_factory.mktemp("cli") / "bunny.reel"
    assert main(["pack", str(clip()), "-o", str(out), "--panel", "181x134", "--ditherer", "blue-noise",
                 "--title", "Bunny", "--credit", "CC BY", "--step", "2"]) == 0  # fmt: skip
    return out


def test_info_says_what_a_reel_is(reel, capsys):
    assert main(["info", str(reel)]) == 0
    said = capsys.readouterr().out
    for words in ("Bunny", "CC BY", "66 of 181×134", "every 2.", "complete", "blue-noise", "kB a frame"):
        assert words in said


def test_check_passes_a_good_reel_and_names_what_is_wrong_with_a_bad_one(reel, tmp_path, caplog):
    assert main(["check", str(reel)]) == 0
    data = bytearray(reel.read_bytes())
    with Reel.open(reel) as opened:
        data[opened.offset(40) + 70] ^= 1
    bad = tmp_path / "bad.reel"
    bad.write_bytes(data)
    assert main(["check", str(bad)]) == 1
    assert "frame 40 is damaged" in caplog.text


def test_the_progress_tells_frames_rate_and_size(tmp_path, capsys):
    out = tmp_path / "a.reel"
    assert main(["pack", str(clip()), "-o", str(out), "--panel", "64x48", "--ditherer", "bayer"]) == 0
    said = capsys.readouterr().err
    assert "132/132" in said and "frames/s" in said and " MB" in said


def test_the_knob_goes_from_faithful_to_still(tmp_path):
    changed = []
    for still in ("0", "10"):
        out = tmp_path / f"{still}.reel"
        assert (
            main(["pack", str(clip()), "-o", str(out), "--panel", "128x96", "--step", "4", "--still", still])
            == 0
        )
        with Reel.open(out) as reel:
            head = reel.header
            changed.append(sum(reel.record(number).difference.changed for number in range(1, len(reel))))
        assert head.ditherer == "direct-search" and head.settings["price"] == (360 if still == "10" else 4)
    assert changed[1] < changed[0] / 2


def test_a_ditherer_can_be_given_other_settings(tmp_path, caplog):
    out = tmp_path / "a.reel"
    pack = ["pack", str(clip()), "-o", str(out), "--panel", "64x48", "--step", "60", "--ditherer"]
    assert main([*pack, "hysteresis:lean=64"]) == 0
    with Reel.open(out) as reel:
        assert (reel.header.ditherer, reel.header.settings["lean"]) == ("hysteresis", 64)
    assert main([*pack, "bayer", "--still", "3"]) == 1
    assert 'the ditherer "bayer" has no setting "price"' in caplog.text
    assert main([*pack, "hysteresis:lean=32"]) == 1
    assert "made with other settings" in caplog.text


def test_preview_shows_one_moment_in_every_ditherer(tmp_path):
    out = tmp_path / "sheet.png"
    assert main(["preview", str(clip()), "--at", "0:02.5", "-o", str(out), "--panel", "362x268"]) == 0
    sheet = np.asarray(Image.open(out).convert("L"))
    cells = len(DITHERERS) + 1
    assert sheet.shape == ((268 + 48) * (-(-cells // 3)), 362 * 3)
    grey = sheet[:268, :362]
    assert len(np.unique(grey)) > 100
    for cell in range(1, cells):
        y, x = cell // 3 * (268 + 48), cell % 3 * 362
        assert set(np.unique(sheet[y : y + 268, x : x + 362])) == {0, 255}


@pytest.mark.parametrize(
    "arguments",
    [
        ["pack", "no-such-film.mp4"],
        ["info", "no-such.reel"],
        ["check", str(__file__)],
        ["preview", str(__file__)],
    ],
)
def test_bad_input_gets_one_sentence(arguments, caplog, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    assert len(caplog.records) == 1 and "\n" not in caplog.records[0].message


@pytest.mark.parametrize(
    "arguments",
    [
        ["--panel", "1448"],
        ["--panel", "0x10"],
        ["--step", "0"],
        ["--brightness", "9"],
        ["--ditherer", "none"],
    ],
)
def test_bad_options_are_refused_before_anything_is_read(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["pack", "film.mp4", *arguments])
    assert stopped.value.code == 2
    assert arguments[1] in capsys.readouterr().err


def test_past_the_end_there_is_nothing_to_preview(caplog, tmp_path):
    assert main(["preview", str(clip()), "--at", "1:00:00", "-o", str(tmp_path / "x.png")]) == 1
    assert "is over before 3600 s" in caplog.text
