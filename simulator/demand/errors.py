"""The ways in which demand can be wrong, told like a scenario's problems: many at once, in the planner's words."""

from typing import Any

from simulator.scenario.model import Scenario
from simulator.scenario.problems import Path, Problem, ScenarioError, problem_at
from simulator.scenario.review_hours import positions_of


class DemandError(ScenarioError, ValueError):
    """Demand that cannot be drawn as the scenario asks."""


class ReconstructionError(DemandError):
    """Totals that no smooth profile can meet."""


class ProfileError(DemandError):
    """A profile that does not exist or cannot be read."""


class RecordedError(DemandError):
    """A log of recorded contacts that cannot be read."""


def demand_problem(scenario: Scenario, path: Path, word: str, **values: Any) -> Problem:
    """A problem with the entry at ``path`` of a scenario, pointed out where it is written."""
    return problem_at(positions_of(scenario), path, word, **values)
