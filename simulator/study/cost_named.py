"""A roster round the clock beside the sum that was named for it in 2023, and the way from one to the other.

Every step is computed: the roster is priced again with one more term changed, by evidence. What is left at the end has
a sign and is called what it is: not explained. Nothing is fitted to the sum, and nothing is simulated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.evidence import STATUSES, evidence, number, thaw
from simulator.scenario.calendar import Calendar
from simulator.scenario.model import LIVE, Pay, Scenario
from simulator.service.cost import cost_sheet
from simulator.service.measures import DAYS_OF_A_YEAR
from simulator.service.plan import Plan
from simulator.service.planning import make_plan
from simulator.study.worlds.world import Worlds

Floats = NDArray[np.float64]

NAMED = "grant-2023-planned"
"""Evidence: what the leader planned with for chat and phone round the clock in 2023."""
WEEKS_PAID = 52


@dataclass(frozen=True)
class Step:
    """One change of terms.

    Attributes
    ----------
    name
        Which.
    nok
        What it moves the cost of a year by.
    evidence
        Ids of what it rests on.
    status
        The weakest status of these.
    """

    name: str
    nok: float
    evidence: tuple[str, ...]
    status: str

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"name": self.name, "nok": self.nok, "evidence": list(self.evidence), "status": self.status}


@dataclass(frozen=True)
class NamedSum:
    """A roster beside the sum.

    Attributes
    ----------
    named_nok, roster_nok
        The sum, and what the roster costs as the scenario stands.
    steps
        From the roster to the cheapest terms that evidence allows, one after another.
    left_nok
        From there to the sum; roster, steps and this add up to the sum to the øre.
    alone
        What other changes would move the roster's cost by, each alone: terms in the other direction, and people whom
        somebody else may pay.
    seats
        Seats round the clock: ``roster`` holds so many; the sum pays so many at the scenario's own terms (``named``),
        at the cheapest and at the dearest.
    worlds_nok
        5, 50 and 95 % points of the roster's cost over plausible worlds; nan without worlds.
    share_of_worlds_within
        Share of the worlds whose roster costs no more than the sum; nan without worlds.
    """

    named_nok: float
    roster_nok: float
    steps: tuple[Step, ...]
    left_nok: float
    alone: tuple[Step, ...]
    seats: Mapping[str, float]
    worlds_nok: tuple[float, float, float]
    share_of_worlds_within: float

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        known = np.isfinite(self.share_of_worlds_within)
        return {
            "named_nok": self.named_nok,
            "evidence": NAMED,
            "roster_nok": self.roster_nok,
            "steps": [each.as_json() for each in self.steps],
            "left_nok": self.left_nok,
            "alone": [each.as_json() for each in self.alone],
            "seats_round_the_clock": {name: round(each, 3) for name, each in self.seats.items()},
            "worlds_nok": dict(zip(("low", "median", "high"), self.worlds_nok, strict=True)) if known else None,
            "share_of_worlds_within": self.share_of_worlds_within if known else None,
        }


def named_sum(scenario: Scenario, worlds: Worlds | None = None) -> NamedSum | None:
    """A scenario's roster beside the sum; None unless phone and chat are open round the clock for a year, with pay.

    Parameters
    ----------
    worlds
        Plausible worlds, over which rosters differ.
    """
    calendar, pay = Calendar.of(scenario), scenario.pay
    if pay is None or not _round_the_clock(scenario, calendar):
        return None
    plan = make_plan(scenario)
    whole = cost_sheet(plan, calendar, pay).whole
    cheap, dear = cheapest(pay), dearest(pay)
    steps, before = [], whole.cost_ore
    for name, terms, ids in cheap:
        after = cost_sheet(plan, calendar, terms).whole.cost_ore
        steps.append(_step(name, after - before, ids))
        before = after
    named_ore = round(number(NAMED) * 100)
    at_dearest = cost_sheet(plan, calendar, dear[-1][1] if dear else pay).whole.cost_ore
    held = whole.on_duty_ms / (calendar.end_ms - plan.measure_from_ms)
    costs = {"named": whole.cost_ore, "cheapest": before, "dearest": at_dearest}
    seats = {"roster": held, **{name: named_ore * held / cost for name, cost in costs.items() if cost}}
    over = _over_worlds(scenario, calendar, worlds)
    known = len(over) > 0
    spread = tuple(map(float, np.percentile(over, (5, 50, 95)))) if known else (np.nan,) * 3
    return NamedSum(
        named_nok=named_ore / 100,
        roster_nok=whole.nok,
        steps=tuple(steps),
        left_nok=(named_ore - before) / 100,
        alone=tuple(_alone(plan, calendar, pay)),
        seats=seats,
        worlds_nok=(spread[0], spread[1], spread[2]),
        share_of_worlds_within=float((over <= named_ore / 100).mean()) if known else np.nan,
    )


def _round_the_clock(scenario: Scenario, calendar: Calendar) -> bool:
    days = (calendar.last_day - calendar.first_day).days + 1 - scenario.period.warm_up_days
    for name in LIVE:
        rules = scenario.channel(name)
        windows = None if rules is None else np.clip(calendar.windows_ms(rules.open), 0, calendar.end_ms)
        if windows is None or int((windows[:, 1] - windows[:, 0]).sum()) < calendar.end_ms:
            return False
    return days in DAYS_OF_A_YEAR


Terms = list[tuple[str, Pay, tuple[str, ...]]]
"""Name of a change, the terms with it and all before it, and what it rests on."""


def cheapest(pay: Pay) -> Terms:
    """Terms made cheaper one after another as far as evidence goes: the floor at entry, no absence, low on-costs."""
    entry = float(thaw(evidence("ks-basic-pay-2023").value)["0 years"])
    changes = (
        ("entry_pay", {"basic_nok_per_year": min(pay.basic_nok_per_year, entry)}, ("ks-basic-pay-2023",)),
        (
            "no_absence",
            {"hours_per_year": pay.hours_per_year / (1 - pay.absence_share), "absence_share": 0.0},
            ("absence-share", "hours-per-post"),
        ),
        ("low_on_costs", {"on_cost_share": min(pay.on_cost_share, number("on-costs-low"))}, ("on-costs-low",)),
    )
    return _chain(pay, changes)


def dearest(pay: Pay) -> Terms:
    """Terms made dearer one after another: pay seen in Kristiansand, a shorter week, high on-costs."""
    week = thaw(evidence("hours-per-week-tariff").value)
    shorter = week["fully continuous"] / week["rota"]
    paid = pay.paid_hours_per_year
    hours = {
        "hours_per_year": pay.hours_per_year * shorter,
        "paid_hours_per_year": None if paid is None else paid * shorter,
    }
    seen = max(pay.basic_nok_per_year, number("bufetat-kristiansand-pay-2023"))
    changes = (
        ("experienced_pay", {"basic_nok_per_year": seen}, ("bufetat-kristiansand-pay-2023",)),
        ("shorter_week", hours, ("hours-per-week-tariff",)),
        ("high_on_costs", {"on_cost_share": max(pay.on_cost_share, number("on-costs-high"))}, ("on-costs-high",)),
    )
    return _chain(pay, changes)


def _chain(pay: Pay, changes: tuple[tuple[str, dict[str, Any], tuple[str, ...]], ...]) -> Terms:
    """Terms after each change; changes that change nothing are left out."""
    found: Terms = []
    for name, values, ids in changes:
        changed = pay.model_copy(update=values)
        if changed != pay:
            found.append((name, changed, ids))
            pay = changed
    return found


def _step(name: str, ore: int, ids: tuple[str, ...]) -> Step:
    status = max((evidence(each).status for each in ids), key=STATUSES.index)
    return Step(name, ore / 100, ids, status)


def _alone(plan: Plan, calendar: Calendar, pay: Pay) -> list[Step]:
    """What each of the dearer terms moves alone, and the pay of those who answer the phone and no chat."""
    sheet = cost_sheet(plan, calendar, pay)
    found: list[Step] = []
    before = pay
    for name, terms, ids in dearest(pay):
        changed = {key: each for key, each in terms if getattr(before, key) != each}
        alone = cost_sheet(plan, calendar, pay.model_copy(update=changed)).whole.cost_ore
        found.append(_step(name, alone - sheet.whole.cost_ore, ids))
        before = terms
    phone = sheet.group("phone").cost_ore
    if phone:
        found.append(_step("phone_paid_by_others", -phone, ("default-phone-counsellors", "unit-with-other-duties")))
    return found


def _over_worlds(scenario: Scenario, calendar: Calendar, worlds: Worlds | None) -> Floats:
    """What the roster costs in each world; shape (worlds,)."""
    applied = [] if worlds is None else [world.applied(scenario) for world in worlds.worlds]
    known = [(each, each.pay) for each in applied if each.pay is not None]
    return np.array([cost_sheet(make_plan(each), calendar, pay).whole.nok for each, pay in known])
