"""The Flask application: one page, the acts on it, and the pictures of the panel.

Everything works without JavaScript: each act is a form that posts and comes back. The script only refreshes
what is shown. The page never touches the panel; it writes wishes and reads the player's status.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from flask import Flask, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from player.errors import LongtakeError
from player.home import Home
from player.settings import TABLE, Settings, Value
from player.state import FilmWish, SeekWish, StateError, Status, Wishes, read_status
from web import shelf, words
from web.wishing import WishBook

MAX_FORM = 16 * 1024
PACE = ("seconds_per_frame", "frames_per_step", "last_days")
FLASHES = ("calm_clean", "quiet_from", "quiet_until")
CONTENT_POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"


def create_app(home: Home) -> Flask:
    """Wire the page to a home.

    Args:
        home: where wishes, status, pictures and reels lie; the directories are made if need be.
    """
    home.make()
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_FORM
    app.jinja_env.filters.update(clock=words.clock, span=words.span, moment=words.moment)
    wishes = WishBook(home)

    def status() -> Status | None:
        return read_status(home.status)

    def playing() -> Status:
        now = status()
        if now is None or not now.film:
            abort(409, "No film is playing.")
        return now

    def wish(how: Callable[[Wishes], Wishes]) -> BaseResponse:
        wishes.change(how)
        return redirect(url_for("page"), 303)

    def seek(now: Status, where: Callable[[int], int]) -> BaseResponse:
        """Wish for a frame, given the one where the film is, or will be once it has done the last wish."""

        def how(old: Wishes) -> Wishes:
            pending = old.seek if old.seek and old.seek.id > now.seek and old.seek.reel == now.reel else None
            inside = max(0, min(where(pending.frame if pending else now.frame), now.frames - 1))
            return replace(old, seek=SeekWish(old.next_id(), now.reel, inside))

        return wish(how)

    @app.get("/")
    def page() -> str:
        now, wanted = status(), wishes.read()
        return render_template(
            "page.html",
            now=now,
            wanted=wanted,
            pace=_rows(PACE, now, wanted),
            flashes=_rows(FLASHES, now, wanted),
            reels=shelf.entries(home.reels),
        )

    @app.get("/status.json")
    def status_json() -> Response:
        now = status()
        if now is None:
            abort(503, "The player is not running.")
        answer = jsonify({**asdict(now), "words": _in_words(now)})
        answer.add_etag()
        answer.make_conditional(request)
        return answer

    @app.get("/panel.png")
    def panel() -> Response:
        return _picture(home.panel)

    @app.get("/eye.png")
    def eye() -> Response:
        return _picture(home.eye)

    @app.post("/pause")
    def pause() -> BaseResponse:
        paused = request.form.get("paused") == "yes"
        return wish(lambda old: replace(old, paused=paused))

    @app.post("/step")
    def step() -> BaseResponse:
        now = playing()
        by = _whole_number("by")
        return seek(now, lambda frame: frame + by * now.step)

    @app.post("/seek")
    def seek_to() -> BaseResponse:
        now = playing()
        if "time" in request.form:
            try:
                time = words.seconds(request.form["time"])
            except ValueError:
                abort(400, "A film time is written as 1:02:03, 12:30 or 83.5.")
            wanted = shelf.frame_at(home.reels, now.film, time)
        else:
            wanted = _whole_number("frame")
        return seek(now, lambda _: wanted)

    @app.post("/pace")
    def pace() -> BaseResponse:
        return set_some(PACE)

    @app.post("/flashes")
    def flashes() -> BaseResponse:
        return set_some(FLASHES)

    def set_some(names: tuple[str, ...]) -> BaseResponse:
        values: dict[str, Value] = {
            setting.name: setting.parse(request.form[setting.name])
            for setting in TABLE
            if setting.name in names and setting.name in request.form
        }
        return wish(lambda old: replace(old, settings={**old.settings, **values}))

    @app.post("/film")
    def film() -> BaseResponse:
        name = request.form.get("name", "")
        if name not in {entry.name for entry in shelf.entries(home.reels)}:
            abort(404, "There is no such film on the shelf.")
        return wish(lambda old: replace(old, film=FilmWish(old.next_id(), name)))

    @app.post("/redraw")
    def redraw() -> BaseResponse:
        return wish(lambda old: replace(old, redraw=old.next_id()))

    @app.before_request
    def refuse_other_sites() -> None:
        """A form on some other site must not move the film."""
        origin = request.headers.get("Origin")
        if request.method == "POST" and origin is not None and origin.partition("://")[2] != request.host:
            abort(403, "This came from another site.")

    @app.before_request
    def refuse_long_forms() -> None:
        """Also those that nobody is going to read."""
        if (request.content_length or 0) > MAX_FORM:
            abort(413)

    @app.after_request
    def seal(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = CONTENT_POLICY
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "same-origin"
        return answer

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[str, int, list[tuple[str, str]]]:
        headers = [(name, value) for name, value in error.get_headers() if name != "Content-Type"]
        return render_template("trouble.html", sentence=error.description), error.code or 500, headers

    @app.errorhandler(LongtakeError)
    def troubled(error: LongtakeError) -> tuple[str, int]:
        ours = request.method == "GET" or isinstance(error, StateError)
        return render_template("trouble.html", sentence=f"{error}."), 500 if ours else 400

    return app


def _picture(path: Path) -> Response:
    try:
        # Read at once, and not sent as a file: the player may replace it between its length and its bytes.
        answer = Response(path.read_bytes(), mimetype="image/png")
    except FileNotFoundError:
        abort(503, "The player has not drawn anything yet.")
    answer.cache_control.no_cache = True
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _whole_number(name: str) -> int:
    try:
        value = float(request.form[name])
        if not math.isfinite(value) or value != int(value):
            raise ValueError
    except (KeyError, ValueError):
        abort(400, f"{name} is not a whole number.")
    return int(value)


def _in_words(now: Status) -> dict[str, str]:
    return {
        "film_time": words.clock(now.film_time),
        "duration": words.clock(now.duration) if now.duration else "",
        "next_due": words.moment(now.next_due) if now.next_due else "",
        "ends_at": words.moment(now.ends_at) if now.ends_at else "",
        "ghosts": f"{now.ghosts:.1%}",
        "pace": words.span(now.seconds_per_frame),
    }


def _rows(names: tuple[str, ...], now: Status | None, wanted: Wishes) -> list[tuple[object, Value]]:
    """Settings of these names, each with the value in force: wished, else the player's, else the default."""
    values = {**Settings().values(), **(now.settings if now else {}), **wanted.settings}
    return [(setting, setting.parse(values[setting.name])) for setting in TABLE if setting.name in names]
