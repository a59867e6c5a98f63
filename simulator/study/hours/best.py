"""The best opening hours for a budget: screen, select, judge over worlds, climb the ladder of budgets, look for doubt.

The order of the work; each step is a module of its own.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import Any

from simulator.scenario.model import Scenario
from simulator.study.hours.answer import BestHours, Screening, Years
from simulator.study.hours.budget import read_budget
from simulator.study.hours.frontier import climb
from simulator.study.hours.plans import Alternative
from simulator.study.hours.question import Question
from simulator.study.hours.screening import predicted
from simulator.study.hours.search import Search
from simulator.study.hours.selecting import Selection
from simulator.study.hours.turning import turning
from simulator.study.provenance import manifest, profile_data
from simulator.study.replicate import Progress
from simulator.study.worlds.world import Worlds, speak_of


def best_hours(
    scenario: Scenario,
    budget: str,
    question: Question | None = None,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
    *,
    worlds: Worlds | None = None,
) -> BestHours:
    """The opening windows and people that reach most persons for a budget, and how sure that is.

    Parameters
    ----------
    scenario
        The service as it is. Plans add to its hours and people (``question.free``: take their place).
    budget
        ``+2000000`` NOK a year more than the scenario's roster, as it is written, costs; or ``21300000`` in all.
    question
        Channel; ``days`` (``alike``, ``weekend``, ``weekday``); grid of the clock; most people of a shift; aim; whether
        hours may be moved, and people on duty for other channels help; ``confidence``, the probability of correct
        selection; ``indifference``, below 1 a share of what the best plan is predicted to bring, else points of the
        aim; whether to simulate every plan (``exhaustive``, each for ``years`` years).
    seed, workers, progress
        As in `simulator.study.run.run`.
    worlds
        Plausible worlds, over whose mean a plan is best; None: the scenario as it stands.

    Raises
    ------
    HoursError
        If there is no answer: no such channel, no pay, nothing to buy for the money, too many plans to enumerate.
    """
    chosen = worlds.worlds if worlds is not None and speak_of(scenario, worlds) else ()
    search = Search(scenario, question or Question(), read_budget(budget), seed, workers, progress, chosen)
    return _answer(search, worlds if chosen else None)


@dataclass(frozen=True)
class _Chosen:
    """The plans that were simulated side by side, which of them was chosen, and how they were found."""

    plans: Sequence[Alternative]
    kinds: dict[str, Alternative]
    selection: Selection
    screening: Screening


def _choose(search: Search) -> _Chosen:
    """Screen and select, or try everything."""
    if search.question.exhaustive:
        plans, selection = search.enumerate()
        return _Chosen(plans, {}, selection, search.screened(plans, {}, plans[selection.chosen]))
    kept, kinds = search.candidates(), search.kinds()
    plans = list(dict.fromkeys([*kept, *kinds.values()]))
    first = next(iter(kept.values()))
    selection = search.select(plans, float(predicted(search.frame, search.yields, [first])[0]))
    return _Chosen(plans, kinds, selection, search.screened(plans, kept, plans[selection.chosen]))


def _answer(search: Search, worlds: Worlds | None) -> BestHours:
    """The whole of it, in the order in which it is worked out."""
    chosen = _choose(search)
    spent = [search.bank.spent]
    final = search.finalists(chosen.plans, chosen.selection, chosen.kinds)
    best = next(iter(final))
    names = [chr(ord("A") + place) for place in range(len(final))]
    judged, found = search.judged(list(final), list(final.values()), names, search.years_judged)
    spent.append(search.bank.spent)
    rungs = climb(search, best)
    spent.append(search.bank.spent)
    doubt = turning(search, list(final), judged, found)
    spent.append(search.bank.spent)
    return BestHours(
        scenario=search.scenario.name,
        title=search.scenario.title,
        channel=search.question.channel,
        extra_nok=search.extra_nok,
        asked_budget=search.budget.typed,
        own_nok=search.setting.cost_nok,
        aim=search.question.aim.as_json(),
        is_persons=search.question.aim.is_persons,
        question=search.question.as_json(),
        worlds=search.bank.worlds,
        screening=chosen.screening,
        selection=chosen.selection,
        candidates=tuple(plan.stretches for plan in chosen.plans),
        finalists=tuple(judged),
        base_reached=float(found.base[1]),
        frontier=tuple(rungs),
        turning=doubt,
        years=_years(search, spent, chosen),
        opening=best.opening,
        changes=search.setting.proposed(best),
        exhaustive=search.question.exhaustive,
        manifest=_manifest(search, worlds),
    )


def _years(search: Search, spent: Sequence[int], chosen: _Chosen) -> Years:
    """What was simulated up to each step, as what each step took."""
    judging, climbing, doubting = (after - before for before, after in pairwise(spent))
    everything = round(chosen.screening.affordable * chosen.selection.years)
    return Years(search.probes.spent, spent[0], judging, climbing, doubting, everything)


def _manifest(search: Search, worlds: Worlds | None) -> dict[str, Any]:
    """What the answer rests on; its fingerprint is of the question too."""
    scenario, question = search.scenario, search.question
    each = search.years_judged // search.bank.worlds
    made = manifest(scenario, search.seed, each, "compiled", profile_data(scenario), worlds)
    asked = {**question.as_json(), "aim": question.aim.as_json(), "extra_nok": round(search.extra_nok)}
    text = f"{made['fingerprint']}/{json.dumps(asked, sort_keys=True)}"
    return {**made, "fingerprint": sha256(text.encode()).hexdigest()[:12]}
