"""A requirement put into a scenario: the channel's own people give way to people with the shifts it asks for.

Own people are those at the centre whose only live channel is this one. Who answers both phone and chat stays as she is.
"""

from collections.abc import Mapping
from typing import Any

from simulator.scenario.loading import change
from simulator.scenario.model import LIVE, Scenario, Shift
from simulator.scenario.order import natural_order
from simulator.study.staffing.requirement import Requirement, shifts_at_centre


def own_shifts(scenario: Scenario, channel: str) -> dict[str, Shift]:
    """The shifts that a requirement of the channel replaces, in natural order of their names."""
    shifts = shifts_at_centre(scenario)
    names = sorted(shifts, key=natural_order)
    return {name: shifts[name] for name in names if [c for c in shifts[name].answers if c in LIVE] == [channel]}


def shared_shifts(scenario: Scenario, channel: str) -> dict[str, Shift]:
    """The shifts that answer the channel and another live one: they stay."""
    own = own_shifts(scenario, channel)
    return {
        name: shift
        for name, shift in shifts_at_centre(scenario).items()
        if channel in shift.answers and name not in own and shift.counsellors
    }


def staffed(scenario: Scenario, requirement: Requirement) -> Scenario:
    """The scenario with the people of a requirement.

    They answer what the first of the own shifts answers, with as many chats at once, and where that number rests on
    evidence it still does: in a plausible world it is the world's.

    Raises
    ------
    ScenarioError
        If the outcome cannot be run.
    """
    channel = requirement.channel
    own, shifts = own_shifts(scenario, channel), shifts_at_centre(scenario)
    centre = next(key for key, site in scenario.sites.items() if site.centre)
    first = next(iter(own), None)
    answers = list(own[first].answers) if first is not None else [channel]
    places = own[first].chats_at_once if first is not None else 1
    made = requirement.shifts(_free_name(channel, set(shifts) - set(own)), answers, places)
    sourced = _sourced(scenario, f"roster.{centre}.{first}.chats_at_once", places)
    entries: dict[str, Mapping[str, Any] | None] = dict.fromkeys(own)
    entries |= {name: {**entry, "chats_at_once": sourced} for name, entry in made.items()}
    return change(scenario, {"roster": {centre: entries}}, "staff")


def _free_name(channel: str, taken: set[str]) -> str:
    """A name of which neither itself nor a numbered sister is taken."""
    name = channel
    while any(each == name or each.startswith(f"{name} ") for each in taken):
        name = f"staff {name}"
    return name


def _sourced(scenario: Scenario, path: str, value: int) -> Any:
    """A number as a file would write it, with its source where it has one."""
    source = scenario.sources.get(path)
    return value if source is None else {"value": value, **source.model_dump(exclude_defaults=True)}
