"""How many counsellors each half-hour needs: found by simulation, with what the formulas say beside it.

Found on some years, judged on others that nothing was chosen on; where those do not agree the years are doubled and the
search goes on. Knows nothing of words or files.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np

from simulator.demand.rates import hourly_rates
from simulator.scenario.calendar import HOUR_MS, Calendar, open_hours
from simulator.scenario.model import LIVE, ChannelRules, Scenario
from simulator.service.cost import cost_nok
from simulator.service.engines import ENGINES
from simulator.service.planning import make_plan
from simulator.study.layers import RANGE, layers
from simulator.study.provenance import STATUSES, manifest, profile_data
from simulator.study.staffing.answer import ITERATED, TODAY, Alternative, OverWorlds, Staffing, Yardstick
from simulator.study.staffing.columns import METHODS, Column, Server, both_columns
from simulator.study.staffing.iterating import Found, iterate, lift, prune
from simulator.study.staffing.misleading import Sight, hints
from simulator.study.staffing.requirement import MOST_PEOPLE, STEPS, Ints, Requirement, week_windows
from simulator.study.staffing.slots import DAYS, Slots
from simulator.study.staffing.staffed import own_shifts, shared_shifts, staffed
from simulator.study.staffing.targets import DEFAULT, Target, parse_target
from simulator.study.staffing.trials import Outcome, Told, Trials
from simulator.study.worlds.world import Worlds
from simulator.study.years import Floats
from simulator.words import say

YEARS_ALONE = 40
"""Simulated years of one world that a staffing is found on: some 5 000 attempts in a half-hour of Saturdays."""
YEARS_OF_EACH = 1
"""Of each of many worlds."""
CHECKED_YEARS = 2
"""Of each plausible world that the answer is held against: of fewer than two, noise cannot be told."""
MOST_ROUNDS = 3
_TRIALS = 30
"""Trials that are expected beside one for each half-hour."""
_PEAK = 1.5
"""The busiest hour of worlds and years is taken to be so much above the expected one."""

Progress = Callable[[int, int, float | None], None]


class StaffingError(ValueError):
    """A question that has no answer, and why: a word of the catalogue and what it is filled with."""

    def __init__(self, word: str, **values: Any) -> None:
        self.word, self.values = word, values
        super().__init__(word, values)

    def text(self, lang: str) -> str:
        """What stands in the way, and what to do."""
        return say(f"staff.{self.word}", lang, **self.values)


def staff(
    scenario: Scenario,
    channel: str = "chat",
    target: str | Target = DEFAULT,
    step_min: int = 30,
    days: str = next(iter(DAYS)),
    years: int | None = None,
    seed: int = 1,
    progress: Progress | None = None,
    workers: int | None = None,
    *,
    worlds: Worlds | None = None,
    robust: float | None = None,
    checked_in: Worlds | None = None,
) -> Staffing:
    """How many counsellors each half-hour needs for a target.

    Parameters
    ----------
    scenario
        Whose opening hours, contacts and rules. People at the centre whose only live channel this is are replaced; all
        others stay.
    channel
        ``chat`` or ``phone``.
    target
        See `simulator.study.staffing.targets.parse_target`. It is to hold in every half-hour, of the attempts that meet
        the open channel in it.
    step_min
        15, 30 or 60 minutes; shorter where opening and closing do not fit.
    days
        Which days are staffed alike: one of `simulator.study.staffing.slots.DAYS`.
    years
        Simulated years (of each world) to find it on; it is judged on twice as many others.
    seed, workers
        As in `simulator.study.run.run`; workers move no result.
    progress
        Told (years done, years expected, None).
    worlds
        Plausible worlds to find it in; None: the scenario as it stands.
    robust
        Share of these worlds that must meet the target in each half-hour; None: the mean over worlds must.
    checked_in
        Plausible worlds that the answer is held against afterwards.

    Raises
    ------
    StaffingError
        If there is no such channel, or no number of people meets the target.
    TargetError
        If the target cannot be understood.
    ValueError
        If the step, the pooling, the years or ``robust`` are not possible.
    """
    rules = _rules(scenario, channel)
    if step_min not in STEPS or days not in DAYS or (years is not None and years < 1):
        raise ValueError("step_min, days or years are not possible")
    if robust is not None and (worlds is None or not 0 < robust < 1):
        raise ValueError("robust is a share between 0 and 1 of several worlds")
    wanted = parse_target(target, rules.answer_target_s) if isinstance(target, str) else target
    slots = Slots.of(scenario, channel, step_min, days)
    if not len(slots):
        raise StaffingError("never_open", channel=channel)
    count = years or (YEARS_ALONE if worlds is None else YEARS_OF_EACH)
    seen = count * (1 if worlds is None else len(worlds))
    checked = 0 if checked_in is None else CHECKED_YEARS * len(checked_in)
    told = _telling(progress, seen * (_TRIALS + len(slots)) + checked)
    trials = Trials(scenario, slots, wanted, count, seed, worlds, robust, workers, told)
    return _Search(scenario, rules, trials, checked_in).answer(days)


def _rules(scenario: Scenario, channel: str) -> ChannelRules:
    if channel not in LIVE:
        raise StaffingError("no_channel", channel=channel, allowed=", ".join(LIVE))
    rules = scenario.channel(channel)
    if rules is None or scenario.demand_of(channel) is None:
        raise StaffingError("channel_missing", channel=channel)
    return rules


def _telling(progress: Progress | None, expected: int) -> Told | None:
    """Tells how far it is; how many trials there will be is not known, so the end moves away where it is reached."""
    if progress is None:
        return None
    done = 0

    def told(more: int) -> None:
        nonlocal done
        done += more
        progress(done, max(expected, math.ceil(1.05 * done)), None)

    return told


@dataclass
class _Search:
    """One question on its way to its answer."""

    scenario: Scenario
    rules: ChannelRules
    trials: Trials
    checked_in: Worlds | None

    def answer(self, days: str) -> Staffing:
        """Search, judge, and gather what was found."""
        trials, slots = self.trials, self.trials.slots
        fewest = 0 if shared_shifts(self.scenario, slots.channel) else 1
        enough = self._enough()
        per_hour = self._reachable(enough)
        columns = both_columns(slots, per_hour, self._server(), trials.target, enough)
        found, yardstick, rounds, judge = self._settled(columns, enough, fewest)
        staffings = {ITERATED: found.people, **{each.method: each.people(fewest=fewest) for each in columns}}
        seen = {name: self._alternative(people, judge.of(people)) for name, people in staffings.items()}
        today = _today(self.scenario, slots.channel)
        here = slots.per_group(today.in_slots(slots.step_min, slots.offset_min))
        seen[TODAY] = _alternative(here, today.hours_per_week, judge.as_it_stands(), self.scenario)
        over, checked = self._over_worlds(found.people)
        formulas = {method: seen[method] for method in METHODS}
        sight = Sight(
            *(self.scenario, self.rules, slots, trials.target),
            *(self._server(), seen[ITERATED], formulas, self._weeks),
        )
        return Staffing(
            scenario=self._described(),
            target=trials.target,
            robust=trials.robust,
            slots=slots,
            days=days,
            requirement=slots.requirement(found.people),
            today=today,
            offered=judge.of(found.people).bottom.mean(axis=(1, 2)) / (slots.size * self._weeks),
            alternatives=seen,
            yardstick=yardstick,
            over_worlds=over,
            alpha=found.alpha,
            iterations=found.iterations,
            rounds=rounds,
            years=self.trials.years,
            judged_years=judge.years,
            simulated=self.trials.simulated + judge.simulated + checked,
            hints=hints(sight),
            shared={name: shift.counsellors for name, shift in shared_shifts(self.scenario, slots.channel).items()},
            manifest=self._manifest(days),
        )

    def _settled(
        self, columns: tuple[Column, Column], enough: int, fewest: int
    ) -> tuple[Found, Yardstick | None, int, Trials]:
        """The staffing that other years agree with, the yardstick beside it, rounds, and the trials on those years."""
        found = iterate(self.trials, enough, fewest)
        for rounds in range(1, MOST_ROUNDS + 1):
            yardstick, people = _cheapest(self.trials, columns, fewest)
            if people is not None and self._hours(people) < self._hours(found.people):
                found = Found(prune(self.trials, people, fewest), found.alpha, found.iterations, people)
            judge = self.trials.on_other_years(2 * self.trials.years, self.trials.worlds)
            if rounds == MOST_ROUNDS or not judge.of(found.people).clearly_missed.any():
                break
            self.trials = self.trials.longer()
            lifted = lift(self.trials, found.people, enough)
            found = Found(prune(self.trials, lifted, fewest), found.alpha, found.iterations, lifted)
        return found, yardstick, rounds, judge

    def _alternative(self, people: Ints, outcome: Outcome) -> Alternative:
        scenario = staffed(self.scenario, self.trials.slots.requirement(people))
        return _alternative(np.asarray(people, np.float64), self._hours(people), outcome, scenario)

    def _hours(self, people: Ints) -> float:
        return self.trials.slots.hours_per_week(people)

    def _enough(self) -> int:
        """So many people that nobody waits: the load of the busiest hour and six times its root."""
        cells = hourly_rates(self.scenario, self.trials.slots.channel, Calendar.of(self.scenario))
        busiest = float((cells.mean / (cells.length_ms / HOUR_MS)).max(initial=0.0))
        wrap_up = self.rules.wrap_up.mean_min if self.rules.wrap_up else 0.0
        load = _PEAK * busiest * (self.rules.work.mean_min + wrap_up) / 60
        people = math.ceil(load + 6 * math.sqrt(load) + 3)
        if people > MOST_PEOPLE:
            raise StaffingError("too_many", most=MOST_PEOPLE)
        return people

    def _reachable(self, enough: int) -> Floats:
        """Attempts an hour in each group where nobody waits: first attempts and returns, no redials.

        Raises
        ------
        StaffingError
            If even then some half-hour misses the target.
        """
        slots = self.trials.slots
        outcome = self.trials.of(np.full(len(slots), enough, np.int64))
        if outcome.missed.any():
            worst = int(np.nanargmin(np.where(np.isnan(outcome.margin), np.inf, outcome.margin)))
            clock = slots.groups[worst].minute % 1440
            raise StaffingError(
                "unreachable",
                target=str(self.trials.target),
                people=enough,
                share=f"{100 * outcome.share[worst]:.1f}",
                clock=f"{clock // 60:02d}:{clock % 60:02d}",
                count=int(outcome.missed.sum()),
                all=len(slots),
            )
        return np.asarray(outcome.bottom.mean(axis=(1, 2)) / (slots.size * self._weeks * slots.step_min / 60))

    @property
    def _weeks(self) -> float:
        period = self.scenario.period
        return ((period.last_day - period.first_day).days + 1 - period.warm_up_days) / 7

    def _server(self) -> Server:
        return Server.of(self.rules, self._chats_at_once(), self.trials.slots.channel == "chat")

    def _chats_at_once(self) -> int:
        own = own_shifts(self.scenario, self.trials.slots.channel)
        return next((shift.chats_at_once for shift in own.values()), 1)

    def _over_worlds(self, people: Ints) -> tuple[OverWorlds | None, int]:
        """The same people in every plausible world, and the years that took."""
        if self.checked_in is None:
            return None, 0
        trials = self.trials.on_other_years(CHECKED_YEARS, self.checked_in)
        outcome = trials.of(people)
        spread = layers(outcome.top, outcome.bottom)
        top, bottom = (each.sum(axis=0, keepdims=True) for each in (outcome.top, outcome.bottom))
        whole = Outcome(trials.target, None, top, bottom, 0.0)
        over = OverWorlds(
            *(len(self.checked_in), CHECKED_YEARS, spread.low, spread.high),
            *(outcome.share_of_worlds, float(whole.share_of_worlds[0])),
        )
        return over, trials.simulated

    def _described(self) -> dict[str, Any]:
        period = self.scenario.period
        return {
            "name": self.scenario.name,
            "title": self.scenario.title,
            "days": (period.last_day - period.first_day).days + 1,
            "open_hours": open_hours(self.scenario, self.trials.slots.channel),
            "chats_at_once": self._chats_at_once(),
            "roster_status": self._roster_status(),
        }

    def _roster_status(self) -> str:
        """The weakest evidence that today's number of people rests on; empty where the planner gave it herself."""
        centre = next(key for key, site in self.scenario.sites.items() if site.centre)
        paths = [f"roster.{centre}.{name}.counsellors" for name in own_shifts(self.scenario, self.trials.slots.channel)]
        found = {self.scenario.sources[path].status for path in paths if path in self.scenario.sources}
        return next((status for status in STATUSES if status in found), "")

    def _manifest(self, days: str) -> dict[str, Any]:
        trials = self.trials
        made = manifest(
            self.scenario, trials.seed, trials.years, ENGINES[0], profile_data(self.scenario), trials.worlds
        )
        checked = "" if self.checked_in is None else self.checked_in.fingerprint
        asked = (made["fingerprint"], trials.slots.channel, str(trials.target), trials.robust, trials.slots.step_min)
        text = "/".join(map(str, (*asked, days, checked, RANGE)))
        return {**made, "fingerprint": sha256(text.encode()).hexdigest()[:12]}


