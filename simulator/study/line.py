"""A line whose day is known: withhold all but a few block totals, reconstruct the day from them, and compare.

The honest test of the reconstruction, because the truth is there to be missed: no shape that has seen the line takes
part. Knows nothing of a service, of files or of how the answer is shown.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.demand import block_hours, tilt
from simulator.demand.errors import ReconstructionError
from simulator.demand.family import (
    FAMILY,
    ORDERS,
    SHAPE_DIMENSIONS,
    TELEFONSEELSORGE,
    known_shape,
    log_mixture,
    published_stretches,
    random_shape,
    wave_spreads,
)
from simulator.demand.profile import HOURS
from simulator.demand.tilting import harmonics
from simulator.scenario.calendar import Calendar
from simulator.scenario.problems import Problem
from simulator.scenario.schedule import ScheduleRule
from simulator.study.blocks import NIGHT, OTHER_CLOSED, WINDOW, chat_hours_2024

Floats = NDArray[np.float64]

DRAWS = 1000
LEVEL = (5.0, 95.0)
"""Per cent points of the band."""
CLOSE, MOST_OUTSIDE = 0.08, 4
"""A reconstruction is good if its middle misses by at most this total variation and no more hours lie outside."""
_SAME = 0.01
"""A shape closer to the line than this total variation is that line itself."""
_FEWEST_COUNTED = 1000
"""Whole numbers that add up to at least this are counts, and chance is part of them; others may be shares."""
_YEAR = Calendar(date(2023, 1, 1), date(2023, 12, 31), "Europe/Oslo")
"""Whose weekdays and holidays say how much of each clock hour lies in a block."""
_LEAST_U = 1e-9
_ROUGHLY = 0.02
"""Relative error of a block's share that the random factor is not asked to explain."""

Blocks = Mapping[str, ScheduleRule | None]


@dataclass(frozen=True)
class KnownLine:
    """A known day beside what was reconstructed of it; arrays of shape (24,) are shares of the day by clock hour.

    Attributes
    ----------
    total
        What the day adds up to.
    counted
        Whether it is counts, so that the band holds their chance too.
    blocks
        Share of the day in each block: all that the reconstruction was told.
    references, left_out
        Known shapes that were mixed, and those that were not because they are the line or have seen it.
    true, median, low, high
        The known day; the median over draws, brought back to the blocks; the ends of the band.
    single
        Each shape alone, tilted to the blocks, by name.
    draws, seed
        How many days were drawn, with which design.
    """

    total: float
    counted: bool
    blocks: Mapping[str, float]
    references: tuple[str, ...]
    left_out: tuple[str, ...]
    true: Floats
    median: Floats
    low: Floats
    high: Floats
    single: Mapping[str, Floats]
    draws: int
    seed: int

    @property
    def held(self) -> NDArray[np.bool_]:
        """Whether the band holds the truth, by clock hour."""
        return np.asarray((self.low <= self.true) & (self.true <= self.high))

    @property
    def distance(self) -> float:
        """Total variation of the median from the truth."""
        return total_variation(self.median, self.true)

    @property
    def band_width(self) -> float:
        """Mean width of the band over the mean hour."""
        return float((self.high - self.low).sum())

    @property
    def good(self) -> bool:
        """Whether the middle is close and the band holds nearly all hours."""
        return self.distance <= CLOSE and int((~self.held).sum()) <= MOST_OUTSIDE

    def as_json(self) -> dict[str, Any]:
        """As plain data; shares of the day."""
        columns = {"true": self.true, "low": self.low, "median": self.median, "high": self.high}
        rows = [{name: _short(each[hour]) for name, each in columns.items()} for hour in range(HOURS)]
        return {
            "total": self.total,
            "counted": self.counted,
            "draws": self.draws,
            "seed": self.seed,
            "blocks": [{"block": name, "share": _short(share)} for name, share in self.blocks.items()],
            "references": list(self.references),
            "left_out": list(self.left_out),
            "total_variation": {
                "median": _short(self.distance),
                **{name: _short(total_variation(each, self.true)) for name, each in self.single.items()},
            },
            "hours_held": int(self.held.sum()),
            "hours_outside": np.flatnonzero(~self.held).tolist(),
            "band_level": (LEVEL[1] - LEVEL[0]) / 100,
            "band_width": _short(self.band_width),
            "good": self.good,
            "hours": [{"hour": hour, **row, "held": bool(self.held[hour])} for hour, row in enumerate(rows)],
        }


def default_blocks() -> dict[str, ScheduleRule | None]:
    """The three blocks that the annual report tells apart; None takes the rest."""
    return {NIGHT: ScheduleRule(daily=((0, 240),)), OTHER_CLOSED: None, WINDOW: chat_hours_2024()}


