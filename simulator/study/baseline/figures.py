"""Figures of a long table as a baseline keeps them: names, roundings, and when two of them are the same.

Counts are means of whole numbers over a power of two of years, or over few worlds: they are kept with all their digits.
Everything else has passed through floating point and is kept with 6.
"""

import math
from collections.abc import Iterator

from simulator.scenario.schedule import WEEKDAYS
from simulator.service.keys import ALL, HOURS, MONTHS, Key
from simulator.study.baseline.contents import NUMBERS, Cut, Figure
from simulator.study.estimates import Estimate, Estimates, rounded

COUNTED = ("contacts", "persons")
"""Units of whole numbers."""
AXES = ("hour", "weekday", "month")
LABELS = {"hour": HOURS, "weekday": WEEKDAYS, "month": MONTHS}
_SAME_COUNT = 1e-9
"""Far below one contact in all years of a million, and far above the rounding of a float."""
_SAME_NUMBER = 1.1e-5
"""One in the sixth digit, at most."""
_SAME_PART = 1e-9
"""Of what a number was made of: what is smaller is rounding."""


def is_counted(unit: str) -> bool:
    """Whether a figure counts contacts or persons."""
    return unit.partition("/")[0] in COUNTED


def name_of(key: Key) -> str:
    """A figure without its cut: "measure/channel/site"."""
    return f"{key.measure}/{key.channel}/{key.site}"


def is_whole(key: Key) -> bool:
    """Whether a figure is of the whole year."""
    return all(getattr(key, axis) == ALL for axis in AXES)


def figure_of(estimate: Estimate) -> Figure:
    """A figure of the whole year."""
    mean = _kept(estimate.mean, is_counted(estimate.unit))
    return Figure(estimate.unit, (mean, *(rounded(getattr(estimate, name)) for name in NUMBERS[1:])))


def _kept(value: float, counted: bool) -> float | None:
    return (None if math.isnan(value) else float(f"{value:.12g}")) if counted else rounded(value)


def cuts_of(measures: Estimates) -> tuple[dict[str, Cut], dict[str, tuple[float | None, ...]]]:
    """Means along one axis ("measure/channel/site/hour"), and by weekday and hour ("measure/channel/site")."""
    along: dict[tuple[str, tuple[str, ...]], list[Estimate]] = {}
    for name, axes, key in _cut_keys(measures):
        along.setdefault((name, axes), []).append(measures[key])
    single = {f"{name}/{axes[0]}": _cut(each) for (name, axes), each in along.items() if len(axes) == 1}
    double = {name: tuple(rounded(one.mean) for one in each) for (name, axes), each in along.items() if len(axes) > 1}
    return single, double


def _cut(estimates: list[Estimate]) -> Cut:
    unit = estimates[0].unit
    return Cut(unit, tuple(_kept(each.mean, is_counted(unit)) for each in estimates))


def _cut_keys(measures: Estimates) -> Iterator[tuple[str, tuple[str, ...], Key]]:
    for key in measures:
        axes = tuple(axis for axis in AXES if getattr(key, axis) != ALL)
        if axes:
            yield name_of(key), axes, key


def same(was: float | None, now: float | None, counted: bool, scale: float = 0.0) -> bool:
    """Whether a number is what it was, apart from its rounding.

    Parameters
    ----------
    scale
        Size of what it was made of: an end of an interval near 0 is the difference of two larger numbers.
    """
    if was is None or now is None:
        return was is now
    share = _SAME_COUNT if counted else _SAME_NUMBER
    return abs(now - was) <= max(share * max(abs(was), abs(now)), _SAME_PART * abs(scale))


def moved_column(was: Figure, now: Figure) -> str | None:
    """The first column of a figure that moved, None where it is the same figure."""
    counted = is_counted(now.unit)
    if was.unit != now.unit:
        return "unit"
    for name, before, after in zip(NUMBERS, was.numbers, now.numbers, strict=True):
        if not same(before, after, counted and name == "mean", now.mean or 0.0):
            return name
    return None


def in_noise(change: float, figure: Figure) -> float | None:
    """A change in half-widths of the figure's 95 % interval; None where it has no noise, such as planned hours."""
    noise = figure.noise
    if not noise or noise <= _SAME_PART * abs(figure.mean or 0.0):
        return None
    return change / noise
