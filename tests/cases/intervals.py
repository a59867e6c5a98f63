"""Simulated figures of a case with their 99 % intervals, against the exact values."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from simulator.scenario import load
from simulator.service.engines import simulation
from tests.cases.case import Case
from tests.cases.said import cases

Floats = NDArray[np.float64]
Record = Mapping[str, Any]

PUBLISHED: dict[str, Record] = {
    record["id"]: record for record in json.loads((Path(__file__).parent / "public.json").read_text("utf-8"))
}
SAID = cases(PUBLISHED)


def exact(record: Record, figure: str) -> float | None:
    """The published value of a figure, if it has one; ``name:i`` is item i of a list."""
    name, _, index = figure.partition(":")
    value = record["expected"].get(name)
    return float(value[int(index)] if index else value) if value is not None else None


def intervals(case: Case, scenario: Mapping[str, Any], engine: str, runs: int, seed: int) -> tuple[Floats, Floats]:
    """Mean and half-width of the 99 % interval of every figure, each a ratio of totals (Cochran 1977, section 6.4)."""
    years = simulation(load(scenario), engine, seed)
    read = []
    for run in range(runs):
        year = years.year(run)
        read.append([figure(year) for figure in case.figures.values()])
    top, bottom = np.moveaxis(np.array(read), 2, 0)
    mean = top.sum(0) / bottom.sum(0)
    error = np.sqrt(((top - mean * bottom) ** 2).sum(0) / (runs - 1) / runs) / bottom.mean(0)
    return mean, float(stdtrit(runs - 1, 0.995)) * error


def misses(name: str, found: tuple[Floats, Floats], widest_of: Callable[[str, float], float]) -> list[str]:
    """Figures whose interval does not hold the exact value, or is wider than it may be."""
    told = []
    for figure, value, width in zip(SAID[name].figures, *found, strict=True):
        wanted = exact(PUBLISHED[name], figure)
        if wanted is None:
            continue
        widest = widest_of(figure, wanted)
        if abs(value - wanted) > width + 1e-9 * abs(wanted) or width > widest:
            told.append(f"{figure}: {value:.6g} +- {width:.2g}, exact {wanted:.6g}, widest {widest:.2g}")
    return told
