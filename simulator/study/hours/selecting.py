"""Which of some plans is best, with a stated probability of being right: fully sequential selection on paired years.

The procedure KN of Kim & Nelson (2001, ACM Transactions on Modeling and Computer Simulation 11: 251-273). With k plans,
years paired (common random numbers) and plans' yearly figures jointly normal, years independent, the plan with the
greatest mean is chosen with probability at least 1 - alpha whenever it is better than every other by the indifference
or more; where several are within the indifference of the best, one of them is chosen or something as good. Plans that
are clearly behind are let go after few years. Knows nothing of plans: they are rows of numbers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Sample = Callable[[Sequence[int], int], Floats]
"""The first so many years of some plans: shape (plans, years); those seen before are the same again."""

FIRST_YEARS = 24
"""Years of every plan before anything is decided: they estimate the variances of all differences."""
STEP = 6
"""Years that are simulated together from then on; each is looked at in its turn, as if it had come alone."""


@dataclass(frozen=True)
class Selection:
    """How one plan was chosen of several.

    Attributes
    ----------
    chosen
        Place of the plan.
    alive
        Places of those never let go, the chosen one among them.
    left_after
        Years after which each plan was let go; for those that never were, the years looked at.
    mean
        Of each plan over the years before it was let go.
    years
        Years looked at of the chosen one.
    simulated
        Years of all plans together.
    complete
        Whether the procedure came to its end; else the most years were reached, and the probability is not promised.
    confidence, indifference
        What was asked for.
    """

    chosen: int
    alive: tuple[int, ...]
    left_after: tuple[int, ...]
    mean: tuple[float, ...]
    years: int
    simulated: int
    complete: bool
    confidence: float
    indifference: float


def slack(plans: int, confidence: float, first_years: int) -> float:
    """The constant h squared of the procedure, with one cell of its triangular region (c = 1).

    eta solves g(eta) = (1 + 2 eta)^(-(n0 - 1) / 2) / 2 = alpha / (k - 1), and h^2 = 2 c eta (n0 - 1).
    """
    alpha = 1.0 - confidence
    eta = 0.5 * ((2.0 * alpha / (plans - 1)) ** (-2.0 / (first_years - 1)) - 1.0)
    return float(2.0 * eta * (first_years - 1))


def select(
    sample: Sample,
    plans: int,
    *,
    confidence: float,
    indifference: float,
    most_years: int,
    first_years: int = FIRST_YEARS,
    step: int = STEP,
) -> Selection:
    """Choose the plan with the greatest mean.

    Parameters
    ----------
    sample
        Gives years; year i of every plan is paired with year i of every other.
    plans
        How many there are, at least 1.
    confidence
        Probability of correct selection, between 1 / plans and 1.
    indifference
        A difference of means that is worth telling apart, above 0.
    most_years
        Years of one plan after which it ends in any case.
    first_years, step
        Years before the first decision, and in a piece after it; they move the cost, not the promise.

    Raises
    ------
    ValueError
        If a number is out of range.
    """
    if plans < 1 or not 0.0 < confidence < 1.0 or not indifference > 0.0 or first_years < 2 or step < 1:
        raise ValueError("plans from 1, confidence between 0 and 1, indifference above 0, two first years or more")
    first = min(first_years, most_years)
    seen = sample(range(plans), first)
    if plans == 1:
        return Selection(0, (0,), (first,), (float(seen.mean()),), first, first, True, confidence, indifference)
    duel = _Duel(seen, slack(plans, confidence, first_years), indifference)
    had = first
    while len(duel.alive) > 1 and duel.year < duel.last_year and duel.year < most_years:
        have = min(had + step, most_years)
        rows = sample(duel.alive, have)
        start = list(duel.alive)
        for year in range(had, have):
            if len(duel.alive) > 1 and duel.year < duel.last_year:
                duel.look(dict(zip(start, rows[:, year], strict=True)))
        duel.simulated += (have - had) * len(start)
        had = have
    return duel.ended(confidence, most_years)


class _Duel:
    """All plans against each other, one year after another."""

    def __init__(self, seen: Floats, squared: float, indifference: float) -> None:
        plans, self.year = seen.shape
        self.indifference = indifference
        differences = seen[:, np.newaxis, :] - seen[np.newaxis, :, :]
        self._line = squared * differences.var(axis=2, ddof=1) / indifference**2  # h^2 S_il^2 / delta^2
        self.last_year = int(np.floor(self._line).max()) + 1
        self.sums = seen.sum(axis=1)
        self.left_after = np.zeros(plans, np.int64)
        self.mean = seen.mean(axis=1)
        self.alive: list[int] = list(range(plans))
        self.simulated = plans * self.year
        if self.year < self.last_year:
            self._let_go()

    def look(self, figures: dict[int, float]) -> None:
        """One more year of those that are left (others' figures are not looked at)."""
        self.year += 1
        for plan in self.alive:
            self.sums[plan] += figures[plan]
            self.mean[plan] = self.sums[plan] / self.year
        self._let_go()

    def _let_go(self) -> None:
        """Drop each plan that is behind some other by more than what their variance still allows."""
        here = np.array(self.alive)
        allowed = self.indifference / (2.0 * self.year) * (self._line[np.ix_(here, here)] - self.year)
        behind = self.mean[here][np.newaxis, :] - self.mean[here][:, np.newaxis]
        gone = (behind > np.maximum(allowed, 0.0)).any(axis=1)
        self.left_after[here[gone]] = self.year
        self.alive = [int(plan) for plan in here[~gone]]

    def ended(self, confidence: float, most_years: int) -> Selection:
        """The one that is left, or the greatest mean of those that are."""
        here = np.array(self.alive)
        chosen = int(here[np.argmax(self.mean[here])])
        self.left_after[here] = self.year
        complete = len(here) == 1 or self.year >= self.last_year
        return Selection(
            chosen,
            tuple(self.alive),
            tuple(map(int, self.left_after)),
            tuple(map(float, self.mean)),
            self.year,
            self.simulated,
            complete,
            confidence,
            self.indifference,
        )
