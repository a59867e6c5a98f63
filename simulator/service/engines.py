"""The engines by name: one simulated year after another of a scenario, drawn, served and ready to be measured.

Both engines give the same ledger to the last bit; the choice moves no result. Each is imported only when it is asked
for: the reference engine brings SimPy, the compiled engine numba.
"""

from collections.abc import Mapping
from typing import Protocol

from simulator.demand import Demand, Profile, Streams
from simulator.scenario.model import Scenario
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
        Whether years of two `Simulation` objects in two threads are simulated at the same time: the compiled engine
        lets go of the interpreter's lock, the reference engine needs a process of its own.
    """

    plan: Plan
    runs_in_threads: bool

    def year(self, replication: int) -> Year:
        """One simulated year. It may be overwritten by the next call: read it before."""
        ...

    def twin(self) -> "Simulation":
        """The same years from buffers of its own, for another thread; quicker than to prepare all anew."""
        ...


class _ReferenceSimulation:
    """Years drawn whole by numpy and served by SimPy."""

    runs_in_threads = False

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        world: int,
        profiles: Mapping[str, Profile] | None,
        origins: Mapping[str, float] | None,
    ) -> None:
        self.plan = make_plan(scenario)
        self._demand = Demand.of(scenario, profiles, origins)
        self._seed, self._world = seed, world

    def year(self, replication: int) -> Year:
        from simulator.service.reference import serve

        contacts = self._demand.contacts(Streams(self._seed, self._world, replication))
        return Year(contacts, self.plan, serve(contacts, self.plan))

    def twin(self) -> "_ReferenceSimulation":
        return self  # it has no buffers


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
    if engine not in ENGINES:
        raise ValueError(f"unknown engine {engine!r}; there is {', '.join(ENGINES)}")
    if engine == "compiled":
        from simulator.service.compiled import CompiledSimulation

        return CompiledSimulation(scenario, seed, world, profiles, origins)
    return _ReferenceSimulation(scenario, seed, world, profiles, origins)


def first_use(engine: str = ENGINES[0]) -> str | None:
    """What a user should hear before the first year: ``compiles`` (once), ``slow`` (there is no numba), or None."""
    if engine != "compiled":
        return None
    from simulator.service import compiled

    if not compiled.IS_COMPILED:
        return "slow"
    return "compiles" if compiled.needs_compiling() else None
