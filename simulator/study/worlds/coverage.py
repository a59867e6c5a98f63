"""Coverage on invented truths: whether intervals hold what they claim to, when only what the report publishes is known.

A truth is a world drawn from the priors, demand included; every other one has a day that no member of the family of
shapes can have. One year of it is published as the report would publish it; the calibration sees nothing else, and its
predictions are held against what the truth would really answer.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, cycle, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.demand.profile import HOURS
from simulator.demand.shipped import shipped_origins
from simulator.scenario import load
from simulator.scenario.calendar import Calendar
from simulator.service.engines import simulation
from simulator.service.keys import Key
from simulator.study.blocks import BLOCKS, WINDOW
from simulator.study.solve import hours_of_blocks
from simulator.study.workers import spread
from simulator.study.worlds.answers import answers
from simulator.study.worlds.calibrate import Inputs, State, TooFewWorldsError, calibrate
from simulator.study.worlds.design import Habits, point
from simulator.study.worlds.parameters import impossible
from simulator.study.worlds.priors import Prior
from simulator.study.worlds.published import FIGURES, Published
from simulator.study.worlds.sight import seen_in
from simulator.study.worlds.solving import actual, calendars
from simulator.study.worlds.world import Factors, World

Floats = NDArray[np.float64]

TRUTHS, WORLDS_EACH = 40, 40
"""Truths, and worlds kept for each, unless other numbers are asked for."""
QUESTIONS = ("round-the-clock", "open-to-02")
"""Chats that a round-the-clock chat would answer, and that chat until 02:00 would add to 2024's."""
TRUE_YEARS, PREDICTED_YEARS = 40, 2
LEVEL = (5.0, 95.0)
MOST_CANDIDATES, FEWEST_WORLDS = 240, 20
"""Candidates that are looked at for each truth, unless fewer worlds than the fewest are then kept: then twice as
many."""
PRIOR_DRAWS = 80
"""Truths over which the prior-predictive interval is taken, those that are calibrated included."""
_ANSWERED = Key("answered", "chat")
_BASE, _ROUND_THE_CLOCK, _TO_02 = "2024-actual", "round-the-clock", "open-to-02"
_TRUTH_WORLD = 1_000_000
"""Number of a truth as a world: no candidate shares its random numbers."""
_SHARE_DIFFERS = 0.2
"""Standard deviation of the logarithm of a site's share, about the shipped ones."""


@dataclass(frozen=True)
class Truth:
    """An invented truth.

    Attributes
    ----------
    world
        It.
    outside_family
        Whether its day is of no form that the reconstruction can take.
    published
        What the report would say of it: one year each of 2023 and 2024.
    """

    world: World
    outside_family: bool
    published: Published


@dataclass(frozen=True)
class Row:
    """One question asked of one truth.

    Attributes
    ----------
    truth, outside_family, question
        Which.
    true
        What the truth would answer in an expected year.
    low, median, high
        5, 50 and 95 % points over the worlds that were kept.
    worlds, candidates
        How many were kept of how many.
    """

    truth: int
    outside_family: bool
    question: str
    true: float
    low: float
    median: float
    high: float
    worlds: int
    candidates: int

    @property
    def holds(self) -> bool:
        """Whether the interval holds the truth."""
        return self.low <= self.true <= self.high


@dataclass(frozen=True)
class Covered:
    """What came out for one question.

    Attributes
    ----------
    held, truths
        In how many of how many the 90 % interval holds the truth.
    median_width
        Of the intervals.
    prior_width
        Of the prior-predictive 5-95 % interval: over truths, with nothing published.
    """

    question: str
    held: int
    truths: int
    median_width: float
    prior_width: float


def truths(inputs: Inputs, seed: int) -> Iterator[Truth]:
    """Truths drawn from the priors for ever, one with a day outside the family, one with a day of it, and so on.

    Those that no service could be are passed over.
    """
    numbers = count(1, 2), count(2, 2)
    for turn in cycle(numbers):
        found = (truth(number, inputs.priors, seed) for number in turn)
        yield next(each for each in found if each is not None)


