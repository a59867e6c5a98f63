"""Demand is solved, not guessed: the first attempts under which the simulated *answered* meet the published figures.

One multiplier per published block, month and group of sites, found by fixed point on the default worlds of 2023 and
2024. The outcome is committed as CSV, so that no library's rounding moves a baseline; a test solves it again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.demand import block_hours, build_profile, reference_shape, write_origins, write_profile
from simulator.demand.profile import Profile
from simulator.evidence import number
from simulator.scenario import load
from simulator.scenario.calendar import Calendar
from simulator.scenario.model import CHANNELS, Scenario
from simulator.scenario.order import site_order
from simulator.scenario.schedule import ALWAYS, ScheduleRule
from simulator.service.keys import Key
from simulator.study.backtest import ACTUAL, DAYS
from simulator.study.blocks import BLOCKS, NIGHT, OTHER_CLOSED, WINDOW, BlockYardstick, block_key, chat_hours_2024
from simulator.study.intervals import ratio_of_totals
from simulator.study.replicate import replicate

MARCH, JUNE = 3, 6
NAMED_SITES = {
    "oslo": "calls-per-day-oslo-2024",
    "asker-og-baerum": "calls-per-day-asker-og-baerum-2024",
    "romerike": "calls-per-day-romerike-2024",
    "trondheim": "calls-per-day-trondheim-2024",
}
OTHER_SITES = "others"
MOST_ATTEMPTS_PER_ANSWER = 8.0
"""Beyond this many first attempts for each answer no demand reaches the target: there are too few people on duty."""

Said = Callable[[str], None]


class CapacityError(Exception):
    """The people on duty cannot answer as many as were published, however many try."""


@dataclass(frozen=True)
class Solution:
    """First attempts in a year, by what the published figures can tell apart.

    Attributes
    ----------
    chat_2023
        By block (`BLOCKS`).
    chat_2024
        By block; outside the window it is 2023's rate times the trend.
    march_2024
        Chats in March 2024, round the clock.
    phone
        By year.
    june_2024
        Calls in June 2024.
    shares
        Share of all persons in each named site's municipalities, and in all others' together.
    """

    chat_2023: Mapping[str, float]
    chat_2024: Mapping[str, float]
    march_2024: float
    phone: Mapping[int, float]
    june_2024: float
    shares: Mapping[str, float]


def targets() -> Solution:
    """The published figures in the form of a solution: what the simulated answered must meet."""
    calls = {site: number(figure) * DAYS[2024] for site, figure in NAMED_SITES.items()}
    phone = number("phone-answered-2024")
    network = phone * (1.0 - number("phone-share-kristiansand-2024"))
    shares = {**calls, OTHER_SITES: network - sum(calls.values())}
    return Solution(
        chat_2023={
            NIGHT: number("chat-answered-2023-00-04"),
            OTHER_CLOSED: number("chat-answered-2023-hours-closed-2024") - number("chat-answered-2023-00-04"),
            WINDOW: number("chat-answered-2023") - number("chat-answered-2023-hours-closed-2024"),
        },
        chat_2024={WINDOW: number("chat-answered-2024")},
        march_2024=number("chat-answered-march-2024"),
        phone={2023: number("phone-answered-2023"), 2024: phone},
        june_2024=number("phone-answered-june-2024"),
        shares={site: count / phone for site, count in shares.items()},
    )


def block_schedules() -> dict[str, ScheduleRule | None]:
    """The three blocks as schedules; None takes the rest."""
    night = ScheduleRule.model_validate({"daily": "00:00-04:00"})
    return {NIGHT: night, OTHER_CLOSED: None, WINDOW: chat_hours_2024()}


def first_guess(wanted: Solution, calendars: Mapping[int, Calendar]) -> Solution:
    """As many first attempts as answers, March's chats counted round the clock."""
    chat_2023 = dict(wanted.chat_2023)
    year = outside_window(chat_2023, calendars, _trend()) | {WINDOW: wanted.chat_2024[WINDOW]}
    march = wanted.march_2024 * sum(year.values()) / wanted.chat_2024[WINDOW]
    return replace(wanted, chat_2023=chat_2023, chat_2024=year, march_2024=march)


def _trend() -> float:
    return number("default-trend-2024-outside-window")


