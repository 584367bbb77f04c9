"""The page about a reel."""

from __future__ import annotations

import re
from base64 import b64decode
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pytest
from fakes import damage_frame, film, random_frame, write_reel
from PIL import Image

from export.cli import main
from export.report import report
from export.report.charts import BINS, binned, clock
from export.report.facts import facts
from export.report.forecast import COUNTED, RUN_IN, WHOLE, WINDOWS, forecast, windows
from export.report.pictures import MOST_STILLS, crops, small, stills
from player.frame import Frame, Size, difference
from player.ghosts import shares, visible
from player.lookout import Lookout
from player.panels.paper import PaperPanel
from player.reel import Reel, ReelError
from player.refresh import Glass, Moment, RefreshPolicy
from player.settings import Settings

SIZE = Size(400, 320)
INJECTION = "</title><script>alert('x')</script><img src=x onerror=\"alert(1)\">&amp;{{ 7 * 7 }}"


class Page(HTMLParser):
    """What a browser would make of it: tags, words, and every address that it would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""
        self.loads: list[str] = []
        self.handlers: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.loads += [value for name, value in attributes if name in ("src", "href", "srcset", "data")]
        self.handlers += [name for name, _ in attributes if name.startswith("on")]

    def handle_data(self, data):
        self.words += data


def frames(count: int) -> list[Frame]:
    return film(count, SIZE, changes=2000)


@pytest.fixture(scope="module")
def reel(tmp_path_factory):
    """Three shots, of 12, 6 and 12 frames."""
    shown = [*film(12, SIZE, 1, 2000), *film(6, SIZE, 2, 500), *film(12, SIZE, 3, 1000)]
    path = tmp_path_factory.mktemp("report") / "a.reel"
    write_reel(path, shown, cuts=[0, 12, 18], title="A film", credit="CC BY", settings={"lean": 32})
    with Reel.open(path) as reel:
        yield reel


def test_the_page_says_what_the_reel_is_and_loads_nothing(reel):
    text = report(reel)
    page = Page(text)
    for words in ("A film", "CC BY", "A film.mp4", "400×320", "lean", "32", "30", "Changed pixels", "Ghosts"):
        assert words in page.words
    assert page.loads and all(address.startswith("data:image/") for address in page.loads)
    assert "script" not in page.tags and "link" not in page.tags and not page.handlers
    assert not re.search(r"@import|url\(|https?:", text)
    assert page.tags.count("svg") == 4 and page.tags.count("tr") == 1 + 3


@pytest.mark.parametrize("field", ["title", "credit", "ditherer"])
def test_what_a_stranger_wrote_stays_words(tmp_path, field):
    path = write_reel(tmp_path / "a.reel", frames(3), cuts=[0], **{field: INJECTION})
    with Reel.open(path) as reel:
        page = Page(report(reel))
    assert INJECTION in page.words
    assert "script" not in page.tags and not page.handlers
    assert all(address.startswith("data:image/") for address in page.loads)


def test_a_stranger_s_settings_and_file_name_stay_words(tmp_path):
    path = write_reel(tmp_path / "a.reel", frames(2), title=INJECTION, settings={INJECTION: INJECTION})
    with Reel.open(path) as reel:
        page = Page(report(reel))
    assert page.words.count(INJECTION) >= 4 and "script" not in page.tags and "49" not in page.words


def test_facts_are_what_the_frames_say(reel):
    found = facts(reel)
    changes = [difference(reel.frame(number - 1), reel.frame(number)) for number in range(1, len(reel))]
    within = [change for number, change in enumerate(changes, 1) if number not in (12, 18)]
    assert found.changed == pytest.approx(np.mean([one.changed for one in within]) / SIZE.pixels)
    assert found.turned_black == pytest.approx(np.mean([one.darkened for one in within]) / SIZE.pixels)
    assert [(shot.first, shot.frames) for shot in found.shots] == [(0, 12), (12, 6), (18, 12)]
    assert [shot.changed * SIZE.pixels for shot in found.shots] == pytest.approx([2000, 500, 1000])
    assert found.shots[1].at_cut * SIZE.pixels == changes[11].changed
    assert 0 < found.size < reel.path.stat().st_size
    assert found.seconds == pytest.approx(30 / 25)


def test_a_frame_of_a_shot_is_damaged_and_the_rest_is_reported(tmp_path):
    path = write_reel(tmp_path / "a.reel", frames(12), cuts=[0])
    with Reel.open(path) as reel:
        at = reel.offset(5)
    data = bytearray(path.read_bytes())
    data[at + 20] ^= 0xFF  # in its record's head
    path.write_bytes(data)
    with Reel.open(path) as reel:
        page = Page(report(reel))
    assert "1 frames cannot be read" in page.words


def test_pixels_that_cannot_be_read_leave_gaps_and_no_trouble(tmp_path):
    path = write_reel(tmp_path / "a.reel", frames(30), cuts=[0])
    damage_frame(path, 15)
    with Reel.open(path) as reel:
        found = forecast(reel)
        page = Page(report(reel))
    assert 15 not in found.numbers and {14, 29} <= set(found.numbers.tolist())
    assert "Ghosts" in page.words


def test_a_reel_without_a_frame_has_no_report(tmp_path):
    path = write_reel(tmp_path / "a.reel", frames(1), finish=False)
    with Reel.open(path) as reel:
        end = reel.offset(0)
    path.write_bytes(path.read_bytes()[:end])
    with Reel.open(path) as reel, pytest.raises(ReelError, match=r"a\.reel has not one frame"):
        report(reel)


def test_one_frame_is_enough(tmp_path):
    path = write_reel(tmp_path / "a.reel", [random_frame(1, Size(13, 9))], cuts=[0], finish=False)
    with Reel.open(path) as reel:
        page = Page(report(reel))
    assert "not finished" in page.words and page.tags.count("svg") == 4


def test_the_forecast_is_what_the_player_does_to_ink(reel):
    """The same redraws, done to paper: its ink says how grey and how plain the ghosts are."""
    policy, glass, lookout = RefreshPolicy(Settings().calm_clean), Glass(), Lookout(reel)
    panel, parts, seen = PaperPanel(SIZE), shares(SIZE), []
    for number in range(len(reel)):
        frame, cut = reel.frame(number), reel.record(number).stamp.cut
        days = number * Settings().seconds_per_frame / 86_400
        how = policy.redraw(glass, frame, Moment(*lookout.look(number, 1), cut=cut, days=days))
        glass = glass.after(frame, how)
        if how.areas and how.under is not None:
            panel.flash(how.under, how.areas)
        panel.show(frame, how.kind)
        seen.append(
            (
                how.flashed(SIZE.pixels),
                panel.ink.ghosts() / SIZE.pixels,
                (visible(panel.ink) * parts).sum(),
            )
        )
    lookout.close()
    found = forecast(reel)
    assert found.numbers.tolist() == list(range(1, 30)) and found.whole
    for got, expected in zip(
        (found.flashed, found.ghosts, found.visible), zip(*seen[1:], strict=True), strict=True
    ):
        assert got == pytest.approx(expected, abs=2e-3)
    assert found.ghosts.max() > 0.005
    assert found.area == pytest.approx(1000 * np.mean([flashed for flashed, _, _ in seen[1:]]))


def test_a_long_reel_is_run_through_in_windows():
    runs = windows(160_000)
    assert len(runs) == WINDOWS and runs[0][0].start == 0 and runs[-1][0].stop == 160_000
    for run, counted_from in runs:
        assert len(run) == RUN_IN + COUNTED and counted_from - run.start == RUN_IN
    assert windows(WHOLE) == [(range(WHOLE), 1)]


def test_charts_stay_small_however_long_the_film_is(reel):
    known = facts(reel)
    many = 50_000
    long = type(known)(
        np.arange(many), np.arange(many) / 25, np.full(many, 0.1), np.full(many, 0.2), np.ones(many),
        np.zeros(many, dtype=bool), known.shots, 0,
    )  # fmt: skip
    means = binned(long, long.times, np.arange(many) / many)
    assert len(means) == BINS and not np.isnan(means).any()
    assert means == pytest.approx((np.arange(BINS) + 0.5) / BINS, abs=1e-3)
    some = binned(long, long.times[:100], np.ones(100))
    assert np.isnan(some[-1]) and some[0] == 1


def test_film_time_is_written_as_people_do():
    assert [clock(time) for time in (0, 59.9, 61, 3600, 36_061.5)] == [
        "0:00",
        "0:59",
        "1:01",
        "1:00:00",
        "10:01:01",
    ]


def test_stills_show_the_middle_of_each_shot_and_crops_its_dots(reel):
    known = facts(reel)
    sheet = stills(reel, known)
    assert [still.shot.middle for still in sheet] == [6, 15, 24]
    for still in sheet:
        picture = Image.open(BytesIO(b64decode(still.data.partition(",")[2])))
        assert picture.size == (still.width, still.height) == (400, 320)
    found = crops(reel, known)
    assert [crop.label for crop in found].count("most detail") == 3
    whole = {number: reel.frame(number).mask() for number in (6, 15, 24)}
    for crop in found:
        dots = np.asarray(Image.open(BytesIO(b64decode(crop.data.partition(",")[2]))))
        assert dots.shape == (240, 320) and dots.dtype == bool
        windows_of = np.lib.stride_tricks.sliding_window_view(whole[round(crop.time * 25)], dots.shape)
        assert (windows_of[::8, ::8] == dots).all(axis=(2, 3)).any(), "no such dots in the frame"


def test_a_still_keeps_the_light_of_its_dots():
    size = Size(960, 480)
    white, black = np.asarray(small(Frame.white(size))), np.asarray(small(Frame.black(size)))
    board = np.indices((480, 960)).sum(axis=0) % 2 == 0
    grey = np.asarray(small(Frame.of(board)))
    assert white.shape == (120, 240)
    light = [((values / 255 + 0.055) / 1.055) ** 2.4 for values in (white, black, grey)]
    assert light[0] == pytest.approx(np.full(white.shape, 0.9), abs=0.01)
    assert light[2] == pytest.approx((light[0] + light[1]) / 2, abs=0.01)


def test_bars_around_the_film_are_not_cropped(tmp_path):
    mask = np.zeros((600, 800), dtype=bool)
    mask[160:440, 80:720] = np.random.default_rng(1).random((280, 640)) < 0.5
    path = write_reel(tmp_path / "a.reel", [Frame.of(mask)], cuts=[0])
    with Reel.open(path) as reel:
        found = crops(reel, facts(reel))
    assert found
    for crop in found:
        dots = np.asarray(Image.open(BytesIO(b64decode(crop.data.partition(",")[2]))))
        assert dots.any(axis=1).all() and dots.any(axis=0).all()


def test_of_many_shots_some_are_shown(tmp_path):
    shown = film(MOST_STILLS + 40, Size(24, 16), changes=5)
    path = write_reel(tmp_path / "a.reel", shown, cuts=range(len(shown)))
    with Reel.open(path) as reel:
        known = facts(reel)
        assert len(known.shots) == MOST_STILLS + 40
        sheet = stills(reel, known)
        assert len(sheet) == MOST_STILLS and sheet[-1].shot.first == MOST_STILLS + 39
        assert f"{MOST_STILLS} of the {MOST_STILLS + 40} shots" in Page(report(reel)).words


def test_the_command_writes_the_page_beside_the_reel(reel, tmp_path, capsys, caplog):
    path = tmp_path / "b.reel"
    path.write_bytes(reel.path.read_bytes())
    assert main(["report", str(path)]) == 0
    page = (tmp_path / "b.html").read_text(encoding="utf-8")
    assert "A film" in Page(page).words and "30/30" in capsys.readouterr().err
    assert main(["report", str(tmp_path / "none.reel")]) == 1
    assert len(caplog.records) >= 1 and "\n" not in caplog.records[-1].message
