"""The random numbers that one simulated year uses, counted kind by kind, and what numpy needs just to draw so many.

Only numbers that decide something are counted: the work of those who are answered, the patience of those who wait, what
those do who meet a closed door. numpy draws each kind in one call, the way it is quickest.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from simulator.demand import Contacts, Demand
from simulator.scenario.model import CHANNELS, LIVE, Duration, Scenario
from simulator.service import ledger as book
from simulator.service.ledger import Ledger

Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]

UNIFORM: Draw = np.random.Generator.random
EXPONENTIAL: Draw = np.random.Generator.standard_exponential
NORMAL: Draw = np.random.Generator.standard_normal

FAILED = (book.ABANDONED, book.BALKED, book.BLOCKED)
CLOSED = (book.MET_CLOSED, book.TURNED_AWAY)


@dataclass(frozen=True)
class Kind:
    """Numbers of one kind: what they decide, how many, and how numpy draws them."""

    what: str
    count: int
    draw: Draw


def draw_all(kinds: list[Kind], seed: int) -> None:
    """Let numpy draw every kind in one call."""
    rng = np.random.default_rng(seed)
    for kind in kinds:
        kind.draw(rng, kind.count)


def used(scenario: Scenario, demand: Demand, contacts: Contacts, ledger: Ledger) -> list[Kind]:
    """What a year needs, given who came and what happened to them."""
    kinds = [*_of_arrivals(scenario, demand, contacts), *_of_attempts(scenario, contacts, ledger)]
    return [kind for kind in kinds if kind.count]


def _of_arrivals(scenario: Scenario, demand: Demand, contacts: Contacts) -> Iterator[Kind]:
    """Busyness, arrivals, and the sites' own duty work."""
    busyness = scenario.demand.busyness
    some = [cells for cells in demand.cells if len(cells.mean)]
    if busyness.day_shape is not None:
        days = sum(len(np.unique(cells.service_day)) for cells in some)
        shared = len(np.unique(np.concatenate([cells.service_day for cells in some])))
        yield Kind("normal scores of busy days, each channel's and shared", days + shared, NORMAL)
    if busyness.hour_shape is not None:
        hours = sum(len(np.unique(cells.utc_hour)) for cells in some)
        yield Kind("gamma factors of busy hours", hours, _gamma(busyness.hour_shape))
    cells = sum(len(cells.mean) for cells in some)
    yield Kind("exponential gaps between arrivals, one more in each cell", len(contacts) + cells, EXPONENTIAL)
    yield Kind("uniform places within a cell", len(contacts), UNIFORM)
    spells = len(contacts.background.start_ms)
    yield Kind("exponential lengths of sites' own duty work and of the time between", 2 * spells, EXPONENTIAL)


def _of_attempts(scenario: Scenario, contacts: Contacts, ledger: Ledger) -> Iterator[Kind]:
    """What people need and do."""
    live = ledger.channel < len(LIVE)
    callers = len(np.unique(ledger.person[ledger.channel == CHANNELS.index("phone")]))
    yield Kind("uniform home towns of callers", callers, UNIFORM)
    for code, name in enumerate(CHANNELS):
        rules, mine = scenario.channel(name), ledger.channel == code
        if rules is None:
            continue
        taken = int((mine & (ledger.start_ms >= 0)).sum())
        yield Kind(f"work of answered {name}, {rules.work.distribution}", taken, _duration(rules.work))
        if rules.wrap_up is not None:
            yield Kind(f"wrap-up of answered {name}", taken, _duration(rules.wrap_up))
        if rules.patience is not None and name in LIVE:
            waited = mine & ((ledger.wait_ms > 0) | (ledger.fate == book.ABANDONED)) & ~np.isin(ledger.fate, CLOSED)
            yield Kind(f"patience of those who wait, {name}", int(waited.sum()), _duration(rules.patience))
    yield from _of_choices(contacts, ledger, live)


def _of_choices(contacts: Contacts, ledger: Ledger, live: NDArray[np.bool_]) -> Iterator[Kind]:
    """What people decide when nobody answers, and when they try again."""
    once_more = ledger.attempt + 1 < contacts.max_attempts
    found_nobody = live & ((ledger.wait_ms > 0) | np.isin(ledger.fate, (book.ABANDONED, book.BALKED)))
    found_nobody &= ledger.fate != book.MET_CLOSED
    yield Kind("uniform: turn in the door?", int(found_nobody.sum()), UNIFORM)
    yield Kind("uniform: redial?", int((np.isin(ledger.fate, FAILED) & once_more).sum()), UNIFORM)
    yield Kind("uniform: before a closed door", int((live & np.isin(ledger.fate, CLOSED) & once_more).sum()), UNIFORM)
    again = int(np.isin(ledger.next, (book.NEXT_REDIAL, book.NEXT_RETURN)).sum())
    yield Kind("exponential times until they try again", again, EXPONENTIAL)


def _gamma(shape: float) -> Draw:
    return lambda rng, count: rng.standard_gamma(shape, count)


def _duration(duration: Duration) -> Draw:
    """Times of a family in numpy's own way."""
    mean, cv = duration.mean_min, duration.cv or 0.0
    if duration.distribution == "fixed":
        return lambda _, count: np.full(count, mean)
    if duration.distribution == "exponential":
        return lambda rng, count: rng.exponential(mean, count)
    if duration.distribution == "lognormal":
        variance = log(1 + cv * cv)
        return lambda rng, count: rng.lognormal(log(mean) - variance / 2, sqrt(variance), count)
    return lambda rng, count: rng.gamma(1 / (cv * cv), mean * cv * cv, count)
