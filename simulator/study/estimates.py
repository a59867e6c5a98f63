"""The long table of a study: every key figure with its interval, by channel, site, hour, weekday and month.

Three layers stay apart: ``noise`` is what more replications would shrink, ``year_low``/``year_high`` what one year may
bring, ``low``/``high`` what is known of the expected year (over plausible worlds; with one world: mean -+ noise).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.service.keys import ALL, KEY_COLUMNS, Key

LAYER_COLUMNS = ("median", "share_worlds", "share_years", "share_noise")
"""The median over worlds, and the variance of one future year split over its causes; nothing with one world."""
NUMBER_COLUMNS = ("mean", "low", "high", "year_low", "year_high", "noise", *LAYER_COLUMNS)
COLUMNS = (*KEY_COLUMNS, *NUMBER_COLUMNS, "unit")
__all__ = ["ALL", "COLUMNS", "KEY_COLUMNS", "NUMBER_COLUMNS", "Estimate", "Estimates", "Key", "Result"]


@dataclass(frozen=True)
class Estimate:
    """One figure: the mean and its intervals, nan where the denominator is nobody.

    ``median`` is over worlds; ``share_worlds``, ``share_years`` and ``share_noise`` split the variance of one future
    year over not knowing the world, a year's natural variation, and simulation noise. All are nan with one world.
    """

    mean: float
    low: float
    high: float
    year_low: float
    year_high: float
    noise: float
    median: float
    share_worlds: float
    share_years: float
    share_noise: float
    unit: str


def rounded(value: float) -> float | None:
    """A number as documents for programs hold it: 6 significant digits, None where there is none."""
    return None if np.isnan(value) else float(f"{value:.6g}")


class Estimates:
    """A read-only long table of estimates, in a fixed order.

    Parameters
    ----------
    keys
        One key per row.
    units
        Unit per row, such as ``contacts/year``, ``share``, ``min``, ``hours/year``, ``NOK/year``.
    numbers
        Shape (rows, 10): the columns `NUMBER_COLUMNS`; of one world (rows, 6), without `LAYER_COLUMNS`.
    """

    def __init__(self, keys: tuple[Key, ...], units: tuple[str, ...], numbers: NDArray[np.float64]) -> None:
        if not len(keys) == len(units) == len(numbers):
            raise ValueError("keys, units and numbers differ in length")
        self._keys = keys
        self._units = units
        missing = len(NUMBER_COLUMNS) - numbers.shape[1] if numbers.ndim == 2 else 0
        self._numbers = np.pad(numbers, ((0, 0), (0, missing)), constant_values=np.nan) if missing else numbers
        self._row = {key: row for row, key in enumerate(keys)}

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: Key) -> bool:
        return key in self._row

    def __getitem__(self, key: Key) -> Estimate:
        row = self._row[key]
        numbers = dict(zip(NUMBER_COLUMNS, map(float, self._numbers[row]), strict=True))
        return Estimate(**numbers, unit=self._units[row])

    def get(self, measure: str, **where: str) -> Estimate:
        """The estimate of one measure, such as ``get("answered", channel="chat", hour="22")``.

        Raises
        ------
        KeyError
            If the table has no such row.
        """
        return self[Key(measure, **where)]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._keys)

    def rows(self) -> Iterator[dict[str, Any]]:
        """One dictionary per row with the columns `COLUMNS`, numbers rounded to 6 significant digits, nan as None."""
        for key, unit, numbers in zip(self._keys, self._units, self._numbers, strict=True):
            named = {name: getattr(key, name) for name in KEY_COLUMNS}
            values = {name: rounded(value) for name, value in zip(NUMBER_COLUMNS, numbers, strict=True)}
            yield {**named, **values, "unit": unit}

    def dimension(self, name: str) -> tuple[str, ...]:
        """The values that occur in one dimension besides ``all``, in order of first appearance."""
        return tuple(dict.fromkeys(value for key in self._keys if (value := getattr(key, name)) != ALL))


@dataclass(frozen=True)
class Result:
    """What a run found: its scenario in plain data, its manifest, and the long table.

    Attributes
    ----------
    scenario
        Name, title, why, expect, fingerprint, open hours per channel and year (``open_hours``), open windows by
        weekday (``open_windows``: channel -> weekday -> list of [start_min, end_min]), and the validated model.
    manifest
        Seed, replications, engine, versions, overrides (path, old, new), assumptions (path, value, status, source),
        and the paths of figures without a source (``unsourced``).
    """

    scenario: dict[str, Any]
    manifest: dict[str, Any]
    measures: Estimates

    def as_json(self) -> dict[str, Any]:
        """The document of ``simulator run --json``."""
        return {"scenario": self.scenario, "manifest": self.manifest, "measures": list(self.measures.rows())}