@lru_cache(maxsize=4)
def hours_of_blocks(calendar: Calendar) -> NDArray[np.float64]:
    """Hours of a year in each block by month, weekday and clock hour; see `block_hours`."""
    hours = block_hours(calendar, block_schedules())
    hours.setflags(write=False)
    return hours


def outside_window(chat_2023: Mapping[str, float], calendars: Mapping[int, Calendar], trend: float) -> dict[str, float]:
    """Chats of 2024 in the hours then closed, by block: the hourly rate of 2023 times a trend."""
    hours = {year: hours_of_blocks(calendar).sum(axis=(1, 2, 3)) for year, calendar in calendars.items()}
    return {
        block: chat_2023[block] * trend * hours[2024][i] / hours[2023][i]
        for i, block in enumerate(BLOCKS)
        if block != WINDOW
    }


def profiles_of(solution: Solution, reference: str, calendars: Mapping[int, Calendar]) -> dict[str, Profile]:
    """The four profiles of a solution, tilted from a reference shape."""
    shape, blocks = reference_shape(reference), block_schedules()
    always: dict[str, ScheduleRule | None] = {"all": ALWAYS}
    phone = {year: {"all": total} for year, total in solution.phone.items()}
    return {
        "chat-2023": build_profile(shape, calendars[2023], blocks, solution.chat_2023),
        "chat-2024": build_profile(shape, calendars[2024], blocks, solution.chat_2024, {MARCH: solution.march_2024}),
        "phone-2023": build_profile(shape, calendars[2023], always, phone[2023]),
        "phone-2024": build_profile(shape, calendars[2024], always, phone[2024], {JUNE: solution.june_2024}),
    }


def origins_of(shares: Mapping[str, float], scenario: Scenario) -> dict[str, float]:
    """The share of each site; those without a published figure share alike."""
    others = [key for key in site_order(scenario.sites)[1:] if key not in shares]
    return {
        key: shares[key] if key in shares else shares[OTHER_SITES] / len(others)
        for key in site_order(scenario.sites)[1:]
    }


def solve(
    reference: str,
    replications: int = 200,
    passes: int = 7,
    seed: int = 2024,
    workers: int | None = None,
    said: Said = lambda _: None,
) -> tuple[dict[str, Profile], dict[str, float]]:
    """Solve the demand of both years for one reference shape.

    Parameters
    ----------
    reference
        Name of the reference shape.
    replications, seed
        Simulated years of each world in each pass, always the same ones.
    passes
        Fixed-point passes. The first half uses a quarter of the years: far from the answer they are enough.
    workers
        How many years are simulated at the same time; None for one per core.
    said
        Told the largest distance from a target after each pass.

    Returns
    -------
    profiles, origins
        Profiles by name and shares by site, ready to be committed.

    Raises
    ------
    CapacityError
        If the people on duty cannot reach a published figure at any demand.
    """
    worlds = {year: _world(load(name), reference) for year, name in ACTUAL.items()}
    calendars = {year: Calendar.of(world) for year, world in worlds.items()}
    wanted = targets()
    solution = first_guess(wanted, calendars)
    for attempt in range(passes):
        years = replications if attempt >= passes // 2 else max(2, replications // 4)
        seen = _answered(worlds, solution, reference, calendars, years, seed, workers)
        solution = _closer(solution, wanted, seen, calendars)
        _refuse_too_few_people(solution, wanted)
        said(f"{reference} {attempt + 1}/{passes}: {_distance(seen, wanted):.4f}")
    return profiles_of(solution, reference, calendars), origins_of(solution.shares, worlds[2024])


def write_solution(folder: Path, profiles: Mapping[str, Profile], origins: Mapping[str, float]) -> None:
    """Write the profiles and shares of one reference shape as CSV."""
    for name, profile in profiles.items():
        write_profile(profile, folder / f"{name}.csv")
    write_origins(origins, folder / "origins.csv")


def _world(scenario: Scenario, reference: str) -> Scenario:
    return scenario.model_copy(update={"demand": scenario.demand.model_copy(update={"reference": reference})})


