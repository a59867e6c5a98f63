"""The engines by name: one simulated year after another of a scenario, drawn, served and ready to be measured.

Both engines give the same ledger to the last bit; the choice moves no result. Each is imported only when it is asked for:
the reference engine brings SimPy, the compiled engine numba.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from simulator.demand import Contacts, Profile, draw
from simulator.scenario.model import Scenario
from simulator.service.ledger import Ledger
from simulator.service.measures import Year
from simulator.service.plan import Plan
from simulator.service.planning import make_plan

ENGINES = ("compiled", "simpy")
"""The default first. ``simpy`` is the reference; ``compiled`` compiles itself on first use."""


class Simulation(Protocol):
    """All that does not change from year to year of one scenario, seed and world, prepared once.

    Attributes
    ----------
    plan
        The scenario's plan.
    runs_in_threads
        Whether years of two `Simulation` objects in two threads are simulated at the same time: the compiled engine lets
        go of the interpreter's lock, the reference engine needs a process of its own.
    """

    plan: Plan
    runs_in_threads: bool

    def year(self, replication: int) -> Year:
        """One simulated year. It may be overwritten by the next call: read it before."""
        ...


class _WholeYears:
    """Years whose contacts are drawn whole before an engine serves them."""

    runs_in_threads = False

    def __init__(
        self,
        serve: Callable[[Contacts, Plan], Ledger],
        scenario: Scenario,
        seed: int,
        world: int,
        profiles: Mapping[str, Profile] | None,
        origins: Mapping[str, float] | None,
    ) -> None:
        self.plan = make_plan(scenario)
        self._serve = serve
        self._scenario, self._seed, self._world = scenario, seed, world
        self._profiles, self._origins = profiles, origins

    def year(self, replication: int) -> Year:
        contacts = draw(
            self._scenario, self._seed, replication, self._world, profiles=self._profiles, origins=self._origins
        )
        return Year(contacts, self.plan, self._serve(contacts, self.plan))


def simulation(
    scenario: Scenario,
    engine: str = ENGINES[0],
    seed: int = 1,
    world: int = 0,
    *,
    profiles: Mapping[str, Profile] | None = None,
    origins: Mapping[str, float] | None = None,
) -> Simulation:
    """Prepare the years of a scenario.

    Parameters
    ----------
    scenario
        The alternative.
    engine
        One of `ENGINES`.
    seed, world
        Of the study, of the plausible world.
    profiles, origins
        Used instead of the scenario's own rates and the shipped shares of sites; see `simulator.demand.draw`.

    Raises
    ------
    ValueError
        If there is no such engine.
    DemandError, ProfileError
        If the demand cannot be drawn.
    """
    return _WholeYears(engine_of(engine), scenario, seed, world, profiles, origins)


def engine_of(name: str) -> Callable[[Contacts, Plan], Ledger]:
    """The function that serves contacts under a plan.

    Raises
    ------
    ValueError
        If there is no such engine.
    """
    if name not in ENGINES:
        raise ValueError(f"unknown engine {name!r}; there is {', '.join(ENGINES)}")
    if name == "compiled":
        from simulator.service import compiled

        return compiled.serve
    from simulator.service import reference

    return reference.serve
