"""Every exact case that has a formula, to the relative error the case allows (1e-6; 5e-6 for SSJ-1)."""

import pytest

from tests.theory.public import ANSWERS, CASES, ELSEWHERE, relative_errors


@pytest.mark.parametrize("case_id", [pytest.param(case, marks=pytest.mark.case(case)) for case in ANSWERS])
def test_case(case_id: str) -> None:
    allowed = CASES[case_id]["tolerance_hint"]["analytic_rel"]
    missed = {metric: error for metric, error in relative_errors(case_id).items() if not error <= allowed}
    assert not missed


def test_no_case_is_forgotten() -> None:
    assert set(ANSWERS) | ELSEWHERE == set(CASES)
    assert not set(ANSWERS) & ELSEWHERE
