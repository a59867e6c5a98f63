"""Run a scenario: many simulated years, their estimates, and all that a reader needs to judge them."""

from typing import Any

import numpy as np

from simulator.demand import REFERENCES, hourly_rates
from simulator.scenario.calendar import Calendar, open_hours
from simulator.scenario.model import CHANNELS, LIVE, Scenario
from simulator.scenario.order import site_order
from simulator.scenario.schedule import WEEKDAYS, ScheduleRule
from simulator.service.engines import ENGINES
from simulator.study.estimates import Result
from simulator.study.intervals import estimate
from simulator.study.over_worlds import run_over_worlds
from simulator.study.provenance import manifest, profile_data
from simulator.study.replicate import Progress, replicate
from simulator.study.watched import Precision
from simulator.study.worlds.world import Worlds


def run(
    scenario: Scenario,
    replications: int = 20,
    seed: int = 1,
    engine: str = ENGINES[0],
    progress: Progress | None = None,
    workers: int | None = None,
    *,
    precision: Precision | None = None,
    dask: str | None = None,
    keep_interrupted: bool = False,
    worlds: Worlds | None = None,
) -> Result:
    """Simulate a scenario and estimate every key figure.

    Parameters
    ----------
    scenario
        From `simulator.load`.
    replications
        Simulated years (of each world); with a precision the most of them.
    seed
        Of the study; the same seed gives the same persons under every alternative.
    engine
        ``compiled``, or ``simpy``, the reference: the same figures later.
    progress
        Called after each batch; see `simulator.study.replicate.Progress`.
    workers, dask
        Who simulates; see `simulator.study.replicate.replicate`. They move no result.
    precision
        Stop as soon as these figures are known so well.
    keep_interrupted
        On Ctrl-C estimate from the years (or worlds) that are whole, where there are enough, instead of raising.
    worlds
        Plausible worlds, over which the answer then holds; None: the scenario as it stands, one world.

    Returns
    -------
    Result
        Its manifest has the years that count (``replications``), those asked for (``asked_replications``), whether
        somebody ended it before (``interrupted``), and what became of a precision (``precision``).

    Raises
    ------
    ValueError
        If the engine is unknown or there is not at least one replication.
    PrecisionError, ClusterError
        See `simulator.study.replicate.replicate`.
    """
    crew: dict[str, Any] = {"progress": progress, "workers": workers, "engine": engine, "dask": dask}
    crew["keep_interrupted"] = keep_interrupted
    data = profile_data(scenario)
    if worlds is None:
        with replicate(scenario, replications, seed, precision=precision, **crew) as study:
            estimates, years = estimate(study.seen), study.seen.years
        made = manifest(scenario, seed, years, engine, data) | study.ending.as_manifest()
    else:
        over = run_over_worlds(scenario, worlds, replications, seed, precision, crew)
        estimates = over.estimates
        made = manifest(scenario, seed, over.each, engine, data, worlds.first(over.worlds)) | over.as_manifest()
    return Result(describe(scenario, made), made, estimates)


def describe(scenario: Scenario, made: dict[str, Any]) -> dict[str, Any]:
    """A scenario in plain data: what it is, when it is open, and what its day looks like."""
    channels = {name: rules for name in CHANNELS if (rules := scenario.channel(name)) is not None}
    return {
        "name": scenario.name,
        "title": scenario.title,
        "why": scenario.why,
        "expect": scenario.expect.model_dump() if scenario.expect else None,
        "fingerprint": made["fingerprint"],
        "open_hours": {name: open_hours(scenario, name) for name in channels},
        "open_windows": {name: ordinary_week(rules.open, scenario) for name, rules in channels.items()},
        "sites": {key: scenario.sites[key].name or key for key in site_order(scenario.sites)},
        "reference": scenario.demand.reference,
        "profiles": day_profiles(scenario),
        "model": scenario.model_dump(mode="json"),
    }


def ordinary_week(schedule: ScheduleRule, scenario: Scenario) -> dict[str, list[list[int]]]:
    """The windows of a week without holidays or special dates: minutes after midnight, by the day they start."""
    plain = schedule.model_copy(update={"dates": None, "holidays": None})
    days = {day.weekday(): day for day in Calendar.of(scenario).days()}
    return {
        WEEKDAYS[weekday]: [list(window) for window in plain.windows_on(day, holiday=False)]
        for weekday, day in sorted(days.items())
    }


def day_profiles(scenario: Scenario) -> dict[str, dict[str, list[float]]]:
    """First attempts per clock hour of a mean day, by reference shape and live channel."""
    calendar = Calendar.of(scenario)
    days = calendar.end_ms / 86_400_000
    profiles: dict[str, dict[str, list[float]]] = {}
    for reference in REFERENCES:
        demand = scenario.demand.model_copy(update={"reference": reference})
        world = scenario.model_copy(update={"demand": demand})
        profiles[reference] = {
            channel: _by_hour(world, channel, calendar, days) for channel in LIVE if world.demand_of(channel)
        }
    return profiles


def _by_hour(scenario: Scenario, channel: str, calendar: Calendar, days: float) -> list[float]:
    cells = hourly_rates(scenario, channel, calendar)
    hour, _, _ = calendar.civil(cells.start_ms)
    sums = np.bincount(hour, cells.mean, minlength=24) / days
    return [float(f"{value:.6g}") for value in sums]
