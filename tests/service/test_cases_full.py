"""The published queueing cases at the tolerance that they state, simulated by the compiled engine.

Each figure's 99 % interval over independent runs must hold the exact value and be as narrow as the case asks: 1 % of
the value, 0.003 for the probabilities of a steady state. A case with a miss is run once more with a new seed (at 200
figures one expects two misses by luck): a right engine then fails with a probability of about 200 x 0.01 x 0.01 = 2 %
for the whole file, and the seeds are fixed.
"""

import math

import pytest

from tests.cases.case import is_probability
from tests.cases.intervals import PUBLISHED, SAID, intervals, misses

FULL = 1.0
"""Share of the runs that is made. Less takes less time, and every interval may be as much wider."""


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.case(name)) for name in SAID])
def test_case_is_met_at_the_tolerance_that_it_states(name: str) -> None:
    case = SAID[name]

    def widest(figure: str, value: float) -> float:
        return case.widest_of_full(PUBLISHED[name], figure, value) / math.sqrt(FULL)

    missed = ["not run"]
    for seed in (3, 4):
        if missed:
            found = intervals(case, case.of_full_length, "compiled", round(FULL * case.full.runs), seed)
            missed = misses(name, found, widest)
    assert not missed, "\n".join(missed)


def test_probabilities_are_told_from_other_figures() -> None:
    named = {figure for case in SAID.values() for figure in case.figures if is_probability(figure)}
    assert {"p_wait", "p_n:0", "sl", "sl_of_served", "share_abandoned", "abandon_share_of_arrivals"} <= named
    assert not named & {"ew_all", "eq", "occupancy", "throughput", "mean_conversation_time", "slot_occupancy", "m_t:0"}
