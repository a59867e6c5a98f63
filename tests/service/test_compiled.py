"""The compiled engine's own limits: buffers that grow, and what it refuses. That it is right is `test_equality`'s."""

import pytest

from simulator.demand import draw
from simulator.scenario import change, load
from simulator.service import compiled, reference
from simulator.service.planning import make_plan


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
