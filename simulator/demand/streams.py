"""Random numbers that are looked up, never consumed: each draw is a pure function of what it is for.

A draw depends on (seed, world, replication, name of the stream, whose draw it is, which attempt) and on nothing else.
So a new parameter never moves another's draws, demand can be scaled while everybody keeps their own numbers, and the
order or number of workers cannot matter. Counter-based generation: Salmon, Moraes, Dror & Shaw (2011), "Parallel
random numbers: as easy as 1, 2, 3"; the bijection is the finaliser of Steele, Lea & Flood (2014), "Fast splittable
pseudorandom number generators", variant 13 of Stafford, applied twice, once with each half of the stream's key.

Knows nothing of contacts or scenarios beyond `Duration`. Logarithms and powers go through `scipy.special`: the bits of
numpy's own vector functions depend on the processor's instruction set.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special

from simulator.scenario.model import Duration

Counters = NDArray[np.uint64]
Uniforms = NDArray[np.float64]
Ints = NDArray[np.int64]
Key = tuple[np.uint64, np.uint64]

LONGEST_MS = 1 << 45
"""Longest time ever drawn, over a thousand years: absurd means cannot overflow the clock."""

_MINUTE_MS = 60_000.0
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_BLOCK = 1 << 14
"""Counters hashed at a time: small enough to stay in the processor's cache."""
_BITS = np.uint64(12)
_STEP = 2.0**-52
_LOG2_E = 1.4426950408889634
_LEAST_CV = 1e-6
"""Less spread than this is none: it would move an hour by milliseconds."""
_GREATEST_CV = 1e3


def stream_key(seed: int, world: int, replication: int, name: str) -> Key:
    """Key of one stream of random numbers.

    Parameters
    ----------
    seed, world, replication
        Of the study, of the plausible world, of the simulated year. They are hashed together, so no combination is
        special (a product of seed and replication would make replication 0 the same for every seed).
    name
        What the numbers are for, such as ``patience/chat``.
    """
    digest = blake2b(f"{seed}/{world}/{replication}/{name}".encode(), digest_size=16).digest()
    return np.uint64(int.from_bytes(digest[:8], "little")), np.uint64(int.from_bytes(digest[8:], "little"))


@dataclass(frozen=True)
class Streams:
    """All streams of one simulated year, by name."""

    seed: int
    world: int
    replication: int

    def key(self, name: str) -> Key:
        """Key of the stream ``name``."""
        return stream_key(self.seed, self.world, self.replication, name)


def _finalise(z: Counters) -> None:
    """Mix 64-bit words in place (Steele, Lea & Flood 2014, figure 14 with Stafford's variant 13)."""
    z ^= z >> np.uint64(30)
    z *= _FIRST
    z ^= z >> np.uint64(27)
    z *= _SECOND
    z ^= z >> np.uint64(31)


def uniforms(key: Key, counters: Counters) -> Uniforms:
    """One uniform number in the open interval (0, 1) for each counter.

    Parameters
    ----------
    key
        Of the stream.
    counters
        Whose numbers; any shape. The same counter always gets the same number.

    Returns
    -------
    NDArray
        Same shape; multiples of 2**-52 shifted by 2**-53, so neither 0 nor 1 occurs.
    """
    flat = counters.ravel()
    result = np.empty(len(flat), np.float64)
    for start in range(0, len(flat), _BLOCK):
        z = flat[start : start + _BLOCK] * _GOLDEN
        z += key[0]
        _finalise(z)
        z += key[1]
        _finalise(z)
        z >>= _BITS
        block = result[start : start + _BLOCK]
        block[:] = z
        block += 0.5
        block *= _STEP
    return result.reshape(counters.shape)


def unit_exponentials(u: Uniforms) -> Uniforms:
    """Exponential numbers of mean 1 by inversion."""
    numbers: Uniforms = -special.xlogy(1.0, u)
    return numbers


def unit_gammas(shape: float, u: Uniforms) -> Uniforms:
    """Gamma numbers of mean 1 and variance ``1/shape`` by inversion."""
    numbers: Uniforms = special.gammaincinv(shape, u) / shape
    return numbers


def draw_duration_ms(duration: Duration, key: Key, counters: Counters, least_ms: int = 0) -> Ints:
    """Random times by inversion, rounded to milliseconds at once.

    Parameters
    ----------
    duration
        Mean, spread and family.
    key, counters
        As for `uniforms`.
    least_ms
        Shorter times are raised to this: 1 for work, which must take some time.

    Raises
    ------
    ValueError
        If a family that needs a coefficient of variation has none, or one above 1000.
    """
    scale = min(duration.mean_min * _MINUTE_MS, float(LONGEST_MS))
    times = np.minimum(_unit_mean(duration, key, counters) * scale, float(LONGEST_MS))
    return np.maximum(np.rint(times).astype(np.int64), least_ms)


def _unit_mean(duration: Duration, key: Key, counters: Counters) -> Uniforms:
    """Numbers of mean 1 with the duration's family and coefficient of variation."""
    if duration.distribution == "fixed":
        return np.ones(counters.shape)
    if duration.distribution == "exponential":
        return unit_exponentials(uniforms(key, counters))
    if duration.cv is None or duration.cv > _GREATEST_CV:
        raise ValueError(f"a {duration.distribution} duration needs a cv of at most {_GREATEST_CV:g}")
    if duration.cv < _LEAST_CV:
        return np.ones(counters.shape)
    return _FAMILIES[duration.distribution](duration.cv, uniforms(key, counters))


def _unit_lognormals(cv: float, u: Uniforms) -> Uniforms:
    """Lognormal numbers: ``sigma**2 = log(1 + cv**2)``, ``mu = -sigma**2 / 2``."""
    variance = float(special.log1p(cv * cv))
    numbers: Uniforms = special.exp2((sqrt(variance) * special.ndtri(u) - variance / 2) * _LOG2_E)
    return numbers


def _unit_gammas_of_cv(cv: float, u: Uniforms) -> Uniforms:
    """Gamma numbers: shape ``1 / cv**2``."""
    return unit_gammas(cv**-2, u)


def _unit_weibulls(cv: float, u: Uniforms) -> Uniforms:
    """Weibull numbers: ``(-log u)**(1/shape) / gamma(1 + 1/shape)``."""
    inverse = weibull_inverse_shape(cv)
    log_scale = float(special.gammaln(1 + inverse))
    numbers: Uniforms = special.exp2((inverse * special.xlogy(1.0, unit_exponentials(u)) - log_scale) * _LOG2_E)
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


_FAMILIES: Mapping[str, Callable[[float, Uniforms], Uniforms]] = {
    "lognormal": _unit_lognormals,
    "gamma": _unit_gammas_of_cv,
    "weibull": _unit_weibulls,
}
