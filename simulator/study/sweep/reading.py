"""From an entry under ``vary`` to a factor, and what is wrong with it: what needs two of its keys, or the scenario."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulator.scenario.model import Scenario
from simulator.scenario.overrides import Override, kind_of
from simulator.scenario.points import offered, written
from simulator.scenario.problems import Path, Plain, Problem, dotted, nearest, problem_at
from simulator.scenario.replacing import resting_on_evidence
from simulator.study.sweep.factors import (
    Alternative,
    Factor,
    Positions,
    Span,
    below,
    label_of,
    nested,
    number_of,
    placed,
    tidy,
)
from simulator.study.sweep.written import MOST_VALUES, Vary

_KINDS = {"values": "values", "from_": "from", "to": "from", "low": "low", "high": "low", "one_of": "one_of"}
"""Field of an entry -> the kind of values it speaks of."""
_NEEDED = {"from": (("from_", "from"), ("to", "to")), "low": (("low", "low"), ("high", "high"))}
_ONLY_WITH = {"step": ("from",), "base": ("low",), "scale": ("low",), "whole": ("low",)}
_ROUNDING = 1e-9


@dataclass
class FactorReader:
    """Reads the entry of one factor.

    Parameters
    ----------
    name, entry
        Of the study file.
    positions
        Of the study file.
    scenario
        What is varied.
    """

    name: str
    entry: Vary
    positions: Positions
    scenario: Scenario

    def __post_init__(self) -> None:
        self.at: Path = ("vary", self.name)
        self.problems: list[Problem] = []

    def factor(self) -> Factor | None:
        """The factor, or None where `problems` says why there is none."""
        kind = self._kind()
        paths = self._paths(kind)
        if self.problems or kind is None:
            return None
        if kind == "low":
            made: Factor | None = self._range(paths)
        else:
            alternatives = tuple(self._one_of() if kind == "one_of" else self._values(kind, paths))
            self._check_labels(alternatives)
            made = Factor(self.name, paths, alternatives, **self._own(paths))
        return None if self.problems else made

    def _tell(self, key: str | None, word: str, **values: Any) -> None:
        path = self.at if key is None else (*self.at, key)
        self.problems.append(problem_at(self.positions, path, word, at_key=True, **values))

    # --- which kind of values -----------------------------------------------------------------------------------

    def _kind(self) -> str | None:
        kinds = {kind for field, kind in _KINDS.items() if getattr(self.entry, field) is not None}
        if len(kinds) != 1:
            self._tell(None, "sweep.problem.which_values" if kinds else "sweep.problem.no_values")
            return None
        (kind,) = kinds
        for field, key in _NEEDED.get(kind, ()):
            if getattr(self.entry, field) is None:
                self._tell(None, "problem.missing", found=key)
        for field, fits in _ONLY_WITH.items():
            if field in self.entry.model_fields_set and kind not in fits:
                self._tell(field, "sweep.problem.only_with", found=field, other=Plain(fits[0]))
        return kind

    # --- which keys ---------------------------------------------------------------------------------------------

    def _paths(self, kind: str | None) -> tuple[Path, ...]:
        entry = self.entry
        if entry.key is not None and entry.keys is not None:
            self._tell("keys", "sweep.problem.key_or_keys")
            return ()
        if kind == "one_of":
            for key in ("key", "keys"):
                if getattr(entry, key) is not None:
                    self._tell(key, "sweep.problem.key_with_one_of")
            return ()
        if entry.keys is not None and not (isinstance(entry.keys, list) and entry.keys):
            self._tell("keys", "problem.list", found=kind_of(entry.keys))
            return ()
        alone: tuple[Path, Any] = ((), self.name) if entry.key is None else (("key",), entry.key)
        several: list[tuple[Path, Any]] = [(("keys", place), each) for place, each in enumerate(entry.keys or ())]
        paths = tuple(path for at, each in several or [alone] if (path := self._path(at, each)))
        for index, path in enumerate(paths):
            if any(path[: len(other)] == other or other[: len(path)] == path for other in paths[:index]):
                self._tell("keys", "sweep.problem.same_key", found=dotted(path))
        return paths

    def _path(self, at: Path, key: Any) -> Path:
        parts = key.split(".") if isinstance(key, str) else key
        if (
            not isinstance(parts, list)
            or not all(isinstance(each, str) and each.strip() for each in parts)
            or not parts
        ):
            found = kind_of(key)
            self.problems.append(problem_at(self.positions, (*self.at, *at), "sweep.problem.key", found=found))
            return ()
        return tuple(each.strip() for each in parts)

    def _own(self, paths: tuple[Path, ...]) -> dict[str, Any]:
        """What the scenario has at the first key; nothing of a number that is another one in each plausible world."""
        if not paths or any(path in resting_on_evidence(self.scenario) for path in paths):
            return {}
        here: Any = self.scenario.model_dump(mode="json")
        for part in paths[0]:
            here = here.get(part) if isinstance(here, Mapping) else None
        return {} if here is None else {"own": label_of(here), "own_number": number_of(here)}

    # --- values -------------------------------------------------------------------------------------------------

    def _values(self, kind: str, paths: tuple[Path, ...]) -> Iterator[Alternative]:
        known = written(self.scenario).positions
        named = kind == "values" and isinstance(self.entry.values, Mapping)
        for at, key, value in self._listed() if kind == "values" else self._row():
            label = str(key) if named else label_of(value)
            places = placed(paths, value, at, self.positions, known)
            override = Override(f"{self.name} = {label}", nested(paths, value), places)
            yield Alternative(label, None if named else number_of(value), (override,))

    def _listed(self) -> Iterator[tuple[Path, Any, Any]]:
        """Where each value stands, its place or name, and the value."""
        given, at = self.entry.values, (*self.at, "values")
        if not (isinstance(given, list | Mapping) and given):
            self._tell("values", "problem.list", found=kind_of(given))
        elif len(given) > MOST_VALUES:
            self._tell("values", "problem.too_many_items", found=len(given), limit=MOST_VALUES)
        else:
            entries = given.items() if isinstance(given, Mapping) else enumerate(given)
            yield from (((*at, key), key, value) for key, value in entries)

    def _row(self) -> Iterator[tuple[Path, int, int | float]]:
        first, last = float(self.entry.from_ or 0.0), float(self.entry.to or 0.0)
        step = 1.0 if self.entry.step is None else self.entry.step
        if first > last:
            self._tell("to", "problem.at_least", found=label_of(tidy(last)), limit=Plain(label_of(tidy(first))))
            return
        count = np.floor((last - first) / step + _ROUNDING) + 1
        if not count <= MOST_VALUES:
            self._tell("step", "sweep.problem.long_row", limit=MOST_VALUES)
            return
        for index in range(int(count)):
            yield (*self.at, "from"), index, tidy(float(f"{first + index * step:.12g}"))

    def _range(self, paths: tuple[Path, ...]) -> Factor | None:
        low, high = float(self.entry.low or 0.0), float(self.entry.high or 0.0)
        if low >= high:
            self._tell("high", "problem.more_than", found=label_of(tidy(high)), limit=Plain(label_of(tidy(low))))
        if self.entry.scale == "log" and low <= 0:
            self._tell("low", "sweep.problem.log", found=label_of(tidy(low)))
        if self.entry.whole and not (low.is_integer() and high.is_integer()):
            self._tell("whole", "sweep.problem.whole")
        if self.entry.whole and self.entry.scale == "log":
            self._tell("scale", "sweep.problem.whole_log")
        span = Span(low, high, self.entry.scale == "log", self.entry.whole)
        places = placed(paths, low, (*self.at, "low"), self.positions, written(self.scenario).positions)
        return Factor(self.name, paths, (), span, base=self.entry.base, positions=places, **self._own(paths))

    # --- alternatives that are overrides ------------------------------------------------------------------------

    def _one_of(self) -> Iterator[Alternative]:
        given, at = self.entry.one_of, (*self.at, "one_of")
        if isinstance(given, list) and given:
            for index, names in enumerate(given):
                listed = names if isinstance(names, list) else [names]
                yield Alternative(" + ".join(map(str, listed)), None, self._named((*at, index), listed))
        elif isinstance(given, Mapping) and given:
            for label, changes in given.items():
                yield Alternative(label, None, self._changes((*at, label), label, changes))
        else:
            self._tell("one_of", "sweep.problem.one_of", found=kind_of(given))
        if isinstance(given, list | Mapping) and len(given) > MOST_VALUES:
            self._tell("one_of", "problem.too_many_items", found=len(given), limit=MOST_VALUES)

    def _changes(self, at: Path, label: str, changes: Any) -> tuple[Override, ...]:
        if isinstance(changes, Mapping):
            return (Override(label, changes, dict(below(changes, at, self.positions))),) if changes else ()
        return self._named(at, changes if isinstance(changes, list) else [changes])

    def _named(self, at: Path, names: list[Any]) -> tuple[Override, ...]:
        known = offered(self.scenario)
        found: list[Override] = []
        for name in names:
            if isinstance(name, str) and name in known:
                found.append(known[name])
                continue
            values: dict[str, Any] = {"found": kind_of(name)}
            values |= {"allowed": tuple(map(Plain, known)), "nearest": nearest(str(name), known)}
            word = "problem.no_such_override" if known else "problem.no_overrides"
            self.problems.append(problem_at(self.positions, at, word, **values))
        return tuple(found)

    def _check_labels(self, alternatives: tuple[Alternative, ...]) -> None:
        labels = [each.label for each in alternatives]
        for label in dict.fromkeys(each for each in labels if labels.count(each) > 1):
            self._tell(None, "sweep.problem.twice", found=label)
