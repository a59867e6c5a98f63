"""Shapley values of a change that comes of several causes together: exact, and on a grid where sums of them stay exact.

The part of a cause is what it adds to a mix of the other causes, averaged over all orders in which they can be put in
(Shapley 1953, A value for n-person games, Contributions to the Theory of Games II: 307-317),

    part_i = sum over mixes S without i of  |S|! (n - |S| - 1)! / n!  (v(S and i) - v(S)).

A mix is a place in a sequence of 2**n values: bit i says whether cause i is in. Knows nothing of what values mean.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import factorial, floor, frexp

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

GRID_BITS = 44
"""Bits kept below the leading bit of the largest of some numbers: far below any noise, and so few that sums of them
are exact in floating point."""


def marginal(values: Sequence[Fraction], number: int) -> list[Fraction]:
    """What a cause adds to each mix of the others: first to none, last to all."""
    return [values[place | 1 << number] - values[place] for place in range(len(values)) if not place >> number & 1]


def orders(count: int, number: int) -> dict[int, int]:
    """In how many of the n! orders each mix without a cause is what was there before it: place -> orders."""
    places = [place for place in range(2**count) if not place >> number & 1]
    return {place: factorial(place.bit_count()) * factorial(count - place.bit_count() - 1) for place in places}


def shapley(values: Sequence[Fraction], number: int) -> Fraction:
    """The part of a cause in the change from the first mix to the last; all parts add up to it exactly.

    Parameters
    ----------
    values
        Of the 2**n mixes.
    number
        The cause.
    """
    count = len(values).bit_length() - 1
    weighted = zip(marginal(values, number), orders(count, number).values(), strict=True)
    return sum((each * many for each, many in weighted), Fraction(0)) / factorial(count)


def shapley_of_years(years: Floats, number: int) -> Floats:
    """The part of a cause in each year of each world; from shape (mixes, worlds, years) to (worlds, years)."""
    count = len(years).bit_length() - 1
    part: Floats = np.zeros(years.shape[1:])
    for place, many in orders(count, number).items():
        part += many * (years[place | 1 << number] - years[place])
    return part / factorial(count)


def on_grid(parts: Sequence[Fraction], total: Fraction) -> list[float]:
    """Parts as numbers whose sum, in any order and without rounding, is the total as such a number.

    All are multiples of one power of two, `GRID_BITS` below the largest. Each is rounded down, and what is missing to
    the rounded total goes to those that lost most (the method of the largest remainder).
    """
    largest = max(abs(float(each)) for each in (*parts, total))
    if largest == 0:
        return [0.0] * len(parts)
    unit = Fraction(2) ** (frexp(largest)[1] - GRID_BITS)
    scaled = [each / unit for each in parts]
    units = [floor(each) for each in scaled]
    missing = round(total / unit) - sum(units)
    by_loss = sorted(range(len(parts)), key=lambda place: (units[place] - scaled[place], place))
    for place in by_loss[:missing]:
        units[place] += 1
    return [float(each * unit) for each in units]
