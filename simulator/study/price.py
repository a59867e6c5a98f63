"""What plans cost, and what is had for it: over plausible worlds, and of each plan beside a base on the same contacts.

Rosters differ between worlds where their seats rest on an assumption, so costs have intervals too. What a plan costs
more is the difference of whole rosters, never hours opened times a rate. Knows nothing of files.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simulator.scenario.calendar import Calendar
from simulator.scenario.model import CHANNELS, Scenario
from simulator.service.cost import CostSheet, cost_sheet
from simulator.service.engines import ENGINES
from simulator.service.keys import Key
from simulator.service.measures import DAYS_OF_A_YEAR
from simulator.service.planning import make_plan
from simulator.study.cost_named import NamedSum, named_sum
from simulator.study.estimates import Estimate, Estimates, rounded
from simulator.study.layers import Floats, by_world, expected_years, layers, paired_layers
from simulator.study.observations import Observations
from simulator.study.provenance import manifest, profile_data
from simulator.study.replicate import Progress, Study, replicate
from simulator.study.worlds.world import Worlds
from simulator.words import say

COST = Key("cost_nok")
REACHED = Key("persons_reached")
LIVE = Key("answered")
MILLION = 1e6

TOTALS = ("cost_nok", "answered_live", "answered_all", "answered_by_roster", "persons_reached")
"""Totals of a year. ``answered_live``: calls and chats answered by anyone, the network's sites too; ``answered_all``:
with written questions; ``answered_by_roster``: without the calls that sites answer whose people are not paid here."""
RATIOS = {
    "nok_per_answered_live": "answered_live",
    "nok_per_answered_all": "answered_all",
    "nok_per_answered_by_roster": "answered_by_roster",
    "nok_per_person_reached": "persons_reached",
}
"""The cost of a year over one of its totals: name -> denominator."""
GAINS = {"nok_per_extra_person": "persons_reached"}
"""What a plan costs more than a base over what it gives more: name -> the gain. Whoever is answered on phone or chat
tries no more, so there persons reached and contacts answered are as many."""


class PriceError(ValueError):
    """Plans that cannot be priced; `text` says why.

    Attributes
    ----------
    reason
        ``no_pay`` (a scenario without pay terms has no cost) or ``same_name`` (two that differ have one name).
    """

    def __init__(self, reason: str, name: str) -> None:
        super().__init__(f"{reason}: {name}")
        self.reason, self.name = reason, name

    def text(self, lang: str) -> str:
        """The message in one language."""
        return say(f"cost.{self.reason}", lang, name=self.name)


@dataclass(frozen=True)
class Ratio:
    """What a plan costs more for each one more, or why that is not told.

    Attributes
    ----------
    estimate
        None where it is not told.
    reason
        ``""``; or ``no_gain`` (the plan gives no more on average), ``gain_unsure`` (not more in every world, or not
        more than simulation noise), ``no_extra_cost`` (it does not cost more), ``cost_unsure`` (not in every world).
    """

    estimate: Estimate | None
    reason: str = ""


@dataclass(frozen=True)
class Priced:
    """One plan.

    Attributes
    ----------
    name, title
        Of the scenario.
    sheet
        Its roster as the scenario stands.
    figures
        `TOTALS` and `RATIOS` by name, over worlds.
    named
        Its roster beside the sum named for 2023; None where it is not round the clock.
    manifest
        What it rests on.
    """

    name: str
    title: str
    sheet: CostSheet
    figures: Mapping[str, Estimate]
    named: NamedSum | None
    manifest: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """One entry of ``scenarios`` of ``simulator cost --json``."""
        return {
            "name": self.name,
            "title": self.title,
            "sheet": self.sheet.as_json(),
            "figures": {name: estimate_json(each) for name, each in self.figures.items()},
            "named_sum": None if self.named is None else self.named.as_json(),
        }


@dataclass(frozen=True)
class Extra:
    """What a plan costs and gives more than the base, on the same contacts.

    Attributes
    ----------
    plan
        Its name.
    changes
        Differences of `TOTALS` by name.
    ratios
        `GAINS`, and ``persons_per_million_nok``: persons reached more for each million that the plan costs more.
    same_demand
        Whether both plans meet the same persons; if not, part of every difference is other demand.
    """

    plan: str
    changes: Mapping[str, Estimate]
    ratios: Mapping[str, Ratio]
    same_demand: bool

    def as_json(self) -> dict[str, Any]:
        """One entry of ``differences`` of ``simulator cost --json``."""
        ratios = {
            name: {"estimate": None if each.estimate is None else estimate_json(each.estimate), "reason": each.reason}
            for name, each in self.ratios.items()
        }
        changes = {name: estimate_json(each) for name, each in self.changes.items()}
        return {"plan": self.plan, "same_demand": self.same_demand, "changes": changes, "ratios": ratios}


@dataclass(frozen=True)
class Price:
    """Some plans, and each of them but the base beside the base.

    Attributes
    ----------
    plans
        In the order asked for; the base first where there is one.
    against
        Name of the base, None where there is none.
    extras
        Of each plan beside the base.
    """

    plans: tuple[Priced, ...]
    against: str | None
    extras: tuple[Extra, ...]

    def plan(self, name: str) -> Priced:
        """A plan by its name."""
        return next(each for each in self.plans if each.name == name)

    def as_json(self) -> dict[str, Any]:
        """The document of ``simulator cost --json``."""
        return {
            "scenarios": [each.as_json() for each in self.plans],
            "against": self.against,
            "differences": [each.as_json() for each in self.extras],
            "manifests": {each.name: dict(each.manifest) for each in self.plans},
        }


def estimate_json(each: Estimate) -> dict[str, Any]:
    """An estimate as documents for programs hold it."""
    return {**{name: rounded(value) for name, value in vars(each).items() if name != "unit"}, "unit": each.unit}


def price(
    scenarios: Sequence[Scenario],
    base: Scenario | None = None,
    replications: int = 4,
    seed: int = 1,
    progress: Progress | None = None,
    workers: int | None = None,
    *,
    worlds: Worlds | None = None,
) -> Price:
    """Price some plans, beside a base where one is given.

    Parameters
    ----------
    scenarios
        The plans; one with the base's name is the base.
    base
        What they are compared with.
    replications
        Simulated years (of each world).
    worlds
        Plausible worlds; None: the scenarios as they stand.
    seed, progress, workers
        As in `simulator.study.run.run`.

    Raises
    ------
    PriceError
        If a scenario has no pay terms, or two that differ have one name.
    """
    plans = _each_once([*([] if base is None else [base]), *scenarios])
    for plan in plans:
        if plan.pay is None:
            raise PriceError("no_pay", plan.name)
    seen: dict[str, Floats] = {}
    each = replications if worlds is not None else -1
    for done, plan in enumerate(plans):
        told = _part(progress, done, len(plans))
        with ExitStack() as stack:
            made = replicate(
                plan, replications, seed, progress=told, workers=workers,
                worlds=() if worlds is None else worlds.worlds,
            )  # fmt: skip
            seen[plan.name] = _totals(plan, stack.enter_context(made), each)
    priced = [_priced(plan, seen[plan.name], replications, seed, worlds) for plan in plans]
    if base is None:
        return Price(tuple(priced), None, ())
    others = [plan for plan in plans if plan.name != base.name]
    extras = [_extra(plan, base, seen[plan.name], seen[base.name]) for plan in others]
    return Price(tuple(priced), base.name, tuple(extras))


def _each_once(plans: Sequence[Scenario]) -> list[Scenario]:
    found: dict[str, Scenario] = {}
    for plan in plans:
        if found.setdefault(plan.name, plan) != plan:
            raise PriceError("same_name", plan.name)
    return list(found.values())


def _part(progress: Progress | None, done: int, plans: int) -> Progress | None:
    if progress is None:
        return None
    return lambda year, years, width: progress(done * years + year, plans * years, width)


def _totals(scenario: Scenario, study: Study, each: int) -> Floats:
    """`TOTALS` of every simulated year; shape (totals, worlds, years of each). ``each`` below 0: one world."""
    seen = study.seen
    known = set(seen.keys)
    written = [Key("answered", name) for name in CHANNELS[2:]]
    unpaid = [Key("answered", "phone", site) for site in _unpaid_sites(scenario)]
    live = _sum(seen, [LIVE], known)
    everything = live + _sum(seen, written, known)
    rows = [
        _sum(seen, [COST], known),
        live,
        everything,
        everything - _sum(seen, unpaid, known),
        _sum(seen, [REACHED], known),
    ]
    return by_world(np.array(rows), each if each > 0 else seen.years)


def _unpaid_sites(scenario: Scenario) -> list[str]:
    """Sites that answer calls with people who are not on the roster."""
    return [key for key, site in scenario.sites.items() if not site.centre and not scenario.roster.get(key)]


def _sum(seen: Observations, keys: Sequence[Key], known: set[Key]) -> Floats:
    """The sum of some counts in each year; those that the scenario does not have count nothing."""
    top, _ = seen.of([key for key in keys if key in known])
    total: Floats = top.sum(axis=0)
    return total


def _priced(plan: Scenario, totals: Floats, replications: int, seed: int, worlds: Worlds | None) -> Priced:
    assert plan.pay is not None
    ones = np.ones_like(totals)
    units = _units(plan)
    whole = Estimates(tuple(map(Key, TOTALS)), tuple(units[name] for name in TOTALS), layers(totals, ones).columns())
    bottoms = totals[[TOTALS.index(bottom) for bottom in RATIOS.values()]]
    tops = np.broadcast_to(totals[0], bottoms.shape)
    over = Estimates(tuple(map(Key, RATIOS)), tuple(units[name] for name in RATIOS), layers(tops, bottoms).columns())
    figures = {key.measure: table[key] for table in (whole, over) for key in table}
    about = manifest(plan, seed, replications, ENGINES[0], profile_data(plan), worlds)
    sheet = cost_sheet(make_plan(plan), Calendar.of(plan), plan.pay)
    return Priced(plan.name, plan.title, sheet, figures, named_sum(plan, worlds), about)


def _units(plan: Scenario) -> dict[str, str]:
    days = (plan.period.last_day - plan.period.first_day).days + 1 - plan.period.warm_up_days
    span = "year" if days in DAYS_OF_A_YEAR else "period"
    of_totals = {name: f"contacts/{span}" for name in TOTALS}
    of_totals |= {"cost_nok": f"NOK/{span}", "persons_reached": f"persons/{span}"}
    of_ratios = {name: "NOK/contact" for name in (*RATIOS, *GAINS)}
    of_ratios |= {"nok_per_person_reached": "NOK/person", "nok_per_extra_person": "NOK/person"}
    return {**of_totals, **of_ratios, "persons_per_million_nok": "persons/MNOK"}


def _extra(plan: Scenario, base: Scenario, totals: Floats, of_base: Floats) -> Extra:
    ones, units = np.ones_like(totals), _units(plan)
    columns = paired_layers(totals, ones, of_base, np.ones_like(of_base)).columns()
    table = Estimates(tuple(map(Key, TOTALS)), tuple(units[name] for name in TOTALS), columns)
    changes = {key.measure: table[key] for key in table}
    apart = totals - of_base
    cost = apart[TOTALS.index("cost_nok")][np.newaxis]
    ratios: dict[str, Ratio] = {}
    for name, gained in GAINS.items():
        gain = apart[TOTALS.index(gained)][np.newaxis]
        reason = _why_not(cost, gain, changes[gained])
        ratios[name] = Ratio(None, reason) if reason else Ratio(_ratio(name, cost, gain, units))
    reached = apart[TOTALS.index("persons_reached")][np.newaxis]
    reason = _cost_reason(cost)
    per_million = None if reason else _ratio("persons_per_million_nok", reached * MILLION, cost, units)
    ratios["persons_per_million_nok"] = Ratio(per_million, reason)
    same = plan.demand == base.demand and plan.period == base.period
    return Extra(plan.name, changes, ratios, same)


def _ratio(name: str, top: Floats, bottom: Floats, units: Mapping[str, str]) -> Estimate:
    """A ratio of differences: its mean is that of total differences, as in `simulator.study.comparing.per_reached`."""
    known = Estimates((Key(name),), (units[name],), layers(top, bottom).columns())[Key(name)]
    return replace(known, mean=float(top.sum() / bottom.sum()))


def _cost_reason(cost: Floats) -> str:
    """Why nothing is said per krone: the plan does not cost more in every world."""
    expected = expected_years(cost, np.ones_like(cost))
    return "" if (expected > 0).all() else "no_extra_cost" if (expected <= 0).all() else "cost_unsure"


def _why_not(cost: Floats, gain: Floats, change: Estimate) -> str:
    """Why a cost for each one more is not told: a ratio over what may be nothing is no number."""
    expected = expected_years(gain, np.ones_like(gain))
    if change.mean <= 0:
        return "no_gain"
    if not (expected > 0).all() or not change.mean > np.nan_to_num(change.noise):
        return "gain_unsure"
    return _cost_reason(cost)
