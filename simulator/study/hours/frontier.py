"""Cost against what it brings: the best plan found at each of a ladder of budgets, up to round the clock.

Each rung's plan is the best by simulation of the few that sums over hours put first; over worlds it is then set against
the scenario as it is. Rungs are no promise of correct selection: that is given at the asked budget alone.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from simulator.study.hours.answer import Judged, Rung
from simulator.study.hours.plans import Alternative
from simulator.study.hours.selecting import FIRST_YEARS

if TYPE_CHECKING:
    from simulator.study.hours.search import Search

RUNGS = 8
TRIED = 3
"""Plans of a rung that are simulated before one is taken."""
LOWEST = 0.25
"""The first rung, as a share of what was asked for."""


def ladder(spend_nok: float, dearest_nok: float, rungs: int = RUNGS) -> list[float]:
    """Budgets in equal ratios from a quarter of what was asked for to the dearest, the asked one among them."""
    if spend_nok <= 0:
        return [float(each) for each in np.linspace(dearest_nok / rungs, dearest_nok, rungs)]
    steps = np.geomspace(LOWEST * spend_nok, max(dearest_nok, spend_nok), rungs)
    nearest = int(np.argmin(np.abs(np.log(steps / spend_nok))))
    steps[nearest] = spend_nok
    return [float(each) for each in steps]


def climb(search: "Search", chosen: Alternative) -> list[Rung]:
    """The rungs by budget; the chosen plan stands on the rung of the asked budget."""
    budgets = ladder(search.spend_nok, search.dearest_nok)
    plans: list[tuple[float, Alternative]] = []
    for budget in budgets:
        plan = chosen if budget == search.spend_nok else _best_of_few(search, budget)
        if plan is not None and plan not in [known for _, known in plans]:
            plans.append((budget - search.released_nok, plan))
    names = [f"{place}" for place in range(1, len(plans) + 1)]
    judged, _ = search.judged([plan for _, plan in plans], ["rung"] * len(plans), names, search.years_glanced)
    bare = [replace(each, best_share=math.nan, largest_regret=math.nan) for each in judged]
    return rungs([budget for budget, _ in plans], bare)


def _best_of_few(search: "Search", budget: float) -> Alternative | None:
    few = search.shelf.best(budget, TRIED).plans
    if not few:
        return None
    plans = [Alternative.of(search.frame, plan, search.question.shared) for plan in few]
    mean = search.bank.years(plans, FIRST_YEARS)[:, :, 0].mean(axis=1)
    return plans[int(np.argmax(mean))]


def rungs(budgets: Sequence[float], plans: Sequence[Judged]) -> list[Rung]:
    """Rungs with what each further person costs, and which of them nobody should take.

    A rung is dominated where another costs no more and brings as much. The marginal cost is that of the step from the
    rung before it that is not dominated, the first from the scenario as it is.
    """
    found: list[Rung] = []
    nok, persons = 0.0, 0.0
    for budget, plan in sorted(zip(budgets, plans, strict=True), key=lambda pair: pair[1].extra_nok):
        others = [each for each in plans if each is not plan]
        dominated = any(
            each.extra_nok <= plan.extra_nok
            and each.gain.mean >= plan.gain.mean
            and (each.extra_nok, -each.gain.mean) != (plan.extra_nok, -plan.gain.mean)
            for each in others
        )
        marginal = math.nan
        if not dominated:
            more = plan.reached.mean - persons
            marginal = (plan.extra_nok - nok) / more if more > 0 else math.nan
            nok, persons = plan.extra_nok, plan.reached.mean
        found.append(Rung(budget, plan, marginal, dominated))
    return found
