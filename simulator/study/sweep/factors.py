"""What is varied: named alternatives, or a range of numbers, and the overrides that each value of them becomes.

Knows a study file's entries and the overrides that a scenario offers; nothing of designs, of years or of figures.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.overrides import Override, is_sourced
from simulator.scenario.problems import Path, Position

Floats = NDArray[np.float64]
Positions = Mapping[Path, Position]

AS_IT_STANDS = float("nan")
"""Coordinate of a factor that is left as the scenario has it."""
_DIGITS = 6


@dataclass(frozen=True)
class Alternative:
    """One value of a factor.

    Attributes
    ----------
    label
        What it is called in tables.
    number
        The same as a number, None where it is none.
    overrides
        What it does to the scenario; nothing where it leaves it as it stands.
    """

    label: str
    number: float | None
    overrides: tuple[Override, ...]


@dataclass(frozen=True)
class Span:
    """A range of numbers, evenly by themselves or by their logarithms, perhaps whole numbers only."""

    low: float
    high: float
    is_log: bool = False
    is_whole: bool = False

    def at(self, share: Floats) -> Floats:
        """Numbers so far along the range: 0 is its low end, 1 its high end; six digits, or whole."""
        if self.is_whole:
            steps = self.high - self.low + 1.0  # each whole number has an equal part of the range
            return np.asarray(np.minimum(self.low + np.floor(share * steps), self.high))
        even = self.low + (self.high - self.low) * share
        raw = self.low * (self.high / self.low) ** share if self.is_log else even
        tidy = np.array([float(f"{each:.{_DIGITS}g}") for each in raw.ravel()]).reshape(raw.shape)
        return np.asarray(np.clip(tidy, self.low, self.high))


@dataclass(frozen=True)
class Factor:
    """One thing that is varied.

    Attributes
    ----------
    name
        Of the entry: a dotted key, or the planner's own word.
    paths
        The keys that get the value; none where alternatives are overrides of their own.
    alternatives
        In the order of the file; none where it is a range.
    span
        The range.
    own
        What the scenario has at the first key, as text; empty where it has nothing, or there is no one key.
    own_number
        The same as a number, None where it is none.
    base
        The number while others are varied, None for the scenario's own.
    positions
        Where the entry stands, for the overrides that a range becomes.
    """

    name: str
    paths: tuple[Path, ...]
    alternatives: tuple[Alternative, ...] = ()
    span: Span | None = None
    own: str = ""
    own_number: float | None = None
    base: float | None = None
    positions: Positions | None = None

    @property
    def is_number(self) -> bool:
        """Whether all its values are numbers."""
        return self.span is not None or all(each.number is not None for each in self.alternatives)

    def as_json(self) -> dict[str, Any]:
        """What a reader of the document needs to name its values; not what they do to the scenario."""
        own = {"name": self.name, "own": self.own, "own_number": self.own_number, "base": self.base}
        alternatives = [{"label": each.label, "number": each.number} for each in self.alternatives]
        return {**own, "span": None if self.span is None else asdict(self.span), "alternatives": alternatives}

    def overrides(self, coordinate: float) -> tuple[Override, ...]:
        """What a value does to the scenario."""
        if np.isnan(coordinate):
            return ()
        if self.span is None:
            return self.alternatives[int(coordinate)].overrides
        value = tidy(coordinate)
        return (Override(f"{self.name} = {label_of(value)}", nested(self.paths, value), self.positions or {}),)

    def label(self, coordinate: float) -> str:
        """A value as text; what the scenario has where it is left as it stands."""
        if np.isnan(coordinate):
            return self.own
        return label_of(tidy(coordinate)) if self.span is not None else self.alternatives[int(coordinate)].label

    def number(self, coordinate: float) -> float | None:
        """A value as a number, None where it is none."""
        if np.isnan(coordinate):
            return self.own_number
        return float(coordinate) if self.span is not None else self.alternatives[int(coordinate)].number


def tidy(number: float) -> int | float:
    """A whole number as such, so that it may stand where only whole numbers may."""
    return int(number) if float(number).is_integer() else float(number)


def number_of(value: Any) -> float | None:
    """A value as a number, also one with a source; None where it is none."""
    bare = value["value"] if is_sourced(value) else value
    return float(bare) if isinstance(bare, int | float) and not isinstance(bare, bool) else None


def label_of(value: Any) -> str:
    """A value of a scenario as a short text."""
    if is_sourced(value):
        return label_of(value["value"])
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {label_of(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(label_of, value))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return np.format_float_positional(value, trim="-")
    return "null" if value is None else str(value)


def nested(paths: tuple[Path, ...], value: Any) -> dict[str, Any]:
    """A tree of changes with one value at several paths."""
    tree: dict[str, Any] = {}
    for path in paths:
        branch = tree
        for part in path[:-1]:
            branch = branch.setdefault(str(part), {})
        branch[str(path[-1])] = value
    return tree


def below(value: Any, at: Path, positions: Positions, path: Path = ()) -> Iterator[tuple[Path, Position]]:
    """Where a value that stands at ``at`` in a file, and all that is in it, is written, by path from ``path``."""
    if at in positions:
        yield path, positions[at]
    entries = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, each in entries:
        yield from below(each, (*at, key), positions, (*path, key))


def placed(paths: tuple[Path, ...], value: Any, at: Path, positions: Positions, known: Positions) -> Positions:
    """Positions of an override that sets a value at some paths.

    Parameters
    ----------
    at, positions
        Where the value stands in the study file.
    known
        Positions of the scenario: a group on the way that is written there is pointed out there.
    """
    found: dict[Path, Position] = {}
    for path in paths:
        here = positions[at]
        found |= {path[:length]: here for length in range(1, len(path)) if path[:length] not in known}
        found |= dict(below(value, at, positions, path))
    return found
