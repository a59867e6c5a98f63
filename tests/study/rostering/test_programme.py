"""The solver's one home: what a search may end with, and that it says nothing on standard output."""

import ctypes
import os

import numpy as np
import pytest

from simulator.study.rostering.programme import IMPOSSIBLE, OPTIMAL, STOPPED, Limits, Programme, _silence


def knapsack(items: int) -> Programme:
    """Least cost to fill a sack of awkward items; hard enough not to be solved at once."""
    programme = Programme()
    rng = np.random.default_rng(4)
    for _ in range(items // 10):
        columns = programme.add(rng.integers(1000, 2000, 10).astype(float), upper=1.0)
        programme.row(columns, rng.integers(1000, 2000, 10).astype(float), low=7321.0, high=7322.0)
    return programme


def test_whole_numbers_and_the_bound_of_fractions():
    programme = Programme()
    columns = programme.add([3.0, 2.0])
    programme.row(columns, [2.0, 1.0], low=3.0)
    whole, relaxed = programme.solve(Limits()), programme.solve(Limits(), relaxed=True)
    assert (whole.status, whole.objective, whole.bound) == (OPTIMAL, 5.0, pytest.approx(5.0))
    assert relaxed.objective == pytest.approx(4.5)
    assert whole.values.tolist() == [1.0, 1.0]


def test_a_column_named_twice_counts_twice():
    programme = Programme()
    (column,) = programme.add(1.0)
    programme.row([column, column], low=3.0)
    assert programme.solve(Limits()).values.tolist() == [2.0]


def test_what_cannot_be_is_told_as_impossible():
    programme = Programme()
    columns = programme.add([1.0], upper=1.0)
    programme.row(columns, low=2.0)
    assert programme.solve(Limits()).status == IMPOSSIBLE


@pytest.mark.parametrize(("low", "status"), [(0.0, OPTIMAL), (1.0, IMPOSSIBLE)])
def test_a_programme_without_columns(low, status):
    programme = Programme()
    programme.row([], low=low)
    assert programme.solve(Limits()).status == status


def test_a_search_that_is_stopped_says_so():
    stopped = knapsack(200).solve(Limits(seconds=0.0))
    assert (stopped.status, stopped.values) == (STOPPED, None)


def test_reduced_costs_are_what_a_column_adds():
    programme = Programme()
    columns = programme.add([2.0, 5.0])
    programme.row(columns, low=1.0)
    assert programme.reduced_costs().tolist() == pytest.approx([0.0, 3.0])


def test_what_the_solver_says_past_python_stays_off_standard_output(capfd):
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0  # noqa: PTH112, PTH208
    with _silence():
        os.write(1, b"past python\n")
        if os.name != "nt":
            ctypes.CDLL(None).puts(b"past python, kept by the C library")
    os.write(1, b"heard\n")
    assert capfd.readouterr().out == "heard\n"
    after = len(os.listdir("/proc/self/fd")) if before else 0  # noqa: PTH208
    assert after == before


def test_an_error_inside_puts_standard_output_back(capfd):
    with pytest.raises(ZeroDivisionError), _silence():
        raise ZeroDivisionError
    os.write(1, b"heard\n")
    assert capfd.readouterr().out == "heard\n"
