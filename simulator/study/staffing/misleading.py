"""Where the formulas mislead, by rules on what was seen: too few, too many, and why.

Each rule says why the formula's picture differs from the service's; whether it matters is read off the simulation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from simulator.scenario.model import MESSAGES, ChannelRules, Scenario
from simulator.study.staffing.answer import Alternative, Hint
from simulator.study.staffing.columns import MOL, SIPP, Server
from simulator.study.staffing.slots import Slots, has_special_days
from simulator.study.staffing.staffed import own_shifts
from simulator.study.staffing.targets import Target

_LONG_SHARE = 0.5
"""A conversation of at least this share of a slot carries work over into the next."""
_FEW_SERVERS = 5


@dataclass(frozen=True)
class Sight:
    """What the rules look at: the channel, what is asked of it, what is needed, and what the formulas would staff."""

    scenario: Scenario
    rules: ChannelRules
    slots: Slots
    target: Target
    server: Server
    answer: Alternative
    formulas: Mapping[str, Alternative]
    weeks: float


def hints(sight: Sight) -> tuple[Hint, ...]:
    """Every rule that applies, the weightiest first."""
    return tuple([*_few_and_many(sight), *_reasons(sight), *_caveats(sight)])


def _few_and_many(sight: Sight) -> Iterator[Hint]:
    """Half-hours in which a formula staffs too few, and in which it staffs more than are needed."""
    for method in (SIPP, MOL):
        formula = sight.formulas[method]
        few = np.flatnonzero(formula.missed)
        more = formula.people - sight.answer.people
        many = np.flatnonzero((more > 0) & ~formula.missed)
        if len(few):
            worst = few[np.argmin(sight.target.margin(formula.share[few]))]
            yield Hint(f"{method}.few", tuple(few.tolist()), {"share": float(formula.share[worst])})
        if len(many):
            hours = float((more[many] * sight.slots.size[many]).sum() * sight.slots.step_min / 60)
            yield Hint(f"{method}.many", tuple(many.tolist()), {"hours": hours})


def _reasons(sight: Sight) -> Iterator[Hint]:
    groups, step_h = sight.slots.groups, sight.slots.step_min / 60
    sipp = sight.formulas[SIPP]
    opening = [number for number, group in enumerate(groups) if group.opens]
    over = tuple(number for number in opening if sipp.people[number] > sight.answer.people[number])
    minutes = 60 * sight.server.service.mean
    if over:
        yield Hint("opening", over, {"minutes": minutes})
    if sight.server.service.mean >= _LONG_SHARE * step_h:
        differ = np.flatnonzero(sight.formulas[MOL].people != sipp.people)
        yield Hint("long", tuple(differ.tolist()), {"minutes": minutes, "step": sight.slots.step_min})
    if sight.server.places > 1:
        yield Hint("pace", (), {"places": sight.server.places})
    small = np.flatnonzero(sight.answer.people < _FEW_SERVERS)
    if len(small):
        yield Hint("small", tuple(small.tolist()), {"most": _FEW_SERVERS - 1})
    busyness = sight.scenario.demand.busyness
    if busyness.day_shape or busyness.hour_shape:
        yield Hint("busyness")
    closing = tuple(number for number, group in enumerate(groups) if group.closes)
    if closing and sight.answer.overtime_hours > 0:
        yield Hint("closing", closing, {"hours": sight.answer.overtime_hours / sight.weeks})
    if sight.rules.redial is not None and sight.rules.redial.probability > 0:
        yield Hint("redials")
    if sight.rules.patience is not None and sight.rules.patience.distribution != "exponential":
        yield Hint("patience")


def _caveats(sight: Sight) -> Iterator[Hint]:
    if dips := _dips(sight):
        yield Hint("dips", dips)
    alone = np.flatnonzero(sight.answer.people == 1)
    if len(alone):
        yield Hint("alone", tuple(alone.tolist()))
    own = own_shifts(sight.scenario, sight.slots.channel)
    if any(set(shift.answers) & set(MESSAGES) for shift in own.values()):
        yield Hint("messages")
    if has_special_days(sight.rules.open):
        yield Hint("special_days")
    if sight.slots.channel == "phone" and len(sight.scenario.sites) > 1:
        yield Hint("local_sites")


def _dips(sight: Sight) -> tuple[int, ...]:
    """Half-hours with fewer people than both the one before and the one after."""
    groups, people = sight.slots.groups, sight.answer.people
    step = sight.slots.step_min
    return tuple(
        here
        for here in range(1, len(groups) - 1)
        if groups[here].minute - groups[here - 1].minute == groups[here + 1].minute - groups[here].minute == step
        and people[here] < min(people[here - 1], people[here + 1])
    )
