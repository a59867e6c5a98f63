"""Many years on one worker, on two, and on a Dask cluster of two."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from benchmarks.size import Size
from benchmarks.table import Row, Timing, best_of, same, seconds
from benchmarks.year import scenario_of
from simulator.scenario.model import Scenario
from simulator.study.replicate import replicate

LEAST_FOR_TWO = 1.7
ONE, TWO, DASK = "one worker", "two workers", "a Dask cluster of two on this machine"


def title(size: Size) -> str:
    """What the section is about."""
    return f"{size.years_spread} years of 2024-actual, spread"


def rows(size: Size) -> list[Row]:
    """Times, and how much quicker two are than one."""
    scenario = scenario_of(size)
    timings = [_years(ONE, scenario, size, workers=1), _years(TWO, scenario, size, workers=2)]
    if not find_spec("distributed"):
        return [*_spread(timings, size), Row(f"{DASK}: not installed (pip install '.[dask]')")]
    with _cluster() as address:
        return _spread([*timings, _years(DASK, scenario, size, dask=address)], size)


def _years(name: str, scenario: Scenario, size: Size, workers: int | None = None, dask: str | None = None) -> Timing:
    def does() -> None:
        replicate(scenario, size.years_spread, workers=workers, dask=dask).seen.close()

    does()  # processes start and code is read before the clock does
    return same(name, does)


def _spread(timings: list[Timing], size: Size) -> list[Row]:
    best = best_of(timings, size)
    asked = {TWO: LEAST_FOR_TWO}
    ratios = [
        Row(f"{name} / {ONE}", value=seconds(best[ONE]) / seconds(row), least=asked.get(name))
        for name, row in best.items()
        if name != ONE
    ]
    return [*best.values(), *ratios]


@contextmanager
def _cluster() -> Iterator[str]:
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:  # type: ignore[no-untyped-call]
        yield cluster.scheduler_address
