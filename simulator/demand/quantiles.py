"""Distributions as tables: families without parameters by the random word, all others by its normal score.

A look-up and a cubic take the place of logarithms and incomplete gamma functions. So a draw costs some nanoseconds in
any family, and only sums and products touch it, which have the same bits in numpy and in machine code.
Numerical inversion with a stated error: Derflinger, Hormann & Leydold (2010), "Random variate generation by numerical
inversion when only the density is known". Errors are far below the clock's tick; tests hold them to it.

Knows nothing of streams or of what the numbers are for. Tables are built by `scipy.special` and kept.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special

Bits = NDArray[np.uint64]
Floats = NDArray[np.float64]

WORD_BITS = 52
"""Random words: whole numbers below ``2**52``; word k stands for the uniform number ``(k + 1/2) / 2**52``."""
OCTAVE_BITS = 7
"""Pieces of a word table for each halving of the probability: ``2**7``."""
CUBIC = 4
"""Coefficients of a piece, from the constant up."""
HALF = (WORD_BITS << OCTAVE_BITS) * CUBIC
"""Coefficients of one half of a word table."""

LOWEST_SCORE, SCORES = -8.5, 17.0
"""Where the tables of families begin, and how wide they are: beyond every score that a word can give."""
PIECES = 512
PIECES_PER_SCORE = PIECES / SCORES
_PIECE_STEP = 2.0 ** (OCTAVE_BITS - WORD_BITS)
_LOG2_E = 1.4426950408889634


def _cubics(at_start: Floats, at_quarter: Floats, at_three_quarters: Floats, at_end: Floats) -> Floats:
    """Coefficients of the cubics through values at 0, 1/4, 3/4 and 1 (Newton's divided differences), flattened."""
    first = (at_quarter - at_start) * 4
    second = (at_three_quarters - at_quarter) * 2
    third = (at_end - at_three_quarters) * 4
    bend, other_bend = (second - first) / 0.75, (third - second) / 0.75
    cubed = other_bend - bend
    linear = first - bend / 4 + cubed * 0.1875
    return np.ascontiguousarray(np.column_stack([at_start, linear, bend - cubed, cubed])).ravel()


@lru_cache(maxsize=2)
def word_table(family: str) -> Floats:
    """Cubics of the quantile of a family without parameters, over random words; shape (2 * `HALF`,).

    Piece ``e * 128 + j`` of a half holds the words whose distance to the half's end of the unit interval is
    ``x / 2**53`` with x from ``2**e * (1 + j / 128)`` to the next: the tails are as exact as the middle.

    Parameters
    ----------
    family
        ``normal`` (standard) or ``exponential`` (of mean 1).
    """
    octave = np.repeat(np.exp2(np.arange(WORD_BITS) - (WORD_BITS + 1.0)), 1 << OCTAVE_BITS)
    piece = np.tile(np.arange(1 << OCTAVE_BITS), WORD_BITS)
    tails = [octave * (1 + (piece + t) / (1 << OCTAVE_BITS)) for t in (0, 0.25, 0.75, 1)]
    lower, upper = _OF_TAILS[family]
    return _locked(np.concatenate([_cubics(*map(lower, tails)), _cubics(*map(upper, tails))]))


def _minus_log(u: Floats) -> Floats:
    numbers: Floats = -special.xlogy(1.0, u)
    return numbers


_OF_TAILS: Mapping[str, tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]] = {
    "normal": (special.ndtri, lambda tail: -special.ndtri(tail)),
    "exponential": (lambda tail: -special.xlog1py(1.0, -tail), _minus_log),
}
"""Quantiles by the distance to 0 (for the lower half) and to 1 (for the upper half)."""


