"""Cases of one pool in a steady state: who is refused, who waits, and who gives up."""

from typing import Any

from simulator.service.ledger import ABANDONED, ANSWERED, BALKED, BLOCKED
from tests.cases import reading as read
from tests.cases.case import Case, Full, calls, minutes, phone, pool, world

WAITING = ("p_wait", "p_abandon", "ew_all", "ew_served", "ew_abandoned", "eq", "occupancy", "sl", "sl_of_served")


def eb_1(_: Any) -> Case:
    scenario = world(days=300, demand=calls(3.6), channels=phone(minutes(0.75), max_waiting=0), roster=pool(4))
    figures = {
        "p_block": read.share(read.fate(BLOCKED)),
        "en_service": read.mean_in_service,
        "occupancy": read.per(4, read.mean_in_service),
    }
    return Case(scenario, 8, figures, Full(days=350, runs=40))


def ec_1(_: Any) -> Case:
    """A second of the case is a hundredth of an hour here: only ratios of times matter, and a run is shorter."""
    scenario = world(days=40, demand=calls(20), channels=phone(minutes(2.4)), roster=pool(55))
    names = ("p_wait", "ew_all", "sl", "occupancy", "eq")
    figures = read.stationary(*names, servers=55, sl_hours=0.15, unit_hours=0.01)
    return Case(scenario, 10, figures, Full(days=500, runs=660), tolerance=0.25, absolute=0.05)


def mmnk_1(_: Any) -> Case:
    scenario = world(days=200, demand=calls(5), channels=phone(minutes(1 / 3), max_waiting=3), roster=pool(2))
    figures = {
        "p_block": read.share(read.fate(BLOCKED)),
        "p_wait": read.share(lambda year: read.not_at_once(year) & (year.ledger.fate == ANSWERED)),
        "throughput": read.count_per_hour(read.fate(ANSWERED)),
        "eq": read.mean_in_queue,
        "ew_all": read.wait_hours(read.fate(ANSWERED)),
        "time_in_system": read.system_hours,
        "occupancy": read.per(2, read.mean_in_service),
        **{f"p_n:{n}": read.share_of_time_with(n) for n in range(6)},
    }
    return Case(scenario, 8, figures, Full(days=250, runs=52))


def ea_1(params: Any) -> Case:
    return _erlang_a(params, per_hour=48.0, days=12, runs=14, full=Full(days=200, runs=125))


def ea_2(params: Any) -> Case:
    return _erlang_a(params, per_hour=10 / 3, days=180, runs=12, full=Full(days=2500, runs=115))


def _erlang_a(params: Any, per_hour: float, days: int, runs: int, full: Full) -> Case:
    """A minute of the case is an hour here."""
    work, patience = minutes(1 / params["mu"]), minutes(1 / params["theta"])
    scenario = world(days, demand=calls(per_hour), channels=phone(work, patience), roster=pool(params["servers"]))
    figures = read.stationary(*WAITING, servers=params["servers"], sl_hours=params["sl_time"])
    return Case(scenario, runs, figures, full, tolerance=0.25, absolute=0.04)


def balk_1(_: Any) -> Case:
    channels = phone(minutes(0.8), minutes(0.1), balking=0.25)
    figures = {
        "p_balk": read.share(read.fate(BALKED)),
        "p_abandon": read.share(read.fate(ABANDONED)),
        "p_served": read.share(read.fate(ANSWERED)),
        "p_find_all_busy": read.share(read.not_at_once),
        "eq": read.mean_in_queue,
        "ew_all": read.wait_hours(),
        "occupancy": read.per(3, read.mean_in_service),
    }
    scenario = world(days=200, demand=calls(4.5), channels=channels, roster=pool(3))
    return Case(scenario, 8, figures, Full(days=280, runs=40), tolerance=0.06)


def mmng_1(_: Any) -> Case:
    channels = phone(minutes(0.8), minutes(0.1, "fixed"))
    scenario = world(days=200, demand=calls(4), channels=channels, roster=pool(3))
    figures = read.stationary(*WAITING, servers=3, sl_hours=1 / 30)
    return Case(scenario, 8, figures, Full(days=400, runs=40), tolerance=0.06)


def mmng_2(_: Any) -> Case:
    channels = phone(minutes(0.8), minutes(7 / 60, "lognormal", 1.2))
    scenario = world(days=200, demand=calls(5.5), channels=channels, roster=pool(4))
    figures = read.stationary(*WAITING, servers=4, sl_hours=1 / 30)
    return Case(scenario, 8, figures, Full(days=380, runs=44), tolerance=0.06)


def ph_1(_: Any) -> Case:
    channels = phone(minutes(2 / 3), minutes(7 / 60), wrap_up=minutes(1 / 6))
    figures = {
        **read.stationary("p_wait", "p_abandon", "ew_all", "eq"),
        "en_phase1": read.mean_in_service,
        "en_phase2": read.mean_in_wrap_up,
        "occupancy": read.per(2, read.plus(read.mean_in_service, read.mean_in_wrap_up)),
    }
    scenario = world(days=250, demand=calls(2.6), channels=channels, roster=pool(2))
    return Case(scenario, 8, figures, Full(days=480, runs=40), tolerance=0.06)


def mg1_1(_: Any) -> Case:
    channels = phone(minutes(0.8, "lognormal", 0.745))
    scenario = world(days=600, demand=calls(0.9), channels=channels, roster=pool(1))
    figures = read.stationary("p_wait", "ew_all", "occupancy", servers=1)
    return Case(scenario, 12, figures, Full(days=5000, runs=48), tolerance=0.12)


def od_3(_: Any) -> Case:
    """Busyness holds for a day; read from three o'clock on, when yesterday's is forgotten."""
    demand = {**calls(3.6), "busyness": {"day_shape": 6, "day_starts": "00:00"}}
    channels = phone(minutes(0.8), minutes(7 / 60))
    scenario = world(days=700, demand=demand, channels=channels, roster=pool(3))
    late = read.after_hour(3)
    figures = {"abandon_share_of_arrivals": read.share(read.fate(ABANDONED), late)}
    return Case(scenario, 10, figures, Full(days=580, runs=40))


CASES = {
    "EB-1": eb_1,
    "EC-1": ec_1,
    "MMNK-1": mmnk_1,
    "EA-1": ea_1,
    "EA-2": ea_2,
    "BALK-1": balk_1,
    "MMNG-1": mmng_1,
    "MMNG-2": mmng_2,
    "PH-1": ph_1,
    "MG1-1": mg1_1,
    "OD-3": od_3,
}
