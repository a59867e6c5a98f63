"""Filling a table from its margins: iterative proportional fitting (Kruithof 1937; Deming & Stephan 1940).

The result is the table with the given margins that is closest to the seed in Kullback-Leibler divergence; the seed's
odds ratios are kept. Must not know what the rows and columns are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from simulator.service.theory.checks import FloatArray


@dataclass(frozen=True, eq=False)
class FittedTable:
    """A fitted table.

    Attributes
    ----------
    table : FloatArray, shape (rows, columns)
        Non-negative, with the margins asked for.
    kl_to_seed : float
        Sum of p log(p / q), p and q the table and the seed each as shares of its total (nats).
    rounds : int
        Passes over both margins that were needed.
    """

    table: FloatArray
    kl_to_seed: float
    rounds: int


def fit_margins(
    seed: Sequence[Sequence[float]] | FloatArray,
    row_totals: Sequence[float] | FloatArray,
    col_totals: Sequence[float] | FloatArray,
    *,
    tolerance: float = 1e-13,
    most_rounds: int = 100_000,
) -> FittedTable:
    """Scale rows and columns in turn until both margins hold to ``tolerance`` of the grand total.

    Raises
    ------
    ValueError
        If shapes or totals do not agree, a number is negative, or the seed's zeros make the margins impossible.
    """
    table, rows, columns = (np.array(values, dtype=np.float64) for values in (seed, row_totals, col_totals))
    _check(table, rows, columns)
    start, total = table, float(rows.sum())
    for rounds in range(1, most_rounds + 1):
        table = table * _ratio(rows, table.sum(axis=1))[:, None]
        table = table * _ratio(columns, table.sum(axis=0))
        if np.abs(table.sum(axis=1) - rows).max() <= tolerance * total:
            return FittedTable(table, _divergence(table, start), rounds)
    raise ValueError(f"the margins cannot be met from this seed: not settled after {most_rounds} rounds")


def _check(table: FloatArray, rows: FloatArray, columns: FloatArray) -> None:
    if table.ndim != 2 or rows.ndim != 1 or columns.ndim != 1 or table.shape != (rows.size, columns.size):
        raise ValueError(
            f"seed of shape {table.shape} does not fit {rows.size} row totals and {columns.size} column totals"
        )
    for name, values in (("seed", table), ("row_totals", rows), ("col_totals", columns)):
        if not np.isfinite(values).all() or (values < 0).any():
            raise ValueError(f"{name} must hold finite numbers of at least 0")
    if not rows.sum() > 0 or abs(rows.sum() - columns.sum()) > 1e-9 * rows.sum():
        raise ValueError(f"row_totals sum to {rows.sum():.12g} but col_totals to {columns.sum():.12g}")
    if (table.sum(axis=1)[rows > 0] == 0).any() or (table.sum(axis=0)[columns > 0] == 0).any():
        raise ValueError("seed has a row or column of zeros where the total is not 0")


def _ratio(wanted: FloatArray, found: FloatArray) -> FloatArray:
    return np.divide(wanted, found, out=np.zeros_like(wanted), where=found > 0)


def _divergence(table: FloatArray, seed: FloatArray) -> float:
    p, q = table / table.sum(), seed / seed.sum()
    return float(special.rel_entr(p, q).sum())
