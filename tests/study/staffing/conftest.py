"""What the tests of staffing share: a small evening service whose years take a moment each."""

import pytest

from simulator.scenario import Scenario, load
from simulator.study.staffing.answer import Staffing
from simulator.study.staffing.staff import staff
from tests.study.staffing.service import EVENING


@pytest.fixture(scope="session")
def evening() -> Scenario:
    """A scenario of four weeks."""
    return load(EVENING)


@pytest.fixture(scope="session")
def answered(evening: Scenario) -> Staffing:
    """Its staffing requirement, hour by hour and alike on all days."""
    return staff(evening, step_min=60, days="every-day", years=30, workers=1)
