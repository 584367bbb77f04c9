"""The one table of settings: each with its unit, default, range and a line of help.

The page, the command line and the files all speak of settings through this table.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from player.errors import LongtakeError

Value: TypeAlias = float | int | str


class SettingError(LongtakeError, ValueError):
    """A setting that does not exist, or a value that it cannot take."""


@dataclass(frozen=True)
class Setting:
    """What is known about one setting besides its value."""

    name: str
    label: str
    help: str
    default: Value
    unit: str = ""
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()

    def parse(self, value: object) -> Value:
        """Turn text, or what JSON gave, into a value of this setting.

        Raises:
            SettingError: it is not one.
        """
        if self.choices:
            if value not in self.choices:
                raise SettingError(f"{self.label}: {value!r} is none of {', '.join(self.choices)}")
            return str(value)
        whole = isinstance(self.default, int)
        try:
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise ValueError
            number = int(value) if whole else float(value)
            if isinstance(value, float) and number != value:
                raise ValueError
        except (ValueError, OverflowError):
            wanted = "a whole number" if whole else "a number"
            raise SettingError(f"{self.label}: {value!r} is not {wanted}") from None
        if not self.low <= number <= self.high:
            raise SettingError(
                f"{self.label}: {value} is outside {self.low:g} to {self.high:g} {self.unit}".rstrip()
            )
        return number


def _setting(default: Value, label: str, line: str, **rest: Any) -> Any:
    return field(default=default, metadata={"default": default, "label": label, "help": line, **rest})


@dataclass(frozen=True)
class Settings:
    """The settings of the film's player, all of them valid."""

    seconds_per_frame: float = _setting(
        180.0, "Seconds per frame", "How long each frame stays.", unit="s", low=0.5, high=86_400.0
    )
    frames_per_step: int = _setting(
        1,
        "Frames per step",
        "How many frames of the reel to go on each time.",
        unit="frames",
        low=1,
        high=10_000,
    )
    last_days: float = _setting(
        0.0,
        "Last so many days",
        "Spread the whole film over this time instead; 0 to go by seconds per frame.",
        unit="days",
        low=0.0,
        high=3_650.0,
    )
    after_off: str = _setting(
        "hold",
        "After being off",
        "Hold goes on where the film stopped; catch up jumps to where it would be by now.",
        choices=("hold", "catch up"),
    )
    at_end: str = _setting(
        "loop",
        "At the end",
        "Loop begins the film again; next goes on to the next film on the shelf; stop keeps the last frame.",
        choices=("loop", "next", "stop"),
    )
    calm_clean: float = _setting(
        5.0,
        "Calm or clean",
        "From 0, hardly ever a flash, to 10, hardly ever a ghost.",
        unit="of 10",
        low=0.0,
        high=10.0,
    )
    quiet_from: int = _setting(
        23,
        "Quiet from",
        "Nothing flashes by itself from this hour of the day.",
        unit="o'clock",
        low=0,
        high=23,
    )
    quiet_until: int = _setting(
        7,
        "Quiet until",
        "And may again from this one; the same hour twice for no quiet at all.",
        unit="o'clock",
        low=0,
        high=23,
    )

    vcom: float = _setting(
        0.0,
        "VCOM",
        "Printed on the panel's cable, such as -2.14; 0 while unknown. It counts from the next start.",
        unit="V",
        low=-3.5,
        high=0.0,
    )
    temperature: int = _setting(
        0,
        "Temperature",
        "What the panel goes by where its sensor is wrong; 0 for the sensor. It counts from the next start.",
        unit="°C",
        low=0,
        high=50,
    )

    def with_values(self, values: Mapping[str, object]) -> Settings:
        """These settings with some of them replaced.

        Raises:
            SettingError: a name that is none, or a value out of range; nothing is replaced then.
        """
        table = {setting.name: setting for setting in TABLE}
        unknown = [name for name in values if name not in table]
        if unknown:
            raise SettingError(f'there is no setting "{unknown[0]}"')
        parsed = {name: table[name].parse(value) for name, value in values.items()}
        return dataclasses.replace(self, **cast(dict[str, Any], parsed))

    def values(self) -> dict[str, Value]:
        """Every setting's value by name."""
        return dataclasses.asdict(self)


TABLE: tuple[Setting, ...] = tuple(
    Setting(name=entry.name, **entry.metadata) for entry in dataclasses.fields(Settings)
)
