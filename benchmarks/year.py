"""A year of 2024-actual, all channels and 18 sites: drawing, serving and measuring, in both engines."""

from collections.abc import Callable

from benchmarks.numbers import draw_all, used
from benchmarks.peers import simpy_idiomatic
from benchmarks.size import Size
from benchmarks.table import Does, Row, Timing, best_of, doing, same, speed
from benchmarks.years import WHOLE, parts_of_years, whole_years
from simulator.demand import Demand, Streams
from simulator.scenario import change, load
from simulator.scenario.model import Scenario
from simulator.service import reference
from simulator.service.compiled import CompiledSimulation
from simulator.service.engines import simulation
from simulator.service.measures import Yardstick, Year

SCENARIO = "2024-actual"
TITLE = f"{SCENARIO}, one year of all channels and 18 sites, one core"
SEED, REPLICATION = 1, 0

IDIOMATIC = "SimPy as its guide teaches it, M/M/20+M"


def scenario_of(size: Size) -> Scenario:
    """The scenario, or its first days."""
    return change(load(SCENARIO), {"period": {"last_day": size.last_day}})


def rows(size: Size) -> list[Row]:
    """Both engines' parts, what numpy needs for the random numbers, and the ratios asked for."""
    scenario = scenario_of(size)
    demand = Demand.of(scenario)
    contacts = demand.contacts(Streams(SEED, 0, REPLICATION))
    years = simulation(scenario, "compiled", SEED)
    assert isinstance(years, CompiledSimulation)
    yardstick = Yardstick(scenario, years.plan)
    kinds = used(scenario, demand, contacts, years.year(REPLICATION).ledger)
    numbers = f"numpy draws the {sum(kind.count for kind in kinds):,} random numbers that the year uses"
    timings = [
        *_reference_parts(scenario, demand),
        *parts_of_years(_named("compiled", ""), years, yardstick),
        whole_years(_named("compiled", WHOLE), years, yardstick),
        Timing(numbers, lambda number: doing(lambda: draw_all(kinds, number), len(contacts))),
        Timing(IDIOMATIC, lambda number: _idiomatic(number, size.pool_hours)),
    ]
    best = best_of(timings, size)
    counts = [Row(f"  of these: {kind.what}", value=kind.count, unit="") for kind in kinds]
    return [*best.values(), *counts, *_ratios(best, numbers)]


def _named(engine: str, part: str) -> str:
    return f"{engine} engine: {part}"


def _reference_parts(scenario: Scenario, demand: Demand) -> list[Timing]:
    """Demand drawn whole by numpy, served by SimPy, counted by numpy."""
    streams = Streams(SEED, 0, REPLICATION)
    years = simulation(scenario, "simpy", SEED)
    contacts, plan = demand.contacts(streams), years.plan
    year = Year(contacts, plan, reference.serve(contacts, plan))
    yardstick = Yardstick(scenario, plan)
    does: dict[str, Callable[[], object]] = {
        "drawing": lambda: demand.contacts(streams),
        "serving": lambda: reference.serve(contacts, plan),
        "measuring": lambda: yardstick.observe(Year(year.contacts, plan, year.ledger)),
        WHOLE: lambda: yardstick.observe(years.year(REPLICATION)),
    }
    return [same(_named("SimPy", part), part_does, len(contacts)) for part, part_does in does.items()]


def _idiomatic(number: int, hours: float) -> Does:
    year = simpy_idiomatic.Year(number + 1, hours)

    def does() -> float:
        year.run()
        return year.contacts()

    return does


def _ratios(best: dict[str, Row], numbers: str) -> list[Row]:
    slow, quick = best[_named("SimPy", WHOLE)], best[_named("compiled", WHOLE)]
    parts = {
        part: speed(best[_named("compiled", part)]) / speed(best[_named("SimPy", part)])
        for part in ("drawing", "serving")
    }
    return [
        *(Row(f"compiled engine / SimPy engine, {part}", value=value) for part, value in parts.items()),
        Row(f"compiled engine / SimPy engine, {WHOLE}", value=speed(quick) / speed(slow), least=100.0),
        Row(f"compiled engine, {WHOLE} / {IDIOMATIC}", value=speed(quick) / speed(best[IDIOMATIC]), least=30.0),
        Row(
            "time of all three / numpy's for the random numbers alone",
            value=speed(best[numbers]) / speed(quick),
            most=3.0,
        ),
    ]
