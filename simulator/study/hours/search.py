"""One question about hours on its way to an answer: what may be spent, what is screened, chosen and judged.

Years are simulated once (`bank`) and paired throughout. Knows no words and no files.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from simulator.scenario.model import Scenario
from simulator.study.hours.aims import points_by_hour
from simulator.study.hours.answer import Judged, Screening
from simulator.study.hours.bank import Bank
from simulator.study.hours.budget import Budget
from simulator.study.hours.judging import Gains, gains, reading
from simulator.study.hours.plans import Alternative, Setting
from simulator.study.hours.question import Question
from simulator.study.hours.refusals import HoursError, amount
from simulator.study.hours.screening import Shelf, Yields, affordable, every, predicted, priced
from simulator.study.hours.selecting import FIRST_YEARS, Selection, select
from simulator.study.hours.space import GROUPS, Candidate, Frame
from simulator.study.hours.week import WEEK_HOURS, covered
from simulator.study.replicate import Progress
from simulator.study.worlds.world import World

CANDIDATES = 32
"""Plans that are simulated of those that sums over hours predict to be best."""
MOST_YEARS = 1200
"""Simulated years of one plan after which selection ends in any case."""
YEARS_EACH, YEARS_ALONE = 2, 40
"""Years of every world that finalists are judged by; years in all where there are few worlds."""
WORLDS_GLANCED = 100
"""Worlds, one year of each, by which rungs of the ladder and plans of other questions are judged."""
PROBE_YEARS = 100
"""Years of each probe: of so many worlds."""
RIVALS = 2
"""Finalists that come from the selection beside the chosen plan."""
MOST_ENUMERATED = 2000
"""Plans that are enumerated and simulated one by one at most."""
_ROUNDING_NOK = 1.0
_TABLES_OFF = 0.003
"""Costs by hour of the week are off by less: the edges of the period, and days with hours of their own."""
_NEVER_NOK = 1e12


class Search:
    """One question on its way to an answer."""

    def __init__(
        self,
        scenario: Scenario,
        question: Question,
        budget: Budget,
        seed: int,
        workers: int | None,
        progress: Progress | None,
        worlds: Sequence[World],
    ) -> None:
        self.scenario, self.question, self.budget, self.seed = scenario, question, budget, seed
        self.setting = Setting(scenario, question.channel, question.free)
        if question.shared and not self.setting.helpers:
            raise HoursError("nobody_to_share", channel=question.channel)
        self.worlds = tuple(worlds)
        self.frame = self.frame_of(question.days)
        weights = question.aim.weights()
        told = self._told(progress)
        read = reading(weights, question.channel)
        self.bank = Bank(self.scenario_of, read, worlds, seed, workers, told)
        self.probes = Bank(self.scenario_of, partial(points_by_hour, weights), worlds, seed, workers, told)

    def frame_of(self, days: str) -> Frame:
        """What plans are made of."""
        return Frame(
            self.setting.own,
            GROUPS[days],
            self.question.grid_min,
            0 if self.question.shared else 1,
            self.question.most,
            self.question.shifts_each,
            self.scenario.demand.busyness.day_starts_min(),
        )

    def _told(self, progress: Progress | None) -> Callable[[int], None] | None:
        if progress is None:
            return None
        each = max(1, len(self.worlds))
        plans = self.question.most + 1, CANDIDATES * 2 * FIRST_YEARS, 18 * each
        about = plans[0] * self._probe_years + plans[1] + plans[2]
        return lambda _: progress(min(self.bank.spent + self.probes.spent, about - 1), about, None)

    def scenario_of(self, plan: Alternative | None) -> Scenario:
        """The scenario of a plan; None is the service as it is."""
        return self.scenario if plan is None else self.setting.scenario_of(plan)

    # --- money -------------------------------------------------------------------------------------------------------

    @cached_property
    def extra_nok(self) -> float:
        """Extra money a year.

        Raises
        ------
        HoursError
            If it is none, and nothing may be moved.
        """
        extra = self.budget.extra_nok(self.setting.cost_nok)
        if extra <= 0 and not self.question.free and not self.question.shared:
            raise HoursError("nothing_extra", extra=amount(extra), own=amount(self.setting.cost_nok))
        return extra

    @cached_property
    def released_nok(self) -> float:
        """What people cost who may be moved."""
        return self.setting.cost_nok - self.setting.bare_cost_nok

    @property
    def spend_nok(self) -> float:
        """What added people may cost."""
        return self.extra_nok + self.released_nok

    @cached_property
    def dearest_nok(self) -> float:
        """Cost of added people at the top of the ladder of budgets: two in every closed hour, or twice the budget."""
        closed = 1.0 - covered(self.setting.own).reshape(-1, 60).mean(axis=1)
        people = min(2, self.question.most)
        return max(2.0 * self.spend_nok, people * float(closed @ self.setting.cost_by_week_hour))

    # --- screening -----------------------------------------------------------------------------------------------

    @property
    def _probe_years(self) -> int:
        return min(PROBE_YEARS, len(self.worlds)) if len(self.worlds) > 20 else YEARS_ALONE

    @cached_property
    def yields(self) -> Yields:
        """What people bring and cost by hour of the week."""
        return self._yields(self._probe_years)

    def _yields(self, years: int) -> Yields:
        """The same by the first so many years of the probes."""
        shared = self.question.shared
        people = range(0 if shared else 1, self.question.most + 1)
        plans = [None if self._is_bare else self.setting.probe(0), *(self.setting.probe(n, shared) for n in people)]
        bare, *added = self.probes.years(plans, years).mean(axis=1)
        rows = added if shared else [bare, *added]
        return Yields(np.array(rows) - bare, self.setting.cost_by_week_hour)

    @property
    def _is_bare(self) -> bool:
        return not self.question.free

    @cached_property
    def shelf(self) -> Shelf:
        """The best sums over hours at every cost."""
        return Shelf(self.frame, self.yields, self.dearest_nok)

    def kinds(self) -> dict[str, Alternative]:
        """The best predicted plan of other kinds: people one at a time, several, all days alike, only today's hours."""
        frames: dict[str, tuple[Frame, Yields]] = {"one_at_a_time": (replace(self.frame, most=1), self.yields)}
        if self.question.most > 1:
            frames["several"] = (replace(self.frame, fewest=2), self.yields)
        if self.question.days != "alike":
            frames["alike"] = (self.frame_of("alike"), self.yields)
        if not self.question.free and not self.question.shared:
            frames["today"] = (self.frame, self._only_open_hours())
        found = {}
        for kind, (frame, yields) in frames.items():
            best = Shelf(frame, yields, self.spend_nok).best(self.spend_nok, 1).plans
            plan = Alternative.of(frame, best[0], self.question.shared) if best else None
            if plan is not None and self.cost(plan) <= self.extra_nok + _ROUNDING_NOK:
                found[kind] = plan
        return found

    def _only_open_hours(self) -> Yields:
        """Yields with hours in which the channel is closed too dear for anyone."""
        open_ = covered(self.setting.own).reshape(-1, 60).any(axis=1)
        return replace(self.yields, cost=np.where(open_, self.yields.cost, _NEVER_NOK))

    def candidates(self) -> dict[Alternative, Candidate]:
        """Plans to be simulated, those first that are predicted to bring most, with the shifts they are made of.

        Raises
        ------
        HoursError
            If nothing can be had for the money.
        """
        about = self.spend_nok * (1.0 + _TABLES_OFF) + _ROUNDING_NOK
        best = self.shelf.best(about, 2 * CANDIDATES)
        shared = self.question.shared
        plans = {Alternative.of(self.frame, plan, shared): plan for plan in best.plans}
        within = {plan: each for plan, each in plans.items() if self.cost(plan) <= self.extra_nok + _ROUNDING_NOK}
        if not within:
            raise HoursError("too_little", extra=amount(self.extra_nok))
        return dict(list(within.items())[:CANDIDATES])

    def cost(self, plan: Alternative) -> float:
        """Extra cost of a plan's whole roster."""
        return self.setting.extra_nok(self.scenario_of(plan))

    # --- selection -----------------------------------------------------------------------------------------------

    def select(self, plans: Sequence[Alternative], predicted: float) -> Selection:
        """Choose among plans by paired years."""
        wide = self.question.indifference
        indifference = max(wide * predicted if wide < 1.0 else wide, 1e-9)

        def sample(chosen: Sequence[int], years: int) -> Any:
            return self.bank.years([plans[place] for place in chosen], years)[:, :, 0]

        return select(
            sample,
            len(plans),
            confidence=self.question.confidence,
            indifference=indifference,
            most_years=MOST_YEARS,
        )

    def enumerate(self) -> tuple[list[Alternative], Selection]:
        """Every affordable plan, each simulated as long as the others; the one of greatest mean.

        Raises
        ------
        HoursError
            If there are too many.
        """
        prices = Yields(np.zeros((self.question.most + 1, WEEK_HOURS)), self.setting.cost_by_week_hour)
        options = priced(self.frame, prices)
        count = affordable(options, self.spend_nok)
        if count > MOST_ENUMERATED:
            raise HoursError("too_many", found=amount(count), most=amount(MOST_ENUMERATED))
        shared = self.question.shared
        named = (Alternative.of(self.frame, plan, shared) for plan in every(self.frame, options, self.spend_nok))
        plans = [plan for plan in dict.fromkeys(named) if self.cost(plan) <= self.extra_nok + _ROUNDING_NOK]
        if not plans:
            raise HoursError("too_little", extra=amount(self.extra_nok))
        years = self.question.years
        mean = self.bank.years(plans, years)[:, :, 0].mean(axis=1)
        whole = range(len(plans))
        return plans, Selection(
            int(np.argmax(mean)), tuple(whole), (years,) * len(plans), tuple(map(float, mean)), years,
            years * len(plans), True, float("nan"), 0.0,
        )  # fmt: skip

    # --- judgement -----------------------------------------------------------------------------------------------

    @property
    def years_judged(self) -> int:
        """Years by which finalists are judged: some of every world."""
        return max(YEARS_EACH, -(-YEARS_ALONE // self.bank.worlds)) * self.bank.worlds

    @property
    def years_glanced(self) -> int:
        """Years by which other plans are: one of each of the first worlds, which are spread evenly; else as many."""
        return min(self.years_judged, WORLDS_GLANCED) if self.bank.worlds >= WORLDS_GLANCED else self.years_judged

    def judged(
        self, plans: Sequence[Alternative], kinds: Sequence[str], names: Sequence[str], years: int
    ) -> tuple[list[Judged], Gains]:
        """Plans beside the scenario as it is, over so many years."""
        found = gains(self.bank, plans, None, years)
        several = len(plans) > 1
        rows = [
            Judged(
                name,
                kind,
                plan.stretches,
                self.cost(plan),
                found.range_of(place, "aim"),
                found.range_of(place, "persons_reached"),
                found.range_of(place, "overtime_hours"),
                float(found.best_share[place]) if several else float("nan"),
                float(found.largest_regret[place]) if several else float("nan"),
                self.bank.have(plan),
            )
            for place, (plan, kind, name) in enumerate(zip(plans, kinds, names, strict=True))
        ]
        return rows, found

    def finalists(
        self, plans: Sequence[Alternative], selection: Selection, kinds: dict[str, Alternative]
    ) -> dict[Alternative, str]:
        """The chosen plan, those that held out longest beside it, and the best of other kinds; with their kinds."""
        lasted = zip(selection.left_after, selection.mean, strict=True)
        order = sorted(range(len(plans)), key=dict(enumerate(lasted)).__getitem__, reverse=True)
        order.sort(key=lambda place: place != selection.chosen)
        found = {plans[order[0]]: "chosen"}
        known = set(kinds.values())
        for place in order[1:]:
            if plans[place] not in known and len(found) <= RIVALS:
                found[plans[place]] = "rival"
        for kind, plan in kinds.items():
            found.setdefault(plan, kind)
        return found

    def screened(
        self, plans: Sequence[Alternative], kept: dict[Alternative, Candidate], chosen: Alternative
    ) -> Screening:
        """How well sums over hours predict what was simulated, in the same years of the same worlds."""
        counts = self.shelf.count, self.shelf.affordable(self.spend_nok), len(plans)
        if not kept:
            return Screening(*counts, *[float("nan")] * 4)
        years = min(FIRST_YEARS, self._probe_years)
        base = self.setting.probe(0) if self.question.free else None
        seen = self.bank.years([*kept, base], years)[:, :, 0].mean(axis=1)
        told = predicted(self.frame, self._yields(years), list(kept.values()))
        apart = seen[:-1] - seen[-1] - told
        told = predicted(self.frame, self.yields, list(kept.values()))
        at = list(kept).index(chosen) if chosen in kept else int(np.argmax(told))
        behind, short = told[at] - told.min(), apart.max() - apart[at]
        return Screening(*counts, *map(float, (apart.mean(), apart.std(), behind, short)))
