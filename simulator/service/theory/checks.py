"""Argument checks shared by the yardsticks: each passes in silence or raises ``ValueError`` with the argument's name.

Arguments are given by keyword, so that the message names them: ``positive(arrival_rate=arrival_rate)``. Must not know
any formula.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def positive(**values: float) -> None:
    """Each must be finite and above zero."""
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be a finite number above 0, not {value!r}")


def non_negative(**values: float) -> None:
    """Each must be finite and not below zero."""
    for name, value in values.items():
        if not (math.isfinite(value) and value >= 0):
            raise ValueError(f"{name} must be a finite number of at least 0, not {value!r}")


def probability(**values: float) -> None:
    """Each must lie in [0, 1]."""
    for name, value in values.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must lie between 0 and 1, not {value!r}")


def whole(least: int = 0, **values: int) -> None:
    """Each must be a whole number of at least ``least``."""
    for name, value in values.items():
        if isinstance(value, bool) or not math.isfinite(value) or value != int(value) or value < least:
            raise ValueError(f"{name} must be a whole number of at least {least}, not {value!r}")


def speeds(speed_by_level: Sequence[float]) -> None:
    """At least one speed, all positive, and the total speed (level x speed) never falling with the level."""
    if not speed_by_level:
        raise ValueError("speed_by_level must give at least one speed")
    for speed in speed_by_level:
        positive(speed_by_level=speed)
    totals = [level * speed for level, speed in enumerate(speed_by_level, start=1)]
    # A hair of slack: 3 x 0.6666666667 must not fail against 2 x 1 for the sake of the last digit.
    if any(later < earlier * (1 - 1e-9) for earlier, later in pairwise(totals)):
        raise ValueError(f"level x speed must not fall from one level to the next, found {totals}")