def _today(scenario: Scenario, channel: str) -> Requirement:
    """The channel's own people on the roster."""
    windows = (
        (window, shift.counsellors)
        for shift in own_shifts(scenario, channel).values()
        for window in week_windows(shift.hours)
    )
    return Requirement.of_windows(channel, windows)


def _alternative(people: Floats, hours: float, outcome: Outcome, scenario: Scenario) -> Alternative:
    pay, calendar = scenario.pay, Calendar.of(scenario)
    return Alternative(
        people=np.asarray(people, np.float64),
        hours_per_week=hours,
        share=outcome.share,
        noise=outcome.noise,
        missed=outcome.clearly_missed,
        overtime_hours=outcome.overtime_hours,
        cost_nok=math.nan if pay is None else cost_nok(make_plan(scenario), calendar, pay),
    )


def _cheapest(trials: Trials, columns: tuple[Column, Column], fewest: int) -> tuple[Yardstick | None, Ints | None]:
    """The cheapest staffing of either formula, over target levels of its own, that meets the target when simulated.

    Stricter levels never take anybody away, so the first that meets it is looked for by halving; the ones just below
    it are tried too, because fewer people may by a hair do better.
    """
    best: tuple[Yardstick | None, Ints | None] = (None, None)
    for column in columns:
        ladder = list(column.staffings(fewest))
        low, high = -1, len(ladder)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if trials.meet(ladder[middle][1]) else (middle, high)
        for place in range(max(high - _JUST_BELOW, 0), min(high + 1, len(ladder))):
            share, people = ladder[place]
            hours = trials.slots.hours_per_week(people)
            if (best[0] is None or hours < best[0].hours_per_week) and trials.meet(people):
                best = Yardstick(column.method, share, hours), people
                break
    return best


_JUST_BELOW = 2
