"""A plausible world: one set of everything unpublished under which the model still reproduces what was published.

Owns what a world holds, how it enters a scenario, and the document in which a set of worlds is kept. Knows nothing of
how worlds are found.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.demand.profile import DAYS, HOURS, MONTHS, Profile
from simulator.scenario.model import CHANNELS, Scenario
from simulator.scenario.replacing import resting_on_evidence, with_values
from simulator.study.worlds.parameters import NAMES, settings

Floats = NDArray[np.float64]

FORMAT = 1
SHIPPED = "worlds.json"
_DIGITS = 6


class WorldsError(ValueError):
    """A document of worlds that cannot be used."""


@dataclass(frozen=True)
class Factors:
    """A profile as the product of what months, weekdays and clock hours bring; shapes (12,), (7,), (24,)."""

    months: tuple[float, ...]
    weekdays: tuple[float, ...]
    hours: tuple[float, ...]

    @cached_property
    def profile(self) -> Profile:
        """First attempts per hour by month, weekday and clock hour."""
        return Profile(np.einsum("m,d,h->mdh", self.months, self.weekdays, self.hours))

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"months": list(self.months), "weekdays": list(self.weekdays), "hours": list(self.hours)}

    @classmethod
    def of(cls, profile: Profile) -> "Factors":
        """The factors of a profile that is their product; months and weekdays with mean 1."""
        rate = profile.per_hour
        months, weekdays = rate.mean(axis=(1, 2)), rate.mean(axis=(0, 2))
        hours = rate.mean(axis=(0, 1))
        return cls(_plain(months / months.mean()), _plain(weekdays / weekdays.mean()), _plain(hours))


def _plain(numbers: Floats) -> tuple[float, ...]:
    """As they are written: no more digits than are kept in the document, so that what is read is what was made."""
    return tuple(float(f"{each:.{_DIGITS}g}") for each in numbers)


@dataclass(frozen=True)
class World:
    """One plausible world.

    Attributes
    ----------
    number
        Its place in the design, part of the key of its random numbers; above 0 (0 is the default world).
    values
        The unpublished parameters by name (`parameters.NAMES`).
    profiles
        Who would make contact, by the name of the shipped profile each takes the place of.
    origins
        Share of all persons who live in each site's municipalities.
    solved
        What was solved from the published figures, such as the first attempts of a year.
    answered
        What the model answers in the place of each published figure it was fitted to.
    """

    number: int
    values: Mapping[str, float]
    profiles: Mapping[str, Factors]
    origins: Mapping[str, float]
    solved: Mapping[str, float]
    answered: Mapping[str, float]

    def applied(self, scenario: Scenario) -> Scenario:
        """The scenario in this world: every number that rests on an assumption of the default world is this world's.

        What the planner gave herself, without that source, stays.
        """
        made = self._settings
        places = resting_on_evidence(scenario)
        return with_values(scenario, {path: made[id] for path, id in places.items() if id in made})

    @cached_property
    def _settings(self) -> dict[str, Any]:
        return settings(self.values)

    def demand(self, scenario: Scenario) -> dict[str, Profile]:
        """Profiles by channel, of the channels of a scenario that use a shipped one."""
        demands = ((channel, scenario.demand_of(channel)) for channel in CHANNELS)
        named = {channel: demand.profile for channel, demand in demands if demand is not None and demand.profile}
        return {channel: self.profiles[name].profile for channel, name in named.items() if name in self.profiles}

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "number": self.number,
            "values": dict(self.values),
            "profiles": {name: each.as_json() for name, each in self.profiles.items()},
            "origins": dict(self.origins),
            "solved": dict(self.solved),
            "answered": dict(self.answered),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "World":
        """A world from plain data.

        Raises
        ------
        WorldsError
            If it is none.
        """
        try:
            profiles = {
                name: Factors(*(tuple(map(float, each[part])) for part in ("months", "weekdays", "hours")))
                for name, each in data["profiles"].items()
            }
            numbers = [_numbers(data[part]) for part in ("values", "origins", "solved", "answered")]
            world = cls(int(data["number"]), numbers[0], profiles, *numbers[1:])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WorldsError(f"{type(error).__name__}: {error}") from error
        shapes = {(len(each.months), len(each.weekdays), len(each.hours)) for each in profiles.values()}
        if set(world.values) != set(NAMES) or shapes != {(MONTHS, DAYS, HOURS)} or world.number < 1:
            raise WorldsError("parameters or profiles are missing")
        return world


def _numbers(mapping: Mapping[str, Any]) -> dict[str, float]:
    return {str(name): float(value) for name, value in mapping.items()}


@dataclass(frozen=True)
class Worlds:
    """A set of plausible worlds, and how it was found.

    Attributes
    ----------
    worlds
        In the order of their numbers.
    made
        How: seed, candidates, why others were ruled out, priors, published figures and their standard units.
    """

    worlds: tuple[World, ...]
    made: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.worlds)

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same worlds, 12 hexadecimal digits."""
        text = json.dumps(self._contents(), sort_keys=True, separators=(",", ":"))
        return blake2b(text.encode(), digest_size=6).hexdigest()

    def _contents(self) -> dict[str, Any]:
        return {"format": FORMAT, "made": dict(self.made), "worlds": [each.as_json() for each in self.worlds]}

    def first(self, count: int) -> "Worlds":
        """The first of them."""
        return self if count >= len(self) else replace(self, worlds=self.worlds[:count])

    def values(self) -> Floats:
        """The parameters, shape (worlds, parameters), in the order of `parameters.NAMES`."""
        return np.array([[each.values[name] for name in NAMES] for each in self.worlds])

    def to_text(self) -> str:
        """The document in which they are kept: JSON, one world on a line."""
        head = {"format": FORMAT, "fingerprint": self.fingerprint, "made": dict(self.made)}
        lines = ",\n".join(json.dumps(each.as_json(), separators=(",", ":")) for each in self.worlds)
        return json.dumps(head, separators=(",", ":"))[:-1] + ',"worlds":[\n' + lines + "\n]}\n"

    @classmethod
    def from_text(cls, text: str) -> "Worlds":
        """The worlds of a document.

        Raises
        ------
        WorldsError
            If it is none, of another version, or was changed by hand.
        """
        try:
            data = json.loads(text)
            worlds = cls(tuple(map(World.from_json, data["worlds"])), data["made"])
            known = data["fingerprint"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise error if isinstance(error, WorldsError) else WorldsError(str(error)) from error
        if data.get("format") != FORMAT or not worlds.worlds:
            raise WorldsError("another version, or empty")
        if known != worlds.fingerprint:
            raise WorldsError("changed since it was made: its fingerprint does not fit")
        return worlds


def are_shipped() -> bool:
    """Whether worlds come with the program."""
    return (files("simulator.study.worlds") / SHIPPED).is_file()


@lru_cache(maxsize=1)
def shipped_worlds() -> Worlds:
    """The worlds that come with the program: found with the shipped priors, from the published figures."""
    return Worlds.from_text((files("simulator.study.worlds") / SHIPPED).read_text("utf-8"))


def speak_of(scenario: Scenario, worlds: Worlds | Sequence[World]) -> bool:
    """Whether worlds say anything of a scenario: whether it asks for demand that they know."""
    known = {name for each in (worlds.worlds if isinstance(worlds, Worlds) else worlds)[:1] for name in each.profiles}
    named = [each.profile for name in CHANNELS if (each := scenario.demand_of(name)) is not None]
    return any(name in known for name in named)