def truth(number: int, priors: Mapping[str, Prior], seed: int) -> Truth | None:
    """The truth of one number, None where the priors exclude what its demand makes of its people."""
    drawn = point(number, seed + 7_919, priors)
    if impossible(drawn.values):
        return None
    rng = np.random.default_rng([seed, number])
    outside = bool(number % 2)
    chat = outlandish_day(rng) if outside else drawn.habits["chat"].hours
    demand = {
        name: priors[f"prior-{name}"].quantile(float(rng.uniform()))
        for name in (
            "chat-first-attempts-2023",
            "trend-2024-in-window",
            "phone-first-attempts-2023",
            "trend-2024-phone",
        )
    }
    habits = {"chat": replace(drawn.habits["chat"], hours=chat), "phone": drawn.habits["phone"]}
    factors = {
        f"{channel}-{year}": _factors(habit, demand[f"{channel}-first-attempts-2023"], trend)
        for channel, habit in habits.items()
        for year, trend in ((2023, np.ones(HOURS)), (2024, _trend(channel, drawn.values, demand)))
    }
    shares = shipped_origins("day-and-night")
    spread = {site: share * float(np.exp(_SHARE_DIFFERS * rng.standard_normal())) for site, share in shares.items()}
    scale = sum(shares.values()) / sum(spread.values())
    origins = {site: share * scale for site, share in spread.items()}
    world = World(_TRUTH_WORLD + number, drawn.values, factors, origins, demand, {})
    figures, first = _published(world, seed)
    most = priors["prior-attempts-per-answer"].support[1]
    if any(figures[name] <= 0 or first.get(name, 0.0) > most * figures[name] for name in FIGURES):
        return None
    return Truth(world, outside, Published(figures))


def _factors(habit: Habits, total_2023: float, trend: Floats) -> Factors:
    """The profile of a year with so many first attempts in 2023, times a trend by clock hour."""
    months, weekdays, hours = (tuple(map(float, each)) for each in (habit.months, habit.weekdays, habit.hours))
    base = Factors(months, weekdays, hours)
    scale = total_2023 / _yearly(base, 2023)
    return replace(base, hours=tuple(map(float, habit.hours * trend * scale)))


def outlandish_day(rng: np.random.Generator) -> Floats:
    """Share of each clock hour in a day of bumps and steps: narrow peaks, sudden starts and ends, dead hours."""
    hour = np.arange(HOURS) + 0.5
    rate = np.full(HOURS, float(rng.uniform(0.1, 0.5)))
    for _ in range(int(rng.integers(2, 5))):
        centre, narrow = rng.choice([rng.uniform(0, 24), rng.normal(22.5, 2.0)]), rng.uniform(1.0, 12.0)
        rate += rng.uniform(0.3, 2.0) * np.exp(narrow * (np.cos(2 * np.pi * (hour - centre) / HOURS) - 1))
    for _ in range(int(rng.integers(1, 3))):
        start, length = rng.uniform(0, 24), rng.uniform(2, 8)
        rate[(hour - start) % HOURS < length] *= rng.uniform(0.5, 2.0)
    return np.asarray(rate / rate.sum())


def _trend(channel: str, values: Mapping[str, float], demand: Mapping[str, float]) -> Floats:
    """Demand of 2024 over that of 2023 by clock hour."""
    if channel == "phone":
        return np.full(HOURS, demand["trend-2024-phone"])
    hours = hours_of_blocks(calendars()[2024]).sum(axis=(1, 2))
    inside = hours[BLOCKS.index(WINDOW)] / hours.sum(axis=0)
    return np.asarray(inside * demand["trend-2024-in-window"] + (1 - inside) * values["trend-2024-outside-window"])


def _yearly(factors: Factors, year: int) -> float:
    calendar: Calendar = calendars()[year]
    hours = calendar.hours
    return float(factors.profile.per_hour[hours.month - 1, hours.weekday, hours.hour].sum())


def _published(world: World, seed: int) -> tuple[dict[str, float], dict[str, float]]:
    """What one year each of 2023 and 2024 brings, as the report counts it: answered, and first attempts."""
    answered: dict[str, float] = {}
    first: dict[str, float] = {}
    for year, scenario in actual().items():
        applied = world.applied(scenario)
        years = simulation(
            applied, "compiled", seed, world.number, profiles=world.demand(scenario), origins=world.origins
        )
        seen = seen_in(years.year(0), calendars()[year], year)
        answered |= seen[0]
        first |= seen[1]
    return answered, first


