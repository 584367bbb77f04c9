"""The owner's page, through Flask's test client: what it shows, what each act wishes, what it refuses."""

from __future__ import annotations

import html
import json
import os
import re
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from player.frame import Frame, Size
from player.home import Home, replace_file
from player.reel import Reel, ReelHeader, ReelWriter, Stamp
from player.reel.layout import PREAMBLE, pack_preamble, unpack_preamble
from player.settings import Settings
from player.state import FilmWish, SeekWish, Status, Wishes, read_wishes, save
from web import create_app
from web.app import MAX_FORM
from web.shelf import entries, frame_at

SIZE = Size(16, 8)
ACTS = ("/pause", "/step", "/seek", "/pace", "/film", "/redraw")
HEADERS = {
    "Content-Security-Policy": "default-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
PATIENCE = 30.0


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home", tmp_path / "run").make()


@pytest.fixture
def client(home: Home) -> FlaskClient:
    return create_app(home).test_client()


def make_reel(
    home: Home,
    name: str = "film.reel",
    title: str = "A Film",
    times: tuple[float, ...] = tuple(range(100)),
    finish: bool = True,
) -> Path:
    """A reel with a frame at each of those seconds of film time."""
    path = home.reels / name
    header = ReelHeader(
        size=SIZE,
        key_interval=8,
        title=title,
        source="film.mp4",
        source_sha256="0" * 64,
        ditherer="none",
        rate=1,
    )
    with ReelWriter.create(path, header) as writer:
        for number, time in enumerate(times):
            mask = np.zeros((SIZE.height, SIZE.width), dtype=bool)
            mask[number % SIZE.height, number % SIZE.width] = True
            writer.append(Stamp(number, round(time * 1e6), 0, number == 0), Frame.of(mask))
        if finish:
            writer.finish()
    return path


def play(home: Home, **changes: object) -> Status:
    """What the player says while it plays; some of it changed."""
    status = Status(
        state="playing",
        film="film.reel",
        reel="cafe0001",
        title="A Film",
        credit="Somebody, CC BY",
        frame=41,
        frames=100,
        complete=True,
        film_time=3723.4,
        duration=7200.0,
        shot=3,
        next_due=1.7e9,
        ends_at=1.7e9,
        seconds_per_frame=120.0,
        width=SIZE.width,
        height=SIZE.height,
        settings=Settings().values(),
    )
    status = replace(status, **changes)
    save(home.status, status)
    return status


def wishes(home: Home) -> Wishes:
    return read_wishes(home.wishes)


def text_of(answer) -> str:
    """A page as it is read: without tags, and with single spaces."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", "", answer.text)))


# --- the page ---------------------------------------------------------------------------------------------


def test_page_without_a_player_says_so(client: FlaskClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "The player is not running." in text_of(answer)
    assert "There are no reels yet." in text_of(answer)
    assert 'src="/eye.png"' not in answer.text


def test_page_of_a_player_without_a_film_has_the_panel_and_no_acts_on_a_film(
    home: Home, client: FlaskClient
) -> None:
    save(home.status, Status(trouble="The shelf is empty.", width=16, height=8))
    answer = client.get("/")
    assert answer.status_code == 200
    assert 'src="/eye.png"' in answer.text
    assert "The shelf is empty." in text_of(answer)
    assert 'action="/step"' not in answer.text
    assert 'action="/pace"' in answer.text


def test_page_while_playing_shows_where_the_film_is(home: Home, client: FlaskClient) -> None:
    make_reel(home)
    play(home)
    answer = client.get("/")
    assert answer.status_code == 200
    text = text_of(answer)
    assert "<title>A Film</title>" in answer.text
    assert "Somebody, CC BY" in text
    assert "1:02:03 of 2:00:00" in text
    assert re.search(r'<span id="frame">42</span> of <span id="frames">100</span>', answer.text)
    assert '<progress id="progress" max="100" value="42">' in answer.text
    assert "playing" in text


def test_page_while_playing_has_a_form_for_every_act(home: Home, client: FlaskClient) -> None:
    make_reel(home)
    make_reel(home, "other.reel", "Another")
    play(home)
    page = client.get("/").text
    for act in ACTS:
        assert re.search(
            rf'<form[^>]* method="post" action="{act}">|<form method="post" action="{act}">', page
        ), act
    assert '<button name="by" value="-1"' in page
    assert '<button name="by" value="1"' in page
    assert '<input id="time" name="time"' in page
    assert '<button name="name" value="other.reel">' in page
    for name in ("seconds_per_frame", "frames_per_step", "last_days"):
        assert f'name="{name}"' in page


def test_page_says_when_more_frames_are_coming(home: Home, client: FlaskClient) -> None:
    play(home, complete=False)
    assert '<span id="growing" >, more coming</span>' in client.get("/").text
    play(home, complete=True)
    assert '<span id="growing" hidden>' in client.get("/").text


def test_page_shows_trouble(home: Home, client: FlaskClient) -> None:
    play(home, trouble="The panel does not answer.")
    assert "The panel does not answer." in text_of(client.get("/"))


def test_page_stands_when_the_film_ends_further_off_than_a_calendar_goes(
    home: Home, client: FlaskClient
) -> None:
    play(home, ends_at=4_000_000 * 86_400.0 + 1.7e9)
    assert client.get("/").status_code == 200
    assert client.get("/status.json").status_code == 200


HOSTILE = '<script>alert("1")</script>&\'"'


def test_titles_and_names_are_escaped(home: Home, client: FlaskClient) -> None:
    name = '<script>"&.reel'
    make_reel(home, name, HOSTILE)
    play(
        home, title=HOSTILE, credit=HOSTILE, trouble=HOSTILE, film="other.reel", state=HOSTILE, next_due=None
    )
    page = client.get("/").text
    assert re.findall(r"<script[^>]*>", page) == ['<script src="/static/page.js" defer>']
    assert HOSTILE in html.unescape(page)
    button = re.search(r'<button name="name" value="([^"]*)">', page)
    assert button is not None
    assert html.unescape(button[1]) == name


def test_an_error_page_escapes_what_was_sent(home: Home, client: FlaskClient) -> None:
    answer = client.post("/pace", data={"seconds_per_frame": "<script>alert(1)</script>"})
    assert answer.status_code == 400
    assert "<script" not in answer.text


# --- the shelf --------------------------------------------------------------------------------------------


def test_shelf_lists_every_reel_by_its_title(home: Home, client: FlaskClient) -> None:
    make_reel(home, "a.reel", "First")
    make_reel(home, "b.reel", "Second", times=(0.0, 1.0, 2.0), finish=False)
    play(home, film="a.reel")
    text = text_of(client.get("/"))
    assert "First100 frames playing" in text
    assert "Second3 frames, more coming" in text


def test_a_reel_that_cannot_be_read_is_on_the_shelf_with_its_reason(home: Home, client: FlaskClient) -> None:
    make_reel(home, "good.reel", "Good")
    (home.reels / "bad.reel").write_bytes(b"this is no reel at all" * 10)
    reason = next(entry.trouble for entry in entries(home.reels) if entry.name == "bad.reel")
    assert reason
    answer = client.get("/")
    assert answer.status_code == 200
    assert f"bad.reel{reason}" in text_of(answer)
    assert '<button name="name" value="bad.reel">' not in answer.text
    assert '<button name="name" value="good.reel">' in answer.text


def test_odd_things_on_the_shelf_do_not_break_the_page(home: Home, client: FlaskClient) -> None:
    (home.reels / "folder.reel").mkdir()
    (home.reels / "dangling.reel").symlink_to(home.reels / "nowhere")
    (home.reels / os.fsdecode(b"caf\xe9.reel")).write_bytes(b"")
    make_reel(home, "half.reel", "Half a character: \ud83c".encode(errors="replace").decode())
    answer = client.get("/")
    assert answer.status_code == 200
    assert "folder.reel" in answer.text
    assert "not UTF-8" in answer.text


def test_half_a_character_in_a_title_does_not_break_the_page(home: Home, client: FlaskClient) -> None:
    data = make_reel(home, title="An odd title", times=()).read_bytes()
    length = unpack_preamble(data[: PREAMBLE.size]).json_length
    text = data[PREAMBLE.size :][:length].replace(b"odd ti", rb"\ud83c")
    data = pack_preamble(SIZE, 8, text) + text + data[PREAMBLE.size + length :]
    (home.reels / "film.reel").write_bytes(data)
    assert [entry.title for entry in entries(home.reels)] == ["An ?tle"]
    assert client.get("/").status_code == 200


def test_hidden_files_are_not_on_the_shelf(home: Home, client: FlaskClient) -> None:
    make_reel(home, ".hidden.reel", "Hidden")
    assert "Hidden" not in client.get("/").text
    assert client.post("/film", data={"name": ".hidden.reel"}).status_code == 404


def test_shelf_sees_a_reel_grow(home: Home, client: FlaskClient) -> None:
    path = make_reel(home, times=(0.0, 1.0), finish=False)
    assert "2 frames, more coming" in text_of(client.get("/"))
    with Reel.open(path) as reel:
        header = reel.header
    with ReelWriter.resume(path, header) as writer:
        writer.append(Stamp(2, 2_000_000, 0, False), Frame.black(SIZE))
        writer.finish()
    assert "3 frames " in text_of(client.get("/"))


# --- acts -------------------------------------------------------------------------------------------------


def test_pause_and_play(home: Home, client: FlaskClient) -> None:
    play(home)
    assert 'name="paused" value="yes">Pause<' in client.get("/").text
    answer = client.post("/pause", data={"paused": "yes"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"
    assert wishes(home).paused
    assert 'name="paused" value="no">Play<' in client.get("/").text
    assert client.post("/pause", data={"paused": "no"}).status_code == 303
    assert not wishes(home).paused


@pytest.mark.parametrize(
    ("frame", "step", "by", "there"),
    [
        (41, 1, "1", 42),
        (41, 1, "-1", 40),
        (41, 5, "1", 46),
        (41, 5, "-2", 31),
        (0, 1, "-1", 0),
        (3, 10, "-1", 0),
        (99, 1, "1", 99),
        (95, 10, "1", 99),
        (41, 1, "9" * 40, 99),
        (41, 1, "-" + "9" * 40, 0),
    ],
)
def test_step_stays_inside_the_reel(
    home: Home, client: FlaskClient, frame: int, step: int, by: str, there: int
) -> None:
    status = play(home, frame=frame, step=step)
    assert client.post("/step", data={"by": by}).status_code == 303
    assert wishes(home).seek == SeekWish(1, status.reel, there)


def test_no_act_asks_for_a_frame_before_the_first_of_an_empty_reel(home: Home, client: FlaskClient) -> None:
    play(home, frame=0, frames=0)
    client.post("/step", data={"by": "1"})
    wish = wishes(home).seek
    assert wish is None or wish.frame == 0


TIMES = (0.0, 1.0, 2.5, 60.0, 83.0, 83.5, 84.0, 3600.0, 3723.0, 3724.0)


@pytest.mark.parametrize(
    ("time", "frame"),
    [
        ("0:00", 0),
        ("0:01", 1),
        ("2.4", 1),
        ("2.5", 2),
        ("1:00", 3),
        ("83.5", 5),
        (" 1:23.5 ", 5),
        ("83.49", 4),
        ("1:00:00", 7),
        ("1:02:03", 8),
        ("2:00:00", 9),
        ("999:00:00", 9),
    ],
)
def test_seek_by_time_finds_the_frame_that_is_on_then(
    home: Home, client: FlaskClient, time: str, frame: int
) -> None:
    make_reel(home, times=TIMES)
    status = play(home, frames=len(TIMES), frame=0)
    answer = client.post("/seek", data={"time": time})
    assert answer.status_code == 303
    assert wishes(home).seek == SeekWish(1, status.reel, frame)


def test_seek_to_the_very_time_of_any_frame_finds_it(home: Home) -> None:
    times = tuple(number * 1001 / 24_000 for number in range(300))
    make_reel(home, times=times)
    for number, time in enumerate(times):
        assert frame_at(home.reels, "film.reel", float(f"{time:.6f}")) == number


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0, 200))
def test_seek_by_time_agrees_with_counting(home: Home, time: float) -> None:
    times = tuple(number**1.7 / 10 for number in range(80))
    if not (home.reels / "film.reel").exists():
        make_reel(home, times=times)
    counted = sum(round(begin * 1e6) <= round(time * 1e6) for begin in times) - 1
    assert frame_at(home.reels, "film.reel", time) == counted


@pytest.mark.parametrize(
    ("frame", "there"), [("7", 7), ("7.0", 7), ("0", 0), ("-3", 0), ("100", 99), ("1e9", 99)]
)
def test_seek_by_frame(home: Home, client: FlaskClient, frame: str, there: int) -> None:
    status = play(home)
    assert client.post("/seek", data={"frame": frame}).status_code == 303
    assert wishes(home).seek == SeekWish(1, status.reel, there)


@pytest.mark.parametrize(
    ("act", "form"),
    [
        ("/seek", {"time": ""}),
        ("/seek", {"time": "soon"}),
        ("/seek", {"time": "1:2:3:4"}),
        ("/seek", {"time": "-5"}),
        ("/seek", {"time": "nan"}),
        ("/seek", {"time": "inf"}),
        ("/seek", {"time": "1::2"}),
        ("/seek", {"frame": "1.5"}),
        ("/seek", {"frame": "nan"}),
        ("/seek", {"frame": "inf"}),
        ("/seek", {"frame": ""}),
        ("/seek", {}),
        ("/step", {}),
        ("/step", {"by": "one"}),
    ],
)
def test_places_that_are_none_are_refused(
    home: Home, client: FlaskClient, act: str, form: dict[str, str]
) -> None:
    make_reel(home)
    play(home)
    answer = client.post(act, data=form)
    assert answer.status_code == 400
    assert "That did not work" in answer.text
    assert not home.wishes.exists()


@pytest.mark.parametrize(
    ("act", "form"), [("/step", {"by": "1"}), ("/seek", {"frame": "3"}), ("/seek", {"time": "3"})]
)
@pytest.mark.parametrize("status", [None, Status()])
def test_places_are_refused_while_no_film_plays(
    home: Home, client: FlaskClient, act: str, form: dict[str, str], status: Status | None
) -> None:
    if status is not None:
        save(home.status, status)
    answer = client.post(act, data=form)
    assert answer.status_code == 409
    assert "No film is playing." in answer.text
    assert not home.wishes.exists()


def test_seek_by_time_in_a_reel_that_is_gone_is_refused_with_a_sentence(
    home: Home, client: FlaskClient
) -> None:
    play(home)
    answer = client.post("/seek", data={"time": "0:01"})
    assert answer.status_code == 400
    assert "film.reel is not on the shelf." in answer.text
    assert not home.wishes.exists()


def test_seek_by_time_in_a_reel_without_frames_is_refused_with_a_sentence(
    home: Home, client: FlaskClient
) -> None:
    make_reel(home, times=(), finish=False)
    play(home, frames=0)
    answer = client.post("/seek", data={"time": "0:01"})
    assert answer.status_code == 400
    assert "film.reel has no frames yet." in answer.text


def test_pace_is_set(home: Home, client: FlaskClient) -> None:
    play(home)
    form = {"seconds_per_frame": "12.5", "frames_per_step": "24", "last_days": "0"}
    assert client.post("/pace", data=form).status_code == 303
    assert wishes(home).settings == {"seconds_per_frame": 12.5, "frames_per_step": 24, "last_days": 0.0}
    page = client.get("/").text
    assert re.search(r'id="seconds_per_frame"[^>]* value="12.5"', page)
    assert re.search(r'id="frames_per_step"[^>]* value="24"', page)


def test_pace_that_was_not_sent_stays(home: Home, client: FlaskClient) -> None:
    save(home.wishes, Wishes(settings={"at_end": "stop", "last_days": 30.0}))
    assert client.post("/pace", data={"seconds_per_frame": "60"}).status_code == 303
    assert wishes(home).settings == {"at_end": "stop", "last_days": 30.0, "seconds_per_frame": 60.0}


def test_pace_does_not_reach_other_settings(home: Home, client: FlaskClient) -> None:
    client.post("/pace", data={"at_end": "stop", "calm_clean": "9", "nonsense": "1"})
    assert wishes(home).settings == {}


@pytest.mark.parametrize(
    ("name", "value", "label"),
    [
        ("seconds_per_frame", "0.4", "Seconds per frame"),
        ("seconds_per_frame", "86401", "Seconds per frame"),
        ("seconds_per_frame", "nan", "Seconds per frame"),
        ("seconds_per_frame", "a while", "Seconds per frame"),
        ("frames_per_step", "0", "Frames per step"),
        ("frames_per_step", "1.5", "Frames per step"),
        ("frames_per_step", "9" * 400, "Frames per step"),
        ("frames_per_step", "9" * 5000, "Frames per step"),
        ("last_days", "-1", "Last so many days"),
        ("last_days", "1e300", "Last so many days"),
        ("last_days", "", "Last so many days"),
    ],
)
def test_pace_out_of_range_is_refused_by_its_label(
    home: Home, client: FlaskClient, name: str, value: str, label: str
) -> None:
    save(home.wishes, Wishes(settings={"seconds_per_frame": 60.0}))
    before = home.wishes.read_bytes()
    form = {"seconds_per_frame": "90", "frames_per_step": "2", "last_days": "3", name: value}
    answer = client.post("/pace", data=form)
    assert answer.status_code == 400
    assert label in text_of(answer)
    assert home.wishes.read_bytes() == before


def test_pace_on_the_page_is_wished_else_the_players_else_the_default(
    home: Home, client: FlaskClient
) -> None:
    def shown() -> str:
        field = re.search(r'id="seconds_per_frame"[^>]* value="([^"]*)"', client.get("/").text)
        assert field is not None
        return field[1]

    assert shown() == "180"
    play(home, settings={**Settings().values(), "seconds_per_frame": 7.0})
    assert shown() == "7"
    save(home.wishes, Wishes(settings={"seconds_per_frame": "9"}))
    assert shown() == "9"


def test_film_from_the_shelf(home: Home, client: FlaskClient) -> None:
    make_reel(home, "a film, with ümlaut.reel")
    assert client.post("/film", data={"name": "a film, with ümlaut.reel"}).status_code == 303
    assert wishes(home).film == FilmWish(1, "a film, with ümlaut.reel")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "unknown.reel",
        "../../etc/passwd.reel",
        "../outside.reel",
        "..",
        "/etc/passwd",
        "film.reel/",
        "./film.reel",
        "film.reel\0",
        "FILM.REEL",
        "notes.txt",
    ],
)
def test_film_that_is_not_on_the_shelf_is_refused(home: Home, client: FlaskClient, name: str) -> None:
    make_reel(home)
    (home.reels / "notes.txt").write_text("no reel")
    (home.root / "outside.reel").write_bytes((home.reels / "film.reel").read_bytes())
    answer = client.post("/film", data={"name": name})
    assert answer.status_code == 404
    assert "There is no such film on the shelf." in answer.text
    assert not home.wishes.exists()


def test_redraw(home: Home, client: FlaskClient) -> None:
    assert client.post("/redraw").status_code == 303
    assert wishes(home).redraw == 1


def test_every_wish_has_a_new_number(home: Home, client: FlaskClient) -> None:
    make_reel(home)
    play(home)
    numbers = []
    for act, form in [
        ("/redraw", {}),
        ("/film", {"name": "film.reel"}),
        ("/step", {"by": "1"}),
        ("/redraw", {}),
        ("/seek", {"frame": "9"}),
        ("/seek", {"frame": "9"}),
    ]:
        assert client.post(act, data=form).status_code == 303
        now = wishes(home)
        ids = {now.redraw, now.film.id if now.film else 0, now.seek.id if now.seek else 0}
        numbers.append(max(ids))
    assert numbers == [1, 2, 3, 4, 5, 6]


def test_two_acts_in_a_row_keep_both(home: Home, client: FlaskClient) -> None:
    make_reel(home)
    status = play(home)
    client.post("/seek", data={"frame": "9"})
    client.post("/redraw")
    client.post("/pause", data={"paused": "yes"})
    client.post("/film", data={"name": "film.reel"})
    client.post("/pace", data={"last_days": "30"})
    now = wishes(home)
    assert now.seek == SeekWish(1, status.reel, 9)
    assert now.redraw == 2
    assert now.paused
    assert now.film == FilmWish(3, "film.reel")
    assert now.settings == {"last_days": 30.0}


def test_steps_add_up_while_the_player_has_not_come_to_them(home: Home, client: FlaskClient) -> None:
    status = play(home, frame=3, frames=100)
    client.post("/seek", data={"frame": "50"})
    client.post("/step", data={"by": "1"})
    client.post("/step", data={"by": "1"})
    assert wishes(home).seek == SeekWish(3, status.reel, 52)
    play(home, frame=52, frames=100, seek=3)
    client.post("/step", data={"by": "-1"})
    assert wishes(home).seek == SeekWish(4, status.reel, 51)


def test_calm_or_clean_and_the_quiet_hours_are_set_on_the_page(home: Home, client: FlaskClient) -> None:
    play(home)
    assert "Calm or clean" in client.get("/").text and "Quiet from" in client.get("/").text
    values = {"calm_clean": "7.5", "quiet_from": "22", "quiet_until": "6", "seconds_per_frame": "9"}
    assert client.post("/flashes", data=values).status_code == 303
    assert wishes(home).settings == {"calm_clean": 7.5, "quiet_from": 22, "quiet_until": 6}
    assert client.post("/flashes", data={"calm_clean": "11"}).status_code == 400
    assert wishes(home).settings["calm_clean"] == 7.5


def test_acts_at_once_lose_none(home: Home) -> None:
    app = create_app(home)
    threads, rounds = 8, 6
    start = threading.Barrier(threads + 1, timeout=PATIENCE)
    names = ("seconds_per_frame", "frames_per_step", "last_days")
    answers: list[int] = []

    def act(number: int) -> None:
        client = app.test_client()
        start.wait()
        for turn in range(rounds):
            answers.append(client.post("/redraw").status_code)
            if number < len(names):
                answers.append(client.post("/pace", data={names[number]: str(turn + 1)}).status_code)

    workers = [threading.Thread(target=act, args=(number,), daemon=True) for number in range(threads)]
    for worker in workers:
        worker.start()
    start.wait()
    for worker in workers:
        worker.join(PATIENCE)
        assert not worker.is_alive()
    assert set(answers) == {303}
    assert wishes(home).redraw == threads * rounds
    assert wishes(home).settings == dict.fromkeys(names, rounds)


# --- pictures and status ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/panel.png", "/eye.png"])
def test_pictures_are_served_as_they_are_and_only_when_they_are_new(
    home: Home, client: FlaskClient, path: str
) -> None:
    file = home.run / path[1:]
    first, second = os.urandom(5000), os.urandom(5000)
    replace_file(file, first)
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.data == first
    assert answer.mimetype == "image/png"
    assert answer.headers["Content-Length"] == "5000"
    tag = answer.headers["ETag"]
    again = client.get(path, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.data == b""
    replace_file(file, second)
    new = client.get(path, headers={"If-None-Match": tag})
    assert new.status_code == 200
    assert new.data == second
    assert new.headers["ETag"] != tag


def test_two_pictures_of_one_length_and_one_time_have_two_tags(home: Home, client: FlaskClient) -> None:
    tags = []
    for picture in (b"a" * 100, b"b" * 100):
        replace_file(home.panel, picture)
        os.utime(home.panel, (1.7e9, 1.7e9))
        tags.append(client.get("/panel.png").headers["ETag"])
    assert tags[0] != tags[1]


def test_a_picture_that_is_replaced_meanwhile_is_the_old_or_the_new_one(
    home: Home, client: FlaskClient
) -> None:
    pictures = (b"a" * 1000, b"b" * 3000)
    replace_file(home.panel, pictures[0], durable=False)
    stop = threading.Event()

    def draw() -> None:
        while not stop.is_set():
            for picture in pictures:
                replace_file(home.panel, picture, durable=False)

    drawing = threading.Thread(target=draw, daemon=True)
    drawing.start()
    try:
        for _ in range(200):
            answer = client.get("/panel.png")
            assert answer.data in pictures
            assert int(answer.headers["Content-Length"]) == len(answer.data)
    finally:
        stop.set()
        drawing.join(PATIENCE)
    assert not drawing.is_alive()


@pytest.mark.parametrize("path", ["/panel.png", "/eye.png", "/status.json"])
def test_nothing_drawn_yet_is_not_there_for_now(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 503
    assert "That did not work" in answer.text


def test_status_is_what_the_player_wrote_with_words(home: Home, client: FlaskClient) -> None:
    status = play(home, ghosts=0.0123, ends_at=None)
    answer = client.get("/status.json")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    told = json.loads(answer.data)
    words = told.pop("words")
    assert told == json.loads(home.status.read_bytes())
    assert told["frame"] == status.frame
    assert words["film_time"] == "1:02:03"
    assert words["duration"] == "2:00:00"
    assert words["ghosts"] == "1.2%"
    assert words["pace"] == "2 min"
    assert words["ends_at"] == ""
    assert words["next_due"]


def test_status_is_sent_only_when_it_is_new(home: Home, client: FlaskClient) -> None:
    play(home)
    tag = client.get("/status.json").headers["ETag"]
    again = client.get("/status.json", headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.data == b""
    play(home, frame=42)
    new = client.get("/status.json", headers={"If-None-Match": tag})
    assert new.status_code == 200
    assert new.headers["ETag"] != tag


# --- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    "origin",
    [
        "http://elsewhere.example",
        "https://localhost.elsewhere.example",
        "http://localhost:81",
        "null",
        "http://[",
        "",
    ],
)
def test_acts_from_another_site_are_refused(home: Home, client: FlaskClient, act: str, origin: str) -> None:
    make_reel(home)
    play(home)
    form = {"paused": "yes", "by": "1", "frame": "3", "last_days": "3", "name": "film.reel"}
    answer = client.post(act, data=form, headers={"Origin": origin})
    assert answer.status_code == 403
    assert "This came from another site." in answer.text
    assert not home.wishes.exists()


@pytest.mark.parametrize("host", ["localhost", "frame.local:8080", "192.168.1.20", "[::1]:8080"])
def test_acts_from_the_page_itself_are_allowed(home: Home, client: FlaskClient, host: str) -> None:
    answer = client.post("/redraw", headers={"Origin": f"http://{host}", "Host": host})
    assert answer.status_code == 303
    assert wishes(home).redraw == 1


@pytest.mark.parametrize("act", ACTS)
def test_a_body_that_is_too_long_is_refused(home: Home, client: FlaskClient, act: str) -> None:
    make_reel(home)
    play(home)
    form = {"paused": "yes", "by": "1", "frame": "3", "name": "film.reel", "more": "x" * MAX_FORM}
    assert client.post(act, data=form).status_code == 413
    assert client.post(act, data=form, content_type="multipart/form-data").status_code == 413
    assert not home.wishes.exists()


@pytest.mark.parametrize("act", ACTS)
def test_acts_are_posted_only(home: Home, client: FlaskClient, act: str) -> None:
    play(home)
    for answer in (client.get(act), client.put(act), client.delete(act)):
        assert answer.status_code == 405
        assert "POST" in answer.headers["Allow"]
    assert not home.wishes.exists()


@pytest.mark.parametrize(
    "path", ["/nothing", "/static/nothing.js", "/static/../app.py", "/static/%2e%2e/app.py", "/reels"]
)
def test_an_unknown_path_is_not_there(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "That did not work" in answer.text


@pytest.mark.parametrize("path", ["/static/page.css", "/static/page.js", "/static/icon.svg"])
def test_what_the_page_refers_to_is_there(client: FlaskClient, path: str) -> None:
    assert path in client.get("/").text
    with client.get(path) as answer:
        assert answer.status_code == 200


def test_every_answer_is_sealed(home: Home, client: FlaskClient) -> None:
    make_reel(home)
    play(home)
    replace_file(home.panel, b"picture")
    tag = client.get("/panel.png").headers["ETag"]
    answers = [
        (200, client.get("/")),
        (303, client.post("/redraw")),
        (304, client.get("/panel.png", headers={"If-None-Match": tag})),
        (400, client.post("/pace", data={"last_days": "x"})),
        (403, client.post("/redraw", headers={"Origin": "http://elsewhere.example"})),
        (404, client.get("/nothing")),
        (405, client.get("/redraw")),
        (413, client.post("/redraw", data="x" * (MAX_FORM + 1))),
        (503, client.get("/eye.png")),
    ]
    home.wishes.write_text("{")
    answers.append((500, client.get("/")))
    home.status.unlink()
    home.status.mkdir()
    answers.append((500, client.get("/status.json")))
    for code, answer in answers:
        assert answer.status_code == code
        for name, value in HEADERS.items():
            assert answer.headers[name].startswith(value), (code, name)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[]", b'{"redraw": "soon"}', b"[" * 100_000, b" " * (1 << 20) + b"{}"],
    ids=["empty", "torn", "binary", "list", "kind", "deep", "long"],
)
def test_wishes_that_cannot_be_understood_are_told_and_left_as_they_are(
    home: Home, client: FlaskClient, content: bytes
) -> None:
    make_reel(home)
    play(home)
    home.wishes.write_bytes(content)
    for answer in (
        client.get("/"),
        client.post("/pause", data={"paused": "yes"}),
        client.post("/film", data={"name": "film.reel"}),
        client.post("/pace", data={"last_days": "3"}),
    ):
        assert answer.status_code == 500
        assert "wishes.json" in text_of(answer)
        assert "Traceback" not in answer.text
        assert 'File "' not in html.unescape(answer.text)
    assert home.wishes.read_bytes() == content
    assert client.get("/status.json").status_code == 200


def test_a_status_that_cannot_be_understood_is_told(home: Home, client: FlaskClient) -> None:
    home.status.write_text("{torn")
    answer = client.get("/")
    assert answer.status_code == 500
    assert "status.json cannot be understood" in text_of(answer)
    assert "Traceback" not in answer.text


# --- where the files lie ----------------------------------------------------------------------------------


def test_a_home_that_is_missing_is_made(tmp_path: Path) -> None:
    home = Home(tmp_path / "deep" / "home", tmp_path / "deep" / "run")
    assert create_app(home).test_client().get("/").status_code == 200
    assert home.reels.is_dir()
    assert home.run.is_dir()


def test_relative_paths_are_those_of_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    home = Home(Path("home"), Path("home/run"))
    client = create_app(home).test_client()
    make_reel(home)
    play(home)
    replace_file(home.panel, b"picture")
    assert client.get("/panel.png").data == b"picture"
    assert client.post("/seek", data={"time": "0:05"}).status_code == 303
    assert (tmp_path / "home" / "wishes.json").is_file()
    assert "A Film" in client.get("/").text
