"""The units of work of a sweep: some years of one point, as bytes that are the same whoever makes them and whenever.

A unit is kept as soon as it is whole, so a sweep goes on where it was ended, at any moment and by anything. One that is
damaged is not believed and made anew. Who keeps the bytes is not known here.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Protocol

import numpy as np

from simulator.scenario.model import Scenario
from simulator.service.keys import Key
from simulator.service.measures import Yardstick, Year
from simulator.service.plan import Plan as ServicePlan
from simulator.study.sweep.plan import Plan
from simulator.study.years import Floats, Prepared, Question, Reader, Rows

YEARS_OF_A_UNIT = 240
"""Most years of one unit, about a second of work: little is lost with one, and handing it out costs next to nothing."""
FORMAT = 1
ENDING = "unit"


class Keeper(Protocol):
    """Keeps the bytes of units by name."""

    def get(self, name: str) -> bytes | None:
        """What is kept under a name, None where nothing is or it cannot be read."""
        ...

    def put(self, name: str, content: bytes) -> None:
        """Keep bytes under a name, whole or not at all."""
        ...


class InMemory:
    """Keeps units as long as the process lives."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        """See `Keeper`."""
        return self._kept.get(name)

    def put(self, name: str, content: bytes) -> None:
        """See `Keeper`."""
        self._kept[name] = content


@dataclass(frozen=True)
class Chosen:
    """Makes what reads some figures off years; of a scenario that lacks one, that figure has no value."""

    keys: tuple[Key, ...]
    units: tuple[str, ...]

    def __call__(self, scenario: Scenario, plan: ServicePlan) -> Reader:
        """A reader of one scenario's years."""
        return _ChosenReader(self, Yardstick(scenario, plan))


class _ChosenReader:
    def __init__(self, chosen: Chosen, yardstick: Yardstick) -> None:
        self.keys, self.units = chosen.keys, chosen.units
        place = {key: row for row, key in enumerate(yardstick.keys)}
        self._has = np.array([key in place for key in chosen.keys])
        self._rows = np.array([place.get(key, 0) for key in chosen.keys])
        self._yardstick = yardstick

    def observe(self, year: Year) -> tuple[Floats, Floats]:
        """Tops and bottoms of the figures; nan and 1 of those that there are not."""
        top, bottom = self._yardstick.observe(year)
        return np.where(self._has, top[self._rows], np.nan), np.where(self._has, bottom[self._rows], 1.0)


@dataclass(frozen=True)
class SweepQuestion(Question):
    """What is asked of each year of a sweep; ``scenario`` is the one that is varied.

    Years are numbered case by case, and in a case as in any question. Case 0 is the scenario that points are held
    against, where there is one; the others are the points. What one worker prepares together is a case in a world.
    """

    plan: Plan = field(kw_only=True)

    @property
    def width(self) -> int:
        """Worlds of a case; 1 for the scenario as it stands."""
        return max(1, len(self.worlds))

    @property
    def first_point(self) -> int:
        """Number of the case that is the first point."""
        return 0 if self.plan.against is None else 1

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return self.first_point + len(self.plan)

    def scenario_of(self, case: int) -> Scenario:
        """The scenario of a case."""
        if case < self.first_point:
            assert self.plan.against is not None
            return self.plan.against
        return self.plan.scenario_at(case - self.first_point)

    def place(self, year: int) -> tuple[int, int]:
        """Which case in which world a year is of, counted through, and which replication."""
        return divmod(year, self.each)

    def prepare(self, world: int = 0) -> Prepared:
        """All that does not change from year to year of a case in a world, which are counted through."""
        case, number = divmod(world, self.width)
        alone = Question(
            self.scenario_of(case), self.engine, self.seed, self.make_reader, worlds=self.worlds, each=self.each
        )
        return replace(alone.prepare(number), world=world)


@dataclass(frozen=True)
class Unit:
    """Some years of one case.

    Attributes
    ----------
    name
        Under which it is kept.
    years
        Which of all years of the sweep.
    """

    name: str
    years: range


def units_of(question: SweepQuestion, case: int) -> list[Unit]:
    """The units of a case: whole worlds together, as many as make `YEARS_OF_A_UNIT`."""
    together = question.each if question.worlds else 1
    size = max(1, YEARS_OF_A_UNIT // together) * together
    first, last = case * question.width * question.each, (case + 1) * question.width * question.each
    numbered = case + 1 - question.first_point  # points count from 1, as in the table; what they are held against is 0
    return [
        Unit(f"{numbered:05d}-{part:04d}.{ENDING}", range(begin, min(begin + size, last)))
        for part, begin in enumerate(range(first, last, size))
    ]


def all_units(question: SweepQuestion) -> Iterator[Unit]:
    """The units of a sweep in their order."""
    for case in range(question.cases):
        yield from units_of(question, case)


# --- bytes -----------------------------------------------------------------------------------------------------------


def to_bytes(rows: Rows, unit: Unit, fingerprint: str) -> bytes:
    """A unit as it is kept: a line of JSON that says what it is, then the numbers, little-endian.

    Numbers are the tops of shape (figures, years), the numbers of the figures that have bottoms, and their bottoms.
    """
    parts = (rows.top.astype("<f8"), rows.columns.astype("<i8"), rows.bottom.astype("<f8"))
    body = b"".join(np.ascontiguousarray(part).tobytes() for part in parts)
    head = {
        "format": FORMAT,
        "sweep": fingerprint,
        "unit": unit.name,
        "figures": len(rows.top),
        "years": rows.years,
        "bottoms": len(rows.columns),
        "sha256": sha256(body).hexdigest(),
    }
    return json.dumps(head).encode() + b"\n" + body


def from_bytes(content: bytes | None, unit: Unit, fingerprint: str, figures: int) -> Rows | None:
    """The years of a unit, None where the bytes are not those of this unit, whole and undamaged."""
    if content is None:
        return None
    line, _, body = content.partition(b"\n")
    try:
        head = json.loads(line)
        bottoms = int(head["bottoms"])
        said = (head["format"], head["sweep"], head["unit"], head["figures"], head["years"], head["sha256"])
    except (ValueError, KeyError, TypeError):
        return None
    years = len(unit.years)
    if said != (FORMAT, fingerprint, unit.name, figures, years, sha256(body).hexdigest()):
        return None
    tops, numbers = figures * years, np.frombuffer(body, "<f8")
    if len(numbers) != tops + bottoms * (1 + years):
        return None
    columns = np.frombuffer(body, "<i8")[tops : tops + bottoms].astype(np.int64)
    bottom = numbers[tops + bottoms :].reshape(bottoms, years).astype(np.float64)
    return Rows(numbers[:tops].reshape(figures, years).astype(np.float64), columns, bottom)


def whole(rows: list[Rows]) -> tuple[Floats, Floats]:
    """Tops and bottoms of all figures over units in a row, both of shape (figures, years)."""
    bottoms = []
    for each in rows:
        bottom = np.ones_like(each.top)
        bottom[each.columns] = each.bottom
        bottoms.append(bottom)
    return np.concatenate([each.top for each in rows], axis=1), np.concatenate(bottoms, axis=1)
