"""Random numbers that are looked up, never consumed: each draw is a pure function of what it is for.

A draw depends on (seed, world, replication, name of the stream, whose draw it is, which attempt) and on nothing else.
So a new parameter never moves another's draws, demand can be scaled while everybody keeps their own numbers, and the
order or number of workers cannot matter. Counter-based generation: Salmon, Moraes, Dror & Shaw (2011), "Parallel
random numbers: as easy as 1, 2, 3"; the bijection is the finaliser of Steele, Lea & Flood (2014), "Fast splittable
pseudorandom number generators", variant 13 of Stafford, applied twice, once with each half of the stream's key.

Knows nothing of contacts or scenarios beyond `Duration`. The compiled engine looks the same numbers up with code of its
own; this is the definition.
"""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from simulator.demand.quantiles import WORD_BITS, by_word, quantile_table, quantiles, word_table
from simulator.scenario.model import Duration

Counters = NDArray[np.uint64]
Uniforms = NDArray[np.float64]
Ints = NDArray[np.int64]
Key = tuple[np.uint64, np.uint64]

LONGEST_MS = 1 << 45
"""Longest time ever drawn, over a thousand years: absurd means cannot overflow the clock."""

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)
SHIFTS = (30, 27, 31)
_MINUTE_MS = 60_000.0
_BLOCK = 1 << 14
"""Counters hashed at a time: small enough to stay in the processor's cache."""
_LEAST_CV = 1e-6
"""Less spread than this is none: it would move an hour by milliseconds."""
_GREATEST_CV = 1e3


@lru_cache(maxsize=4096)
def _base_key(seed: int, world: int, name: str) -> Key:
    digest = blake2b(f"{seed}/{world}/{name}".encode(), digest_size=16).digest()
    return np.uint64(int.from_bytes(digest[:8], "little")), np.uint64(int.from_bytes(digest[8:], "little"))


def stream_keys(seed: int, world: int, replication: int, names: tuple[str, ...]) -> Counters:
    """Keys of some streams of one simulated year, shape (streams, 2).

    Parameters
    ----------
    seed, world, replication
        Of the study, of the plausible world, of the simulated year. Seed and world are hashed with the name; the
        replication is looked up like any number, so no combination is special (a product of seed and replication would
        make replication 0 the same for every seed).
    names
        What the numbers are for, such as ``patience/chat``.
    """
    base = np.array([_base_key(seed, world, name) for name in names], np.uint64).reshape(-1, 2)
    halves = np.array([2 * replication, 2 * replication + 1], np.uint64)
    return _mixed(halves[None, :], base[:, [0]], base[:, [1]])


def stream_key(seed: int, world: int, replication: int, name: str) -> Key:
    """Key of one stream of random numbers; see `stream_keys`."""
    first, second = stream_keys(seed, world, replication, (name,))[0]
    return first, second


@dataclass(frozen=True)
class Streams:
    """All streams of one simulated year, by name."""

    seed: int
    world: int
    replication: int

    def key(self, name: str) -> Key:
        """Key of the stream ``name``."""
        return stream_key(self.seed, self.world, self.replication, name)

    def keys(self, names: tuple[str, ...]) -> Counters:
        """Keys of several streams, shape (streams, 2)."""
        return stream_keys(self.seed, self.world, self.replication, names)


def _mixed(counters: Counters, first_key: Counters | np.uint64, second_key: Counters | np.uint64) -> Counters:
    """The hash: 64 random bits for each counter."""
    z: Counters = counters * GOLDEN
    z = z + first_key
    _finalise(z)
    z += second_key
    _finalise(z)
    return z


def _finalise(z: Counters) -> None:
    """Mix 64-bit words in place (Steele, Lea & Flood 2014, figure 14 with Stafford's variant 13)."""
    z ^= z >> np.uint64(SHIFTS[0])
    z *= FIRST
    z ^= z >> np.uint64(SHIFTS[1])
    z *= SECOND
    z ^= z >> np.uint64(SHIFTS[2])


def words(key: Key, counters: Counters) -> Counters:
    """One random word below ``2**52`` for each counter; any shape. The same counter always gets the same word."""
    flat = counters.ravel()
    result = np.empty(len(flat), np.uint64)
    for start in range(0, len(flat), _BLOCK):
        here = slice(start, start + _BLOCK)
        np.right_shift(_mixed(flat[here], *key), np.uint64(64 - WORD_BITS), out=result[here])
    return result.reshape(counters.shape)


def uniforms(key: Key, counters: Counters) -> Uniforms:
    """One uniform number in the open interval (0, 1) for each counter.

    Parameters
    ----------
    key
        Of the stream.
    counters
        Whose numbers; any shape.

    Returns
    -------
    NDArray
        Same shape; multiples of 2**-52 shifted by 2**-53, so neither 0 nor 1 occurs.
    """
    numbers: Uniforms = (words(key, counters).astype(np.float64) + 0.5) * 2.0**-WORD_BITS
    return numbers


def normal_scores(key: Key, counters: Counters) -> Uniforms:
    """One standard normal number for each counter, rising with the uniform number it would get; any shape."""
    return by_word(word_table("normal"), words(key, counters))


def unit_exponentials(key: Key, counters: Counters) -> Uniforms:
    """One exponential number of mean 1 for each counter; any shape."""
    return by_word(word_table("exponential"), words(key, counters))


def gamma_table(shape: float) -> Uniforms:
    """Table of the gamma family of mean 1 and variance ``1/shape``."""
    return quantile_table("gamma", shape**-0.5)


def gamma_factors(shape: float, score: Uniforms) -> Uniforms:
    """Gamma numbers of mean 1 and variance ``1/shape`` by normal score."""
    return quantiles(gamma_table(shape), score)


@dataclass(frozen=True)
class Recipe:
    """How a random time is made: ``rint(min(number * scale_ms, LONGEST_MS))``, but at least ``least_ms``.

    The number is of mean 1. ``table`` is the family's, by word if ``by_word``, else by normal score; None where every
    number is 1.
    """

    table: Uniforms | None
    by_word: bool
    scale_ms: float
    least_ms: int

    @classmethod
    def of(cls, duration: Duration, least_ms: int = 0) -> "Recipe":
        """The recipe of a duration.

        Raises
        ------
        ValueError
            If a family that needs a coefficient of variation has none, or one above 1000.
        """
        scale_ms = min(duration.mean_min * _MINUTE_MS, float(LONGEST_MS))
        return cls(_table_of(duration), duration.distribution == "exponential", scale_ms, least_ms)

    def times_ms(self, key: Key, counters: Counters) -> Ints:
        """One random time for each counter, rounded to milliseconds at once; any shape."""
        unit = np.ones(counters.shape)
        if self.table is not None and self.by_word:
            unit = by_word(self.table, words(key, counters))
        elif self.table is not None:
            unit = quantiles(self.table, normal_scores(key, counters))
        times = np.rint(np.minimum(unit * self.scale_ms, float(LONGEST_MS)))
        return np.maximum(times.astype(np.int64), self.least_ms)


NO_TIME = Recipe(None, False, 0.0, 0)
"""Every time is 0."""


def _table_of(duration: Duration) -> Uniforms | None:
    family, cv = duration.distribution, duration.cv
    if family == "fixed":
        return None
    if family == "exponential":
        return word_table(family)
    if cv is None or cv > _GREATEST_CV:
        raise ValueError(f"a {family} duration needs a cv of at most {_GREATEST_CV:g}")
    return quantile_table(family, cv) if cv >= _LEAST_CV else None