def _true_answers(world: World, seed: int, years: int) -> dict[str, float]:
    plans = {name: load(name) for name in (_BASE, _ROUND_THE_CLOCK, _TO_02)}
    chats = {
        name: float(answers(plan, [world], [_ANSWERED], years, seed + 1, workers=1).means[0, 0])
        for name, plan in plans.items()
    }
    return {"round-the-clock": chats[_ROUND_THE_CLOCK], "open-to-02": chats[_TO_02] - chats[_BASE]}


def asked_of(invented: Truth, inputs: Inputs, wanted: int, seed: int) -> list[Row]:
    """Calibrate on what a truth publishes, predict, and compare."""
    mine = replace(inputs, published=invented.published, seed=seed + invented.world.number)
    kept, candidates = _kept(mine, wanted)
    true = _true_answers(invented.world, seed, TRUE_YEARS)
    predicted = _predicted(kept, seed) if len(kept) > 1 else dict.fromkeys(QUESTIONS, np.full(1, np.nan))
    rows = []
    for question in QUESTIONS:
        # Of n worlds the positions p (n + 1), so that one more draw is as likely inside as claimed (Weibull 1939)
        points = np.percentile(predicted[question], (LEVEL[0], 50.0, LEVEL[1]), method="weibull")
        low, median, high = map(float, points)
        number = invented.world.number - _TRUTH_WORLD
        row = (number, invented.outside_family, question, true[question], low, median, high, len(kept), candidates)
        rows.append(Row(*row))
    return rows


def _kept(inputs: Inputs, wanted: int) -> tuple[tuple[World, ...], int]:
    """Worlds kept for a truth, and of how many candidates: fewer than wanted where few of them fit."""
    state = State()
    for enough, most in ((wanted, MOST_CANDIDATES), (min(wanted, FEWEST_WORLDS), 2 * MOST_CANDIDATES)):
        if len(state.kept) >= min(wanted, FEWEST_WORLDS):
            break
        try:
            worlds = calibrate(inputs, enough, workers=1, begun=state, most_candidates=most)
            return worlds.worlds, int(worlds.made["candidates"])
        except TooFewWorldsError as short:
            state = short.state
    return state.kept, state.candidates


def _predicted(kept: tuple[World, ...], seed: int) -> dict[str, Floats]:
    chats = {
        name: answers(load(name), kept, [_ANSWERED], PREDICTED_YEARS, seed, workers=1).means[0]
        for name in (_BASE, _ROUND_THE_CLOCK, _TO_02)
    }
    return {"round-the-clock": chats[_ROUND_THE_CLOCK], "open-to-02": chats[_TO_02] - chats[_BASE]}


def coverage(
    inputs: Inputs,
    number: int = TRUTHS,
    wanted: int = WORLDS_EACH,
    seed: int = 1,
    workers: int | None = None,
    told: Any = lambda *_: None,
) -> tuple[list[Row], list[Covered]]:
    """Ask the questions of many truths.

    Parameters
    ----------
    inputs
        Priors; what is published comes from the truths.
    number
        How many truths are calibrated.
    wanted
        Worlds kept for each.
    seed
        Of truths, designs and simulated years.
    workers
        Truths at the same time; None for one per core. It moves no result.
    told
        Called after each truth with (done, in all, None).

    Returns
    -------
    rows, covered
        By truth and question, and the sum of them by question.
    """
    drawn = list(islice(truths(inputs, seed), max(number, PRIOR_DRAWS)))
    with closing(spread(partial(_prior_answers, seed), drawn, workers)) as found:
        prior = list(found)
    rows: list[Row] = []
    with closing(spread(partial(_asked, inputs, wanted, seed), drawn[:number], workers)) as asked:
        for done, more in enumerate(asked, 1):
            rows += more
            told(done, number, None)
    return rows, [_covered(question, rows, prior) for question in QUESTIONS]


def _prior_answers(seed: int, invented: Truth) -> dict[str, float]:
    return _true_answers(invented.world, seed, PREDICTED_YEARS)


def _asked(inputs: Inputs, wanted: int, seed: int, invented: Truth) -> list[Row]:
    return asked_of(invented, inputs, wanted, seed)


def _covered(question: str, rows: list[Row], prior: list[dict[str, float]]) -> Covered:
    mine = [each for each in rows if each.question == question]
    low, high = np.percentile([each[question] for each in prior], LEVEL)
    width = float(np.nanmedian([each.high - each.low for each in mine]))
    return Covered(question, sum(each.holds for each in mine), len(mine), width, float(high - low))
