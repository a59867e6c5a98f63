"""The M/M/20+M year: our general kernel beside SimPy, Ciw and a loop written by hand, and whether all are right."""

import math
from collections.abc import Callable
from importlib.util import find_spec

from benchmarks import peers
from benchmarks.peers import PoolYear, ciw_network, compiled, heap_loop, recursion, simpy_idiomatic, simpy_lean
from benchmarks.size import FULL, Size
from benchmarks.table import Does, Row, Timing, best_of, speed
from benchmarks.years import WHOLE as ALL_THREE
from benchmarks.years import parts_of_years
from simulator.service.theory.erlang import erlang_a

TITLE = "M/M/20+M, 18 contacts an hour, one hour each, patience a quarter of an hour"

IDIOMATIC, CIW = "SimPy, request or timeout", "Ciw 3.2.7"
OURS = "compiled engine"
WHOLE, SERVING = f"{OURS}: {ALL_THREE}", f"{OURS}: serving"
PEERS: dict[str, Callable[[int, float], PoolYear]] = {
    IDIOMATIC: simpy_idiomatic.Year,
    "SimPy, lean: own queue, plain events": simpy_lean.Year,
    CIW: ciw_network.Year,
    "heap loop in plain Python": heap_loop.Year,
    "offered-wait recursion, numpy draws (one queue only)": recursion.Year,
    WHOLE: compiled.Year,
}

SPREAD_OF_A_YEAR = 0.0034
"""Standard deviation of the share that gives up in a year of 1 950 hours, by simulation of 400 of them."""
FAR = 4.0
"""A right tool is further from the exact share than this many standard deviations once in 16 000 times."""


def rows(size: Size) -> list[Row]:
    """Times, ratios, and the share that gives up beside Erlang A's."""
    present = {name: make for name, make in PEERS.items() if name != CIW or find_spec("ciw")}
    made: dict[str, list[PoolYear]] = {name: [] for name in present}
    timings = [Timing(name, _making(make, size, made[name])) for name, make in present.items()]
    parts = parts_of_years(f"{OURS}: ", *compiled.prepared(size.pool_hours))
    best = best_of([*timings, *parts], size)
    return [*best.values(), *_ratios(best), *(_right(name, years, size) for name, years in made.items())]


def _making(make: Callable[[int, float], PoolYear], size: Size, made: list[PoolYear]) -> Callable[[int], Does]:
    """Years of one tool, each round with a seed of its own."""

    def prepared(number: int) -> Does:
        year = make(number + 1, size.pool_hours)
        made.append(year)

        def does() -> float:
            year.run()
            return year.contacts()

        return does

    return prepared


def _ratios(best: dict[str, Row]) -> list[Row]:
    """What is asked of the compiled engine, drawing and measuring included, and serving alone beside it."""
    whole, serving = best[WHOLE], best[SERVING]
    found = []
    for name, row, least in ((WHOLE, whole, True), (SERVING, serving, False)):
        for peer, asked in ((IDIOMATIC, 100.0), (CIW, 150.0)):
            if peer in best:
                value = speed(row) / speed(best[peer])
                found.append(Row(f"{name} / {peer}", value=value, least=asked if least else None))
            else:
                found.append(Row(f"{name} / {peer}: not installed (pip install '.[benchmarks]')"))
    return found


def _right(name: str, years: list[PoolYear], size: Size) -> Row:
    """The share that gives up, and how far from Erlang A's it may be after so many hours."""
    exact = erlang_a(peers.RATE_PER_HOUR, 1 / peers.WORK_H, 1 / peers.PATIENCE_H, peers.SERVERS).p_abandon
    share = sum(year.abandoned() for year in years) / sum(year.contacts() for year in years)
    far = FAR * SPREAD_OF_A_YEAR * math.sqrt(FULL.pool_hours / (size.pool_hours * len(years)))
    told = f"share that gives up (Erlang A: {exact:.5f}), {name}"
    return Row(told, value=share, unit="", least=max(0.0, exact - far), most=exact + far)
