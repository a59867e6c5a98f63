"""Shapes of the day that an analyst brings from own data, in the same file as her priors.

Such a shape takes the place of the family of shapes: ``prior-chat-shape: {value: {per_hour: [24 numbers], se_log: [24
numbers]}}``. Owns their reading and what may be wrong with them.
"""

from collections.abc import Iterable, Mapping
from math import isfinite
from pathlib import Path as FilePath
from typing import Any

import numpy as np

from simulator.demand.profile import HOURS
from simulator.scenario.problems import Problem, problem_at
from simulator.scenario.yaml_reader import read_file
from simulator.study.worlds.design import CHANNELS, Shape
from simulator.study.worlds.priors import PriorsError


def read_shapes(files: Iterable[FilePath]) -> dict[str, Shape]:
    """Shapes by channel in files of priors; a later file's takes the place of an earlier one's.

    Raises
    ------
    PriorsError
        If one is not 24 rates, one of them above 0, and 24 standard errors.
    """
    shapes: dict[str, Shape] = {}
    problems: list[Problem] = []
    for file in files:
        reading = read_file(file, str(file))
        for channel in CHANNELS:
            id = f"prior-{channel}-shape"
            if id not in (reading.tree or {}):
                continue
            shape = _shape((reading.tree or {})[id])
            if shape is None:
                problems.append(problem_at(reading.positions, (id, "value"), "worlds.shape_wrong"))
            else:
                shapes[channel] = shape
    if problems:
        raise PriorsError(problems)
    return shapes


def _shape(entry: Any) -> Shape | None:
    value = entry.get("value") if isinstance(entry, Mapping) else None
    if not isinstance(value, Mapping):
        return None
    try:
        columns = [[float(each) for each in value[name]] for name in ("per_hour", "se_log")]
    except (KeyError, TypeError, ValueError):
        return None
    sound = all(len(each) == HOURS and all(isfinite(x) and x >= 0 for x in each) for each in columns)
    if not sound or max(columns[0]) <= 0 or max(columns[1]) > 5:
        return None
    return Shape(np.array(columns[0]), np.array(columns[1]))
