"""Reference shapes: three views of how demand runs through 24 hours, all from evidence, none of them the truth.

``open-up`` is another country's youth line as counted; ``smoothness`` is flat, so that a tilt of it knows nothing but
the totals; ``day-and-night`` is a smooth curve fitted to what comparable lines say of their day. Knows nothing of
totals.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.demand.profile import HOURS
from simulator.evidence import evidence

Floats = NDArray[np.float64]

_STEPS_PER_HOUR = 4
"""Rates within an hour are means over this many points of the curve."""
_HARMONICS = 2


@cache
def reference_shape(name: str) -> Floats:
    """Share of a day's first attempts in each clock hour, shape (24,), sum 1, read-only.

    Parameters
    ----------
    name
        ``day-and-night``, ``open-up`` or ``smoothness``.

    Raises
    ------
    KeyError
        If there is no such shape.
    """
    shape = _SHAPES[name]()
    shares = np.asarray(shape / shape.sum())
    shares.setflags(write=False)
    return shares


def day_curve(coefficients: Floats, hours: Floats) -> Floats:
    """Rate, up to a constant factor, at points of the day: ``exp(a1 cos x + b1 sin x + a2 cos 2x + b2 sin 2x)``."""
    angle = 2 * np.pi * hours / HOURS
    terms = [turn(order * angle) for order in range(1, _HARMONICS + 1) for turn in (np.cos, np.sin)]
    return np.asarray(np.exp(coefficients @ np.array(terms)))


def day_and_night_coefficients() -> Floats:
    """The four coefficients of the day-and-night curve, fitted by least squares.

    Minimises the squared errors of the logarithm of each anchor's ratio, averaged within each source and added over
    sources, from a flat day on.
    """
    from scipy.optimize import least_squares

    anchors = list(_anchors())
    targets = np.log([ratio for _, _, ratio, _ in anchors])
    weights = np.sqrt([weight for _, _, _, weight in anchors])

    def errors(coefficients: Floats) -> Floats:
        ratios = [_mean_rate(coefficients, of) / _mean_rate(coefficients, over) for of, over, _, _ in anchors]
        return np.asarray((np.log(ratios) - targets) * weights)

    fit = least_squares(errors, np.zeros(2 * _HARMONICS), xtol=1e-14, ftol=1e-14, gtol=1e-14)
    return np.asarray(fit.x)


def _anchors() -> Iterator[tuple[tuple[float, float], tuple[float, float], float, float]]:
    """Two stretches, how much busier the first is than the second, and the weight: 1 for each source."""
    sources: Any = evidence("day-and-night-anchors").value
    for anchors in sources.values():
        for anchor in anchors:
            yield anchor["of"], anchor["over"], anchor["ratio"], 1 / len(anchors)


def _mean_rate(coefficients: Floats, stretch: tuple[float, float]) -> float:
    """Mean of the curve over a stretch of whole hours."""
    start, end = stretch
    return float(day_curve(coefficients, _points(start, round(end - start))).mean())


def _points(start: float, hours: int) -> Floats:
    return start + (np.arange(hours * _STEPS_PER_HOUR) + 0.5) / _STEPS_PER_HOUR


def _day_and_night() -> Floats:
    rates = day_curve(day_and_night_coefficients(), _points(0, HOURS))
    return np.asarray(rates.reshape(HOURS, _STEPS_PER_HOUR).mean(axis=1))


def _open_up() -> Floats:
    counts: Any = evidence("openup-arrivals-by-hour").value
    return np.array(counts, np.float64)


_SHAPES: Mapping[str, Callable[[], Floats]] = {
    "day-and-night": _day_and_night,
    "open-up": _open_up,
    "smoothness": lambda: np.ones(HOURS),
}
REFERENCES = tuple(_SHAPES)
"""Names of all reference shapes, the default first."""
