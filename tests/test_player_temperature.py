"""A panel that is too cold or too warm is not drawn on, and goes on by itself; from wire to status."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fakes import SMALL, film, write_reel

from player.cli import main
from player.easel import Easel
from player.frame import Box, Frame, Size
from player.home import Home
from player.panels import TemperatureError
from player.panels.it8951 import It8951Panel
from player.panels.it8951_chip import It8951Error
from player.panels.sim import SimBus, VirtualClock
from player.panels.sim.it8951 import It8951Chip
from player.panels.sim.it8951_profiles import PROFILES
from player.patience import ASK_AGAIN
from player.refresh import Moment, Redraw, Redrawing
from player.settings import Settings
from player.show import Show
from player.state import SeekWish, Status, Wishes, read_bookmark, read_status, save
from player.workbench import describe

FRAMES = film(30)
PACE = 100.0
AWAKE = {"seconds_per_frame": PACE, "quiet_from": 0, "quiet_until": 0}


class Attic:
    """A chip whose panel is as warm as a test says, with a driver and, if it plays, a player on it."""

    def __init__(self, size: Size = SMALL) -> None:
        self.clock = VirtualClock()
        self.chip = It8951Chip(replace(PROFILES["6-inch-hd"], size=size), self.clock)
        self.bus = SimBus(self.chip, self.clock)

    def panel(self, temperature: int | None = None) -> It8951Panel:
        return It8951Panel(self.bus, self.chip.profile.size, -2.14, temperature)

    def move_in(self, root: Path, frames: list[Frame] = FRAMES) -> None:
        self.home = Home(root, root / "run").make()
        if frames:
            write_reel(self.home.reels / "a.reel", frames)
        self.show = Show(self.home, Easel(self.panel(), self.home), self.clock, Settings().with_values(AWAKE))

    def play(self, seconds: float) -> None:
        until = self.clock.ticks() + seconds
        while self.clock.ticks() < until:
            self.clock.wait(max(0.01, self.show.tick()))

    @property
    def status(self) -> Status:
        status = read_status(self.home.status)
        assert status is not None
        return status


# --- the driver -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("degrees", [-20, -2, 51, 65])
def test_out_of_its_range_a_panel_is_left_alone(degrees):
    attic = Attic()
    panel = attic.panel()
    panel.show(FRAMES[0], Redraw.FULL)
    position, drawn = attic.chip.panel.position.copy(), len(attic.chip.refreshes)
    attic.chip.temperature = degrees
    with pytest.raises(TemperatureError, match=f"the panel is at {degrees} °C"):
        panel.show(FRAMES[1], Redraw.PARTIAL)
    with pytest.raises(TemperatureError):
        panel.show(FRAMES[1], Redraw.FULL)
    with pytest.raises(TemperatureError):
        panel.flash(FRAMES[1], (Box(0, 0, 32, 8),))
    with pytest.raises(TemperatureError):
        panel.clear()
    assert (attic.chip.panel.position == position).all() and len(attic.chip.refreshes) == drawn
    assert panel.temperature == degrees and panel.resets == 0, "nothing is wrong with the controller"
    assert not attic.chip._awake, "it rests meanwhile"
    attic.chip.temperature = 20
    assert panel.show(FRAMES[1], Redraw.FULL) is Redraw.FULL
    assert attic.chip.panel.picture() == FRAMES[1] and panel.temperature == 20
    assert attic.chip.violations == []


@pytest.mark.parametrize("degrees", [0, 50])
def test_at_the_ends_of_its_range_it_is_drawn_on(degrees):
    attic = Attic()
    attic.chip.temperature = degrees
    attic.panel().show(FRAMES[0], Redraw.FULL)
    assert attic.chip.panel.picture() == FRAMES[0] and attic.chip.violations == []


@pytest.mark.parametrize("word", [0, 0xFFFF, 0x00FF, 0x7FFF, 200])
def test_a_sensor_that_is_not_there_does_not_stop_a_panel_that_works(word):
    attic = Attic()
    attic.chip.faults.sensor = word
    panel = attic.panel()
    panel.show(FRAMES[0], Redraw.FULL)
    assert attic.chip.panel.picture() == FRAMES[0]
    assert panel.temperature == (0 if word == 0 else None)


def test_a_temperature_that_it_is_told_counts_and_not_the_sensor_s():
    """A sensor that says -20 °C in a warm room is wrong; whoever says so is believed."""
    attic = Attic()
    attic.chip.faults.sensor = 0xFFEC
    panel = attic.panel(temperature=22)
    assert attic.chip.forced == 22 and panel.temperature == 22
    panel.show(FRAMES[0], Redraw.FULL)
    assert attic.chip.panel.picture() == FRAMES[0] and attic.chip.violations == []


def test_it_is_told_again_after_each_reset():
    attic = Attic()
    panel = attic.panel(temperature=22)
    panel.show(FRAMES[0], Redraw.FULL)
    attic.chip.faults.power_fails_after = 40
    assert panel.show(FRAMES[1], Redraw.PARTIAL) is Redraw.FULL and panel.resets == 1
    assert attic.chip.forced == 22


def test_one_that_does_not_keep_what_it_was_told_is_refused():
    attic = Attic()
    attic.chip.faults.sets_temperature = False
    with pytest.raises(It8951Error, match="was set to 22 °C and reads back as 25 and 25 °C"):
        attic.panel(temperature=22)


@pytest.mark.parametrize("degrees", [-1, 51, 300])
def test_nothing_is_forced_at_which_nothing_may_be_drawn(degrees):
    with pytest.raises(It8951Error, match=f"{degrees} °C is outside 0 to 50 °C"):
        Attic().panel(temperature=degrees)


def test_asking_costs_sixteen_bytes_a_redraw():
    """Of a redraw in which nothing changed, all that is left are waking, asking and resting."""
    attic = Attic()
    panel = attic.panel()
    panel.show(FRAMES[0], Redraw.FULL)
    sent = attic.bus.bytes
    panel.show(FRAMES[0], Redraw.PARTIAL)
    assert attic.bus.bytes - sent == 4 + 16 + 4


# --- the chip ---------------------------------------------------------------------------------------------


def test_the_chip_notices_who_draws_in_the_cold():
    attic = Attic()
    panel = attic.panel()
    attic.chip.temperature = -4
    panel.chip.wake()
    panel.chip.display(Box(0, 0, 32, 8), 2)
    assert attic.chip.violations == ["display at -4 °C"]


def test_the_chip_may_be_told_to_go_by_its_sensor_again():
    attic = Attic()
    words = attic.panel(temperature=30).chip._words
    words.command(0x0040, 0)
    assert words.read(2) == (25, 30)
    words.command(0x0040, 2)
    words.command(0x0040, 0)
    assert words.read(2) == (25, 25) and attic.chip.violations == []


def test_below_zero_the_word_is_signed():
    attic = Attic()
    attic.chip.temperature = -4
    assert attic.panel().chip.read_temperatures() == (0xFFFC, 0xFFFC)


# --- the player -------------------------------------------------------------------------------------------


def test_a_film_waits_for_warmth_and_goes_on_at_the_frame_that_was_due(tmp_path):
    attic = Attic()
    attic.move_in(tmp_path)
    attic.play(2.5 * PACE)
    assert attic.status.state == "playing" and attic.status.temperature == 25
    attic.chip.temperature = -4
    attic.play(3 * 86_400)
    said = attic.status
    assert said.state == "holding" and said.temperature == -4 and said.resets == 0
    assert said.trouble == "Waiting: the panel is at -4 °C; it may be drawn on between 0 and 50 °C."
    assert said.frame == 2 and attic.chip.panel.picture() == FRAMES[2], "what is on the glass stays"
    attic.chip.temperature = 5
    attic.play(ASK_AGAIN + 5)
    assert attic.status.state == "playing" and attic.status.trouble == "" and attic.status.temperature == 5
    assert attic.status.frame == read_bookmark(attic.home.bookmark).frame == 3
    assert attic.chip.panel.picture() == FRAMES[3] and attic.chip.panel.ink().ghosts() == 0
    attic.play(2 * PACE)
    assert attic.status.frame == 5 and attic.chip.violations == []


def test_meanwhile_it_is_asked_once_a_minute_and_the_owner_is_listened_to(tmp_path):
    attic = Attic()
    attic.move_in(tmp_path)
    attic.play(1.5 * PACE)
    attic.chip.temperature = 60
    attic.play(PACE)
    sent = attic.bus.bytes
    attic.play(3600)
    assert (attic.bus.bytes - sent) / (4 + 16 + 4) == pytest.approx(60, abs=2)
    reel = attic.status.reel
    save(attic.home.wishes, Wishes(seek=SeekWish(1, reel, 20), settings={"calm_clean": 9.0}))
    attic.play(2)
    assert attic.status.settings["calm_clean"] == 9.0 and attic.status.state == "holding"
    attic.chip.temperature = 49
    attic.play(ASK_AGAIN + 5)
    assert attic.status.frame == 20 and attic.chip.panel.picture() == FRAMES[20]


def test_a_player_that_is_started_in_the_cold_says_so_and_begins_when_it_is_warm(tmp_path):
    attic = Attic()
    attic.chip.temperature = -10
    attic.move_in(tmp_path)
    attic.play(3600)
    assert attic.status.state == "holding" and attic.status.temperature == -10
    assert attic.chip.refreshes == []
    attic.chip.temperature = 1
    attic.play(ASK_AGAIN + 5)
    assert attic.status.state == "playing" and attic.chip.panel.picture() == FRAMES[0]
    assert attic.chip.violations == []


def test_with_an_empty_shelf_the_card_waits_too(tmp_path):
    attic = Attic()
    attic.chip.temperature = -10
    attic.move_in(tmp_path, [])
    attic.play(600)
    assert attic.status.state == "holding" and attic.chip.refreshes == []
    attic.chip.temperature = 10
    attic.play(ASK_AGAIN + 5)
    assert attic.status.state == "empty" and attic.status.trouble == "" and attic.chip.refreshes


def test_cold_between_a_flash_in_places_and_its_frame_ends_in_a_full_redraw(tmp_path):
    """The areas have their new dots already; what the easel believed of the glass is no longer so."""
    attic = Attic()
    home = Home(tmp_path, tmp_path / "run").make()

    class Draughty(It8951Panel):
        def flash(self, frame: Frame, areas: tuple[Box, ...]) -> Redraw:
            done = super().flash(frame, areas)
            attic.chip.temperature = -4
            return done

    easel = Easel(Draughty(attic.bus, SMALL, -2.14), home)
    easel.show(FRAMES[0], 5.0, Moment())
    how = Redrawing(Redraw.PARTIAL, (Box(0, 0, 64, 8),), FRAMES[1])
    with pytest.raises(TemperatureError):
        easel.put(FRAMES[2], how)
    attic.chip.temperature = 20
    easel.show(FRAMES[2], 5.0, Moment())
    assert easel.last is Redraw.FULL and attic.chip.panel.picture() == FRAMES[2]


# --- the workbench ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sensor", "forced", "line"),
    [
        (
            None,
            None,
            "temperature: 25 °C by the sensor; the controller goes by the sensor (second word",
        ),
        (0xFFEC, 22, "temperature: -20 °C by the sensor; the controller was told to go by 22 °C (second"),
        (0xFFFF, None, "temperature: the sensor's word 0xffff is none; the controller goes by the sensor"),
    ],
)
def test_info_says_what_the_sensor_says_and_what_counts(sensor, forced, line):
    attic = Attic()
    attic.chip.faults.sensor = sensor
    assert any(said.startswith(line) for said in describe(attic.panel(forced)))


def test_the_command_line_can_force_a_temperature(capsys):
    assert main(["info", "--panel", "sim:it8951", "--vcom", "-2.1", "--temperature", "22"]) == 0
    assert "told to go by 22 °C" in capsys.readouterr().out


def test_a_temperature_out_of_range_is_refused_in_one_sentence(caplog):
    assert main(["info", "--panel", "sim:it8951", "--vcom", "-2.1", "--temperature", "-3"]) == 1
    assert "-3 °C is outside 0 to 50 °C" in caplog.records[-1].message
