"""Mixed-integer linear programmes, written row by row and solved by HiGHS. The one home of `scipy.optimize` here.

Knows rows and columns, nothing of shifts. Solves are bounded by nodes of the search tree, which no machine's speed
moves; the limit in seconds is a last resort, and whoever hits it is told.
"""

import ctypes
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OPTIMAL, IMPOSSIBLE, STOPPED = "optimal", "impossible", "stopped"


@dataclass(frozen=True)
class Limits:
    """How long a search may go on.

    Attributes
    ----------
    nodes
        Of the search tree.
    seconds
        By the clock.
    gap
        Relative distance from the best that is possible at which a solution is good enough.
    """

    nodes: int = 20_000
    seconds: float = 120.0
    gap: float = 0.0


@dataclass(frozen=True)
class Solution:
    """What a search found.

    Attributes
    ----------
    status
        ``optimal`` (within the gap), ``impossible`` (proven), ``stopped`` (by a limit; with values if any).
    values
        Of the columns; None where nothing was found.
    objective, bound
        Of the values found, and the least that is possible; nan and -inf where unknown.
    """

    status: str
    values: Floats | None
    objective: float
    bound: float


@dataclass
class Programme:
    """A programme that is being written: minimise cost, columns from 0 to an upper limit."""

    _costs: list[Floats] = field(default_factory=list)
    _upper: list[Floats] = field(default_factory=list)
    _whole: list[NDArray[np.bool_]] = field(default_factory=list)
    _columns: int = 0
    _row_columns: list[Ints] = field(default_factory=list)
    _row_weights: list[Floats] = field(default_factory=list)
    _low: list[float] = field(default_factory=list)
    _high: list[float] = field(default_factory=list)

    def add(self, costs: ArrayLike, upper: float = np.inf, whole: bool = True) -> Ints:
        """New columns, one for each cost; their numbers."""
        new = np.atleast_1d(np.asarray(costs, float))
        self._costs.append(new)
        self._upper.append(np.full(len(new), upper))
        self._whole.append(np.full(len(new), whole))
        self._columns += len(new)
        return np.arange(self._columns - len(new), self._columns)

    def row(self, columns: ArrayLike, weights: ArrayLike = 1.0, low: float = -np.inf, high: float = np.inf) -> None:
        """Keep the weighted sum of some columns between two limits; a column named twice counts twice."""
        place = np.atleast_1d(np.asarray(columns, np.int64))
        self._row_columns.append(place)
        self._row_weights.append(np.broadcast_to(np.asarray(weights, float), place.shape))
        self._low.append(low)
        self._high.append(high)

    def solve(self, limits: Limits, relaxed: bool = False) -> Solution:
        """The cheapest values; ``relaxed``: fractions are allowed."""
        from scipy.optimize import Bounds, milp

        if not self._columns:
            return _without_columns(self._low, self._high)
        cost = np.concatenate(self._costs)
        whole = np.concatenate(self._whole).astype(int) * (not relaxed)
        options = {"node_limit": limits.nodes, "time_limit": limits.seconds, "mip_rel_gap": limits.gap}
        bounds = Bounds(0.0, np.concatenate(self._upper))
        with _silence():
            found = milp(cost, integrality=whole, bounds=bounds, constraints=self._constraints(), options=options)
        if found.status == 2:
            return Solution(IMPOSSIBLE, None, np.nan, np.inf)
        if found.x is None:
            return Solution(STOPPED, None, np.nan, -np.inf)
        values = np.where(whole == 1, np.round(found.x), found.x)
        bound = found.fun if found.mip_dual_bound is None else min(found.mip_dual_bound, found.fun)
        return Solution(OPTIMAL if found.status == 0 else STOPPED, values, float(cost @ values), float(bound))

    def reduced_costs(self) -> Floats | None:
        """How much dearer the relaxed programme gets for one of each column that it leaves out; None if impossible."""
        from scipy.optimize import linprog

        matrix = self._matrix()
        low, high = np.array(self._low), np.array(self._high)
        above, below = np.isfinite(high), np.isfinite(low)
        from scipy.sparse import vstack

        found = linprog(
            np.concatenate(self._costs),
            A_ub=vstack([matrix[above], -matrix[below]]),
            b_ub=np.concatenate([high[above], -low[below]]),
            bounds=[(0.0, None if np.isinf(most) else most) for most in np.concatenate(self._upper)],
            method="highs",
        )
        return np.asarray(found.lower.marginals) if found.status == 0 else None

    def _matrix(self) -> Any:
        from scipy.sparse import csr_array

        counts = [len(each) for each in self._row_columns]
        starts = np.concatenate([[0], np.cumsum(counts)])
        columns = _joined(self._row_columns, np.int64)
        weights = _joined(self._row_weights, np.float64)
        matrix = csr_array((weights, columns, starts), shape=(len(counts), self._columns))
        matrix.sum_duplicates()
        return matrix

    def _constraints(self) -> Sequence[Any]:
        from scipy.optimize import LinearConstraint

        return [LinearConstraint(self._matrix(), self._low, self._high)] if self._low else []


@contextmanager
def _silence() -> Iterator[None]:
    """Keep what the solver itself now and then says off standard output, which is for our one JSON document.

    It writes past Python, so the file behind standard output is changed, and the C library's buffer emptied in time.
    """
    try:
        sys.stdout.flush()
        kept = os.dup(1)
    except (OSError, ValueError, AttributeError):  # there is no such file: nothing to keep clean
        yield
        return
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            yield
    finally:
        _flush_c()
        os.dup2(kept, 1)
        os.close(kept)


def _flush_c() -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL("ucrtbase" if os.name == "nt" else None).fflush(None)


def _joined(parts: Sequence[NDArray[np.generic]], kind: type) -> NDArray[np.generic]:
    return np.concatenate(parts) if parts else np.zeros(0, kind)


def _without_columns(low: Sequence[float], high: Sequence[float]) -> Solution:
    """What is true of sums of nothing."""
    holds = all(least <= 0 <= most for least, most in zip(low, high, strict=True))
    return Solution(OPTIMAL, np.zeros(0), 0.0, 0.0) if holds else Solution(IMPOSSIBLE, None, np.nan, np.inf)