def _profiles_by_channel(
    solution: Solution, reference: str, calendars: Mapping[int, Calendar], world: Scenario
) -> dict[str, Profile]:
    """Who tries in a world as the solution has it, before anything is written."""
    profiles = profiles_of(solution, reference, calendars)
    named = {name: demand.profile for name in CHANNELS if (demand := world.demand_of(name)) and demand.profile}
    return {channel: profiles[name] for channel, name in named.items()}


def _answered(
    worlds: Mapping[int, Scenario],
    solution: Solution,
    reference: str,
    calendars: Mapping[int, Calendar],
    replications: int,
    seed: int,
    workers: int | None,
) -> Solution:
    """What the default worlds answer if the solution is who tries."""
    means: dict[int, dict[Key, float]] = {}
    for year, world in worlds.items():
        with replicate(
            world,
            replications,
            seed,
            BlockYardstick,
            workers=workers,
            profiles=_profiles_by_channel(solution, reference, calendars, world),
            origins=origins_of(solution.shares, world),
        ) as study:
            mean, _ = ratio_of_totals(*study.seen.of(study.seen.keys))
        means[year] = dict(zip(study.seen.keys, map(float, mean), strict=True))
    sites = site_order(worlds[2024].sites)[1:]
    calls = {site: means[2024][Key("answered", "phone", site)] for site in sites}
    named = {site: calls[site] for site in NAMED_SITES}
    phone = means[2024][Key("answered", "phone")]
    shares = {**named, OTHER_SITES: sum(calls.values()) - sum(named.values())}
    return Solution(
        chat_2023={block: means[2023][block_key(block)] for block in BLOCKS},
        chat_2024={WINDOW: means[2024][Key("answered", "chat")]},
        march_2024=means[2024][Key("answered", "chat", month=f"{MARCH:02d}")],
        phone={year: means[year][Key("answered", "phone")] for year in worlds},
        june_2024=means[2024][Key("answered", "phone", month=f"{JUNE:02d}")],
        shares={site: count / phone for site, count in shares.items()},
    )


def _closer(tried: Solution, wanted: Solution, seen: Solution, calendars: Mapping[int, Calendar]) -> Solution:
    """Every number of the solution times what was wanted over what was seen."""
    chat_2023 = {block: tried.chat_2023[block] * wanted.chat_2023[block] / seen.chat_2023[block] for block in BLOCKS}
    window = tried.chat_2024[WINDOW] * wanted.chat_2024[WINDOW] / seen.chat_2024[WINDOW]
    return Solution(
        chat_2023=chat_2023,
        chat_2024={**outside_window(chat_2023, calendars, _trend()), WINDOW: window},
        march_2024=tried.march_2024 * wanted.march_2024 / seen.march_2024,
        phone={year: tried.phone[year] * wanted.phone[year] / seen.phone[year] for year in tried.phone},
        june_2024=tried.june_2024 * wanted.june_2024 / seen.june_2024,
        shares={site: tried.shares[site] * wanted.shares[site] / seen.shares[site] for site in tried.shares},
    )


def _distance(seen: Solution, wanted: Solution) -> float:
    """Largest relative distance of any target."""
    pairs = [
        *((seen.chat_2023[block], wanted.chat_2023[block]) for block in BLOCKS),
        (seen.chat_2024[WINDOW], wanted.chat_2024[WINDOW]),
        (seen.march_2024, wanted.march_2024),
        *((seen.phone[year], wanted.phone[year]) for year in wanted.phone),
        (seen.june_2024, wanted.june_2024),
        *((seen.shares[site], wanted.shares[site]) for site in wanted.shares),
    ]
    return float(max(np.abs(a / b - 1.0) for a, b in pairs))


def _refuse_too_few_people(solution: Solution, wanted: Solution) -> None:
    tries = [
        *((f"chat 2023 {block}", solution.chat_2023[block] / wanted.chat_2023[block]) for block in BLOCKS),
        ("chat 2024", solution.chat_2024[WINDOW] / wanted.chat_2024[WINDOW]),
        *((f"phone {year}", solution.phone[year] / wanted.phone[year]) for year in wanted.phone),
    ]
    for name, ratio in tries:
        if ratio > MOST_ATTEMPTS_PER_ANSWER:
            raise CapacityError(
                f"{name}: {ratio:.0f} first attempts for each published answer and still too few answered; "
                "put more people on duty, or shorter conversations, in the default world"
            )