def reconstruct_line(
    counts: Floats,
    blocks: Blocks | None = None,
    leave_out: Collection[str] = (),
    draws: int = DRAWS,
    seed: int = 1,
) -> KnownLine:
    """Reconstruct a known day from its block totals alone, by members of the family that have not seen it.

    Members count in proportion to how well the known shapes they mix foresaw the totals (see `_odds`).

    Parameters
    ----------
    counts
        Shape (24,): what the line counted at each clock hour; within an hour its rate is taken as constant.
    blocks
        See `block_hours`; `default_blocks` if left out.
    leave_out
        Names (of `FAMILY`) of shapes that take no part, beside those that have seen the line.
    draws, seed
        How many members of the family are drawn, by which scrambled Sobol' sequence.

    Raises
    ------
    ReconstructionError
        If the blocks are no partition of the week, a block's total is 0, or no shape is left to mix.
    """
    blocks = default_blocks() if blocks is None else blocks
    hours = block_hours(_YEAR, blocks).sum(axis=(1, 2))
    parts = hours / hours.sum(axis=0)
    totals = parts @ counts
    away = {*leave_out, *seen_by(counts)}
    references = tuple(name for name in FAMILY if name not in away)
    if not references:
        raise ReconstructionError([Problem("demand", 0, 0, "", "line.nothing_left")])
    design = _design(draws, seed)
    found = np.array([_shares(random_shape(u, references), parts, totals) for u in design])
    odds = _odds(np.array([log_mixture(u, references) for u in design]), parts, totals)
    counted = bool(np.all(counts == np.round(counts)) and counts.sum() >= _FEWEST_COUNTED)
    seen = _with_chance(found, parts, totals, seed) if counted else found
    low, high = _percentiles(seen, odds, LEVEL)
    (median,) = _percentiles(found, odds, (50.0,))
    return KnownLine(
        total=float(counts.sum()),
        counted=counted,
        blocks=dict(zip(blocks, map(float, totals / totals.sum()), strict=True)),
        references=references,
        left_out=tuple(name for name in FAMILY if name in away),
        true=counts / counts.sum(),
        median=_shares(median, parts, totals),
        low=low,
        high=high,
        single={name: _shares(known_shape(name), parts, totals) for name in references},
        draws=draws,
        seed=seed,
    )


def seen_by(counts: Floats) -> Iterator[str]:
    """The shapes of the family that are this line, or rest on it."""
    shares = counts / counts.sum()
    for name in FAMILY:
        is_line = known_shape(name).std() > 0 and total_variation(known_shape(name), shares) < _SAME
        if is_line and name != TELEFONSEELSORGE:
            yield name
    hours, told = published_stretches()
    if total_variation(hours @ shares, told) < _SAME:
        yield from (TELEFONSEELSORGE, "day-and-night")  # some of the latter's anchors are that line's night


def total_variation(one: Floats, other: Floats) -> float:
    """Half the sum of absolute differences of two distributions: the share of contacts that lie at the wrong hour."""
    return float(np.abs(one - other).sum() / 2)


def _design(draws: int, seed: int) -> Floats:
    """Points of a scrambled Sobol' sequence (Owen 1998), shape (draws, `SHAPE_DIMENSIONS`)."""
    from scipy.stats.qmc import Sobol

    sequence = Sobol(SHAPE_DIMENSIONS, scramble=True, rng=np.random.default_rng(seed))
    points = sequence.random_base2(int(np.ceil(np.log2(draws))))[:draws]
    return np.asarray(np.clip(points, _LEAST_U, 1 - _LEAST_U))


def _odds(logs: Floats, parts: Floats, totals: Floats) -> Floats:
    """How probable the block totals are under each mixture of known shapes, up to a factor; shape (draws,).

    The random factor is normal in logarithms, so the logarithms of ratios of block totals are nearly normal about those
    of the mixture. A mixture that must be bent far to meet the totals says little of what no total says.
    """
    held = np.exp(logs)[:, None, :] * parts
    sums = held.sum(axis=2)
    gradients = (held / sums[:, :, None]) @ harmonics(ORDERS)[1:].T
    ratios = np.log(sums[:, :-1] / sums[:, -1:]) - np.log(totals[:-1] / totals[-1])
    slopes = gradients[:, :-1] - gradients[:, -1:]
    spread = (slopes * wave_spreads() ** 2) @ slopes.transpose(0, 2, 1) + _ROUGHLY**2 * np.eye(ratios.shape[1])
    missed = np.einsum("db,db->d", ratios, np.linalg.solve(spread, ratios[:, :, None])[:, :, 0])
    score = -0.5 * (missed + np.linalg.slogdet(spread)[1])
    return np.asarray(np.exp(score - score.max()))


def _percentiles(found: Floats, odds: Floats, points: Sequence[float]) -> Floats:
    """Weighted per cent points over draws, shape (points, 24)."""
    ends: Floats = np.percentile(found, points, axis=0, weights=odds, method="inverted_cdf")
    return ends


def _shares(shape: Floats, parts: Floats, totals: Floats) -> Floats:
    """Share of each clock hour in a day of this form that has these block totals."""
    return np.asarray(tilt(shape, parts, totals) / totals.sum())


def _with_chance(found: Floats, parts: Floats, totals: Floats, seed: int) -> Floats:
    """What would be counted of days of these forms: contacts of a block fall into its hours by chance."""
    rng = np.random.default_rng([seed, 1])
    counted = np.zeros_like(found)
    for part, total in zip(parts, totals, strict=True):
        inside = found * part
        counted += rng.multinomial(round(total), inside / inside.sum(axis=1, keepdims=True))
    return np.asarray(counted / totals.sum())


def _short(value: float) -> float:
    return float(f"{value:.6g}")
