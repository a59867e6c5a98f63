"""The answer to how many counsellors each half-hour needs: what is asked for, what was tried beside it, how sure it is.

Plain frozen data and its JSON; nothing here simulates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.study.estimates import rounded
from simulator.study.staffing.requirement import Requirement
from simulator.study.staffing.slots import Slots
from simulator.study.staffing.targets import Target
from simulator.study.years import Floats

ITERATED, TODAY, CHEAPEST = "iterated", "today", "cheapest_formula"
"""Beside the two formulas (`simulator.study.staffing.columns.METHODS`)."""


@dataclass(frozen=True)
class Alternative:
    """One way to staff the week, and what it gave on years that nothing was chosen on.

    Attributes
    ----------
    people
        Shape (groups,); a mean where today's people differ between days that are pooled.
    hours_per_week
        Counsellor-hours.
    share, noise
        Shape (groups,): the target's share and the half-width of its 95 % interval; nan where nobody tried.
    missed
        Shape (groups,): the target is missed, and lies outside the interval.
    overtime_hours
        Of these people in a year, beyond their hours.
    cost_nok
        Planned hours of the whole roster in the period, those of other channels included; nan without terms of pay.
    """

    people: Floats
    hours_per_week: float
    share: Floats
    noise: Floats
    missed: NDArray[np.bool_]
    overtime_hours: float
    cost_nok: float = float("nan")

    @property
    def meets(self) -> bool:
        """Whether no half-hour clearly misses the target."""
        return not self.missed.any()


@dataclass(frozen=True)
class OverWorlds:
    """The same people in every plausible world.

    Attributes
    ----------
    worlds, years
        How many, and simulated years of each.
    low, high
        Shape (groups,): 5 and 95 % of the worlds' shares, simulation noise removed.
    met
        Shape (groups,): share of the worlds in which the half-hour meets the target.
    met_as_a_whole
        Share of the worlds in which the share over the whole week meets it.
    """

    worlds: int
    years: int
    low: Floats
    high: Floats
    met: Floats
    met_as_a_whole: float


@dataclass(frozen=True)
class Yardstick:
    """The cheapest staffing that a formula gives, for a target level of its own, and that meets the target simulated.

    ``hours_per_week`` is on the same years as the iterated staffing was found on.
    """

    method: str
    own_share: float
    hours_per_week: float


@dataclass(frozen=True)
class Hint:
    """Where a formula misleads and why: a word of the catalogue, the groups it is about, and what it is filled with."""

    word: str
    groups: tuple[int, ...] = ()
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Staffing:
    """How many counsellors each half-hour needs for a target.

    Attributes
    ----------
    scenario
        Name, title, fingerprint and open hours, in plain data.
    target, robust
        What is asked, and in what share of worlds (None: in the mean over them).
    slots, days
        The half-hours, and how days are pooled.
    requirement, today
        People needed, and the channel's own people on the roster.
    offered
        Shape (groups,): attempts that meet the open channel in one half-hour, in the mean.
    alternatives
        `ITERATED`, `TODAY` and the two formulas by name.
    yardstick
        None where no level of either formula meets the target.
    over_worlds
        None where worlds say nothing of the scenario.
    alpha, iterations, rounds
        Delay target it began from, simulations at that, and how often the years were doubled before other years agreed.
    years, judged_years, simulated
        Years (of each world) that it was found on, that it was judged on, and all that were simulated.
    hints
        Where the formulas mislead, and what else a planner should know.
    shared
        People on shifts that answer this channel and another live one: they stay as they are.
    manifest
        As of any study.
    """

    scenario: Mapping[str, Any]
    target: Target
    robust: float | None
    slots: Slots
    days: str
    requirement: Requirement
    today: Requirement
    offered: Floats
    alternatives: Mapping[str, Alternative]
    yardstick: Yardstick | None
    over_worlds: OverWorlds | None
    alpha: float
    iterations: int
    rounds: int
    years: int
    judged_years: int
    simulated: int
    hints: tuple[Hint, ...]
    shared: Mapping[str, int]
    manifest: Mapping[str, Any]

    @property
    def channel(self) -> str:
        """Who is staffed."""
        return self.slots.channel

    @property
    def answer(self) -> Alternative:
        """The people needed."""
        return self.alternatives[ITERATED]

    @property
    def weeks(self) -> float:
        """Weeks in the simulated period."""
        return float(self.scenario["days"]) / 7

    def as_json(self) -> dict[str, Any]:
        """The document of ``simulator staff --json``."""
        return {
            "scenario": dict(self.scenario),
            "channel": self.channel,
            "target": {**vars(self.target), "text": str(self.target), "robust": self.robust},
            "step_min": self.slots.step_min,
            "days": self.days,
            "requirement": self.requirement.as_json(),
            "shifts": self.requirement.shifts(self.channel, [self.channel], int(self.scenario["chats_at_once"])),
            "today": self.today.as_json(),
            "hours_per_week": {name: rounded(each.hours_per_week) for name, each in self.alternatives.items()},
            "hours_per_year": {
                name: rounded(each.hours_per_week * self.weeks) for name, each in self.alternatives.items()
            },
            "overtime_hours_per_year": {name: rounded(each.overtime_hours) for name, each in self.alternatives.items()},
            "cost_nok_of_whole_roster": {name: rounded(each.cost_nok) for name, each in self.alternatives.items()},
            "meets_everywhere": {name: each.meets for name, each in self.alternatives.items()},
            "cheapest_formula": None if self.yardstick is None else vars(self.yardstick),
            "half_hours": [self._half_hour(group) for group in range(len(self.slots))],
            "over_worlds": None
            if (over := self.over_worlds) is None
            else {"worlds": over.worlds, "years": over.years, "met_as_a_whole": rounded(over.met_as_a_whole)},
            "search": {
                "alpha": self.alpha,
                "iterations": self.iterations,
                "rounds": self.rounds,
                "years": self.years,
                "judged_years": self.judged_years,
                "simulated_years": self.simulated,
            },
            "hints": [
                {"word": hint.word, "half_hours": list(hint.groups), **{k: rounded(v) for k, v in hint.values.items()}}
                for hint in self.hints
            ],
            "shared": dict(self.shared),
            "manifest": dict(self.manifest),
        }

    def _half_hour(self, group: int) -> dict[str, Any]:
        place = self.slots.groups[group]
        over = self.over_worlds
        worlds = (
            None if over is None else {name: rounded(getattr(over, name)[group]) for name in ("low", "high", "met")}
        )
        return {
            "days": list(place.day_names),
            "start_min": place.minute,
            "offered": rounded(float(self.offered[group])),
            "over_worlds": worlds,
            **{name: _seen(each, group) for name, each in self.alternatives.items()},
        }


def _seen(each: Alternative, group: int) -> dict[str, Any]:
    share, noise = float(each.share[group]), float(each.noise[group])
    return {
        "counsellors": rounded(float(each.people[group])),
        "share": rounded(share),
        "low": rounded(max(share - noise, 0.0)),
        "high": rounded(min(share + noise, 1.0)),
        "missed": bool(each.missed[group]),
    }
