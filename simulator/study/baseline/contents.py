"""What a baseline holds, as plain frozen data. Knows neither how it is made nor how it lies in files."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from inspect import signature
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.study.run import run

Ints = NDArray[np.int64]

FORMAT = 1
"""Of the files; another number is another layout."""
TRACE_COLUMNS = (
    *("person", "attempt", "channel", "at_ms", "fate", "next", "site", "counsellor"),
    *("wait_ms", "start_ms", "end_ms"),
)
"""Columns of attempts, as in `simulator.service.ledger.Ledger`."""
TIME_COLUMNS = ("busy_ms", "overtime_ms", "staffed_ms", "slot_ms")
"""Columns of counsellors' time, as there."""
NUMBERS = ("mean", "low", "high", "year_low", "year_high", "noise")
"""What is kept of a figure of a whole year."""
ONE_WORLD, OVER_WORLDS = "one_world", "worlds"


def _usual_seed() -> int:
    """The seed of whoever names none: a baseline of another seed would not be what people get."""
    return int(signature(run).parameters["seed"].default)


@dataclass(frozen=True)
class Recipe:
    """How a baseline is made; another recipe gives another baseline, and that is named.

    Attributes
    ----------
    seed
        Of every study.
    engine
        Who serves the years; ties are served by both engines.
    years
        Simulated years of the default world, a power of two so that means of counts are exact.
    worlds, years_each
        The first of the shipped worlds, and years of each.
    trace_days
        Civil days whose attempts are kept in full.
    """

    seed: int = field(default_factory=_usual_seed)
    engine: str = "compiled"
    years: int = 8
    worlds: int = 8
    years_each: int = 2
    trace_days: int = 7

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Trace:
    """Attempts in full, and who served them.

    Attributes
    ----------
    rows
        Shape (attempts, `TRACE_COLUMNS`), in the order of the ledger.
    times_ms
        Shape (counsellors, `TIME_COLUMNS`), of the whole run.
    sites, counsellors
        Names by code.
    epoch_ms, timezone
        When the run starts, in milliseconds since 1970 (UTC), and whose civil time is told.
    """

    rows: Ints
    times_ms: Ints
    sites: tuple[str, ...]
    counsellors: tuple[str, ...]
    epoch_ms: int
    timezone: str


@dataclass(frozen=True)
class Day:
    """One civil day: the beginnings of the digests of its first attempts and of its ledger, and two counts of it."""

    date: str
    contacts: str
    ledger: str
    attempts: int
    answered: int


@dataclass(frozen=True)
class Figure:
    """A figure of the whole year; None where there is no such number. `numbers` are those of `NUMBERS`."""

    unit: str
    numbers: tuple[float | None, ...]

    @property
    def mean(self) -> float | None:
        """The expected year."""
        return self.numbers[0]

    @property
    def noise(self) -> float | None:
        """Half-width of the 95 % interval that more years would shrink."""
        return self.numbers[-1]


@dataclass(frozen=True)
class Cut:
    """The means of a figure along one cut of the year, such as its 24 hours, in the order of their labels."""

    unit: str
    means: tuple[float | None, ...]


@dataclass(frozen=True)
class Entry:
    """One shipped scenario.

    Attributes
    ----------
    name, fingerprint, model
        The scenario; the model is all it says, without prose.
    contacts, ledger
        Digests of year 0 of the default world.
    days
        The same by civil day.
    trace
        The first days in full.
    tables
        ``one_world`` and ``worlds`` -> "measure/channel/site" -> figure of the whole year.
    cuts
        "measure/channel/site/hour" (or weekday, month) -> means in the default world.
    week_hours
        "measure/channel/site" -> digest of the rounded means by weekday and hour.
    """

    name: str
    fingerprint: str
    model: Mapping[str, Any]
    contacts: str
    ledger: str
    days: tuple[Day, ...]
    trace: Trace
    tables: Mapping[str, Mapping[str, Figure]]
    cuts: Mapping[str, Cut]
    week_hours: Mapping[str, str]


@dataclass(frozen=True)
class Inputs:
    """What every scenario rests on besides its own file.

    Attributes
    ----------
    evidence
        Id -> value, unit and status of every entry, priors among them.
    worlds
        Of the shipped worlds: fingerprint, number, seed, and the priors and published figures they were found with.
    profiles
        Shipped profile -> digest of its numbers.
    libraries
        Name -> version, of those that can move a number.
    """

    evidence: Mapping[str, Mapping[str, Any]]
    worlds: Mapping[str, Any]
    profiles: Mapping[str, str]
    libraries: Mapping[str, str]


@dataclass(frozen=True)
class Baseline:
    """Everything.

    Attributes
    ----------
    recipe
        As plain data, for a stored one may have been made by another version.
    inputs
        What all rests on.
    entries
        By scenario.
    ties
        By tie; of a stored baseline there is one trace of each, both engines having agreed.
    accounted
        The "Results change" entries of the changelog that this baseline was made with.
    """

    recipe: Mapping[str, Any]
    inputs: Inputs
    entries: Mapping[str, Entry]
    ties: Mapping[str, Trace]
    accounted: tuple[str, ...] = ()
