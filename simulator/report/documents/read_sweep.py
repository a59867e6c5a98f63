"""A sweep made again of the document that ``--json`` printed, so that it can be told in either language.

What was varied, and where its points lie, stand in the document; the scenarios themselves do not, so of them only names
and titles come back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from simulator.report.documents.plain import made
from simulator.scenario import Scenario
from simulator.service.keys import Key
from simulator.study.estimates import NUMBER_COLUMNS
from simulator.study.sweep.effects import Effect
from simulator.study.sweep.factors import Alternative, Factor, Span
from simulator.study.sweep.plan import Plan
from simulator.study.sweep.table import Swept

Data = Mapping[str, Any]
_NAN = float("nan")
_DIFFERENCE = {"mean": "difference"} | {end: f"difference_{end}" for end in ("low", "high", "noise")}


@dataclass(frozen=True)
class _Named:
    """What is known of a scenario: its name and its title."""

    name: str
    title: str


def swept(document: Data) -> Swept:
    """A sweep.

    Raises
    ------
    KeyError, ValueError, TypeError
        If it is no such document, or one of an older version that does not tell its factors.
    """
    plan = _plan(document)
    points, figures = len(document["coordinates"]), len(plan.measures)
    grid = [document["rows"][first : first + figures] for first in range(0, points * figures, figures)]
    if len(document["rows"]) != points * figures:
        raise ValueError("rows")
    is_held = plan.against is not None
    return Swept(
        plan=plan,
        fingerprint=str(document["manifest"]["fingerprint"]),
        worlds=int(document["manifest"]["worlds"]),
        each=int(document["manifest"]["replications"]),
        numbers=_array(grid, {name: name for name in NUMBER_COLUMNS}),
        differences=_array(grid, _DIFFERENCE) if is_held else None,
        better=np.array([[_float(row["share_of_worlds_better"]) for row in rows] for rows in grid])
        if is_held
        else None,
        effects=tuple(_effect(each) for each in document["effects"]),
        explained=tuple(map(_float, document["explained"])),
        manifest=dict(document["manifest"]),
    )


def _plan(document: Data) -> Plan:
    titles, names = document["titles"], document
    scenarios = {role: None if names[role] is None else _Named(names[role], titles[role]) for role in titles}
    measures = {_key(row): row["unit"] for row in document["rows"]}
    plan = Plan(
        name=document["study"],
        title=document["title"],
        why=document["why"],
        scenario=cast(Scenario, scenarios["scenario"]),
        against=cast(Scenario | None, scenarios["against"]),
        factors=tuple(map(_factor, document["factors"])),
        design=document["design"],
        drawn=None,
        measures=tuple(measures),
        units=tuple(measures.values()),
        worlds=int(document["manifest"]["worlds"]),
        replications=int(document["manifest"]["replications"]),
        seed=int(document["manifest"]["seed"]),
    )
    plan.__dict__["points"] = np.array([[_float(at) for at in row] for row in document["coordinates"]])  # not laid anew
    return plan


def _factor(data: Data) -> Factor:
    span = data["span"]
    return Factor(
        name=data["name"],
        paths=(),
        alternatives=tuple(Alternative(each["label"], each["number"], ()) for each in data["alternatives"]),
        span=None if span is None else made(Span, span),
        own=data["own"],
        own_number=data["own_number"],
        base=data["base"],
    )


def _effect(data: Data) -> Effect:
    return made(Effect, data, key=_key(data), label=data["value"])


def _key(data: Data) -> Key:
    return Key(data["measure"], data["channel"], data["site"])


def _float(value: float | None) -> float:
    return _NAN if value is None else float(value)


def _array(grid: Sequence[Sequence[Data]], names: Mapping[str, str]) -> Any:
    """Shape (points, figures, 10); what the rows do not hold is nan."""
    return np.array(
        [[[_float(row.get(names.get(name, ""))) for name in NUMBER_COLUMNS] for row in rows] for rows in grid]
    )
