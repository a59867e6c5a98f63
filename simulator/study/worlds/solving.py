"""Solving a candidate: the demand under which its simulated *answered* meet what was published, or why there is none.

For each candidate the first attempts of blocks, months and sites are unknown. They are found by a secant in logarithms,
figure by figure, on a few simulated years: answered contacts per first attempt are counted, so that a year that happens
to be busy misleads nobody. Knows the shipped scenarios of 2023 and 2024, not how candidates are chosen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.demand import block_hours, build_profile
from simulator.demand.errors import DemandError, ReconstructionError
from simulator.demand.profile import Profile
from simulator.evidence import evidence
from simulator.scenario import load
from simulator.scenario.calendar import Calendar
from simulator.scenario.model import Scenario
from simulator.scenario.schedule import ALWAYS, ScheduleRule
from simulator.service.engines import simulation
from simulator.study.backtest import ACTUAL, DAYS
from simulator.study.blocks import BLOCKS, WINDOW
from simulator.study.solve import JUNE, MARCH, block_schedules, hours_of_blocks, origins_of, outside_window
from simulator.study.worlds.design import Habits, Point
from simulator.study.worlds.parameters import impossible
from simulator.study.worlds.priors import Prior
from simulator.study.worlds.published import (
    CHAT_2024,
    CHAT_BLOCKS,
    CHAT_MARCH,
    MOST_UNITS,
    PHONE_2023,
    PHONE_2024,
    PHONE_JUNE,
    SITES,
    SOLVED,
    Published,
)
from simulator.study.worlds.sight import seen_in
from simulator.study.worlds.world import Factors, World

Floats = NDArray[np.float64]

YEARS_TO_SOLVE, YEARS_TO_CHECK = 2, 4
"""Simulated years of each of 2023 and 2024 in each pass, and of the last look, which uses years of its own."""
MOST_PASSES = 8
CLOSE = 0.005
CLOSE_AT_SITES = 0.03
"""Largest relative distance from a target at which a pass is the last; calls of a site are few and all noise."""
_FIRST_ELASTICITY = 0.8
_LEAST_ELASTICITY, _GREATEST_ELASTICITY = 0.3, 1.2
_LONGEST_STEP = 0.7
_SITE_NAMES = tuple(SITES.values())
_COUNTED = tuple(name for name in SOLVED if name not in _SITE_NAMES)
_CHECK_FROM = 1000
"""First replication of the last look."""


@dataclass(frozen=True)
class RuledOut:
    """A candidate that is no plausible world, and why: a key of the catalogue ``worlds.reason.<why>``."""

    number: int
    why: str


@dataclass(frozen=True)
class Attempt:
    """First attempts by published figure (calls from a site's municipalities for sites), and what was answered."""

    tries: Mapping[str, float]
    answered: Mapping[str, float]


@lru_cache(maxsize=1)
def actual() -> Mapping[int, Scenario]:
    """The shipped scenarios of the years that figures are published of."""
    return {year: load(name) for year, name in ACTUAL.items()}


@lru_cache(maxsize=1)
def calendars() -> Mapping[int, Calendar]:
    """Their calendars."""
    return {year: Calendar.of(scenario) for year, scenario in actual().items()}


@lru_cache(maxsize=4)
def _whole(year: int) -> Floats:
    """Hours of the year by month, weekday and clock hour, as one block."""
    return block_hours(calendars()[year], {"all": ALWAYS})


@lru_cache(maxsize=1)
def _evening() -> Floats:
    """Share of each clock hour in which the extra chat counsellors are there, shape (24,)."""
    hours: Any = evidence("default-chat-evening-hours").value
    schedule = ScheduleRule.model_validate(dict(hours))
    covered = block_hours(calendars()[2023], {"evening": schedule, "other": None}).sum(axis=(1, 2))
    return np.asarray(covered[0] / covered.sum(axis=0))


def solved(
    point: Point, published: Published, priors: Mapping[str, Prior], discrepancy: float, seed: int
) -> World | RuledOut:
    """The plausible world of a point of the design, or why there is none.

    Parameters
    ----------
    point
        The candidate.
    published
        What it must reproduce.
    priors
        The ranges that what is solved must lie in, by id.
    discrepancy
        See `Published.units`.
    seed
        Of the simulated years.
    """
    if (why := impossible(point.values)) is not None:
        return RuledOut(point.number, why)
    units = published.units(point.values["busyness-day-shape"], discrepancy)
    wanted = {name: published.figures[name] * float(np.exp(point.scores[name] * units[name])) for name in SOLVED}
    if any(wanted[name] > most for name, most in most_answered(point.values).items()):
        return RuledOut(point.number, "too_few_people")
    candidate = _Candidate(point, seed)
    try:
        found = _search(candidate, wanted, priors["prior-attempts-per-answer"].support[1])
        if isinstance(found, str):
            return RuledOut(point.number, found)
        last = candidate.look(found, range(_CHECK_FROM, _CHECK_FROM + YEARS_TO_CHECK))
        demand = _solved_demand(candidate, last.tries)
        why = _outside(demand, priors) or _misses(last, published, units)
        return RuledOut(point.number, why) if why else candidate.world(last, demand)
    except ReconstructionError:
        return RuledOut(point.number, "no_smooth_day")
    except DemandError:  # more calls from the sites' municipalities than there are calls
        return RuledOut(point.number, "no_such_demand")


def most_answered(values: Mapping[str, float]) -> dict[str, float]:
    """More chats than the people on duty can answer in a block, however many try: every place is always taken.

    A counsellor with i chats ends i / (work / v(i) + wrap-up) of them an hour; the rosters are those of the shipped
    scenarios, and what is begun before closing counts, so each place gets one more for each day.
    """
    speeds = (1.0, values["chat-speed-2"], values["chat-speed-3"])[: round(values["chats-at-once"])]
    by_hour = max(i / (values["chat-work"] / v + values["chat-wrap-up"]) for i, v in enumerate(speeds, 1)) * 60
    people = values["chat-counsellors"] + values["chat-evening-counsellors"] * _evening()
    hours = {year: hours_of_blocks(calendar).sum(axis=(1, 2)) for year, calendar in calendars().items()}
    at_closing = max(DAYS.values()) * float(people.max()) * round(values["chats-at-once"])
    most = {CHAT_BLOCKS[block]: float(hours[2023][i] @ people) * by_hour + at_closing for i, block in enumerate(BLOCKS)}
    return {**most, CHAT_2024: float(hours[2024][BLOCKS.index(WINDOW)] @ people) * by_hour + at_closing}


def _search(candidate: "_Candidate", wanted: Mapping[str, float], most_tries: float) -> dict[str, float] | str:
    """First attempts under which the answered meet what is wanted, or why there are none."""
    goal = _vector(wanted)
    tries, elasticity = goal * 1.15, np.full(len(goal), _FIRST_ELASTICITY)
    before: tuple[Floats, Floats] | None = None
    enough = np.where([name in _SITE_NAMES for name in SOLVED], CLOSE_AT_SITES, CLOSE)
    for number in range(MOST_PASSES):
        seen = _vector(candidate.look(_named(tries), range(YEARS_TO_SOLVE)).answered)
        if not np.all(seen > 0):
            return "nobody_answered"
        off = np.log(goal / seen)
        if np.all(np.abs(off) < enough):
            return _named(tries)
        if before is not None:
            moved = np.log(tries / before[0])
            with np.errstate(divide="ignore", invalid="ignore"):
                measured = np.log(seen / before[1]) / moved
            trusted = np.abs(moved) > 0.02
            elasticity = np.where(trusted, np.clip(measured, _LEAST_ELASTICITY, _GREATEST_ELASTICITY), elasticity)
        before = tries, seen
        tries = tries * np.exp(np.clip(off / elasticity, -_LONGEST_STEP, _LONGEST_STEP))
        if number > 0 and np.any((tries / goal)[: len(_COUNTED)] > 1.3 * most_tries):
            return "too_few_people"
    return "too_few_people" if np.any(off > enough) else "not_solved"


def _vector(numbers: Mapping[str, float]) -> Floats:
    return np.array([numbers[name] for name in SOLVED])


def _named(vector: Floats) -> dict[str, float]:
    return dict(zip(SOLVED, map(float, vector), strict=True))


class _Candidate:
    """A point of the design in the scenarios of both years, whatever its demand."""

    def __init__(self, point: Point, seed: int) -> None:
        self.point = point
        self._seed = seed
        bare = World(point.number, point.values, {}, {}, {}, {})
        self.scenarios = {year: bare.applied(scenario) for year, scenario in actual().items()}

    def profiles(self, tries: Mapping[str, float]) -> dict[str, Profile]:
        """The four profiles with so many first attempts."""
        habits = self.point.habits
        chat, phone = habits["chat"], habits["phone"]
        blocks = {block: tries[CHAT_BLOCKS[block]] for block in BLOCKS}
        trend = self.point.values["trend-2024-outside-window"]
        later = {**outside_window(blocks, calendars(), trend), WINDOW: tries[CHAT_2024]}
        return {
            "chat-2023": _profile(chat, 2023, blocks),
            "chat-2024": _profile(chat, 2024, later, {MARCH: tries[CHAT_MARCH]}),
            "phone-2023": _profile(phone, 2023, {"all": tries[PHONE_2023]}),
            "phone-2024": _profile(phone, 2024, {"all": tries[PHONE_2024]}, {JUNE: tries[PHONE_JUNE]}),
        }

    def origins(self, tries: Mapping[str, float]) -> dict[str, float]:
        """Share of all persons by site."""
        shares = {site: tries[SITES[site]] / tries[PHONE_2024] for site in SITES}
        return origins_of(shares, self.scenarios[2024])

    def look(self, tries: Mapping[str, float], replications: range) -> Attempt:
        """What is answered if so many try: answered per first attempt seen, times those expected."""
        profiles, origins = self.profiles(tries), self.origins(tries)
        answered: dict[str, Floats] = {}
        first: dict[str, float] = {}
        for year, scenario in self.scenarios.items():
            mine = {channel: profiles[f"{channel}-{year}"] for channel in ("chat", "phone")}
            mine |= {"sms": mine["chat"], "ung": mine["chat"], "email": mine["phone"]}
            years = simulation(scenario, "compiled", self._seed, self.point.number, profiles=mine, origins=origins)
            seen = [seen_in(years.year(r), calendars()[year], year) for r in replications]
            answered |= {name: np.array([each[0][name] for each in seen]) for name in seen[0][0]}
            first |= {name: float(np.mean([each[1][name] for each in seen])) for name in seen[0][1]}
        scale = {name: tries[name] / first[name] if first.get(name) else 1.0 for name in answered}
        return Attempt(
            tries,
            {name: float(counts.mean()) * scale[name] for name, counts in answered.items()},
        )

    def world(self, last: Attempt, demand: Mapping[str, float]) -> World:
        """The world that was found."""
        profiles = {name: Factors.of(each) for name, each in self.profiles(last.tries).items()}
        origins = {site: float(f"{share:.6g}") for site, share in self.origins(last.tries).items()}
        return World(
            self.point.number,
            self.point.values,
            profiles,
            origins,
            {name: float(f"{value:.4g}") for name, value in demand.items()},
            {name: float(f"{value:.5g}") for name, value in last.answered.items()},
        )


def _profile(
    habits: Habits, year: int, totals: Mapping[str, float], months: Mapping[int, float] | None = None
) -> Profile:
    calendar, whole = calendars()[year], len(totals) == 1
    blocks: Mapping[str, ScheduleRule | None] = {"all": ALWAYS} if whole else block_schedules()
    hours = _whole(year) if whole else hours_of_blocks(calendar)
    of_habits = {"weekday_factors": habits.weekdays, "month_factors": habits.months}
    return build_profile(habits.hours, calendar, blocks, totals, months, hours=hours, **of_habits)


def _solved_demand(candidate: _Candidate, tries: Mapping[str, float]) -> dict[str, float]:
    """What was solved, in the terms that priors speak of."""
    chat_2023 = sum(tries[name] for name in CHAT_BLOCKS.values())
    window = BLOCKS.index(WINDOW)
    hours = {year: hours_of_blocks(calendar).sum(axis=(1, 2, 3))[window] for year, calendar in calendars().items()}
    return {
        "chat-first-attempts-2023": chat_2023,
        "trend-2024-in-window": tries[CHAT_2024] / hours[2024] / (tries[CHAT_BLOCKS[WINDOW]] / hours[2023]),
        "phone-first-attempts-2023": tries[PHONE_2023],
        "trend-2024-phone": tries[PHONE_2024] / tries[PHONE_2023] * DAYS[2023] / DAYS[2024],
    }


def _outside(demand: Mapping[str, float], priors: Mapping[str, Prior]) -> str | None:
    """Which solved quantity lies outside its prior."""
    for name, value in demand.items():
        low, high = priors[f"prior-{name}"].support
        if not low <= value <= high:
            return f"outside_{name.replace('-', '_')}"
    return None


def _misses(last: Attempt, published: Published, units: Mapping[str, float]) -> str | None:
    """Which published figure the candidate does not reproduce."""
    for name, value in published.figures.items():
        if abs(np.log(max(last.answered[name], 1e-9) / value)) > MOST_UNITS * units[name]:
            return f"misses_{name.replace('-', '_')}"
    return None


__all__ = ["RuledOut", "actual", "calendars", "solved"]