def by_word(table: Floats, words: Bits) -> Floats:
    """Numbers of a family without parameters, rising with the word; any shape. Error below 1e-10.

    Parameters
    ----------
    table
        From `word_table`.
    words
        Below ``2**52``.
    """
    upper = words >> np.uint64(WORD_BITS - 1) != 0
    tail = np.where(upper, np.uint64((1 << WORD_BITS) - 1) - words, words)
    x = (2 * tail + np.uint64(1)).astype(np.float64).view(np.int64)
    piece = (x >> (WORD_BITS - OCTAVE_BITS)) - (1023 << OCTAVE_BITS)
    t: Floats = (x & ((1 << (WORD_BITS - OCTAVE_BITS)) - 1)).astype(np.float64) * _PIECE_STEP
    return _cubic(table, np.where(upper, piece + HALF // CUBIC, piece), t)


def quantiles(table: Floats, score: Floats) -> Floats:
    """Numbers of a family by normal score; never below 0.

    Parameters
    ----------
    table
        From `quantile_table`.
    score
        Any shape.
    """
    x = (score - LOWEST_SCORE) * PIECES_PER_SCORE
    piece = np.clip(x.astype(np.int64), 0, PIECES - 1)
    return np.maximum(_cubic(table, piece, x - piece), 0.0)


def _cubic(table: Floats, piece: NDArray[np.int64], t: Floats) -> Floats:
    start = piece * CUBIC
    value: Floats = table[start + 3] * t
    value += table[start + 2]
    value *= t
    value += table[start + 1]
    value *= t
    value += table[start]
    return value


@lru_cache(maxsize=64)
def quantile_table(family: str, cv: float) -> Floats:
    """Cubics of the quantile of a family of mean 1, over normal scores; shape (512 * 4,).

    Parameters
    ----------
    family
        ``lognormal``, ``gamma`` or ``weibull``.
    cv
        Standard deviation over mean, above 0.
    """
    start = LOWEST_SCORE + np.arange(PIECES) / PIECES_PER_SCORE
    values = [_FAMILIES[family](cv, start + t / PIECES_PER_SCORE) for t in (0, 0.25, 0.75, 1)]
    return _locked(_cubics(*values))


def _lognormal(cv: float, score: Floats) -> Floats:
    """``sigma**2 = log(1 + cv**2)``, ``mu = -sigma**2 / 2``."""
    variance = float(special.log1p(cv * cv))
    numbers: Floats = special.exp2((sqrt(variance) * score - variance / 2) * _LOG2_E)
    return numbers


def _gamma(cv: float, score: Floats) -> Floats:
    """Shape ``1 / cv**2``; each half of the distribution from its own tail."""
    shape = cv**-2
    lower = special.gammaincinv(shape, special.ndtr(np.minimum(score, 0)))
    upper = special.gammainccinv(shape, special.ndtr(-np.maximum(score, 0)))
    numbers: Floats = np.where(score < 0, lower, upper) / shape
    return numbers


def _weibull(cv: float, score: Floats) -> Floats:
    """``E**(1/shape) / gamma(1 + 1/shape)`` of the exponential number ``E = -log(1 - Phi(z))``."""
    inverse = weibull_inverse_shape(cv)
    log_scale = float(special.gammaln(1 + inverse))
    logs = inverse * special.xlogy(1.0, -special.log_ndtr(-score)) - log_scale
    numbers: Floats = special.exp2(logs * _LOG2_E)
    return numbers


def weibull_inverse_shape(cv: float) -> float:
    """``a = 1/shape`` of the Weibull distribution with coefficient of variation ``cv``.

    Solves ``log(1 + cv**2) = log gamma(1 + 2a) - 2 log gamma(1 + a)``, whose right side rises from 0 without bound.
    """
    target = float(special.log1p(cv * cv))
    low, high = 0.0, 1.0
    while _weibull_log_moment(high) < target:
        low, high = high, 2 * high
    for _ in range(200):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (middle, high) if _weibull_log_moment(middle) < target else (low, middle)
    return (low + high) / 2


def _weibull_log_moment(inverse_shape: float) -> float:
    """``log(1 + cv**2)`` of a Weibull distribution with shape ``1/inverse_shape``."""
    return float(special.gammaln(1 + 2 * inverse_shape) - 2 * special.gammaln(1 + inverse_shape))


_FAMILIES: Mapping[str, Callable[[float, Floats], Floats]] = {
    "lognormal": _lognormal,
    "gamma": _gamma,
    "weibull": _weibull,
}
FAMILIES = tuple(_FAMILIES)


def _locked(table: Floats) -> Floats:
    """A table that nobody can change: it is shared."""
    table.setflags(write=False)
    return table
