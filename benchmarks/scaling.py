"""How cost grows with the demand, the roster scaled along, and with the number of sites."""

from dataclasses import replace

from benchmarks.size import Size
from benchmarks.table import Row, Timing, best_of, seconds
from benchmarks.year import scenario_of
from benchmarks.years import whole_years
from simulator.demand import shipped_origins
from simulator.scenario import change
from simulator.scenario.model import Scenario
from simulator.service.compiled import CompiledSimulation
from simulator.service.engines import simulation
from simulator.service.measures import Yardstick

TITLE = "How cost grows, half a year of 2024-actual, compiled engine, drawing + serving + measuring"
HALF = "2024-06-30"
"""A hundred times the demand of a whole year is more than is ever simulated."""

MOST_FOR_TENFOLD_DEMAND, MOST_FOR_TENFOLD_SITES = 11.0, 2.0
SITES_FACTOR = 10


def rows(size: Size) -> list[Row]:
    """Demand as it is and multiplied; sites as they are and ten times as many for the same people."""
    scenario = scenario_of(replace(size, last_day=min(size.last_day, HALF)))
    demand = {factor: f"demand x {factor}, people x {factor}" for factor in size.factors}
    many = with_more_sites(scenario, SITES_FACTOR)
    more = f"demand x 1, {len(many.sites)} sites instead of {len(scenario.sites)}"
    timings = [_whole(name, scaled(scenario, factor)) for factor, name in demand.items()]
    best = best_of([*timings, _whole(more, many)], size)
    base = seconds(best[demand[1]])
    asked = {demand[factor]: MOST_FOR_TENFOLD_DEMAND for factor in size.factors if factor == 10}
    asked |= {more: MOST_FOR_TENFOLD_SITES}
    ratios = [
        Row(f"time of {name} / {demand[1]}", value=seconds(row) / base, most=asked.get(name))
        for name, row in best.items()
        if name != demand[1]
    ]
    return [*best.values(), *ratios]


def _whole(name: str, scenario: Scenario) -> Timing:
    years = simulation(scenario, "compiled", seed=1)
    assert isinstance(years, CompiledSimulation)
    return whole_years(name, years, Yardstick(scenario, years.plan), different=4)


def scaled(scenario: Scenario, factor: int) -> Scenario:
    """So many times the demand, and as many times the people everywhere."""
    roster = {
        site: {name: {"counsellors": factor * shift.counsellors} for name, shift in shifts.items()}
        for site, shifts in scenario.roster.items()
    }
    sites = {name: {"lines": factor * site.lines} for name, site in scenario.sites.items()}
    return change(scenario, {"demand": {"trend": factor * scenario.demand.trend}, "roster": roster, "sites": sites})


def with_more_sites(scenario: Scenario, factor: int) -> Scenario:
    """So many times the sites: each but the centre is divided, and its callers with it."""
    known = shipped_origins(scenario.demand.reference)
    sites = {name: site for name, site in scenario.sites.items() if site.centre}
    old = [name for name in scenario.sites if name not in sites]
    parts = factor * len(scenario.sites) - len(sites)
    for part in range(parts):
        name = old[part % len(old)]
        site = scenario.sites[name]
        share = known.get(name, 0.0) if site.share is None else site.share
        of_this = len(range(part % len(old), parts, len(old)))
        smaller = {"name": None, "share": share / of_this}
        sites[f"{name} part {part // len(old) + 1:02d}"] = site.model_copy(update=smaller)
    return scenario.model_copy(update={"sites": sites})
