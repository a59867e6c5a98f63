"""A small baseline of one scenario, made once."""

import pytest

from simulator.scenario import load
from simulator.study.baseline.contents import Recipe
from simulator.study.baseline.making import Made, make
from simulator.study.baseline.written import from_files, to_files

FEW = Recipe(years=2, worlds=2)


@pytest.fixture(scope="session")
def recipe() -> Recipe:
    """Few years, so that it takes no time."""
    return FEW


@pytest.fixture(scope="session")
def made() -> Made:
    """What the program gives of one scenario."""
    return make([load("2024-actual")], FEW, workers=1)


@pytest.fixture(scope="session")
def stored(made: Made):
    """The same, written and read again."""
    return from_files(to_files(made.baseline))
