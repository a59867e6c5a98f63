"""A few plausible worlds, found anew once for all tests here."""

import pytest

from simulator.study.worlds.calibrate import Inputs, State, calibrate
from simulator.study.worlds.world import Worlds

FEW = 6


@pytest.fixture(scope="package")
def inputs() -> Inputs:
    """What the shipped worlds rest on, with another seed."""
    return Inputs(seed=11)


@pytest.fixture(scope="package")
def states(inputs: Inputs) -> list[State]:
    """How a small calibration went, candidate by candidate."""
    seen: list[State] = []
    calibrate(inputs, FEW, workers=1, told=seen.append)
    return seen


@pytest.fixture(scope="package")
def few(inputs: Inputs, states: list[State]) -> Worlds:
    """The worlds it found."""
    return calibrate(inputs, FEW, begun=states[-1])
