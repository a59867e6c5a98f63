"""A unit of work is bytes that are believed only whole, and units cover every year of every point once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.service.keys import Key
from simulator.service.measures import Yardstick
from simulator.study import simulate
from simulator.study.sweep.sweeping import Sweep
from simulator.study.sweep.units import (
    YEARS_OF_A_UNIT,
    Chosen,
    Unit,
    all_units,
    from_bytes,
    to_bytes,
    units_of,
    whole,
)
from simulator.study.worlds.world import shipped_worlds
from simulator.study.years import Rows
from tests.study.samples import SMALL
from tests.study.sweep.conftest import study

UNIT = Unit("00001-0000.unit", range(40, 44))
ROWS = Rows(np.arange(12.0).reshape(3, 4), np.array([2]), np.array([[4.0, 0.0, np.nan, 2.0]]))


def same(one, other):
    return all(
        np.array_equal(a, b, equal_nan=True) for a, b in zip(vars(one).values(), vars(other).values(), strict=True)
    )


def test_what_is_kept_is_what_was_simulated():
    kept = to_bytes(ROWS, UNIT, "abc")
    found = from_bytes(kept, UNIT, "abc", 3)
    assert found is not None and same(found, ROWS)
    assert to_bytes(found, UNIT, "abc") == kept
    assert b"2026" not in kept.partition(b"\n")[0] and kept.startswith(b'{"format": 1, "sweep": "abc"')


def test_a_unit_cut_anywhere_or_with_any_byte_changed_is_not_believed():
    kept = to_bytes(ROWS, UNIT, "abc")
    for length in range(len(kept)):
        assert from_bytes(kept[:length], UNIT, "abc", 3) is None
    head = kept.index(b"\n")
    for place in range(head + 1, len(kept)):
        changed = kept[:place] + bytes([kept[place] ^ 1]) + kept[place + 1 :]
        assert from_bytes(changed, UNIT, "abc", 3) is None
    assert from_bytes(kept + b"\0" * 8, UNIT, "abc", 3) is None
    assert from_bytes(None, UNIT, "abc", 3) is None


@pytest.mark.parametrize(
    ("unit", "sweep", "figures"),
    [
        (Unit("00002-0000.unit", UNIT.years), "abc", 3),
        (UNIT, "abd", 3),
        (UNIT, "abc", 2),
        (Unit(UNIT.name, range(3)), "abc", 3),
    ],
)
def test_the_unit_of_another_point_study_or_length_is_not_believed(unit, sweep, figures):
    assert from_bytes(to_bytes(ROWS, UNIT, "abc"), unit, sweep, figures) is None


@given(st.binary(max_size=200))
@settings(max_examples=100)
def test_nothing_else_is_believed(content):
    assert from_bytes(content, UNIT, "abc", 3) is None
    assert from_bytes(b"{}\n" + content, UNIT, "abc", 3) is None


def test_units_in_a_row_are_put_together_in_their_order():
    top, bottom = whole([ROWS, Rows(np.ones((3, 1)), np.array([], np.int64), np.empty((0, 1)))])
    assert top.shape == bottom.shape == (3, 5)
    assert (top[:, :4] == ROWS.top).all() and (bottom[2, :4][[0, 1, 3]] == [4.0, 0.0, 2.0]).all()
    assert (bottom[:2] == 1).all() and bottom[2, 4] == 1


@pytest.mark.parametrize(("worlds", "each"), [(None, 3), (None, 1000), (7, 50), (7, 1000), (300, 4)])
@pytest.mark.parametrize("against", [None, str(SMALL)])
def test_units_cover_every_year_of_every_case_once_and_part_no_world_that_fits(worlds, each, against):
    over = None if worlds is None else shipped_worlds().first(worlds)
    question = Sweep(study(replications=each, against=against), over).question
    units = list(all_units(question))
    assert [year for unit in units for year in unit.years] == list(range(question.cases * question.width * each))
    assert len({unit.name for unit in units}) == len(units)
    assert max(len(unit.years) for unit in units) <= max(YEARS_OF_A_UNIT, each if worlds else 0)
    if worlds:
        assert all(unit.years.start % each == 0 for unit in units)
    first = units_of(question, 0)[0].name
    assert first == ("00001-0000.unit" if against is None else "00000-0000.unit")  # points count from 1


def test_a_figure_that_a_scenario_lacks_has_no_value():
    plan = study(
        vary={
            "what": {
                "one_of": {
                    "no chat": {
                        "channels": {"chat": None},
                        "demand": {"chat": None},
                        "roster": {"kristiansand": {"chat": None}},
                    }
                }
            }
        }
    )
    reader = Chosen((Key("answered", "chat"), Key("answered", "phone")), ("a", "b"))
    made = plan.scenario_at(0)
    year = simulate(made)
    top, bottom = reader(made, year.plan).observe(year)
    yardstick = Yardstick(made, year.plan)
    answered = yardstick.observe(year)[0][yardstick.keys.index(Key("answered", "phone"))]
    assert np.isnan(top[0]) and top[1] == answered and (bottom == 1).all()
