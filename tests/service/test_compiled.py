"""The compiled engine gives the reference engine's ledger to the last bit.

On random worlds with every rule switched on, all times on a grid of half minutes so that ties abound, and on a year of
every shipped scenario. Nothing here is statistical: any difference is a defect, and the first one is shown.
"""

import numpy as np
import pytest
from hypothesis import given, settings

from simulator.demand import draw
from simulator.scenario import change, load
from simulator.service import compiled, reference
from simulator.service.ledger import FATES, NEXT
from simulator.service.planning import make_plan
from tests.strategies import World, worlds
from tests.support import SHIPPED

SEEN_FATES, SEEN_NEXT = np.zeros(len(FATES), int), np.zeros(len(NEXT), int)


@settings(max_examples=200)
@given(world=worlds())
def test_ledgers_are_equal_on_random_worlds(world: World) -> None:
    expected = reference.serve(world.contacts, world.plan)
    assert expected.differs_from(compiled.serve(world.contacts, world.plan)) is None
    SEEN_FATES[:] += np.bincount(expected.fate, minlength=len(FATES))
    SEEN_NEXT[:] += np.bincount(expected.next, minlength=len(NEXT))


def test_random_worlds_bring_every_fate_and_every_next_step() -> None:
    """Follows the test above in the same process: files go to one worker whole."""
    assert (SEEN_FATES > 0).all(), dict(zip(FATES, SEEN_FATES, strict=True))
    assert (SEEN_NEXT > 0).all(), dict(zip(NEXT, SEEN_NEXT, strict=True))


@pytest.mark.parametrize("name", SHIPPED)
def test_ledgers_are_equal_for_a_year_of_every_shipped_scenario(name: str) -> None:
    scenario = load(name)
    contacts, plan = draw(scenario, seed=11), make_plan(scenario)
    assert reference.serve(contacts, plan).differs_from(compiled.serve(contacts, plan)) is None


def test_buffers_that_are_too_small_are_made_larger() -> None:
    """Everybody redials for ever: many more attempts than persons."""
    scenario = change(
        load("2024-actual"),
        {
            "period": {"last_day": "2024-01-07"},
            "demand": {"max_attempts": 50},
            "channels": {"chat": {"redial": {"probability": 1.0, "mean_min": 1}, "balking": 1.0}},
            "roster": {"kristiansand": {"chat": {"counsellors": 0}, "chat evening": {"counsellors": 0}}},
        },
    )
    contacts, plan = draw(scenario, seed=1), make_plan(scenario)
    expected = reference.serve(contacts, plan)
    assert len(expected) > 2 * len(contacts) + 1024
    assert expected.differs_from(compiled.serve(contacts, plan)) is None


def test_another_start_is_refused() -> None:
    scenario = load("2024-actual")
    with pytest.raises(ValueError, match="different instants"):
        compiled.serve(draw(load("2023-actual"), seed=1), make_plan(scenario))
