"""What is answered about opening hours: plans with what they bring over worlds, and how the best one was chosen.

Plain data with its JSON. The document of ``simulator hours --json``:

    {"scenario", "title", "channel", "budget": {"extra_nok", "asked", "own_nok"}, "aim", "question", "worlds",
     "screening": {...}, "selection": {...}, "recommended", "runner_up", "least_regret", "finalists": [plan...],
     "frontier": [plan + average_nok, marginal_nok, dominated...], "turning": {...}, "years": {...},
     "opening", "changes", "manifest"}

A plan is ``{"name", "kind", "shifts": [{"days", "from", "to", "people"}], "extra_nok", "gain", "reached",
"overtime_hours", "nok_per_person", "best_share", "largest_regret", "years"}``: ``gain`` in the aim's points,
``reached`` in persons, all ``{"mean", "low", "high", "noise"}``, a year more than the scenario as it is, 5-95 % over
worlds. Knows nothing of how it was found.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.scenario.schedule import WEEKDAYS, write_windows
from simulator.study.drivers import Driver
from simulator.study.estimates import rounded
from simulator.study.hours.plans import Stretch
from simulator.study.hours.selecting import Selection
from simulator.study.hours.week import Week, written


@dataclass(frozen=True)
class Range:
    """A difference to the scenario as it is, in an expected year.

    Attributes
    ----------
    mean, low, high
        Over worlds: mean, 5 and 95 %; with one world mean -+ noise.
    noise
        Half-width of the 95 % interval of the mean that more years would shrink; nan where it cannot be told.
    """

    mean: float
    low: float
    high: float
    noise: float

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {name: rounded(value) for name, value in vars(self).items()}


@dataclass(frozen=True)
class Judged:
    """A plan, and what it brings.

    Attributes
    ----------
    name
        ``A`` for the recommended one, then ``B``, ``C`` ...
    kind
        Why it is here: ``chosen``, ``rival`` (simulated longest beside it), or a plan of another kind.
    shifts
        What is added (or, where hours are free, all there is).
    extra_nok
        Cost of the roster more than that of the scenario as it is written.
    gain
        In the points of the aim.
    reached, overtime_hours
        Persons reached, and hours of overtime: more than the scenario as it is.
    best_share
        Share of worlds in which it is best of the finalists; nan with one world.
    largest_regret
        Over worlds, the most that another finalist brings more.
    years
        Simulated years it rests on.
    """

    name: str
    kind: str
    shifts: tuple[Stretch, ...]
    extra_nok: float
    gain: Range
    reached: Range
    overtime_hours: Range
    best_share: float
    largest_regret: float
    years: int

    @property
    def nok_per_person(self) -> float:
        """Extra cost / extra persons reached; nan where it reaches no more."""
        return self.extra_nok / self.reached.mean if self.reached.mean > 0 else math.nan

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "name": self.name,
            "kind": self.kind,
            "shifts": [shift_json(each) for each in self.shifts],
            "extra_nok": round(self.extra_nok),
            **{key: getattr(self, key).as_json() for key in ("gain", "reached", "overtime_hours")},
            "nok_per_person": rounded(self.nok_per_person),
            "best_share": rounded(self.best_share),
            "largest_regret": rounded(self.largest_regret),
            "years": self.years,
        }


def shift_json(stretch: Stretch) -> dict[str, Any]:
    """A stretch in the words of scenario files."""
    days, start, end, people = stretch
    window = write_windows(((start, end),))[0]
    return {"days": [WEEKDAYS[day] for day in days], "from": window[:5], "to": window[-5:], "people": people}


@dataclass(frozen=True)
class Rung:
    """The best plan found for one budget.

    Attributes
    ----------
    budget_nok
        Extra budget of the rung.
    plan
        What it buys.
    marginal_nok
        Extra cost for each further person reached since the rung before that is not dominated; nan for none.
    dominated
        Whether a plan that costs no more brings as much.
    """

    budget_nok: float
    plan: Judged
    marginal_nok: float
    dominated: bool

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "budget_nok": round(self.budget_nok),
            **self.plan.as_json(),
            "average_nok": rounded(self.plan.nok_per_person),
            "marginal_nok": rounded(self.marginal_nok),
            "dominated": self.dominated,
        }


@dataclass(frozen=True)
class Screening:
    """How the plans that were simulated were found among all.

    Attributes
    ----------
    plans, affordable, kept
        How many there are in all, within the budget, and were simulated.
    bias, error
        Mean and standard deviation of what was simulated less what sums over hours predicted, over those kept.
    last_behind
        By how much every plan that was not simulated is predicted to bring less than the chosen one.
    most_short
        The most that a sum fell short of the simulation beyond what the chosen plan's did: while it is smaller than
        ``last_behind``, no plan left out is likely to be better.
    """

    plans: float
    affordable: float
    kept: int
    bias: float
    error: float
    last_behind: float
    most_short: float


@dataclass(frozen=True)
class Years:
    """Simulated years by what they were for; ``exhaustive``: what all affordable plans would take, as the chosen."""

    probes: int
    selection: int
    finalists: int
    frontier: int
    other: int
    exhaustive: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.probes + self.selection + self.finalists + self.frontier + self.other


@dataclass(frozen=True)
class Turning:
    """What would change the answer.

    Attributes
    ----------
    rival
        Name of the finalist that is best in most of the worlds in which the chosen one is not; "" for none.
    rival_share
        Share of worlds in which it brings more than the chosen one.
    drivers
        Unknowns behind the difference between the two, those that tell most first; empty with too few worlds.
    sharing
        Plans under which people on duty for other channels help in the newly opened hours, by name.
    """

    rival: str
    rival_share: float
    drivers: tuple[Driver, ...]
    sharing: tuple[Judged, ...]


@dataclass(frozen=True)
class BestHours:
    """The answer to which hours and people are best for a budget.

    Attributes
    ----------
    scenario, title, channel
        What was asked about.
    extra_nok, asked_budget, own_nok
        Extra money a year, what was typed, and what the scenario's own roster costs as it is written.
    aim
        As plain data; ``is_persons`` says whether its points are persons reached.
    question
        Grid, groups of days, most people, whether hours may be moved and people shared.
    worlds
        How many; 1 for the scenario as it stands.
    selection, candidates
        How the best was chosen, and of which plans.
    finalists
        The chosen one first.
    base_reached
        Persons that the scenario as it is reaches, mean over worlds.
    opening
        The channel's windows under the chosen plan, by weekday.
    changes
        What the chosen plan changes in the scenario, nested as in a file.
    exhaustive
        Whether every affordable plan was simulated instead.
    """

    scenario: str
    title: str
    channel: str
    extra_nok: float
    asked_budget: str
    own_nok: float
    aim: Mapping[str, Any]
    is_persons: bool
    question: Mapping[str, Any]
    worlds: int
    screening: Screening
    selection: Selection
    candidates: tuple[tuple[Stretch, ...], ...]
    finalists: tuple[Judged, ...]
    base_reached: float
    frontier: tuple[Rung, ...]
    turning: Turning
    years: Years
    opening: Week
    changes: Mapping[str, Any]
    exhaustive: bool
    manifest: Mapping[str, Any]

    @property
    def chosen(self) -> Judged:
        """The recommended plan."""
        return self.finalists[0]

    @property
    def runner_up(self) -> Judged | None:
        """The finalist of greatest mean apart from the chosen one."""
        return max(self.finalists[1:], key=lambda each: each.gain.mean, default=None)

    @property
    def least_regret(self) -> Judged:
        """The finalist whose largest regret over worlds is smallest; the chosen one where it is as good."""
        return min(self.finalists, key=lambda each: each.largest_regret)

    def as_json(self) -> dict[str, Any]:
        """The document of ``simulator hours --json``."""
        runner_up = self.runner_up
        return {
            "scenario": self.scenario,
            "title": self.title,
            "channel": self.channel,
            "budget": {
                "extra_nok": round(self.extra_nok),
                "asked": self.asked_budget,
                "own_nok": round(self.own_nok),
            },
            "aim": dict(self.aim),
            "question": dict(self.question),
            "worlds": self.worlds,
            "screening": {name: rounded(float(value)) for name, value in vars(self.screening).items()},
            "selection": _selection_json(self.selection, self.candidates),
            "exhaustive": self.exhaustive,
            "base_reached": rounded(self.base_reached),
            "recommended": self.chosen.name,
            "runner_up": runner_up.name if runner_up else None,
            "least_regret": self.least_regret.name,
            "finalists": [each.as_json() for each in self.finalists],
            "frontier": [each.as_json() for each in self.frontier],
            "turning": {
                "rival": self.turning.rival,
                "rival_share": rounded(self.turning.rival_share),
                "drivers": [{key: _short(value) for key, value in vars(each).items()} for each in self.turning.drivers],
                "sharing": [each.as_json() for each in self.turning.sharing],
            },
            "years": {**vars(self.years), "total": self.years.total},
            "opening": written(self.opening),
            "changes": dict(self.changes),
            "manifest": dict(self.manifest),
        }


def _selection_json(selection: Selection, candidates: Sequence[tuple[Stretch, ...]]) -> dict[str, Any]:
    rows = zip(candidates, selection.mean, selection.left_after, strict=True)
    return {
        "confidence": rounded(selection.confidence),
        "indifference": rounded(selection.indifference),
        "complete": selection.complete,
        "years": selection.years,
        "chosen": selection.chosen,
        "candidates": [
            {"shifts": [shift_json(each) for each in plan], "mean": rounded(mean), "years": years}
            for plan, mean, years in rows
        ],
    }


def _short(value: Any) -> Any:
    return rounded(value) if isinstance(value, float) else value
