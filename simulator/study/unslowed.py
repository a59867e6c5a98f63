"""How long conversations would take one at a time, from a log of conversations that were held side by side.

A conversation with t_1 minutes alone and t_i minutes while its counsellor held i has work t_1 + v_2 t_2 + v_3 t_3 and
so on, and nobody tells the speeds v. But how many she held when it began says nothing of its own work: so the mean work
is the same whatever that number was, and the speeds are those that make it so (an instrumental variable, Wald 1940).
Needs codes of counsellors; knows nothing of files.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.demand.own import OwnLog
from simulator.demand.own.data import OUTCOMES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEWEST_PER_LEVEL = 50
"""Conversations that must have begun beside so many others before a speed is told for that level."""
LEAST_TIME = 0.01
"""Share of all time that must have been spent at a level."""
MOST_LEVELS = 5
_RESAMPLES = 500
_SEED = 19400601


@dataclass(frozen=True)
class Unslowed:
    """What conversations would take alone.

    Attributes
    ----------
    mean_min, low_min, high_min
        Mean work with its 95 % interval.
    cv, low_cv, high_cv
        Coefficient of variation of the work with its 95 % interval.
    speeds, speed_ends
        Pace of each of 1, 2, 3 ... conversations held at once, the first is 1; and the ends of their 95 % intervals.
    held_with_others
        Share of the time of conversations in which their counsellor held another.
    contacts
        How many it rests on.
    """

    mean_min: float
    low_min: float
    high_min: float
    cv: float
    low_cv: float
    high_cv: float
    speeds: tuple[float, ...]
    speed_ends: tuple[tuple[float, float], ...]
    held_with_others: float
    contacts: int


def work_alone(log: OwnLog) -> Unslowed | None:
    """Mean work of the answered contacts, None where the log has no codes of counsellors or too few contacts."""
    rows = (log.outcome == OUTCOMES.index("answered")) & (log.counsellor >= 0) & ~np.isnan(log.handling_s)
    if rows.sum() < 2 * FEWEST_PER_LEVEL:
        return None
    at_level, beside = _times(log, rows)
    whole = float(at_level.sum())
    at_level, beside = _merged_levels(at_level, beside)
    mean, speeds = _solved(at_level, beside)
    if not np.isfinite(mean) or mean <= 0:
        return None
    together = 1.0 - float(at_level[:, 0].sum()) / whole if whole else 0.0
    error, cv_error, speed_errors = _errors(at_level, beside)
    cv = _cv(at_level @ speeds)
    ends = [(float(low), float(high)) for low, high in zip(speeds - speed_errors, speeds + speed_errors, strict=True)]
    return Unslowed(
        mean_min=mean / 60,
        low_min=(mean - error) / 60,
        high_min=(mean + error) / 60,
        cv=cv,
        low_cv=cv - cv_error,
        high_cv=cv + cv_error,
        speeds=tuple(map(float, speeds)),
        speed_ends=tuple(ends),
        held_with_others=together,
        contacts=len(beside),
    )


def _cv(work: Floats) -> float:
    return float(work.std(ddof=1) / work.mean())


def _errors(at_level: Floats, beside: Ints) -> tuple[float, float, Floats]:
    """Half-widths of the 95 % intervals of mean work, its variation and the speeds, by a bootstrap of conversations."""
    draws = np.random.default_rng(_SEED).integers(len(beside), size=(_RESAMPLES, len(beside)))
    means, cvs, all_speeds = [], [], []
    for each in draws:
        mean, speeds = _solved(at_level[each], beside[each])
        means.append(mean)
        cvs.append(_cv(at_level[each] @ speeds))
        all_speeds.append(speeds)
    half = [1.96 * np.nanstd(each, axis=0) for each in (means, cvs, all_speeds)]
    return float(half[0]), float(half[1]), np.asarray(half[2])


def _times(log: OwnLog, rows: NDArray[np.bool_]) -> tuple[Floats, Ints]:
    """Seconds of each conversation by how many its counsellor held (1, 2, ...), and how many she held before it."""
    start = log.at_ms[rows] / 1000 + np.nan_to_num(log.wait_s[rows])
    end = start + log.handling_s[rows]
    released = end + np.nan_to_num(log.wrap_up_s[rows])
    at_level = np.zeros((len(start), MOST_LEVELS))
    beside = np.zeros(len(start), np.int64)
    codes = log.counsellor[rows]
    for code in np.unique(codes):
        mine = np.flatnonzero(codes == code)
        edges = np.concatenate([start[mine], released[mine]])
        steps = np.repeat([1, -1], len(mine))
        order = np.lexsort((steps, edges))
        edges, held = edges[order], np.cumsum(steps[order])
        lengths = np.diff(edges, append=edges[-1])
        for level in range(MOST_LEVELS):
            is_here = held >= MOST_LEVELS if level == MOST_LEVELS - 1 else held == level + 1
            reached = np.concatenate([[0.0], np.cumsum(np.where(is_here, lengths, 0.0))])
            at_level[mine, level] = _until(edges, reached, is_here, end[mine]) - _until(
                edges, reached, is_here, start[mine]
            )
        begun = np.sort(start[mine])
        ended = np.sort(released[mine])
        beside[mine] = np.searchsorted(begun, start[mine], "left") - np.searchsorted(ended, start[mine], "right")
    return at_level, np.maximum(beside, 0)


def _until(edges: Floats, reached: Floats, is_here: NDArray[np.bool_], at: Floats) -> Floats:
    """Time at a level before some instants."""
    place = np.searchsorted(edges, at, "right") - 1
    return np.asarray(reached[place] + np.where(is_here[place], at - edges[place], 0.0))


def _merged_levels(at_level: Floats, beside: Ints) -> tuple[Floats, Ints]:
    """Levels that too few conversations began at are counted with the one below them."""
    levels = MOST_LEVELS
    whole = at_level.sum()
    while levels > 1 and (
        np.sum(beside >= levels - 1) < FEWEST_PER_LEVEL or at_level[:, levels - 1 :].sum() < LEAST_TIME * whole
    ):
        levels -= 1
    merged = at_level[:, :levels].copy()
    merged[:, levels - 1] += at_level[:, levels:].sum(axis=1)
    return merged, np.minimum(beside, levels - 1)


def _solved(at_level: Floats, beside: Ints) -> tuple[float, Floats]:
    """Mean work and speeds: the mean of t_1 + v_2 t_2 + ... is the same for every number held before."""
    levels = at_level.shape[1]
    if levels == 1:
        return float(at_level.mean()), np.ones(1)
    counts = np.bincount(beside, minlength=levels)
    means = np.array([np.bincount(beside, column, levels) for column in at_level.T]).T / np.maximum(counts, 1)[:, None]
    # unknown: speeds of levels 2 ..., then the mean work; one equation for each number held before
    matrix = np.column_stack([means[:, 1:], -np.ones(levels)])
    try:
        found = np.linalg.solve(matrix, -means[:, 0])
    except np.linalg.LinAlgError:
        return float("nan"), np.ones(levels)
    speeds = np.concatenate([[1.0], np.clip(found[:-1], 0.05, 1.5)])
    return float((at_level @ speeds).mean()), speeds
